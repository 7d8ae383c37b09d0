"""Swish (SiLU), forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="swish",
    signature="x",
    question="Swish with beta = 1, also called SiLU: x sigmoid(x).",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "For every finite x the result is finite.",
        "x itself is not changed.",
    ),
    truth=Elementwise(formula="x / (1 + exp(-x))"),
    model="""
            z = np.exp(-np.abs(x))
            return x * np.where(np.asarray(x) >= 0, 1, z) / (1 + z)
        """,
    right={
        "textbook": "x / (1 + np.exp(-np.clip(x, -700, 700)))",
        "times the sigmoid": """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return x * s
        """,
        "tanh": "0.5 * x * (1 + np.tanh(0.5 * np.asarray(x)))",
        "a helper": """
            def sigmoid(v):
                return np.exp(-np.logaddexp(0, -np.asarray(v, float)))

            def swish(x):
                return x * sigmoid(x)
        """,
        "two branches": """
            x = np.asarray(x, float)
            out = np.empty_like(x)
            pos = x >= 0
            out[pos] = x[pos] / (1 + np.exp(-x[pos]))
            e = np.exp(x[~pos])
            out[~pos] = x[~pos] * e / (1 + e)
            return out
        """,
        "a loop": """
            import math
            import numpy as np

            def swish(x):
                x = np.asarray(x, float)
                out = np.empty(x.shape)
                for k, v in np.ndenumerate(x):
                    e = math.exp(-abs(v))
                    out[k] = v / (1 + e) if v >= 0 else v * e / (1 + e)
                return out
        """,
        "silenced": """
            with np.errstate(over='ignore'):
                return x / (1 + np.exp(-np.asarray(x, float)))
        """,
        "beta as an argument": """
            def swish(x, beta=1.0):
                return x / (1 + np.exp(-np.clip(beta * np.asarray(x, float), -700, 700)))
        """,
    },
    wrong={
        "sigmoid": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return s
        """,
            "this is the sigmoid alone: the factor x is missing",
        ),
        "sign": Wrong("x / (1 + np.exp(np.clip(x, -700, 700)))", "exp(x) instead of exp(-x)"),
        "overflow": Wrong("x * np.exp(x) / (1 + np.exp(x))", "for large x this is inf / inf = NaN"),
        "1.702": Wrong(
            "x / (1 + np.exp(-1.702 * np.clip(x, -400, 400)))",
            "1.702 makes this quick GELU: swish has beta = 1",
        ),
        "derivative": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return s + x * s * (1 - s)
        """,
            "this is the derivative of swish",
        ),
        "hard swish": Wrong(
            "x * np.clip(x / 6 + 0.5, 0, 1)", "this is hard swish, with straight pieces"
        ),
        "tanh of x": Wrong(
            "0.5 * x * (1 + np.tanh(x))", "tanh(x) instead of tanh(x / 2): beta = 2"
        ),
        "mish": Wrong("x * np.tanh(np.logaddexp(0, x))", "this is mish"),
        "softplus": Wrong("np.logaddexp(0, x)", "this is softplus"),
        "squared": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return x * s ** 2
        """,
            "the sigmoid is squared",
        ),
        "x squared": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return x ** 2 * s
        """,
            "x is squared",
        ),
        "ReLU gate": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return np.maximum(x, 0) * s
        """,
            "the negative side is cut off: swish dips to -0.278",
        ),
        "sum": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return x + s
        """,
            "x + sigmoid(x): a product is meant",
        ),
        "clipped at 10": Wrong(
            "x / (1 + np.exp(-np.clip(x, -10, 10)))",
            "clipping at 10 changes the left tail: x sigmoid(-10)",
        ),
        "epsilon": Wrong(
            "x / (1 + np.exp(-np.clip(x, -700, 700)) + 1e-6)",
            "an epsilon in the denominator changes every value",
        ),
        "base 2": Wrong(
            "x / (1 + 2.0 ** -np.clip(np.asarray(x, float), -1000, 1000))",
            "the base is 2 instead of e",
        ),
        "GELU": Wrong(
            """
            0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * np.asarray(x, float) ** 3)))
        """,
            "this is GELU",
        ),
        "in place": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            x *= s
            return x
        """,
            "x *= ... changes the caller's array",
        ),
        "zero below -5": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return np.where(np.asarray(x) < -5, 0, x * s)
        """,
            "it is set to 0 below -5, where swish is still -0.03",
        ),
        "x above 5": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return np.where(np.asarray(x) > 5, x, x * s)
        """,
            "it is set to x above 5, where swish is still 0.03 less",
        ),
        "float32 inside": Wrong(
            """
            x = np.asarray(x, np.float32)
            return x / (1 + np.exp(-np.clip(x, -80, 80)))
        """,
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
        "rounded": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            return np.round(x * s, 4)
        """,
            "the result is rounded to 4 digits",
        ),
    },
    hints=(
        "A gate times its own input.",
        "x sigmoid(x); which sigmoid does not overflow?",
        "x / (1 + np.exp(-x)) for x >= 0, x e^x / (1 + e^x) below",
    ),
    source="Ramachandran, Zoph & Le 2017, arXiv:1710.05941; SiLU: Elfwing, Uchibe & Doya 2017, arXiv:1702.03118",
)
