"""Parametric ReLU."""

from actfn.interview.grading.task import Rows, Task, Wrong

task = Task(
    name="prelu",
    signature="x, alpha",
    question="The parametric ReLU: x where x > 0, alpha x elsewhere, with a learnt slope alpha.",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "alpha is a number, or an array that broadcasts against x (one slope per channel).",
        "Neither argument is changed.",
    ),
    truth=Rows("prelu"),
    model="np.where(x > 0, x, alpha * x)",
    right={
        "maximum and minimum": "np.maximum(x, 0) + alpha * np.minimum(x, 0)",
        "mask": """
            pos = x > 0
            return x * pos + alpha * x * ~pos
        """,
        "factor": "x * np.where(x > 0, 1.0, alpha)",
        "in place on a copy": """
            y = np.array(x, dtype=float)
            slope = np.broadcast_to(alpha, y.shape)
            neg = y < 0
            y[neg] *= slope[neg]
            return y
        """,
        "absolute values": "0.5 * (1 + alpha) * x + 0.5 * (1 - alpha) * np.abs(x)",
        "a loop": """
            x = np.asarray(x, float)
            a = np.broadcast_to(alpha, x.shape)
            out = np.empty(x.shape)
            for k in np.ndindex(x.shape):
                out[k] = x[k] if x[k] > 0 else a[k] * x[k]
            return out
        """,
        "copyto": """
            y = np.multiply(x, alpha)
            np.copyto(y, x, where=np.asarray(x) > 0, casting='unsafe')
            return y
        """,
        "difference": "np.maximum(x, 0) - alpha * np.maximum(-np.asarray(x), 0)",
    },
    wrong={
        "alpha fixed": Wrong(
            "np.where(x > 0, x, 0.01 * x) + 0 * alpha", "alpha is ignored: 0.01 is leaky ReLU's"
        ),
        "alpha on the right": Wrong(
            "np.where(x > 0, alpha * x, x)",
            "alpha scales the positive side; it belongs to the negative one",
        ),
        "alpha everywhere": Wrong("alpha * x", "alpha scales both sides"),
        "alpha added": Wrong(
            "np.where(x > 0, x, alpha + x)", "alpha is added instead of multiplied"
        ),
        "alpha instead of alpha x": Wrong(
            "np.where(x > 0, x, alpha)", "alpha itself instead of alpha x"
        ),
        "sign": Wrong("np.where(x > 0, x, -alpha * x)", "the sign of alpha is turned round"),
        "maximum": Wrong(
            "np.maximum(x, alpha * x)", "max(x, alpha x) is right only for alpha <= 1"
        ),
        "absolute alpha": Wrong(
            "np.where(x > 0, x, np.abs(alpha) * x)", "|alpha|: a learnt slope may become negative"
        ),
        "clipped alpha": Wrong(
            "np.where(x > 0, x, np.clip(alpha, 0, 1) * x)",
            "alpha is clipped to [0, 1]: a learnt slope may leave it",
        ),
        "first slope only": Wrong(
            "np.where(x > 0, x, np.ravel(alpha)[0] * x)",
            "only the first slope is used: alpha may be an array, one per channel",
        ),
        "ELU": Wrong(
            "np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))",
            "this is ELU: the negative side is straight",
        ),
        "ReLU": Wrong("np.maximum(x, 0) + 0 * alpha", "the negative side is 0, as in ReLU"),
        "divided": Wrong(
            "np.where(x > 0, x, x / np.where(np.asarray(alpha) == 0, 1, alpha))",
            "divided by alpha instead of multiplied",
        ),
        "derivative": Wrong(
            "np.where(x > 0, 1.0, alpha * np.ones_like(x))", "this is the slope, not the function"
        ),
        "squared": Wrong("np.where(x > 0, x, alpha * x ** 2)", "x is squared on the negative side"),
        "in place": Wrong(
            """
            x[x < 0] *= np.broadcast_to(alpha, x.shape)[x < 0]
            return x
        """,
            "it changes its argument: work on a copy",
        ),
        "number only": Wrong(
            "return x if x > 0 else alpha * x",
            "`if x > 0` asks for one truth value of a whole array: use np.where",
        ),
        "truncated": Wrong(
            """
            y = np.array(x)
            y[y < 0] = (np.broadcast_to(alpha, y.shape) * y)[y < 0]
            return y
        """,
            "an integer array cuts off the fractions of alpha x",
        ),
        "threshold": Wrong("np.where(x > -1, x, alpha * x)", "the kink is at 0, not at -1"),
    },
    hints=(
        "Leaky ReLU with a slope that is an argument.",
        "alpha may hold one slope per channel: let it broadcast.",
        "np.where(x > 0, x, alpha * x)",
    ),
    source="He et al. 2015, arXiv:1502.01852, equation 1",
)
