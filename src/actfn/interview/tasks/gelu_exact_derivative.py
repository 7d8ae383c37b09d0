"""GELU in its exact form, derivative."""

from actfn.interview.grading.task import Elementwise, Task, Wrong


def _answer(text):
    """An answer in one line that may use erf, Phi and its density phi of arrays."""
    body = text if "return" in text else f"return {text}"
    return f"""
        import math
        import numpy as np

        erf = np.vectorize(math.erf, otypes=[float])

        def Phi(x):
            return (1 + erf(x / math.sqrt(2))) / 2

        def phi(x):
            return np.exp(-np.square(x) / 2) / math.sqrt(2 * math.pi)

        def gelu_exact_derivative(x):
            {body}
    """


task = Task(
    name="gelu_exact_derivative",
    signature="x",
    question="The derivative of the exact GELU x Phi(x) at its input x: Phi(x) + x phi(x).",
    contract=(
        "x is the input of GELU, an array of any shape; the result has the same shape.",
        "Phi is the distribution function of the standard normal, phi its density.",
        "It is the derivative of the exact form, not of the one with tanh.",
        "Constants with 8 digits, as 0.39894228 for 1 / sqrt(2 pi), have enough of them.",
        "x itself is not changed.",
    ),
    truth=Elementwise(
        formula="erfc(-x / sqrt(2)) / 2 + x * exp(-(x**2) / 2) / sqrt(2 * pi)",
        also=(
            "erfc(-x * 0.70710678) / 2 + x * exp(-(x**2) / 2) * 0.39894228",
            "erfc(-x / 1.41421356) / 2 + x * exp(-(x**2) / 2) / 2.50662827",
        ),
    ),
    model="""
        import math
        import numpy as np

        _erfc = np.vectorize(math.erfc, otypes=[float])

        def gelu_exact_derivative(x):
            density = np.exp(-np.square(x) / 2) / math.sqrt(2 * math.pi)
            return 0.5 * _erfc(-x / math.sqrt(2)) + x * density
    """,
    right={
        "textbook form": _answer("Phi(x) + x * phi(x)"),
        "a loop over the entries": """
            from math import erf, exp, pi, sqrt
            import numpy as np

            def gelu_exact_derivative(x):
                x = np.asarray(x)
                out = np.empty(x.shape)
                for k, v in np.ndenumerate(x):
                    v = float(v)
                    out[k] = (1 + erf(v / sqrt(2))) / 2 + v * exp(-v * v / 2) / sqrt(2 * pi)
                return out
        """,
        "normal distribution": """
            from statistics import NormalDist
            import numpy as np

            def gelu_exact_derivative(x):
                n = NormalDist()
                return np.vectorize(lambda v: n.cdf(v) + v * n.pdf(v), otypes=[float])(x)
        """,
        "list comprehension": """
            import math
            import numpy as np

            def slope(v):
                density = math.exp(-0.5 * v**2) / math.sqrt(math.tau)
                return 0.5 + 0.5 * math.erf(v * math.sqrt(0.5)) + v * density

            def gelu_exact_derivative(x):
                values = [slope(float(v)) for v in np.ravel(x)]
                return np.array(values, dtype=float).reshape(np.shape(x))
        """,
        "half taken out": """
            import math
            import numpy as np

            def gelu_exact_derivative(x):
                z = np.asarray(x, dtype=float) / np.sqrt(2.0)
                erf = np.array([math.erf(v) for v in z.flat]).reshape(z.shape)
                return 0.5 * (1 + erf + 2 / np.sqrt(np.pi) * z * np.exp(-z * z))
        """,
        "forward and backward": """
            import math
            import numpy as np

            class GELU:
                def forward(self, x):
                    self.x = np.asarray(x, dtype=float)
                    self.cdf = 0.5 * np.vectorize(math.erfc, otypes=[float])(-self.x / 2**0.5)
                    return self.x * self.cdf

                def backward(self, upstream):
                    density = np.exp(-0.5 * self.x**2) / np.sqrt(2 * np.pi)
                    return upstream * (self.cdf + self.x * density)

            def gelu_exact_derivative(x):
                layer = GELU()
                layer.forward(x)
                return layer.backward(1.0)
        """,
        "literal": """
            import math
            import numpy as np

            def gelu_exact_derivative(x):
                tail = np.vectorize(math.erfc, otypes=[float])(np.divide(x, math.sqrt(2))) / 2
                return 1 - tail + 0.3989422804014327 * x * np.exp(-(x**2) / 2)
        """,
        "symmetry": """
            import math
            import numpy as np

            def gelu_exact_derivative(x):
                a = np.abs(np.asarray(x, dtype=float))
                erfc = np.vectorize(math.erfc, otypes=[float])
                left = erfc(a / math.sqrt(2)) / 2 - a * np.exp(-a * a / 2) / math.sqrt(2 * math.pi)
                return np.where(np.asarray(x) < 0, left, 1 - left)
        """,
        "quadrature": """
            nodes, weights = np.polynomial.legendre.leggauss(60)
            x = np.asarray(x, dtype=float)
            z = np.clip(x, -9, 9)[..., None]
            t = z * (nodes + 1) / 2
            area = (np.exp(-t * t / 2) * weights).sum(-1) * z[..., 0] / 2
            return 0.5 + (area + x * np.exp(-x * x / 2)) / np.sqrt(2 * np.pi)
        """,
        "frompyfunc": """
            import math
            import numpy as np

            def gelu_exact_derivative(x):
                cdf = np.frompyfunc(lambda v: math.erfc(-v / math.sqrt(2)) / 2, 1, 1)(x)
                pdf = np.reciprocal(np.sqrt(2 * np.pi)) * np.exp(-np.power(x, 2) / 2)
                return np.asarray(cdf, dtype=float) + np.multiply(x, pdf)
        """,
    },
    wrong={
        "GELU itself": Wrong(_answer("x * Phi(x)"), "this is GELU itself, not its derivative"),
        "only Phi": Wrong(
            _answer("Phi(x)"), "the second term x phi(x) of the product rule is missing"
        ),
        "only the second term": Wrong(
            _answer("x * phi(x)"), "the first term Phi(x) of the product rule is missing"
        ),
        "only the density": Wrong(
            _answer("phi(x)"), "this is the derivative of Phi alone: the product rule has two terms"
        ),
        "no x": Wrong(
            _answer("Phi(x) + phi(x)"), "the factor x of the density is missing: Phi + x phi"
        ),
        "x at the wrong term": Wrong(
            _answer("x * Phi(x) + phi(x)"), "x stands at the wrong term: Phi(x) + x phi(x)"
        ),
        "x at both terms": Wrong(
            _answer("x * Phi(x) + x * phi(x)"), "the derivative of x is 1: Phi(x) has no factor x"
        ),
        "minus": Wrong(_answer("Phi(x) - x * phi(x)"), "the sign is wrong: Phi(x) + x phi(x)"),
        "x squared": Wrong(_answer("Phi(x) + x**2 * phi(x)"), "x^2 phi(x) instead of x phi(x)"),
        "product": Wrong(_answer("Phi(x) * x * phi(x)"), "the two terms are added, not multiplied"),
        "Phi of -x": Wrong(
            _answer("Phi(-x) + x * phi(x)"), "Phi(-x) instead of Phi(x): the sign in erf is wrong"
        ),
        "second derivative": Wrong(
            _answer("phi(x) * (2 - x**2)"), "this is the second derivative phi(x) (2 - x^2)"
        ),
        "tanh form's": Wrong(
            """
            u = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
            du = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
            return 0.5 * (1 + np.tanh(u)) + 0.5 * x * (1 - np.tanh(u) ** 2) * du
            """,
            "this is the derivative of the tanh form, which differs by up to 9e-4",
        ),
        "quick GELU's": Wrong(
            """
            s = 1 / (1 + np.exp(-1.702 * x))
            return s + 1.702 * x * s * (1 - s)
            """,
            "this is the derivative of quick GELU, x sigmoid(1.702 x)",
        ),
        "SiLU's": Wrong(
            """
            s = 1 / (1 + np.exp(-np.asarray(x, float)))
            return s + x * s * (1 - s)
            """,
            "this is the derivative of SiLU",
        ),
        "ReLU's": Wrong("np.heaviside(x, 0.5)", "this is the derivative of ReLU"),
        "no 1/2 in the exponent": Wrong(
            _answer("Phi(x) + x * np.exp(-np.square(x)) / math.sqrt(2 * math.pi)"),
            "the exponent of the density is -x^2 / 2, not -x^2",
        ),
        "no square in the exponent": Wrong(
            _answer("Phi(x) + x * np.exp(-np.abs(x) / 2) / math.sqrt(2 * math.pi)"),
            "the square is missing in the exponent: -x^2 / 2",
        ),
        "growing exponential": Wrong(
            _answer("Phi(x) + x * np.exp(np.square(x) / 2) / math.sqrt(2 * math.pi)"),
            "the exponent has the wrong sign: the density falls like exp(-x^2 / 2)",
        ),
        "no 2 in the norm": Wrong(
            _answer("Phi(x) + x * np.exp(-np.square(x) / 2) / math.sqrt(math.pi)"),
            "the density is divided by sqrt(2 pi), not sqrt(pi)",
        ),
        "no norm": Wrong(
            _answer("Phi(x) + x * np.exp(-np.square(x) / 2)"),
            "the density lacks its factor 1 / sqrt(2 pi)",
        ),
        "no root in the norm": Wrong(
            _answer("Phi(x) + x * np.exp(-np.square(x) / 2) / (2 * math.pi)"),
            "the density is divided by sqrt(2 pi), not 2 pi",
        ),
        "inner derivative of erf": Wrong(
            _answer("Phi(x) + x * np.exp(-np.square(x) / 2) * math.sqrt(2 / math.pi)"),
            "a factor 2 is too many: half of erf' times 1 / sqrt(2) gives 1 / sqrt(2 pi)",
        ),
        "half the second term": Wrong(
            _answer("Phi(x) + 0.5 * x * phi(x)"), "the second term has a factor 1/2 too many"
        ),
        "0.4": Wrong(
            _answer("Phi(x) + 0.4 * x * np.exp(-np.square(x) / 2)"),
            "1 / sqrt(2 pi) is rounded to 0.4: write it out",
        ),
        "0.3989": Wrong(
            _answer("Phi(x) + 0.3989 * x * np.exp(-np.square(x) / 2)"),
            "1 / sqrt(2 pi) is rounded to 0.3989: write it out",
        ),
        "2.5066": Wrong(
            _answer("Phi(x) + x * np.exp(-np.square(x) / 2) / 2.5066"),
            "sqrt(2 pi) is rounded to 2.5066: write it out",
        ),
        "even second term": Wrong(
            _answer("Phi(x) + np.abs(x) * phi(x)"), "|x| phi(x) instead of x phi(x)"
        ),
        "no half": Wrong(
            _answer("2 * Phi(x) + x * phi(x)"), "1 + erf has to be halved: for large x this is 2"
        ),
        "no 1": Wrong(
            _answer("0.5 * erf(x / math.sqrt(2)) + x * phi(x)"),
            "the 1 + before erf is missing: on the left the slope goes to 0, not to -1/2",
        ),
        "no root of 2": Wrong(
            _answer("0.5 * (1 + erf(x)) + x * phi(x)"), "erf(x) instead of erf(x / sqrt(2))"
        ),
        "coarse difference": Wrong(
            _answer("h = 1e-3; f = lambda v: v * Phi(v); return (f(x + h) - f(x - h)) / (2 * h)"),
            "a difference quotient is right to some digits only: differentiate by hand",
        ),
        "fine difference": Wrong(
            _answer("h = 1e-6; f = lambda v: v * Phi(v); return (f(x + h) - f(x - h)) / (2 * h)"),
            "a difference quotient with a small step loses half the digits to rounding",
        ),
        "forward difference": Wrong(
            _answer("h = 1e-5; f = lambda v: v * Phi(v); return (f(x + h) - f(x)) / h"),
            "a one-sided difference quotient is off by half the step times the curvature",
        ),
        "rounded": Wrong(
            _answer("np.round(Phi(x) + x * phi(x), 4)"), "the result is rounded to 4 digits"
        ),
        "in place": Wrong(
            _answer("d = Phi(x); x *= phi(x); return d + x"),
            "it changes its argument, as x *= does: make a new array",
        ),
        "float32": Wrong(
            _answer("(Phi(x) + x * phi(x)).astype(np.float32)"),
            "float64 input gives only float32: half the digits are gone",
        ),
        "math.erf of an array": Wrong(
            _answer("0.5 * (1 + math.erf(x / math.sqrt(2))) + x * phi(x)"),
            "math.erf takes single numbers only: wrap it in np.vectorize",
        ),
    },
    hints=(
        "GELU is a product: which two terms has its derivative?",
        "The derivative of Phi is the density phi(x) = exp(-x^2 / 2) / sqrt(2 pi).",
        "Phi(x) + x phi(x)",
    ),
    source="product rule on x Phi(x); Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2",
)
