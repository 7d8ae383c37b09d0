"""ELU, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="elu",
    signature="x, alpha=1.0",
    question="The exponential linear unit: x where x > 0, alpha (exp(x) - 1) elsewhere.",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "alpha is a number, 1.0 by default.",
        "x itself is not changed.",
    ),
    truth=Elementwise(
        formula="where(x > 0, x, alpha * expm1(x))", parameters={"alpha": (0.3, 2.0)}
    ),
    model="np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))",
    right={
        "the page's own": "np.where(x > 0, x, alpha * (np.exp(x) - 1))",
        "a mask": """
            y = np.array(x, dtype=float)
            negative = y < 0
            y[negative] = alpha * np.expm1(y[negative])
            return y
        """,
        "maximum and minimum": "np.maximum(x, 0) + alpha * (np.exp(np.minimum(x, 0)) - 1)",
        "a loop over the entries": """
            import math
            import numpy as np

            def elu(x, alpha=1.0):
                x = np.asarray(x, dtype=float)
                out = np.empty(x.shape)
                for k, v in np.ndenumerate(x):
                    out[k] = v if v > 0 else alpha * math.expm1(v)
                return out
        """,
        "select": """
            np.select([x > 0, x <= 0], [x, alpha * (np.exp(np.clip(x, None, 0)) - 1)], default=x)
        """,
        "piecewise": """
            x = np.asarray(x, float)
            return np.piecewise(x, [x > 0], [lambda v: v, lambda v: alpha * np.expm1(v)])
        """,
        "masks as factors": """
            positive = (x > 0).astype(float)
            return positive * x + (1 - positive) * alpha * (np.exp(np.minimum(x, 0)) - 1)
        """,
        "vectorize": """
            import math
            import numpy as np

            def one(v, alpha):
                return v if v > 0 else alpha * (math.exp(v) - 1)

            def elu(x, alpha=1.0):
                return np.vectorize(one, otypes=[float])(x, alpha)
        """,
    },
    wrong={
        "no -1": Wrong(
            "np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)))",
            "the -1 is missing: alpha exp(x) jumps to alpha at 0 instead of reaching 0",
        ),
        "alpha outside only the exponential": Wrong(
            "np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1)",
            "alpha multiplies only exp(x): it belongs in front of the whole bracket",
        ),
        "alpha ignored": Wrong(
            "np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)",
            "alpha is ignored",
        ),
        "leaky ReLU": Wrong(
            "np.where(x > 0, x, alpha * x)",
            "this is a leaky ReLU: the negative side has to be alpha (exp(x) - 1)",
        ),
        "sign of the exponent": Wrong(
            "np.where(x > 0, x, alpha * (np.exp(-x) - 1))",
            "the exponent has the wrong sign: exp(-x) grows to the left",
        ),
        "1 - exp": Wrong(
            "np.where(x > 0, x, alpha * (1 - np.exp(np.minimum(x, 0))))",
            "the bracket is turned round: exp(x) - 1 is negative for x < 0, 1 - exp(x) is not",
        ),
        "branches exchanged": Wrong(
            "np.where(x < 0, x, alpha * (np.exp(x) - 1))",
            "the two branches are exchanged",
        ),
        "scaled like SELU": Wrong(
            "1.0507009873554805 * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))",
            "this is SELU's outer scale 1.0507; ELU has none",
        ),
        "its derivative": Wrong(
            "np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))",
            "this is the derivative of ELU",
        ),
        "ReLU": Wrong(
            "np.maximum(x, 0.0) + 0 * alpha",
            "the negative side is 0, as in ReLU",
        ),
        "in place": Wrong(
            """
            x[x < 0] = alpha * (np.exp(x[x < 0]) - 1)
            return x
            """,
            "it changes its argument: work on a copy",
        ),
        "base 2": Wrong(
            "np.where(x > 0, x, alpha * (2.0 ** np.minimum(x, 0) - 1))",
            "the base is 2 instead of e",
        ),
        "alpha also on the right": Wrong(
            "alpha * np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)",
            "alpha scales the positive side too; only the negative side has it",
        ),
        "masks times infinity": Wrong(
            "(x > 0) * x + (x <= 0) * alpha * (np.exp(x) - 1)",
            "exp(x) of a large positive x is inf, and inf times a mask of 0 is NaN",
        ),
        "result of the input's type": Wrong(
            """
            y = np.zeros_like(x)
            y[x > 0] = x[x > 0]
            y[x <= 0] = alpha * np.expm1(x[x <= 0])
            return y
            """,
            "zeros_like(x) of integers is an integer array, which cuts off every fraction",
        ),
        "float32 inside": Wrong(
            """
            x = np.asarray(x, np.float32)
            return np.where(x > 0, x, np.float32(alpha) * np.expm1(np.minimum(x, 0)))
            """,
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
    },
    hints=(
        "Two branches: what does each give at 0?",
        "np.where computes both branches for every element.",
        "np.expm1(np.minimum(x, 0)) keeps the digits near 0 and cannot overflow.",
    ),
    source="Clevert, Unterthiner & Hochreiter 2015, arXiv:1511.07289, equation 1",
)
