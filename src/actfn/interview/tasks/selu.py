"""SELU, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong


def _form(scale="1.0507009873554805", alpha="1.6732632423543772"):
    return f"{scale} * np.where(x > 0, x, {alpha} * np.expm1(np.minimum(x, 0)))"


# What people write for the two constants, and what is wrong with it.
_CONSTANTS = {
    "rounded to 4 digits": (
        {"scale": "1.051", "alpha": "1.673"},
        "both constants are rounded to 4 digits: they are given to 16",
    ),
    "rounded to 5 digits": (
        {"scale": "1.0507", "alpha": "1.6733"},
        "both constants are rounded to 5 digits: they are given to 16",
    ),
    "rounded to 6 digits": (
        {"scale": "1.0507", "alpha": "1.67326"},
        "both constants are cut off after 4 or 5 decimals: they are given to 16 digits",
    ),
    "1.05 and 1.67": (
        {"scale": "1.05", "alpha": "1.67"},
        "both constants are rounded to 2 decimals: they are given to 16 digits",
    ),
    "1.0507": ({"scale": "1.0507"}, "the scale is rounded to 1.0507: it is 1.0507009873554805"),
    "1.6733": ({"alpha": "1.6733"}, "alpha is rounded to 1.6733: it is 1.6732632423543772"),
    "1.67326": ({"alpha": "1.67326"}, "alpha is cut off to 1.67326: it is 1.6732632423543772"),
    "1.6723": (
        {"alpha": "1.6723632423543772"},
        "two digits of alpha are exchanged: it is 1.6732632423543772",
    ),
    "1.0570": (
        {"scale": "1.0570009873554805"},
        "two digits of the scale are exchanged: it is 1.0507009873554805",
    ),
    "constants exchanged": (
        {"scale": "1.6732632423543772", "alpha": "1.0507009873554805"},
        "alpha and the scale are exchanged",
    ),
    "alpha 1": ({"alpha": "1.0"}, "alpha is missing: this is ELU, scaled"),
    "no scale": ({"scale": "1.0"}, "the outer scale 1.0507009873554805 is missing"),
    "both 1": ({"scale": "1.0", "alpha": "1.0"}, "this is ELU: both constants are missing"),
    "scale divides": ({"scale": "1 / 1.0507009873554805"}, "it is divided by the scale"),
    "alpha squared": ({"alpha": "1.6732632423543772**2"}, "alpha is applied twice"),
    "scale squared": ({"scale": "1.0507009873554805**2"}, "the scale is applied twice"),
    "scale only right": (
        {"alpha": "1.6732632423543772 / 1.0507009873554805"},
        "the scale multiplies the positive side only: it belongs in front of both",
    ),
    "product as alpha": (
        {"alpha": "1.7580993408473766"},
        "1.7581 is the product of both constants: the scale is in it twice",
    ),
}

task = Task(
    name="selu",
    signature="x",
    question=(
        "The scaled exponential linear unit: scale x where x > 0, scale alpha (exp(x) - 1) "
        "elsewhere, with alpha = 1.6732632423543772 and scale = 1.0507009873554805."
    ),
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "1.67326324 and 1.05070098 have enough digits, 1.6733 and 1.0507 have not.",
        "For every finite x the result is finite; a warning is no fault where the value is right.",
        "x itself is not changed.",
    ),
    truth=Elementwise(
        formula="1.0507009873554805 * where(x > 0, x, 1.6732632423543772 * expm1(x))",
        also=("1.05070098 * where(x > 0, x, 1.67326324 * expm1(x))",),
    ),
    model=_form(),
    right={
        "textbook form": """
            alpha = 1.6732632423543772848170429916717
            scale = 1.0507009873554804934193349852946
            return scale * np.where(x > 0, x, alpha * (np.exp(x) - 1))
        """,
        "nine digits": "1.05070098 * np.where(x > 0, x, 1.67326324 * (np.exp(x) - 1))",
        "maximum and minimum": """
            scale, alpha = 1.0507009873554805, 1.6732632423543772
            return scale * (np.maximum(x, 0) + np.minimum(0, alpha * np.expm1(np.minimum(x, 0))))
        """,
        "the product written out": """
            return np.where(
                x >= 0, 1.0507009873554805 * x, 1.7580993408473766 * np.expm1(np.minimum(x, 0))
            )
        """,
        "alpha exp(x) - alpha": """
            alpha, scale = 1.6732632423543772, 1.0507009873554805
            return scale * np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - alpha)
        """,
        "through ELU": """
            def elu(x, alpha=1.0):
                return np.where(x > 0, x, alpha * np.expm1(np.clip(x, None, 0)))

            def selu(x):
                return 1.0507009873554805 * elu(x, 1.6732632423543772)
        """,
        "a mask": """
            y = np.array(x, dtype=float)
            negative = y < 0
            y[negative] = 1.6732632423543772 * np.expm1(y[negative])
            y *= 1.0507009873554805
            return y
        """,
        "masks as factors": """
            x = np.asarray(x)
            left = 1.6732632423543772 * (np.exp(x * (x < 0)) - 1)
            return 1.0507009873554805 * (x * (x > 0) + left)
        """,
        "constants as defaults": """
            def selu(x, alpha=1.6732632423543772, scale=1.0507009873554805):
                return scale * np.where(x < 0, alpha * np.expm1(np.minimum(x, 0)), x)
        """,
        "a class": """
            class SELU:
                ALPHA = 1.6732632423543772
                SCALE = 1.0507009873554805

                def __call__(self, x):
                    left = self.ALPHA * (np.exp(np.minimum(x, 0)) - 1)
                    return self.SCALE * (np.maximum(0, x) + left)

            selu = SELU()
        """,
        "constants from their definition": """
            import math
            import numpy as np

            E = math.e
            HALF = math.erfc(1 / math.sqrt(2)) * math.exp(0.5)
            ALPHA = -math.sqrt(2 / math.pi) / (HALF - 1)
            SCALE = (1 - HALF) * math.sqrt(2 * math.pi) / math.sqrt(
                2 * math.erfc(math.sqrt(2)) * E**2 + math.pi * HALF**2 - 2 * (2 + math.pi) * HALF
                + math.pi + 2
            )

            def selu(x):
                return SCALE * np.where(x > 0, x, ALPHA * np.expm1(np.minimum(x, 0)))
        """,
        "a loop over the entries": """
            import math
            import numpy as np

            def selu(x):
                x = np.asarray(x)
                out = np.empty(x.shape)
                for k, v in np.ndenumerate(x):
                    value = v if v > 0 else 1.6732632423543772 * math.expm1(v)
                    out[k] = 1.0507009873554805 * value
                return out
        """,
        "vectorize": """
            import math
            import numpy as np

            def one(v):
                if v > 0:
                    return 1.0507009873554805 * v
                return 1.0507009873554805 * 1.6732632423543772 * (math.exp(v) - 1)

            selu = np.vectorize(one, otypes=[float])
        """,
    },
    wrong={
        **{name: Wrong(_form(**given), says) for name, (given, says) in _CONSTANTS.items()},
        "scale only left": Wrong(
            "np.where(x > 0, x, 1.7580993408473766 * np.expm1(np.minimum(x, 0)))",
            "the scale multiplies the negative side only: it belongs in front of both",
        ),
        "alpha on both sides": Wrong(
            "1.7580993408473766 * np.where(x > 0, x, np.expm1(np.minimum(x, 0)))",
            "alpha multiplies the positive side too: it belongs to the negative one only",
        ),
        "no -1": Wrong(
            "1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.exp(-np.abs(x)))",
            "the -1 is missing: alpha exp(x) jumps at 0 instead of reaching 0",
        ),
        "-1 outside": Wrong(
            "1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.exp(-np.abs(x)) - 1)",
            "alpha multiplies only exp(x): the bracket is alpha (exp(x) - 1)",
        ),
        "1 - exp": Wrong(
            _form(alpha="-1.6732632423543772"), "1 - exp(x) is turned round: exp(x) - 1 is negative"
        ),
        "leaky": Wrong(
            "1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * x)",
            "the negative side is a straight line: it has to be alpha (exp(x) - 1)",
        ),
        "ReLU": Wrong(
            "1.0507009873554805 * np.maximum(x, 0)", "the negative side is 0, as in ReLU"
        ),
        "sign of the exponent": Wrong(
            "1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.abs(x)))",
            "the exponent has the wrong sign: exp(-x) grows to the left",
        ),
        "CELU": Wrong(
            "1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * "
            "np.expm1(np.minimum(x, 0) / 1.6732632423543772))",
            "x is divided by alpha in the exponent, as in CELU: SELU has exp(x)",
        ),
        "scale in the exponent": Wrong(
            "np.where(x > 0, 1.0507009873554805 * x, 1.6732632423543772 * "
            "np.expm1(1.0507009873554805 * np.minimum(x, 0)))",
            "the scale stands in the exponent: it multiplies alpha (exp(x) - 1)",
        ),
        "branches exchanged": Wrong(
            "1.0507009873554805 * np.where(x < 0, x, 1.6732632423543772 * np.expm1(x))",
            "the two branches are exchanged",
        ),
        "its derivative": Wrong(
            "1.0507009873554805 * np.where(x > 0, 1.0, 1.6732632423543772 * np.exp(-np.abs(x)))",
            "this is the derivative of SELU",
        ),
        "masks times infinity": Wrong(
            """
            left = 1.6732632423543772 * (np.exp(x) - 1)
            return 1.0507009873554805 * ((x > 0) * x + (x <= 0) * left)
            """,
            "exp(x) of a large positive x is inf, and inf times a mask of 0 is NaN",
        ),
        "GELU": Wrong(
            "0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))", "this is GELU"
        ),
        "SiLU": Wrong("x / (1 + np.exp(-x))", "this is SiLU, x sigmoid(x)"),
        "result of the input's type": Wrong(
            """
            y = np.zeros_like(x)
            y[x > 0] = 1.0507009873554805 * x[x > 0]
            y[x <= 0] = 1.7580993408473766 * np.expm1(x[x <= 0])
            return y
            """,
            "zeros_like(x) of integers is an integer array, which cuts off every fraction",
        ),
        "rounded result": Wrong(f"np.round({_form()}, 4)", "the result is rounded to 4 digits"),
        "in place": Wrong(
            """
            x[x < 0] = 1.6732632423543772 * np.expm1(x[x < 0])
            x *= 1.0507009873554805
            return x
            """,
            "it changes its argument: work on a copy",
        ),
        "float32": Wrong(f"({_form()}).astype(np.float32)", "float64 input gives only float32"),
        "if on an array": Wrong(
            "1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * np.expm1(x))",
            "`if x > 0` asks for one truth value of a whole array: use np.where",
        ),
    },
    hints=(
        "It is ELU with a certain alpha, times a certain scale.",
        "np.where computes both branches for every element: keep exp from overflowing.",
        "scale * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))",
    ),
    source="Klambauer et al. 2017, arXiv:1706.02515, equation 2",
)
