"""Softplus, derivative."""

from actfn.interview.grading.task import Elementwise, Task, Wrong


def _answer(text):
    """An answer in one line that may use s = sigmoid(x)."""
    return f"""
        s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
        return {text}
    """


task = Task(
    name="softplus_derivative",
    signature="x",
    question="The derivative of softplus, log(1 + exp(x)), at its input x.",
    contract=(
        "x is the input of softplus, not its output: an array of any shape.",
        "The result has the same shape, and is finite for every finite x.",
        "Above x = 20, 1 is near enough, as in PyTorch: 2e-9 are missing there.",
        "A warning is no fault where the value is right; x itself is not changed.",
    ),
    truth=Elementwise(
        formula="1 / (1 + exp(-x))",
        also=("where(x > 20, 1, 1 / (1 + exp(-x)))",),  # PyTorch's threshold
    ),
    model="""
        z = np.exp(-np.abs(x))
        return np.where(np.asarray(x) >= 0, 1, z) / (1 + z)
    """,
    right={
        "the sigmoid": "1 / (1 + np.exp(-x))",
        "clipped": "1 / (1 + np.exp(-np.clip(x, -500, 500)))",
        "chain rule": """
            e = np.exp(np.minimum(x, 40))
            return e / (1 + e)
        """,
        "threshold": """
            e = np.exp(np.minimum(x, 20))
            return np.where(x > 20, 1.0, e / (1 + e))
        """,
        "tanh": "0.5 + 0.5 * np.tanh(0.5 * np.asarray(x))",
        "exp of softplus": "np.exp(x - np.logaddexp(0, x))",
        "from the value": """
            def softplus(x):
                return np.logaddexp(0, x)

            def softplus_derivative(x):
                return 1 - np.exp(-softplus(x))
        """,
        "expm1 of the value": "-np.expm1(-np.logaddexp(0, x))",
        "two branches": """
            x = np.asarray(x, dtype=float)
            y = np.empty_like(x)
            right = x >= 0
            y[right] = 1 / (1 + np.exp(-x[right]))
            e = np.exp(x[~right])
            y[~right] = e / (1 + e)
            return y
        """,
        "where": """
            z = np.exp(-np.abs(x))
            return np.where(x > 0, 1 / (1 + z), z / (1 + z))
        """,
        "softmax of two": """
            logits = np.stack([np.zeros_like(x), np.asarray(x)], axis=-1)
            e = np.exp(logits - logits.max(axis=-1, keepdims=True))
            return (e / e.sum(axis=-1, keepdims=True))[..., 1]
        """,
        "a loop over the entries": """
            import math
            import numpy as np

            def softplus_derivative(x):
                x = np.asarray(x)
                out = np.empty(x.shape)
                for k, v in np.ndenumerate(x):
                    out[k] = 0.5 * (1 + math.tanh(v / 2))
                return out
        """,
        "vectorize": """
            import math
            import numpy as np

            def one(v):
                if v < -700:
                    return 0.0
                return 1 / (1 + math.exp(-v))

            softplus_derivative = np.vectorize(one, otypes=[float])
        """,
        "complex step": """
            x = np.asarray(x, dtype=float) + 1e-150j
            z = np.exp(np.where(x.real > 0, -x, x))
            return (np.where(x.real > 0, x, 0) + np.log(1 + z)).imag / 1e-150
        """,
    },
    wrong={
        "softplus itself": Wrong(
            "np.logaddexp(0, x)", "this is softplus itself, not its derivative"
        ),
        "takes the output": Wrong(
            "1 - np.exp(-np.clip(x, -700, 700))",
            "1 - exp(-y) is right for softplus's output; here x is its input",
        ),
        "no inner derivative": Wrong(
            "1 / (1 + np.exp(np.clip(x, -700, 700)))",
            "the inner derivative exp(x) is missing: exp(x) / (1 + exp(x))",
        ),
        "only the exponential": Wrong(
            "np.exp(np.clip(x, -700, 700))", "the denominator 1 + exp(x) is missing"
        ),
        "overflow": Wrong(
            "np.exp(x) / (1 + np.exp(x))",
            "for large x this is inf / inf = NaN; 1 / (1 + exp(-x)) is not",
        ),
        "sigmoid's derivative": Wrong(
            _answer("s * (1 - s)"), "this is the second derivative; the first is the sigmoid itself"
        ),
        "1 - s": Wrong(
            _answer("s - 1"), "s - 1 is the derivative of -log(sigmoid(x)): here it is s"
        ),
        "sign": Wrong(_answer("-s"), "the sign is turned round: softplus rises"),
        "s squared": Wrong(_answer("s**2"), "the sigmoid is squared"),
        "minus in the denominator": Wrong(
            "1 / np.where(x == 0, 1e-12, 1 - np.exp(-np.clip(x, -700, 700)))",
            "1 - exp(-x) in the denominator: it is 1 + exp(-x)",
        ),
        "no 1": Wrong(
            "np.ones_like(x) * 1.0", "exp(x) / exp(x) is 1: the 1 + in the denominator is missing"
        ),
        "tanh": Wrong("np.tanh(x)", "tanh runs from -1 to 1; the slope of softplus from 0 to 1"),
        "tanh of x": Wrong(
            "0.5 * (1 + np.tanh(x))",
            "tanh(x) instead of tanh(x / 2), or sigmoid(2x): twice as steep",
        ),
        "half missing": Wrong(
            "1 + np.tanh(np.asarray(x) / 2)", "the factor 1/2 is missing: this runs from 0 to 2"
        ),
        "ReLU's": Wrong("np.heaviside(x, 0.5)", "this is the derivative of ReLU, a step"),
        "hard sigmoid": Wrong("np.clip(0.2 * x + 0.5, 0, 1)", "this is the hard sigmoid"),
        "SiLU's": Wrong(_answer("s + x * s * (1 - s)"), "this is the derivative of SiLU"),
        "with x": Wrong(_answer("x * s"), "a factor x is too many: this is SiLU"),
        "base 2": Wrong("1 / (1 + 2.0 ** -np.clip(x, -700, 700))", "the base is 2 instead of e"),
        "base 10": Wrong(_answer("s / np.log(10)"), "this belongs to log10: here log is natural"),
        "log2": Wrong(_answer("s / np.log(2)"), "this belongs to log2: here log is natural"),
        "normal distribution": Wrong(
            """
            import math
            import numpy as np

            def softplus_derivative(x):
                return np.vectorize(math.erfc, otypes=[float])(-x / math.sqrt(2)) / 2
            """,
            "this is the Gaussian distribution function, GELU's gate",
        ),
        "clipped at 5": Wrong(
            "1 / (1 + np.exp(-np.clip(x, -5, 5)))", "clipping at 5 changes values in the tails"
        ),
        "clipped at 10": Wrong(
            "1 / (1 + np.exp(-np.clip(x, -10, 10)))", "clipping at 10 changes values in the tails"
        ),
        "threshold 10": Wrong(
            _answer("np.where(x > 10, 1.0, s)"),
            "1 is taken above 10 already, where 5e-5 are missing",
        ),
        "clipped result": Wrong(
            _answer("np.clip(s, 1e-7, 1 - 1e-7)"),
            "clipping to [1e-7, 1 - 1e-7] belongs to logarithms: the slope reaches 0 and 1",
        ),
        "softmax": Wrong(
            """
            e = np.exp(x - np.max(x)) if np.size(x) else np.asarray(x, float)
            return e / e.sum()
            """,
            "this is softmax: every entry should depend on its own x only",
        ),
        "softsign": Wrong("0.5 * (1 + x / (1 + np.abs(x)))", "this is the softsign, scaled"),
        "epsilon": Wrong(
            "1 / (1 + np.exp(-np.clip(x, -500, 500)) + 1e-7)",
            "the epsilon in the denominator changes every value; 1 + exp(-x) is never 0",
        ),
        "difference quotient": Wrong(
            "(np.logaddexp(0, x + 1e-5) - np.logaddexp(0, x - 1e-5)) / 2e-5",
            "a difference quotient is right to 10 digits at most: differentiate by hand",
        ),
        "np.gradient": Wrong(
            "np.gradient(np.logaddexp(0, x).ravel()).reshape(np.shape(x))",
            "np.gradient takes differences between the entries of the array",
        ),
        "rounded": Wrong(_answer("np.round(s, 4)"), "the result is rounded to 4 digits"),
        "in place": Wrong(
            """
            x *= -1
            return 1 / (1 + np.exp(x))
            """,
            "it changes its argument, as x *= -1 does: make a new array",
        ),
        "float32": Wrong(
            "1 / (1 + np.exp(-np.asarray(x, np.float32)))",
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
        "math.exp": Wrong(
            """
            import math
            import numpy as np

            def softplus_derivative(x):
                return 1 / (1 + math.exp(-x))
            """,
            "math.exp takes single numbers only: np.exp takes arrays",
        ),
    },
    hints=(
        "Chain rule: the derivative of log is a reciprocal, that of 1 + exp(x) is exp(x).",
        "exp(x) / (1 + exp(x)) has another name.",
        "the sigmoid, 1 / (1 + exp(-x))",
    ),
    source="Goodfellow et al. 2016, equation 3.37",
)
