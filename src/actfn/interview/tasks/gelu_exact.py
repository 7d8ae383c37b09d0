"""GELU in its exact form, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong


def _answer(text, kind="float"):
    """An answer in one line that may use erf, Phi and its density phi of arrays."""
    body = text if "return" in text else f"return {text}"
    return f"""
        import math
        import numpy as np

        erf = np.vectorize(math.erf, otypes=[{kind}])

        def Phi(x):
            return (1 + erf(x / math.sqrt(2))) / 2

        def phi(x):
            return np.exp(-np.square(x) / 2) / math.sqrt(2 * math.pi)

        def gelu_exact(x):
            {body}
    """


task = Task(
    name="gelu_exact",
    signature="x",
    question=(
        "The exact Gaussian error linear unit: x Phi(x), where Phi(x) = (1 + erf(x / sqrt(2))) / 2 "
        "is the distribution function of the standard normal."
    ),
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "It is exact: approximations by tanh, a sigmoid or a short polynomial do not count.",
        "For sqrt(2), 1.41421356 has enough digits.",
        "Everything NumPy and the standard library have can be used; math.erf takes one number.",
        "x itself is not changed.",
    ),
    truth=Elementwise(
        formula="x * erfc(-x / sqrt(2)) / 2",
        also=("x * erfc(-x * 0.70710678) / 2", "x * erfc(-x / 1.41421356) / 2"),
    ),
    model="""
        import math
        import numpy as np

        _erfc = np.vectorize(math.erfc, otypes=[float])

        def gelu_exact(x):
            return 0.5 * x * _erfc(-x / math.sqrt(2))
    """,
    right={
        "textbook form": """
            import math
            import numpy as np

            def gelu_exact(x):
                erf = np.vectorize(math.erf, otypes=[float])
                return 0.5 * x * (1 + erf(x / np.sqrt(2)))
        """,
        "a loop over the entries": """
            from math import erf, sqrt
            import numpy as np

            def gelu_exact(x):
                x = np.asarray(x)
                out = np.empty(x.shape)
                for k, v in np.ndenumerate(x):
                    out[k] = v * (1 + erf(v / sqrt(2))) / 2
                return out
        """,
        "list comprehension": """
            import math
            import numpy as np

            def gelu_exact(x):
                x = np.asarray(x, dtype=float)
                phi = [0.5 * math.erfc(-v * math.sqrt(0.5)) for v in x.ravel()]
                return x * np.array(phi, dtype=float).reshape(x.shape)
        """,
        "normal distribution": """
            from statistics import NormalDist
            import numpy as np

            def gelu_exact(x):
                return x * np.vectorize(NormalDist().cdf, otypes=[float])(x)
        """,
        "frompyfunc": """
            import math
            import numpy as np

            def gelu_exact(x):
                phi = np.frompyfunc(lambda v: 0.5 + 0.5 * math.erf(v / 2**0.5), 1, 1)(x)
                return x * np.asarray(phi, dtype=float)
        """,
        "one minus": """
            import math
            import numpy as np

            def gelu_exact(x):
                tail = np.vectorize(lambda v: math.erfc(v / math.sqrt(2)) / 2, otypes=[float])
                return x * (1 - tail(x))
        """,
        "x minus": """
            import math
            import numpy as np

            def gelu_exact(x):
                return x - 0.5 * x * np.vectorize(math.erfc, otypes=[float])(x / math.sqrt(2))
        """,
        "ReLU minus a bump": """
            import math
            import numpy as np

            def gelu_exact(x):
                a = np.abs(x)
                bump = np.vectorize(lambda v: v * math.erfc(v / math.sqrt(2)) / 2, otypes=[float])
                return np.maximum(x, 0) - bump(a)
        """,
        "map": """
            import math
            import numpy as np

            def gelu_exact(x):
                flat = np.ravel(x) / math.sqrt(2.0)
                erf = np.fromiter(map(math.erf, flat), float, flat.size).reshape(np.shape(x))
                return x / 2 + x / 2 * erf
        """,
        "quadrature": """
            nodes, weights = np.polynomial.legendre.leggauss(60)
            z = np.clip(np.asarray(x, float) / np.sqrt(2), -6, 6)[..., None]
            t = z * (nodes + 1) / 2
            erf = (np.exp(-t * t) * weights).sum(-1) * z[..., 0] / np.sqrt(np.pi)
            return 0.5 * x * (1 + np.where(np.abs(x) < 8, erf, np.sign(x)))
        """,
        "a recursive function": """
            import math
            import numpy as np

            def gelu_exact(x):
                if np.ndim(x) == 0:
                    return 0.5 * float(x) * math.erfc(-float(x) / math.sqrt(2))
                return np.array([gelu_exact(row) for row in x], dtype=float).reshape(np.shape(x))
        """,
        "a class": """
            import math
            import numpy as np

            class Normal:
                @staticmethod
                def cdf(x):
                    return np.vectorize(math.erfc, otypes=[float])(-x / math.sqrt(2)) / 2

            def gelu_exact(x):
                return x * Normal.cdf(x)
        """,
    },
    wrong={
        "tanh form": Wrong(
            "0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))",
            "this is the tanh form, which differs from the exact one by up to 5e-4",
        ),
        "quick": Wrong("x / (1 + np.exp(-1.702 * x))", "this is quick GELU, x sigmoid(1.702 x)"),
        "no root of 2": Wrong(
            _answer("0.5 * x * (1 + erf(x))"),
            "erf(x) instead of erf(x / sqrt(2)): Phi needs the root",
        ),
        "divided by 2": Wrong(
            _answer("0.5 * x * (1 + erf(x / 2))"), "erf(x / 2) instead of erf(x / sqrt(2))"
        ),
        "times root of 2": Wrong(
            _answer("0.5 * x * (1 + erf(x * math.sqrt(2)))"),
            "x is multiplied by sqrt(2) instead of divided",
        ),
        "divided by root of pi": Wrong(
            _answer("0.5 * x * (1 + erf(x / math.sqrt(math.pi)))"),
            "x is divided by sqrt(pi) instead of sqrt(2)",
        ),
        "sqrt(2/pi)": Wrong(
            _answer("0.5 * x * (1 + erf(x * math.sqrt(2 / math.pi)))"),
            "sqrt(2/pi) belongs to the tanh form: erf takes x / sqrt(2)",
        ),
        "1.414": Wrong(
            _answer("0.5 * x * (1 + erf(x / 1.414))"),
            "sqrt(2) is rounded to 1.414: write math.sqrt(2)",
        ),
        "1.4142": Wrong(
            _answer("0.5 * x * (1 + erf(x / 1.4142))"),
            "sqrt(2) is rounded to 1.4142: write math.sqrt(2)",
        ),
        "0.7071": Wrong(
            _answer("0.5 * x * (1 + erf(x * 0.7071))"),
            "1 / sqrt(2) is rounded to 0.7071: write x / math.sqrt(2)",
        ),
        "no half": Wrong(
            _answer("2 * x * Phi(x)"), "the factor 1/2 is missing: for large x this is 2x"
        ),
        "no 1": Wrong(
            _answer("0.5 * x * erf(x / math.sqrt(2))"),
            "the 1 + is missing: the result is even instead of 0 on the left",
        ),
        "1 outside": Wrong(
            _answer("x * (1 + 0.5 * erf(x / math.sqrt(2)))"),
            "the 1/2 has to multiply the 1 too: (1 + erf) / 2, not 1 + erf / 2",
        ),
        "1 - erf": Wrong(
            _answer("x * Phi(-x)"),
            "1 - erf, that is erfc(x / sqrt(2)), shuts off positive inputs: the sign is wrong",
        ),
        "erf itself": Wrong(
            _answer("erf(x / math.sqrt(2))"), "this is erf(x / sqrt(2)) without anything else"
        ),
        "no x": Wrong(
            _answer("Phi(x)"), "the factor x is missing: this is Phi(x), which runs from 0 to 1"
        ),
        "density": Wrong(
            _answer("x * phi(x)"),
            "x times the density phi(x); the distribution function Phi(x) is meant",
        ),
        "x Phi + phi": Wrong(
            _answer("x * Phi(x) + phi(x)"),
            "x Phi(x) + phi(x) is the integral of Phi: GELU is its first term only",
        ),
        "squared": Wrong(_answer("x * x * Phi(x)"), "x is there twice"),
        "its derivative": Wrong(
            _answer("Phi(x) + x * phi(x)"), "this is the derivative Phi(x) + x phi(x)"
        ),
        "Abramowitz and Stegun": Wrong(
            """
            a = np.abs(x) / np.sqrt(2)
            t = 1 / (1 + 0.3275911 * a)
            c = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592, 0.0]
            erf = np.sign(x) * (1 - np.polyval(c, t) * np.exp(-a * a))
            return 0.5 * x * (1 + erf)
            """,
            "Abramowitz and Stegun's erf (7.1.26) is right to 7 digits only: math.erf has them all",
        ),
        "series": Wrong(
            """
            z = x / np.sqrt(2)
            erf = 2 / np.sqrt(np.pi) * (z - z**3 / 3 + z**5 / 10 - z**7 / 42)
            return 0.5 * x * (1 + erf)
            """,
            "four terms of erf's series are good near 0 only",
        ),
        "trapezoids": Wrong(
            """
            z = np.clip(np.asarray(x, float) / np.sqrt(2), -6, 6)[..., None]
            area = np.trapezoid(np.exp(-np.square(z * np.linspace(0, 1, 101))), dx=0.01) * z[..., 0]
            return 0.5 * x * (1 + 2 / np.sqrt(np.pi) * area)
            """,
            "erf by the trapezoidal rule with 100 steps is right to 4 digits only: use math.erf",
        ),
        "logistic of a cubic": Wrong(
            "x / (1 + np.exp(-(1.5976 * x + 0.07056 * x**3)))",
            "Phi(x) is approximated by a logistic function of a cubic: right to 4 digits",
        ),
        "erf by tanh": Wrong(
            _answer("0.5 * x * (1 + np.tanh(x / math.sqrt(2)))"),
            "tanh stands in for erf: that is another curve",
        ),
        "cut off at 3": Wrong(
            _answer("np.where(np.abs(x) > 3, np.maximum(x, 0), x * Phi(x))"),
            "beyond 3 it is set to 0 and x, from which the true values differ by up to 4e-3",
        ),
        "cut off at 5": Wrong(
            _answer("np.where(np.abs(x) > 5, np.maximum(x, 0), x * Phi(x))"),
            "beyond 5 it is set to 0 and x, from which the true values differ by up to 1e-6",
        ),
        "ReLU": Wrong("np.maximum(x, 0.0)", "this is ReLU"),
        "SiLU": Wrong("x / (1 + np.exp(-x))", "this is SiLU, x sigmoid(x)"),
        "rounded": Wrong(_answer("np.round(x * Phi(x), 4)"), "the result is rounded to 4 digits"),
        "in place": Wrong(
            _answer("x *= Phi(x); return x"),
            "it changes its argument, as x *= does: make a new array",
        ),
        "float32": Wrong(
            _answer("(x * Phi(x)).astype(np.float32)", "np.float32"),
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
        "math.erf of an array": Wrong(
            _answer("0.5 * x * (1 + math.erf(x / math.sqrt(2)))"),
            "math.erf takes single numbers only: wrap it in np.vectorize",
        ),
        "only for vectors": Wrong(
            _answer("np.array([v * (1 + math.erf(v / math.sqrt(2))) / 2 for v in x])"),
            "the loop runs over the first axis only: it fails on arrays of more dimensions",
        ),
    },
    hints=(
        "It is x times a probability: which one?",
        "NumPy has no erf, the standard library has; it takes one number at a time.",
        "0.5 * x * np.vectorize(math.erfc)(-x / math.sqrt(2)) keeps the digits on the left.",
    ),
    source="Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2",
)
