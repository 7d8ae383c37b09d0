"""GELU in its tanh form, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong


def _form(root="np.sqrt(2 / np.pi)", cubic="0.044715 * x**3"):
    return f"0.5 * x * (1 + np.tanh({root} * (x + {cubic})))"


# What people write for the cubic, and what is wrong with it.
_CUBICS = {
    "exponent 2": ("0.044715 * x**2", "exponent 2 instead of 3 in the GELU cubic"),
    "exponent 4": ("0.044715 * x**4", "exponent 4 instead of 3 in the GELU cubic"),
    "times 3": ("0.044715 * x * 3", "x * 3 instead of x ** 3"),
    "no cubic": ("0", "the term 0.044715 x^3 is missing"),
    "cube of the bracket": ("(0.044715 * x) ** 3", "0.044715 is cubed too: only x is"),
    "cubic subtracted": ("-0.044715 * x**3", "the cubic has the wrong sign: x + 0.044715 x^3"),
    "cubic of |x|": ("0.044715 * np.abs(x) ** 3", "|x|^3 instead of x^3: the cubic is odd"),
    "0.04471": ("0.04471 * x**3", "the constant is 0.044715: 0.04471 has lost its last digit"),
    "0.044716": ("0.044716 * x**3", "the last digit is wrong: the constant is 0.044715"),
    "0.0447": ("0.0447 * x**3", "the constant is 0.044715, not 0.0447"),
    "0.045": ("0.045 * x**3", "the constant is 0.044715, not 0.045"),
    "0.044": ("0.044 * x**3", "the constant is 0.044715, not 0.044"),
    "0.44715": ("0.44715 * x**3", "the decimal point has moved: the constant is 0.044715"),
    "0.0044715": ("0.0044715 * x**3", "the decimal point has moved: the constant is 0.044715"),
    "0.04715": ("0.04715 * x**3", "a digit is missing: the constant is 0.044715"),
    "0.047715": ("0.047715 * x**3", "a digit is wrong: the constant is 0.044715"),
    "0.044175": ("0.044175 * x**3", "two digits are exchanged: the constant is 0.044715"),
    "0.035677": ("0.035677 * x**3", "0.035677 is sqrt(2/pi) 0.044715: the root is in it twice"),
}
# The same for the factor sqrt(2/pi).
_ROOTS = {
    "0.8": ("0.8", "sqrt(2/pi) is 0.79788456, not 0.8"),
    "0.7979": ("0.7979", "sqrt(2/pi) is rounded to 4 digits: write np.sqrt(2 / np.pi)"),
    "0.79788": ("0.79788", "sqrt(2/pi) is rounded to 5 digits: write np.sqrt(2 / np.pi)"),
    "3.14": ("np.sqrt(2 / 3.14)", "pi is rounded to 3.14: write np.pi"),
    "22/7": ("np.sqrt(2 / (22 / 7))", "22/7 is no pi: write np.pi"),
    "3.1416": ("np.sqrt(2 / 3.1416)", "pi is rounded to 3.1416: write np.pi"),
    "no root": ("(2 / np.pi)", "the root is missing: sqrt(2/pi), not 2/pi"),
    "root of 2 only": ("np.sqrt(2) / np.pi", "the root covers only the 2: sqrt(2/pi)"),
    "turned root": ("np.sqrt(np.pi / 2)", "the fraction is turned round: sqrt(2/pi)"),
    "root of 1/pi": ("np.sqrt(1 / np.pi)", "a 2 is missing: sqrt(2/pi), not sqrt(1/pi)"),
    "half the root": (
        "1 / np.sqrt(2 * np.pi)",
        "the factor is half of sqrt(2/pi): 1 / sqrt(2 pi), or sigmoid(u) instead of sigmoid(2u)",
    ),
    "twice the root": (
        "np.sqrt(8 / np.pi)",
        "2 sqrt(2/pi) belongs in front of a sigmoid: in front of tanh it is sqrt(2/pi)",
    ),
    "1 / sqrt(2)": ("1 / np.sqrt(2)", "1 / sqrt(2) belongs to erf: here it is sqrt(2/pi)"),
    "1.702": ("1.702 / 2", "1.702 belongs to quick GELU: here it is sqrt(2/pi)"),
    "no factor": ("1", "the factor sqrt(2/pi) is missing"),
}

task = Task(
    name="gelu",
    signature="x",
    question=(
        "The Gaussian error linear unit in its tanh form: "
        "0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))."
    ),
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "It is the tanh form that is asked for, not the exact x Phi(x).",
        "For sqrt(2/pi), 0.79788456 has enough digits.",
        "For every finite x the result is finite; a warning is no fault where the value is right.",
        "x itself is not changed.",
    ),
    truth=Elementwise(
        formula="x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2",
        also=("x * (1 + tanh(0.79788456 * (x + 0.044715 * x**3))) / 2",),
    ),
    model=_form(),
    right={
        "x taken out": """
            inner = np.sqrt(2.0 / np.pi) * x * (1.0 + 0.044715 * np.square(x))
            return x * 0.5 * (1.0 + np.tanh(inner))
        """,
        "literals": "0.5 * x * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))",
        "eight digits": "0.5 * x * (1 + np.tanh(0.79788456 * x * (1 + 0.044715 * x * x)))",
        "power": """
            cdf = 0.5 * (1.0 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * np.power(x, 3))))
            return x * cdf
        """,
        "a sigmoid": """
            def sigmoid(z):
                return 1 / (1 + np.exp(-z))

            def gelu(x):
                return x * sigmoid(2 * np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
        """,
        "x minus": """
            u = np.sqrt(8 / np.pi) * (x + 0.044715 * x**3)
            return x - x / (np.exp(np.minimum(u, 700)) + 1)
        """,
        "logaddexp": """
            u = np.sqrt(8 / np.pi) * (x + 0.044715 * x**3)
            return x * np.exp(-np.logaddexp(0, -u))
        """,
        "two terms": """
            half = x / 2
            return half + half * np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
        """,
        "polynomial": """
            u = np.polyval([0.044715, 0.0, 1.0, 0.0], x)
            return x * (1 + np.tanh(u * np.sqrt(2 / np.pi))) / 2
        """,
        "constants of the module": """
            import math
            import numpy as np

            CUBIC = 0.044715
            SCALE = math.sqrt(2 / math.pi)

            def gelu(x):
                x = np.asarray(x, dtype=np.float64)
                return 0.5 * x * (1.0 + np.tanh(SCALE * (x + CUBIC * x**3)))
        """,
        "a loop over the entries": """
            import math
            import numpy as np

            def gelu(x):
                x = np.asarray(x)
                out = np.zeros(x.shape)
                c = math.sqrt(2 / math.pi)
                for k in np.ndindex(x.shape):
                    v = float(x[k])
                    out[k] = 0.5 * v * (1 + math.tanh(c * (v + 0.044715 * v**3)))
                return out
        """,
        "vectorize": """
            import math
            import numpy as np

            def one(v):
                return 0.5 * v * (1 + math.tanh(math.sqrt(2 / math.pi) * (v + 0.044715 * v**3)))

            gelu = np.vectorize(one, otypes=[float])
        """,
        "a copy in place": """
            u = np.array(x, dtype=float)
            u *= u
            u *= 0.044715
            u += 1
            u *= x
            u *= np.sqrt(2 / np.pi)
            np.tanh(u, out=u)
            u += 1
            u *= x
            u *= 0.5
            return u
        """,
        "einsum": """
            cube = np.einsum("...,...,...->...", x, x, x)
            gate = 1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * cube))
            return np.einsum("...,...->...", x, gate) / 2
        """,
        "a class": """
            class GELU:
                def __init__(self):
                    self.c = np.sqrt(2 / np.pi)

                def forward(self, x):
                    return 0.5 * x * (1 + np.tanh(self.c * (x + 0.044715 * x**3)))

            gelu = GELU().forward
        """,
    },
    wrong={
        "exact": Wrong(
            """
            import math
            import numpy as np

            def gelu(x):
                return 0.5 * x * np.vectorize(math.erfc, otypes=[float])(-x / math.sqrt(2))
            """,
            "this is the exact x Phi(x); asked for is the tanh form, which differs by up to 5e-4",
        ),
        "quick": Wrong("x / (1 + np.exp(-1.702 * x))", "this is quick GELU, x sigmoid(1.702 x)"),
        **{name: Wrong(_form(cubic=text), says) for name, (text, says) in _CUBICS.items()},
        **{name: Wrong(_form(root=text), says) for name, (text, says) in _ROOTS.items()},
        "brackets": Wrong(
            "0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * x + 0.044715 * x**3))",
            "brackets are missing: sqrt(2/pi) multiplies the cubic too",
        ),
        "erf for tanh": Wrong(
            """
            import math
            import numpy as np

            def gelu(x):
                u = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
                return 0.5 * x * (1 + np.vectorize(math.erf, otypes=[float])(u))
            """,
            "erf of the cubic mixes both forms: erf takes x / sqrt(2), the cubic goes into tanh",
        ),
        "no half": Wrong(f"2 * ({_form()})", "the factor 0.5 is missing: for large x this is 2x"),
        "no x": Wrong(
            "0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))",
            "the factor x is missing: this is the gate, which runs from 0 to 1",
        ),
        "no 1": Wrong(
            "0.5 * x * np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))",
            "the 1 + is missing: the result is even instead of 0 on the left",
        ),
        "1 - tanh": Wrong(
            f"x - {_form()}", "1 - tanh: the sign is wrong, positive inputs are shut off"
        ),
        "brackets around 1": Wrong(
            "0.5 * x * 1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))",
            "brackets are missing: x/2 multiplies the whole 1 + tanh(...)",
        ),
        "ReLU": Wrong("np.maximum(x, 0.0)", "this is ReLU"),
        "SiLU": Wrong("x / (1 + np.exp(-x))", "this is SiLU, x sigmoid(x)"),
        "its derivative": Wrong(
            """
            u = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
            du = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
            return 0.5 * (1 + np.tanh(u)) + 0.5 * x * (1 - np.tanh(u) ** 2) * du
            """,
            "this is the derivative of GELU",
        ),
        "zero below -4": Wrong(
            f"np.where(np.asarray(x) < -4, 0, {_form()})",
            "it is cut off to 0 below -4, where it still is -7e-5",
        ),
        "x above 4": Wrong(
            f"np.where(np.asarray(x) > 4, x, {_form()})",
            "above 4 it returns x, from which the true value differs by up to 7e-5",
        ),
        "overflow": Wrong(
            """
            u = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
            return x * np.exp(2 * u) / (1 + np.exp(2 * u))
            """,
            "exp(2u) is inf for large x, and inf / inf is NaN: use tanh, or exp(-2u)",
        ),
        "overflow on both sides": Wrong(
            """
            u = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
            return 0.5 * x * (1 + (np.exp(u) - np.exp(-u)) / (np.exp(u) + np.exp(-u)))
            """,
            "exp(u) or exp(-u) is inf, and inf / inf is NaN: use np.tanh",
        ),
        "constants exchanged": Wrong(
            "0.5 * x * (1 + np.tanh(0.044715 * (x + np.sqrt(2 / np.pi) * x**3)))",
            "0.044715 and sqrt(2/pi) are exchanged",
        ),
        "clipped at 3": Wrong(
            """
            z = np.clip(x, -3, 3)
            return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))
            """,
            "clipping the gate's argument at 3 leaves 0.2 % of x in the tails",
        ),
        "rounded": Wrong(f"np.round({_form()}, 4)", "the result is rounded to 4 digits"),
        "in place": Wrong(
            """
            x *= 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
            return x
            """,
            "it changes its argument, as x *= does: make a new array",
        ),
        "float32 inside": Wrong(
            f"""
            x = np.asarray(x, np.float32)
            return {_form(root="np.float32(0.7978845608)")}
            """,
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
        "math.tanh": Wrong(
            """
            import math
            import numpy as np

            def gelu(x):
                return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
            """,
            "math.tanh takes single numbers only: np.tanh takes arrays",
        ),
    },
    hints=(
        "It is x times a gate that runs from 0 to 1.",
        "The gate is 0.5 (1 + tanh(u)) with u = sqrt(2/pi) (x + c x^3); which c?",
        "0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))",
    ),
    source="Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2",
)
