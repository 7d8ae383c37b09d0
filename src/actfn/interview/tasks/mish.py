"""Mish, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="mish",
    signature="x",
    question="Mish: x tanh(softplus(x)), softplus(x) = log(1 + exp(x)).",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "For every finite x the result is finite.",
        "x itself is not changed.",
    ),
    truth=Elementwise(formula="x * tanh(log1p(exp(x)))"),
    model="""
            sp = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
            return x * np.tanh(sp)
        """,
    right={
        "logaddexp": "x * np.tanh(np.logaddexp(0, x))",
        "rational": """
            x = np.asarray(x, float)
            e = np.exp(np.minimum(x, 30))
            n = e * (e + 2)
            return x * np.where(x > 30, 1, n / (n + 2))
        """,
        "softplus with a threshold": """
            x = np.asarray(x, float)
            sp = np.where(x > 40, x, np.log1p(np.exp(np.minimum(x, 40))))
            return x * np.tanh(sp)
        """,
        "a helper": """
            def softplus(v):
                return np.log1p(np.exp(-np.abs(v))) + np.maximum(v, 0)

            def mish(x):
                return np.multiply(x, np.tanh(softplus(x)))
        """,
        "a loop": """
            import math
            import numpy as np

            def mish(x):
                x = np.asarray(x, float)
                out = np.empty(x.shape)
                for k, v in np.ndenumerate(x):
                    sp = max(v, 0) + math.log1p(math.exp(-abs(v)))
                    out[k] = v * math.tanh(sp)
                return out
        """,
        "clip": "x * np.tanh(np.log1p(np.exp(np.clip(x, -700, 700))))",
        "negative exponent": """
            x = np.asarray(x, float)
            z = np.exp(-np.abs(x))
            n = np.where(x >= 0, 1 + 2 * z, z * (z + 2))
            return x * n / np.where(x >= 0, n + 2 * z * z, n + 2)
        """,
        "minus minus": "-(np.negative(x) * np.tanh(np.logaddexp(x, 0)))",
    },
    wrong={
        "no tanh": Wrong("x * np.logaddexp(0, x)", "the tanh is missing: x tanh(softplus(x))"),
        "no x": Wrong("np.tanh(np.logaddexp(0, x))", "the factor x is missing"),
        "tanh of exp": Wrong(
            "x * np.tanh(np.exp(np.minimum(x, 700)))",
            "tanh(exp(x)) instead of tanh(log(1 + exp(x))): this is TanhExp",
        ),
        "overflow": Wrong(
            """
            x * np.tanh(np.log(1 + np.exp(x))) if np.size(x) and np.max(x) < 700 else x * (np.exp(x) ** 2 + 2 * np.exp(x)) / (np.exp(x) ** 2 + 2 * np.exp(x) + 2)
        """,
            "exp(x)^2 overflows for large x: inf / inf = NaN",
        ),
        "tanh(x)": Wrong(
            "x * np.tanh(x)", "this is x tanh(x), LiSHT: the softplus inside is missing"
        ),
        "sigmoid": Wrong(
            "x / (1 + np.exp(-np.clip(x, -700, 700)))",
            "this is swish: mish has tanh(softplus(x)) as its gate",
        ),
        "sign": Wrong(
            "x * np.tanh(np.logaddexp(0, -np.asarray(x)))", "softplus(-x) instead of softplus(x)"
        ),
        "softplus of tanh": Wrong(
            "x * np.logaddexp(0, np.tanh(x))", "the order is turned round: tanh of softplus"
        ),
        "softplus without 1": Wrong(
            """
            x * np.tanh(np.maximum(x, 0))
        """,
            "log(exp(x)) is x: the 1 + inside the logarithm is missing, or ReLU stands for softplus",
        ),
        "log10": Wrong(
            "x * np.tanh(np.logaddexp(0, x) / np.log(10))", "log10 instead of the natural logarithm"
        ),
        "log2": Wrong(
            "x * np.tanh(np.logaddexp(0, x) / np.log(2))", "log2 instead of the natural logarithm"
        ),
        "squared": Wrong("x ** 2 * np.tanh(np.logaddexp(0, x))", "x is squared"),
        "derivative": Wrong(
            """
            x = np.asarray(x, float)
            t = np.tanh(np.logaddexp(0, x))
            s = np.exp(-np.logaddexp(0, -x))
            return t + x * s * (1 - t * t)
        """,
            "this is the derivative of mish",
        ),
        "ReLU outside": Wrong(
            "np.maximum(x, 0) * np.tanh(np.logaddexp(0, x))",
            "the negative side is cut off: mish dips to -0.309",
        ),
        "arctan": Wrong("x * np.arctan(np.logaddexp(0, x))", "arctan instead of tanh"),
        "added": Wrong("x + np.tanh(np.logaddexp(0, x))", "x + tanh(...): a product is meant"),
        "zero below -5": Wrong(
            "np.where(np.asarray(x) < -5, 0, x * np.tanh(np.logaddexp(0, x)))",
            "it is set to 0 below -5, where mish is still -0.03",
        ),
        "threshold 2": Wrong(
            """
            x = np.asarray(x, float)
            sp = np.where(x > 2, x, np.log1p(np.exp(np.minimum(x, 2))))
            return x * np.tanh(sp)
        """,
            "softplus is replaced by x from 2 on: far too early",
        ),
        "epsilon": Wrong(
            "x * np.tanh(np.log(1e-5 + 1 + np.exp(np.minimum(x, 700))))",
            "an epsilon inside the logarithm changes the left tail",
        ),
        "in place": Wrong(
            """
            x *= np.tanh(np.logaddexp(0, x))
            return x
        """,
            "x *= ... changes the caller's array",
        ),
        "float32 inside": Wrong(
            """
            x = np.asarray(x, np.float32)
            return x * np.tanh(np.logaddexp(np.float32(0), x))
        """,
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
    },
    hints=(
        "Three functions inside each other.",
        "softplus(x) = max(x, 0) + log1p(exp(-|x|)) never overflows.",
        "x * np.tanh(np.logaddexp(0, x))",
    ),
    source="Misra 2019, arXiv:1908.08681, equation 1",
)
