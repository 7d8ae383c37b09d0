"""Swish, derivative."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="swish_derivative",
    signature="x",
    question="The derivative of swish x sigmoid(x) at its input x.",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "For every finite x the result is finite.",
        "x itself is not changed.",
    ),
    truth=Elementwise(formula="x / (1 + exp(-x))", order=1),
    model="""
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return s * (1 + x * (1 - s))
        """,
    right={
        "sum": """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return s + x * s * (1 - s)
        """,
        "with the value": """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            f = x * s
            return f + s * (1 - f)
        """,
        "both sigmoids": """
            x = np.asarray(x, float)
            s = np.exp(-np.logaddexp(0, -x))
            q = np.exp(-np.logaddexp(0, x))
            return s + x * s * q
        """,
        "tanh": """
            t = np.tanh(0.5 * np.asarray(x))
            return 0.5 * (1 + t) + 0.25 * x * (1 - t) * (1 + t)
        """,
        "quotient rule": """
            x = np.asarray(x, float)
            e = np.exp(-np.clip(x, -300, 700))
            return (1 + e + x * e) / (1 + e) ** 2
        """,
        "a helper": """
            def sigmoid(v):
                z = np.exp(-np.abs(v))
                return np.where(v >= 0, 1 / (1 + z), z / (1 + z))

            def swish_derivative(x):
                x = np.asarray(x, float)
                return sigmoid(x) + x * sigmoid(x) * sigmoid(-x)
        """,
        "a loop": """
            import math
            import numpy as np

            def swish_derivative(x):
                x = np.asarray(x, float)
                out = np.empty(x.shape)
                for k, v in np.ndenumerate(x):
                    e = math.exp(-abs(v))
                    s = 1 / (1 + e) if v >= 0 else e / (1 + e)
                    out[k] = s + v * e / (1 + e) ** 2
                return out
        """,
        "where": """
            x = np.asarray(x, float)
            z = np.exp(-np.abs(x))
            s = np.where(x >= 0, 1, z) / (1 + z)
            return s + x * z / (1 + z) ** 2
        """,
    },
    wrong={
        "sigmoid only": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return s
        """,
            "the second term of the product rule, x s (1 - s), is missing",
        ),
        "second term only": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return x * s * (1 - s)
        """,
            "the first term of the product rule, s, is missing",
        ),
        "sigmoid's": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return s * (1 - s)
        """,
            "this is the sigmoid's derivative: the product rule has two terms",
        ),
        "sign": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return s - x * s * (1 - s)
        """,
            "the sign of the second term is wrong",
        ),
        "without x": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return s + s * (1 - s)
        """,
            "the factor x in the second term is missing",
        ),
        "swish itself": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return x * s
        """,
            "this is swish itself",
        ),
        "s for 1 - s": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return s + x * s * s
        """,
            "s^2 instead of s (1 - s)",
        ),
        "1 - f": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            f = x * s
            return s * (1 - f)
        """,
            "f + s (1 - f): the first f is missing",
        ),
        "f (1 - s)": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            f = x * s
            return f + s * (1 - s)
        """,
            "s (1 - f) in the second term, not s (1 - s)",
        ),
        "1 + x": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return s * (1 + x) * (1 - s)
        """,
            "brackets: s (1 + x (1 - s))",
        ),
        "overflow": Wrong(
            """
            e = np.exp(x)
            return e * (1 + e + x) / (1 + e) ** 2
        """,
            "exp overflows for large x: inf / inf = NaN",
        ),
        "as if the output": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return x + s * (1 - x)
        """,
            "x is used as if it were swish's output",
        ),
        "step": Wrong("(np.asarray(x) > 0) * 1.0", "this is ReLU's derivative"),
        "numerical": Wrong(
            """
            f = lambda v: v / (1 + np.exp(-np.clip(v, -700, 700)))
            h = 1e-3
            return (f(np.asarray(x, float) + h) - f(np.asarray(x, float) - h)) / (2 * h)
        """,
            "a difference quotient with h = 1e-3 is good to six digits only: differentiate by hand",
        ),
        "tanh's": Wrong(
            """
            t = np.tanh(x)
            return 1 - t ** 2
        """,
            "this is tanh's derivative",
        ),
        "twice": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return 2 * s * (1 + x * (1 - s))
        """,
            "a factor 2 is too many",
        ),
        "clipped slope": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return np.clip(s * (1 + x * (1 - s)), 0, 1)
        """,
            "clipped to [0, 1]: the slope goes from -0.0998 to 1.0998",
        ),
        "1.702": Wrong(
            """
            s = 1 / (1 + np.exp(-1.702 * np.clip(x, -400, 400)))
            return s + 1.702 * x * s * (1 - s)
        """,
            "this is quick GELU's derivative, beta = 1.702",
        ),
        "in place": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            x *= 1 - s
            return s * (1 + x)
        """,
            "x *= ... changes the caller's array",
        ),
        "squared": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return s + x * (s * (1 - s)) ** 2
        """,
            "s (1 - s) is squared",
        ),
        "float32 inside": Wrong(
            """
            x = np.asarray(x, np.float32)
            s = 1 / (1 + np.exp(-np.clip(x, -80, 80)))
            return s * (1 + x * (1 - s))
        """,
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
    },
    hints=(
        "Product rule.",
        "s' = s (1 - s)",
        "s * (1 + x * (1 - s))",
    ),
    source="derivative of x sigmoid(x); Ramachandran, Zoph & Le 2017, arXiv:1710.05941, section 5",
)
