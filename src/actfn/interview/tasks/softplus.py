"""Softplus, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="softplus",
    signature="x",
    question="Softplus, the smooth relative of ReLU: log(1 + exp(x)), the natural logarithm.",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "For every finite x the result is finite; a warning is no fault where the value is right.",
        "Above x = 20, x itself is near enough, as in PyTorch: 2e-9 are missing there.",
        "x itself is not changed.",
    ),
    truth=Elementwise(
        formula="log1p(exp(-abs(x))) + max(x, 0)",
        also=("where(x > 20, x, log1p(exp(x)))",),  # PyTorch's threshold
    ),
    model="np.logaddexp(0, x)",
    right={
        "maximum and log1p": "np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))",
        "maximum and log": "np.maximum(0, x) + np.log(1 + np.exp(-np.abs(x)))",
        "ReLU minus": """
            def relu(x):
                return np.maximum(x, 0)

            def softplus(x):
                return relu(x) - np.log(1 / (1 + np.exp(-np.abs(x))))
        """,
        "mean of x and |x|": "0.5 * (x + np.abs(x)) + np.log1p(np.exp(-np.abs(x)))",
        "two branches": """
            right = x + np.log1p(np.exp(-np.maximum(x, 0)))
            left = np.log1p(np.exp(np.minimum(x, 0)))
            return np.where(x > 0, right, left)
        """,
        "both branches for every entry": """
            return np.where(x > 0, x + np.log1p(np.exp(-x)), np.log1p(np.exp(x)))
        """,
        "masks": """
            x = np.asarray(x, dtype=float)
            y = np.empty_like(x)
            big = x > 30
            y[big] = x[big]
            y[~big] = np.log1p(np.exp(x[~big]))
            return y
        """,
        "where with a threshold": """
            return np.where(x > 20, x, np.log1p(np.exp(np.minimum(x, 20))))
        """,
        "the maximum taken out": """
            m = np.maximum(x, 0)
            return m + np.log(np.exp(-m) + np.exp(x - m))
        """,
        "rows of logits": """
            logits = np.stack([np.zeros_like(x), np.asarray(x)], axis=-1)
            m = logits.max(axis=-1, keepdims=True)
            return (m + np.log(np.exp(logits - m).sum(axis=-1, keepdims=True)))[..., 0]
        """,
        "cosh": """
            a = np.abs(x) / 2
            return x / 2 + a + np.log(np.exp(-2 * a) + 1)
        """,
        "base 2": "np.log(2) * np.logaddexp2(0, x * np.log2(np.e))",
        "reduce": """
            x = np.asarray(x, dtype=float)
            return np.logaddexp.reduce([np.zeros(x.shape), x], axis=0)
        """,
        "a loop over the entries": """
            import math
            import numpy as np

            def softplus(x):
                x = np.asarray(x)
                out = np.empty(x.shape)
                for k, v in np.ndenumerate(x):
                    out[k] = max(v, 0) + math.log1p(math.exp(-abs(v)))
                return out
        """,
        "vectorize": """
            import math
            import numpy as np

            def one(v):
                return v if v > 50 else math.log(1 + math.exp(v))

            softplus = np.vectorize(one, otypes=[float])
        """,
        "inf repaired": """
            with np.errstate(over="ignore"):
                y = np.log1p(np.exp(x))
            return np.where(np.isinf(y), x, y)
        """,
    },
    wrong={
        "gap at 20": Wrong(
            "np.where(x > 21, x, np.log1p(np.exp(np.minimum(x, 20))))",
            "x is clipped at 20, but x itself taken from 21 on only: between them it is 20",
        ),
        "overflow": Wrong(
            "np.log(1 + np.exp(x))",
            "exp(x) is inf from x = 709.8 on, and so is its logarithm: use np.logaddexp(0, x)",
        ),
        "overflow on the left": Wrong(
            "x + np.log1p(np.exp(-x))",
            "exp(-x) is inf for very negative x, and -inf + inf is no answer: use exp(-|x|)",
        ),
        "logarithm of the sigmoid": Wrong(
            "-np.log(1 - 1 / (1 + np.exp(-x)))",
            "1 - sigmoid(x) rounds to 0 from x = 37 on, whose logarithm is -inf",
        ),
        "clipped at 500": Wrong(
            "np.log1p(np.exp(np.clip(x, -500, 500)))",
            "clipping x at 500 keeps the exponential finite, but the result has to go on as x",
        ),
        "clipped at 20": Wrong(
            "np.log1p(np.exp(np.minimum(x, 20)))",
            "clipping x at 20 stops the result there: above it has to be x",
        ),
        "threshold 5": Wrong(
            "np.where(x > 5, x, np.log1p(np.exp(np.minimum(x, 5))))",
            "x itself is taken above 5 already, where the rest is up to 7e-3",
        ),
        "threshold 10": Wrong(
            "np.where(x > 10, x, np.log1p(np.exp(np.minimum(x, 10))))",
            "x itself is taken above 10 already, where the rest is up to 5e-5",
        ),
        "threshold 15": Wrong(
            "np.where(x > 15, x, np.log1p(np.exp(np.minimum(x, 15))))",
            "x itself is taken above 15 already, where the rest is up to 3e-7",
        ),
        "zero on the left": Wrong(
            "np.where(x < -10, 0.0, np.logaddexp(0, x))",
            "it is cut off to 0 below -10, where it still is 5e-5",
        ),
        "exp on the left": Wrong(
            "np.where(x < -5, np.exp(np.minimum(x, 0)), np.logaddexp(0, x))",
            "exp(x) stands in for the result below -5, which is off by exp(2x) / 2",
        ),
        "largest number for inf": Wrong(
            "np.nan_to_num(np.log(1 + np.exp(x)))",
            "nan_to_num turns inf into 1.8e308: for large x the result is x",
        ),
        "base 10": Wrong(
            "np.logaddexp(0, x) / np.log(10)", "log10 instead of the natural logarithm"
        ),
        "base 2": Wrong("np.logaddexp2(0, x)", "2 is the base instead of e, in log2(1 + 2^x)"),
        "log2": Wrong("np.logaddexp(0, x) / np.log(2)", "log2 instead of the natural logarithm"),
        "no 1": Wrong("np.log(np.exp(np.clip(x, -700, 700)))", "the 1 + is missing: this is x"),
        "1 outside": Wrong(
            "1 + np.log(np.exp(np.clip(x, -700, 700)))", "the 1 stands outside the logarithm"
        ),
        "log1p and 1": Wrong(
            "np.log1p(1 + np.exp(np.minimum(x, 40))) + np.maximum(x - 40, 0)",
            "log1p already adds 1: this is log(2 + exp(x))",
        ),
        "minus": Wrong(
            "np.log(np.abs(1 - np.exp(-np.abs(x))) + 1e-300) + np.maximum(x, 0)",
            "1 - exp instead of 1 + exp",
        ),
        "sign of x": Wrong("np.logaddexp(0, -x)", "exp(-x) instead of exp(x): this falls"),
        "sign of the result": Wrong("-np.logaddexp(0, x)", "the sign is turned round"),
        "log-sigmoid": Wrong(
            "-np.logaddexp(0, -x)", "this is log(sigmoid(x)), that is -softplus(-x)"
        ),
        "its derivative": Wrong(
            "np.exp(-np.logaddexp(0, -x))", "this is the sigmoid, the derivative of softplus"
        ),
        "exp only": Wrong("1 + np.exp(np.minimum(x, 700))", "the logarithm is missing"),
        "expm1": Wrong(
            "np.log1p(np.abs(np.expm1(np.clip(x, -700, 700))))",
            "expm1 takes away the 1 that log1p adds",
        ),
        "ReLU": Wrong("np.maximum(x, 0.0)", "this is ReLU, with a kink"),
        "no x on the right": Wrong(
            "np.log1p(np.exp(-np.abs(x)))", "max(x, 0) is missing: this falls on both sides"
        ),
        "|x| for max": Wrong(
            "np.abs(x) + np.log1p(np.exp(-np.abs(x)))", "|x| is added instead of max(x, 0)"
        ),
        "x for max": Wrong("x + np.log1p(np.exp(-np.abs(x)))", "x is added instead of max(x, 0)"),
        "shifted": Wrong(
            "np.logaddexp(0, x) - np.log(2)", "log 2 is subtracted: softplus(0) is log 2, not 0"
        ),
        "beta 2": Wrong("np.logaddexp(0, 2 * x) / 2", "beta is 1: this is log(1 + exp(2x)) / 2"),
        "log-cosh": Wrong(
            "np.abs(x) + np.log1p(np.exp(-2 * np.abs(x))) - np.log(2)", "this is log(cosh(x))"
        ),
        "squareplus": Wrong(
            "(x + np.sqrt(np.square(x) + 4.0)) / 2", "this is squareplus, which has no exponential"
        ),
        "mish": Wrong("x * np.tanh(np.logaddexp(0, x))", "this is Mish"),
        "over the array": Wrong(
            "np.log(1 + np.sum(np.exp(np.minimum(x, 700))))",
            "the sum over the array: one number per entry is meant",
        ),
        "epsilon": Wrong(
            "np.maximum(x, 0) + np.log(1 + np.exp(-np.abs(x)) + 1e-7)",
            "an epsilon is added in the logarithm, whose argument is at least 1 anyway",
        ),
        "rounded": Wrong("np.round(np.logaddexp(0, x), 4)", "the result is rounded to 4 digits"),
        "in place": Wrong(
            "return np.logaddexp(0, x, out=x)",
            "it changes its argument, as out=x does: make a new array",
        ),
        "float32": Wrong(
            "np.logaddexp(0, np.asarray(x, np.float32))",
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
        "math.log": Wrong(
            """
            import math
            import numpy as np

            def softplus(x):
                return math.log(1 + math.exp(x))
            """,
            "math.log and math.exp take single numbers only: NumPy's take arrays",
        ),
    },
    hints=(
        "What happens to exp(x) at x = 1000, and what should the result be there?",
        "Take exp(x) out of the logarithm for positive x.",
        "max(x, 0) + log1p(exp(-|x|)), which is np.logaddexp(0, x)",
    ),
    source="Dugas et al. 2001; Goodfellow et al. 2016, equation 3.31",
)
