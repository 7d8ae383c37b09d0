"""Sigmoid, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="sigmoid",
    signature="x",
    question="The logistic sigmoid: 1 / (1 + exp(-x)).",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "For every finite x the result is finite; a warning is no fault where the value is right.",
        "x itself is not changed.",
    ),
    truth=Elementwise(formula="1 / (1 + exp(-x))"),
    model="""
        z = np.exp(-np.abs(x))
        return np.where(np.asarray(x) >= 0, 1, z) / (1 + z)
    """,
    right={
        "the page's own": "1 / (1 + np.exp(-np.clip(x, -500, 500)))",
        "textbook": "1 / (1 + np.exp(-x))",
        "tanh": "0.5 * (1 + np.tanh(0.5 * np.asarray(x)))",
        "two branches": """
            x = np.asarray(x, float)
            out = np.empty_like(x)
            pos = x >= 0
            out[pos] = 1 / (1 + np.exp(-x[pos]))
            e = np.exp(x[~pos])
            out[~pos] = e / (1 + e)
            return out
        """,
        "logaddexp": "np.exp(-np.logaddexp(0, -np.asarray(x)))",
        "silenced": """
            with np.errstate(over="ignore"):
                return 1.0 / (1.0 + np.exp(-x))
        """,
        "a loop": """
            import math
            import numpy as np

            def sigmoid(x):
                x = np.asarray(x, float)
                out = np.empty(x.shape)
                for k, v in np.ndenumerate(x):
                    if v >= 0:
                        out[k] = 1 / (1 + math.exp(-v))
                    else:
                        e = math.exp(v)
                        out[k] = e / (1 + e)
                return out
        """,
        "reciprocal": "np.reciprocal(1 + np.exp(-np.asarray(x, dtype=float)))",
        "where on both forms": """
            x = np.asarray(x, float)
            return np.where(x >= 0, 1 / (1 + np.exp(-np.maximum(x, 0))),
                            np.exp(np.minimum(x, 0)) / (1 + np.exp(np.minimum(x, 0))))
        """,
        "power": "1 / (1 + np.e ** (-np.clip(x, -700, 700)))",
    },
    wrong={
        "sign": Wrong(
            "1 / (1 + np.exp(np.clip(x, -500, 500)))", "exp(x) instead of exp(-x): this falls"
        ),
        "overflow": Wrong(
            "np.exp(x) / (1 + np.exp(x))",
            "for large x this is inf / inf = NaN; 1 / (1 + exp(-x)) is not",
        ),
        "minus": Wrong(
            "1 / (1 - np.exp(-np.clip(x, -500, 500)))", "1 - exp(-x) in the denominator: it is +"
        ),
        "tanh": Wrong(
            "np.tanh(x)", "this is tanh, with range (-1, 1); sigmoid(x) = (1 + tanh(x/2)) / 2"
        ),
        "tanh of x": Wrong(
            "0.5 * (1 + np.tanh(x))", "tanh(x) instead of tanh(x / 2): twice as steep"
        ),
        "its derivative": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -500, 500)))
            return s * (1 - s)
            """,
            "this is the derivative s (1 - s)",
        ),
        "hard sigmoid": Wrong(
            "np.clip(0.2 * x + 0.5, 0, 1)", "this is the hard sigmoid, straight lines"
        ),
        "clipped at 5": Wrong(
            "1 / (1 + np.exp(-np.clip(x, -5, 5)))",
            "clipping at 5 changes values: sigmoid(8) is 0.99966",
        ),
        "clipped at 20": Wrong(
            "1 / (1 + np.exp(-np.clip(x, -10, 10)))", "clipping at 10 changes values in the tails"
        ),
        "epsilon": Wrong(
            "1 / (1 + np.exp(-np.clip(x, -500, 500)) + 1e-7)",
            "the epsilon in the denominator changes every value; 1 + exp(-x) is never 0",
        ),
        "brackets": Wrong(
            "1 / 1 + np.exp(-np.clip(x, -500, 500))", "brackets are missing: this is 1 + exp(-x)"
        ),
        "base 2": Wrong("1 / (1 + 2.0 ** -np.asarray(x, float))", "the base is 2 instead of e"),
        "softmax": Wrong(
            """
            e = np.exp(x - np.max(x)) if np.size(x) else np.asarray(x, float)
            return e / e.sum()
            """,
            "this is softmax: every entry should depend on its own x only",
        ),
        "softsign": Wrong("0.5 * (1 + x / (1 + np.abs(x)))", "this is the softsign, scaled"),
        "math.exp": Wrong(
            """
            import math
            import numpy as np

            def sigmoid(x):
                return 1 / (1 + math.exp(-x))
            """,
            "math.exp takes single numbers only: np.exp takes arrays",
        ),
        "1.702": Wrong(
            "1 / (1 + np.exp(-1.702 * np.clip(x, -300, 300)))", "1.702 belongs to quick GELU"
        ),
        "in place": Wrong(
            """
            x *= -1
            return 1 / (1 + np.exp(x))
            """,
            "x *= -1 changes the caller's array: write -x",
        ),
        "rounded": Wrong(
            "np.round(1 / (1 + np.exp(-np.clip(x, -500, 500))), 4)",
            "the result is rounded to 4 digits",
        ),
        "log": Wrong("-np.logaddexp(0, -x)", "this is the logarithm of the sigmoid"),
        "float32 inside": Wrong(
            "1 / (1 + np.exp(-np.asarray(x, np.float32)))",
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
        "normal distribution": Wrong(
            """
            import math
            import numpy as np

            def sigmoid(x):
                return np.vectorize(lambda v: 0.5 * math.erfc(-v / math.sqrt(2)), otypes=[float])(x)
            """,
            "this is the Gaussian distribution function Phi(x), GELU's gate",
        ),
    },
    hints=(
        "Which sign does the exponent have for large positive x?",
        "exp overflows above 709; where does your form call it with a large argument?",
        "exp(-|x|) never overflows: 1 / (1 + z) for x >= 0, z / (1 + z) for x < 0.",
    ),
    source="Verhulst 1845; Goodfellow et al. 2016, equation 3.30",
)
