"""GELU in its tanh form, derivative."""

from actfn.interview.grading.task import Elementwise, Task, Wrong


def _answer(text):
    """An answer in one line that may use u, its derivative du and t = tanh(u)."""
    body = text if "return" in text else f"return {text}"
    return f"""
        c = np.sqrt(2 / np.pi)
        u = c * (x + 0.044715 * x**3)
        du = c * (1 + 3 * 0.044715 * np.square(x))
        t = np.tanh(u)
        {body}
    """


# What people write for u' in 0.5 (1 + t) + 0.5 x (1 - t^2) u', and what is wrong with it.
_INNER = {
    "no inner derivative": ("1", "the inner derivative u' is missing (chain rule)"),
    "no cubic in u'": ("c", "the derivative of 0.044715 x^3 is missing in u'"),
    "no 3": ("c * (1 + 0.044715 * x**2)", "the derivative of x^3 is 3 x^2: the 3 is missing"),
    "2 for 3": ("c * (1 + 2 * 0.044715 * x**2)", "the derivative of x^3 is 3 x^2, not 2 x^2"),
    "cube left": ("c * (1 + 3 * 0.044715 * x**3)", "the derivative of x^3 is 3 x^2, not 3 x^3"),
    "3 x": ("c * (1 + 3 * 0.044715 * x)", "the derivative of x^3 is 3 x^2, not 3 x"),
    "x left": ("c * (x + 3 * 0.044715 * x**2)", "the derivative of x is 1: u' = c (1 + 3 a x^2)"),
    "no root in u'": ("1 + 3 * 0.044715 * x**2", "the factor sqrt(2/pi) is missing in u'"),
    "root squared": ("c * c * (1 + 0.134145 * x**2)", "sqrt(2/pi) is in u' twice"),
    "root at the 1 only": ("c + 0.134145 * x**2", "sqrt(2/pi) multiplies all of 1 + 3 a x^2"),
    "inner sign": ("c * (1 - 0.134145 * x**2)", "the sign in u' is wrong: 1 + 3 a x^2"),
    "inverse root": ("(1 + 0.134145 * x**2) / c", "sqrt(2/pi) multiplies: this divides by it"),
    "0.0447 in u'": ("c * (1 + 3 * 0.0447 * x**2)", "the constant is 0.044715, not 0.0447"),
    "0.1342": ("c * (1 + 0.1342 * x**2)", "3 x 0.044715 is 0.134145: 0.1342 is rounded"),
    "0.134": ("c * (1 + 0.134 * x**2)", "3 x 0.044715 is 0.134145: 0.134 is rounded"),
    "0.044715 cubed": ("c * (1 + 3 * 0.044715**3 * x**2)", "0.044715 is not raised to a power"),
}
# The same for the second term.
_SECOND = {
    "not squared": ("0.5 * x * (1 - t) * du", "tanh' is 1 - tanh^2: the square is missing"),
    "plus": ("0.5 * x * (1 + t**2) * du", "tanh' is 1 - tanh^2, not 1 + tanh^2"),
    "square of 1 - t": ("0.5 * x * (1 - t) ** 2 * du", "1 - t is squared instead of t"),
    "sigmoid's": ("0.5 * x * t * (1 - t) * du", "t (1 - t) belongs to a sigmoid; tanh' is 1 - t^2"),
    "tanh of x": ("0.5 * x * (1 - np.tanh(x) ** 2) * du", "1 - tanh^2 is taken at x, not at u"),
    "tanh twice": ("0.5 * x * (1 - np.tanh(t) ** 2) * du", "tanh is applied once more to t"),
    "sech not squared": (
        "0.5 * x / np.cosh(np.clip(u, -300, 300)) * du",
        "tanh' is 1 / cosh^2: the square is missing",
    ),
    "minus": ("-0.5 * x * (1 - t**2) * du", "the second term is added, not subtracted"),
    "no x": ("0.5 * (1 - t**2) * du", "the factor x of the second term is missing"),
    "x squared": ("0.5 * x**2 * (1 - t**2) * du", "the second term has x, not x^2"),
    "u for x": ("0.5 * u * (1 - t**2) * du", "the factor of the second term is x, not u"),
    "no half at the second": ("x * (1 - t**2) * du", "the 0.5 of the second term is missing"),
    "quarter": ("0.25 * x * (1 - t**2) * du", "the second term is halved twice"),
}


def _truth(root, cubic):
    """The derivative in the grammar of formulas; `cubic` is 3 * 0.044715 times the root."""
    gate = f"tanh({root} * (x + 0.044715 * x**3))"
    return f"(1 + {gate}) / 2 + x * (1 - {gate}**2) * ({root} + {cubic} * x**2) / 2"


task = Task(
    name="gelu_tanh_derivative",
    signature="x",
    question=(
        "The derivative of GELU's tanh form at its input x. The form is 0.5 x (1 + tanh(u)) "
        "with u = sqrt(2/pi) (x + 0.044715 x^3)."
    ),
    contract=(
        "x is the input of GELU, an array of any shape; the result has the same shape.",
        "It is the derivative of the tanh form, not of the exact x Phi(x).",
        "For sqrt(2/pi), 0.79788456 has enough digits.",
        "For every finite x the result is finite; a warning is no fault where the value is right.",
        "x itself is not changed.",
    ),
    truth=Elementwise(
        formula=_truth("sqrt(2 / pi)", "sqrt(2 / pi) * 0.134145"),
        also=(_truth("0.79788456", "0.1070322243"),),
    ),
    model=_answer("0.5 * (1 + t) + 0.5 * x * (1 - t * t) * du"),
    right={
        "in one line": """
            return 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) + 0.5 * x * (
                1 - np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)) ** 2
            ) * np.sqrt(2 / np.pi) * (1 + 0.134145 * x**2)
        """,
        "sech": """
            u = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
            sech = 1 / np.cosh(np.clip(u, -300, 300))
            inner = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
            return 0.5 * np.tanh(u) + 0.5 * x * inner * sech**2 + 0.5
        """,
        "a sigmoid": """
            def sigmoid(z):
                return 1 / (1 + np.exp(-z))

            def gelu_tanh_derivative(x):
                c = 2 * np.sqrt(2 / np.pi)
                s = sigmoid(c * (x + 0.044715 * x**3))
                return s + x * s * (1 - s) * c * (1 + 3 * 0.044715 * x**2)
        """,
        "literals": """
            t = np.tanh(0.7978845608028654 * x + 0.035677408136300125 * x**3)
            slope = 0.3989422804014327 * x + 0.053516112204450187 * x**3
            return 0.5 * (1 + t) + (1 - t) * (1 + t) * slope
        """,
        "eight digits": """
            t = np.tanh(0.79788456 * x * (1 + 0.044715 * x * x))
            return 0.5 * x * ((1 - t * t) * (0.79788456 + 0.1070322243 * x * x)) + 0.5 * (1 + t)
        """,
        "complex step": """
            def gelu(z):
                return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))

            def gelu_tanh_derivative(x):
                h = 1e-150
                return gelu(np.asarray(x, dtype=float) + 1j * h).imag / h
        """,
        "dual numbers": """
            class Dual:
                def __init__(self, value, slope):
                    self.value, self.slope = value, slope

                def __add__(self, other):
                    return Dual(self.value + other.value, self.slope + other.slope)

                def __mul__(self, other):
                    slope = self.value * other.slope + self.slope * other.value
                    return Dual(self.value * other.value, slope)

                def tanh(self):
                    t = np.tanh(self.value)
                    return Dual(t, (1 - t * t) * self.slope)

            def gelu_tanh_derivative(x):
                x = Dual(np.asarray(x, dtype=float), 1.0)
                number = lambda v: Dual(v, 0.0)
                u = number(np.sqrt(2 / np.pi)) * (x + number(0.044715) * x * x * x)
                return (number(0.5) * x * (number(1) + u.tanh())).slope
        """,
        "a loop over the entries": """
            import math
            import numpy as np

            def gelu_tanh_derivative(x):
                x = np.asarray(x)
                out = np.empty(x.shape)
                c, a = math.sqrt(2 / math.pi), 0.044715
                for k, v in np.ndenumerate(x):
                    v = float(v)
                    t = math.tanh(c * (v + a * v**3))
                    out[k] = 0.5 * (1 + t) + 0.5 * v * (1 - t * t) * c * (1 + 3 * a * v * v)
                return out
        """,
        "backward pass": """
            c = np.sqrt(2 / np.pi)
            t = np.tanh(c * (x + 0.044715 * x**3))
            d_gate = 0.5 * x
            d_u = d_gate * (1 - t**2)
            d_inner = d_u * c
            dx = 0.5 * (1 + t)
            dx = dx + d_inner + d_inner * 0.044715 * 3 * x**2
            return dx
        """,
        "polynomials": """
            p = np.poly1d([0.044715, 0, 1, 0]) * np.sqrt(2 / np.pi)
            t = np.tanh(p(x))
            return 0.5 * (1 + t + x * (1 - np.square(t)) * p.deriv()(x))
        """,
        "einsum": """
            x = np.asarray(x, dtype=float)
            c = np.sqrt(2 / np.pi)
            t = np.tanh(c * x * (1 + 0.044715 * x * x))
            second = np.einsum("...,...,...->...", x, 1 - t * t, c * (1 + 0.134145 * x * x))
            return (1 + t + second) / 2
        """,
    },
    wrong={
        "GELU itself": Wrong(
            _answer("0.5 * x * (1 + t)"), "this is GELU itself, not its derivative"
        ),
        "only the first term": Wrong(
            _answer("0.5 * (1 + t)"), "the second term of the product rule is missing"
        ),
        "only the second term": Wrong(
            _answer("0.5 * x * (1 - t**2) * du"),
            "the first term 0.5 (1 + tanh u) of the product rule is missing",
        ),
        "exact form's": Wrong(
            """
            import math
            import numpy as np

            def gelu_tanh_derivative(x):
                density = np.exp(-np.square(x) / 2) / math.sqrt(2 * math.pi)
                return np.vectorize(math.erfc, otypes=[float])(-x / 2**0.5) / 2 + x * density
            """,
            "this is the derivative of the exact form, which differs by up to 9e-4",
        ),
        **{
            name: Wrong(_answer(f"0.5 * (1 + t) + 0.5 * x * (1 - t**2) * ({text})"), says)
            for name, (text, says) in _INNER.items()
        },
        **{
            name: Wrong(_answer(f"0.5 * (1 + t) + ({text})"), says)
            for name, (text, says) in _SECOND.items()
        },
        "no root on both": Wrong(
            """
            t = np.tanh(x + 0.044715 * x**3)
            return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * (1 + 3 * 0.044715 * x**2)
            """,
            "the factor sqrt(2/pi) is missing",
        ),
        "0.0447": Wrong(
            """
            c = np.sqrt(2 / np.pi)
            t = np.tanh(c * (x + 0.0447 * x**3))
            return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.0447 * x**2)
            """,
            "the constant is 0.044715, not 0.0447",
        ),
        "0.79788": Wrong(
            """
            t = np.tanh(0.79788 * (x + 0.044715 * x**3))
            return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.79788 * (1 + 0.134145 * x**2)
            """,
            "sqrt(2/pi) is rounded to 5 digits: write np.sqrt(2 / np.pi)",
        ),
        "0.8": Wrong(
            """
            t = np.tanh(0.8 * (x + 0.044715 * x**3))
            return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.8 * (1 + 0.134145 * x**2)
            """,
            "sqrt(2/pi) is 0.79788456, not 0.8",
        ),
        "exponent 2": Wrong(
            """
            c = np.sqrt(2 / np.pi)
            t = np.tanh(c * (x + 0.044715 * x**2))
            return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * c * (1 + 2 * 0.044715 * x)
            """,
            "exponent 2 instead of 3 in the GELU cubic",
        ),
        "no half at the first": Wrong(
            _answer("1 + t + 0.5 * x * (1 - t**2) * du"),
            "the factor 0.5 of the first term is missing",
        ),
        "no half": Wrong(
            _answer("1 + t + x * (1 - t**2) * du"), "the factor 0.5 of both terms is missing"
        ),
        "no 1": Wrong(
            _answer("0.5 * t + 0.5 * x * (1 - t**2) * du"), "the 1 + before tanh(u) is missing"
        ),
        "quick GELU's": Wrong(
            """
            s = 1 / (1 + np.exp(-1.702 * x))
            return s + 1.702 * x * s * (1 - s)
            """,
            "this is the derivative of quick GELU, x sigmoid(1.702 x)",
        ),
        "difference quotient": Wrong(
            """
            f = lambda v: 0.5 * v * (1 + np.tanh(np.sqrt(2 / np.pi) * (v + 0.044715 * v**3)))
            return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
            """,
            "a difference quotient is right to 10 digits at most: differentiate by hand",
        ),
        "overflow": Wrong(
            """
            c = 2 * np.sqrt(2 / np.pi)
            e = np.exp(c * (x + 0.044715 * x**3))
            return e / (1 + e) + x * e / (1 + e) ** 2 * c * (1 + 3 * 0.044715 * x**2)
            """,
            "the exponential is inf for large x, and inf / inf is NaN: use tanh",
        ),
        "rounded": Wrong(
            _answer("np.round(0.5 * (1 + t) + 0.5 * x * (1 - t * t) * du, 4)"),
            "the result is rounded to 4 digits",
        ),
        "in place": Wrong(
            _answer("x *= 0.5 * (1 - t * t) * du; return x + 0.5 * (1 + t)"),
            "it changes its argument, as x *= does: make a new array",
        ),
        "float32": Wrong(
            _answer("(0.5 * (1 + t) + 0.5 * x * (1 - t * t) * du).astype(np.float32)"),
            "float64 input gives only float32: half the digits are gone",
        ),
    },
    hints=(
        "Product rule first: x/2 times 1 + tanh(u).",
        "tanh' is 1 - tanh^2, and u has an inner derivative u' = sqrt(2/pi) (1 + 3 a x^2).",
        "0.5 (1 + t) + 0.5 x (1 - t^2) sqrt(2/pi) (1 + 3 * 0.044715 x^2) with t = tanh(u)",
    ),
    source="product and chain rule on Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2",
)
