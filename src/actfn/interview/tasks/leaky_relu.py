"""Leaky ReLU, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="leaky_relu",
    signature="x, alpha=0.01",
    question="The leaky rectified linear unit: x where x > 0, alpha x elsewhere.",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "alpha is a number from 0 to 1, 0.01 by default.",
        "x itself is not changed.",
    ),
    truth=Elementwise(
        formula="where(x > 0, x, alpha * x)", parameters={"alpha": (0.2345678901234, 0.0)}
    ),
    model="np.where(x > 0, x, alpha * x)",
    right={
        "maximum": "np.maximum(x, alpha * x)",
        "positive and negative part": "np.maximum(x, 0) + alpha * np.minimum(x, 0)",
        "two ReLUs": """
            def relu(x):
                return np.maximum(0, x)

            def leaky_relu(x, alpha=0.01):
                return relu(x) - alpha * relu(-x)
        """,
        "a mask": """
            y = np.array(x, dtype=float)
            y[y < 0] *= alpha
            return y
        """,
        "a mask and where": """
            y = np.array(x, dtype=float)
            return np.multiply(y, alpha, out=y, where=y < 0)
        """,
        "a slope": "x * np.where(x > 0, 1, alpha)",
        "masks as factors": "(x > 0) * x + (x <= 0) * alpha * x",
        "power of a mask": "x * alpha ** (x < 0)",
        "mean and half difference": "0.5 * (1 + alpha) * x + 0.5 * (1 - alpha) * np.abs(x)",
        "select": "np.select([x > 0, x <= 0], [x, alpha * x], default=np.nan)",
        "piecewise": """
            x = np.asarray(x, float)
            return np.piecewise(x, [x < 0], [lambda v: alpha * v, lambda v: v])
        """,
        "a loop over the entries": """
            x = np.asarray(x)
            out = np.empty(x.shape)
            for k, v in np.ndenumerate(x):
                out[k] = v if v > 0 else alpha * v
            return out
        """,
        "vectorize": "np.vectorize(lambda v: max(v, alpha * v), otypes=[float])(x)",
        "a lambda": "leaky_relu = lambda x, alpha=0.01: np.where(np.less(x, 0), alpha * x, x)",
        "None as default": """
            def leaky_relu(x, alpha=None):
                alpha = 0.01 if alpha is None else alpha
                return np.where(x >= 0, x, x * alpha)
        """,
        "keyword only": """
            def leaky_relu(x, *, alpha=0.01):
                return (1 - alpha) * np.maximum(x, 0) + alpha * x
        """,
        "putmask": """
            y = np.array(x, dtype=float)
            np.putmask(y, y < 0, alpha * y)
            return y
        """,
    },
    wrong={
        "default 0.1": Wrong(
            """
            def leaky_relu(x, alpha=0.1):
                return np.where(x > 0, x, alpha * x)
            """,
            "the default of alpha is 0.01, not 0.1",
        ),
        "default 0.2": Wrong(
            """
            def leaky_relu(x, alpha=0.2):
                return np.where(x > 0, x, alpha * x)
            """,
            "the default of alpha is 0.01, not 0.2",
        ),
        "default 0.001": Wrong(
            """
            def leaky_relu(x, alpha=0.001):
                return np.where(x > 0, x, alpha * x)
            """,
            "the default of alpha is 0.01, not 0.001",
        ),
        "no default": Wrong(
            """
            def leaky_relu(x, alpha):
                return np.where(x > 0, x, alpha * x)
            """,
            "alpha has no default: without it, it has to be 0.01",
        ),
        "another name": Wrong(
            """
            def leaky_relu(x, slope=0.01):
                return np.where(x > 0, x, slope * x)
            """,
            "the second argument has to be called alpha",
        ),
        "alpha ignored": Wrong(
            "np.where(x > 0, x, 0.01 * x)", "alpha is ignored: 0.01 is written into the formula"
        ),
        "falsy alpha": Wrong(
            "np.where(x > 0, x, (alpha or 0.01) * x)",
            "`alpha or 0.01` takes the slope 0 for a missing one",
        ),
        "ReLU": Wrong(
            "np.maximum(x, 0.0)", "the negative side is 0, as in ReLU: the leak is missing"
        ),
        "branches exchanged": Wrong(
            "np.where(x < 0, x, alpha * x)",
            "the two branches are exchanged, as by minimum(x, alpha x): it is the maximum",
        ),
        "sign": Wrong(
            "np.where(x > 0, x, -alpha * x)",
            "the negative side has the wrong sign: alpha x is below 0",
        ),
        "no minus between the ReLUs": Wrong(
            "np.maximum(x, 0) + alpha * np.maximum(-np.asarray(x), 0) ** 2",
            "the negative part is squared: alpha x is a straight line",
        ),
        "a constant": Wrong(
            "np.where(x > 0, x, alpha)", "the negative side is the constant alpha: alpha x is meant"
        ),
        "minus a constant": Wrong(
            "np.where(x > 0, x, -alpha)",
            "the negative side is the constant -alpha: alpha x is meant",
        ),
        "divided": Wrong(
            "np.where(x > 0, x, x / alpha) if alpha else np.maximum(x, 0)",
            "x is divided by alpha instead of multiplied",
        ),
        "added": Wrong("np.where(x > 0, x, x + alpha)", "alpha is added instead of multiplied"),
        "lower limit": Wrong(
            "np.maximum(x, alpha)", "alpha itself is the lower limit: maximum(x, alpha x) is meant"
        ),
        "both sides": Wrong("alpha * np.asarray(x)", "alpha scales the positive side too"),
        "leak everywhere": Wrong(
            "np.maximum(x, 0) + alpha * x",
            "the leak is added on the positive side too: the slope there becomes 1 + alpha",
        ),
        "linear": Wrong("np.asarray(x) * 1.0", "the negative side is not scaled: this is x itself"),
        "only the negative part": Wrong(
            "alpha * np.minimum(x, 0)", "the positive side is lost: it has to be x"
        ),
        "its derivative": Wrong(
            "np.where(x > 0, 1.0, alpha)", "this is the derivative of leaky ReLU"
        ),
        "ELU": Wrong(
            "np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))",
            "this is ELU: the negative side of leaky ReLU is a straight line",
        ),
        "1 - alpha": Wrong(
            "np.where(x > 0, x, (1 - alpha) * x)", "the slope is 1 - alpha instead of alpha"
        ),
        "alpha squared": Wrong("np.where(x > 0, x, alpha * alpha * x)", "alpha is applied twice"),
        "threshold alpha": Wrong(
            "np.where(x > alpha, x, alpha * x)", "the kink is at 0, not at alpha"
        ),
        "threshold 1": Wrong("np.where(x > 1, x, alpha * x)", "the kink is at 0, not at 1"),
        "upper limit 6": Wrong(
            "np.minimum(np.where(x > 0, x, alpha * x), 6)",
            "there is no upper limit of 6, as in ReLU6",
        ),
        "in place": Wrong(
            """
            x[x < 0] = alpha * x[x < 0]
            return x
            """,
            "it changes its argument: work on a copy",
        ),
        "result of the input's type": Wrong(
            """
            y = x.copy()
            y[x < 0] = alpha * x[x < 0]
            return y
            """,
            "a copy of integers holds integers, which cuts off alpha x: make it a float array",
        ),
        "rounded": Wrong(
            "np.round(np.where(x > 0, x, alpha * x), 4)", "the result is rounded to 4 digits"
        ),
        "float32": Wrong(
            "np.where(x > 0, x, alpha * x).astype(np.float32)",
            "float64 input comes back as float32",
        ),
        "Python's max": Wrong(
            "max(x, alpha * x)",
            "max asks whether a whole array is true; np.maximum works entry by entry",
        ),
        "maximum of the array": Wrong(
            "np.max([x, alpha * x])",
            "np.max is one number for the whole array; np.maximum works entry by entry",
        ),
    },
    hints=(
        "Two straight lines: which slope has each?",
        "np.where picks one of two arrays, entry by entry.",
        "np.where(x > 0, x, alpha * x)",
    ),
    source="Maas, Hannun & Ng 2013, Rectifier nonlinearities improve acoustic models, equation 3",
)
