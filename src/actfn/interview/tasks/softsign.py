"""Softsign, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="softsign",
    signature="x",
    question="Softsign: x / (1 + |x|).",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "For every finite x the result is finite.",
        "x itself is not changed.",
    ),
    truth=Elementwise(formula="x / (1 + abs(x))"),
    model="x / (1 + np.abs(x))",
    right={
        "divide": "np.divide(x, np.add(1, np.abs(x)))",
        "two branches": "np.where(np.asarray(x) >= 0, x / (1 + np.abs(x)), x / (1 - np.minimum(x, 0)))",
        "sign": """
            a = np.abs(x)
            return np.sign(x) * (a / (1 + a))
        """,
        "one minus": """
            a = np.abs(x)
            return np.copysign(1 - 1 / (1 + a), x)
        """,
        "absolute": "x / (np.absolute(x) + 1.0)",
        "maximum": "x / (1 + np.maximum(x, -np.asarray(x)))",
        "a loop": """
            x = np.asarray(x, float)
            return np.array([v / (1 + abs(v)) for v in x.ravel()]).reshape(x.shape)
        """,
        "reciprocal": "x * np.reciprocal(1.0 + np.abs(x))",
        "root of the square": """
            x = np.asarray(x, float)
            return x / (1 + np.sqrt(x * x))
        """,
    },
    wrong={
        "no absolute value": Wrong(
            "x / (1 + np.where(np.asarray(x) == -1, 0, x))",
            "|x| is meant in the denominator: 1 + x has a pole at -1",
        ),
        "square root": Wrong(
            "x / np.sqrt(1 + np.asarray(x, float) ** 2)", "this is x / sqrt(1 + x^2)"
        ),
        "square": Wrong(
            "x / (1 + np.asarray(x, float) ** 2)", "x^2 instead of |x|: the result falls back to 0"
        ),
        "tanh": Wrong("np.tanh(x)", "this is tanh, which saturates much faster"),
        "absolute numerator": Wrong(
            "np.abs(x) / (1 + np.abs(x))", "|x| in the numerator too: the sign is lost"
        ),
        "derivative": Wrong("1 / (1 + np.abs(x)) ** 2", "this is the derivative of softsign"),
        "minus": Wrong(
            "x / (1 - np.where(np.abs(x) == 1, 0, np.abs(x)))",
            "1 - |x| instead of 1 + |x|: a pole at 1",
        ),
        "half": Wrong(
            "0.5 * (1 + x / (1 + np.abs(x)))", "shifted and scaled to (0, 1), like a sigmoid"
        ),
        "two": Wrong("x / (2 + np.abs(x))", "2 + |x| in the denominator"),
        "sign only": Wrong("np.sign(x) * 1.0", "this is the sign"),
        "clipped": Wrong("np.clip(x, -1, 1)", "this is hard tanh"),
        "epsilon": Wrong(
            "x / (1 + np.abs(x) + 1e-6)",
            "an epsilon in the denominator changes every value; 1 + |x| is never 0",
        ),
        "softplus": Wrong("np.logaddexp(0, x)", "this is softplus"),
        "brackets": Wrong("x / 1 + np.abs(x)", "brackets are missing: x / (1 + |x|)"),
        "maximum of the array": Wrong(
            "x / (1 + (np.max(np.abs(x)) if np.size(x) else 0))",
            "divided by the largest entry of the array: each entry needs its own",
        ),
        "norm": Wrong(
            "x / (1 + np.sqrt(np.sum(np.asarray(x, float) ** 2)))",
            "divided by the norm of the array",
        ),
        "arctan": Wrong("2 / np.pi * np.arctan(x)", "this is the arctangent, scaled"),
        "ReLU": Wrong("np.maximum(x, 0) / (1 + np.abs(x))", "the negative side is cut off"),
        "in place": Wrong(
            """
            x /= 1 + np.abs(x)
            return x
        """,
            "x /= ... changes the caller's array",
        ),
        "float32 inside": Wrong(
            """
            x = np.asarray(x, np.float32)
            return x / (1 + np.abs(x))
        """,
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
        "integer division": Wrong("x // (1 + np.abs(x)) * 1.0", "// cuts off the fraction"),
    },
    hints=(
        "Odd, from -1 to 1, without an exponential.",
        "The denominator is never 0.",
        "x / (1 + np.abs(x))",
    ),
    source="Bergstra, Desjardins, Lamblin & Bengio 2009; Glorot & Bengio 2010",
)
