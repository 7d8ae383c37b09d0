"""Hyperbolic tangent, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="tanh",
    signature="x",
    question="The hyperbolic tangent: (exp(x) - exp(-x)) / (exp(x) + exp(-x)).",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "For every finite x the result is finite; a warning is no fault where the value is right.",
        "x itself is not changed.",
    ),
    truth=Elementwise(formula="tanh(x)"),
    model="np.tanh(x)",
    right={
        "from the sigmoid": "2 / (1 + np.exp(-2 * x)) - 1",
        "one minus": "1 - 2 / (np.exp(2 * x) + 1)",
        "exp of -2|x|": """
            z = np.exp(-2 * np.abs(x))
            return np.sign(x) * (1 - z) / (1 + z)
        """,
        "expm1": """
            z = np.expm1(-2 * np.abs(x))
            return np.copysign(z / (z + 2), x)
        """,
        "clipped textbook form": """
            x = np.clip(x, -20, 20)
            p, q = np.exp(x), np.exp(-x)
            return (p - q) / (p + q)
        """,
        "the larger exponential taken out": """
            m = np.abs(x)
            p, q = np.exp(x - m), np.exp(-x - m)
            return (p - q) / (p + q)
        """,
        "two masks": """
            x = np.asarray(x, dtype=float)
            y = np.empty_like(x)
            right = x >= 0
            e = np.exp(-2 * x[right])
            y[right] = (1 - e) / (1 + e)
            e = np.exp(2 * x[~right])
            y[~right] = (e - 1) / (e + 1)
            return y
        """,
        "where on both forms": """
            a = np.exp(-2 * np.maximum(x, 0))
            b = np.exp(2 * np.minimum(x, 0))
            return np.where(x > 0, (1 - a) / (1 + a), (b - 1) / (b + 1))
        """,
        "a loop over the entries": """
            import math
            import numpy as np

            def tanh(x):
                x = np.asarray(x)
                out = np.empty(x.shape)
                for k, v in np.ndenumerate(x):
                    out[k] = math.tanh(v)
                return out
        """,
        "list comprehension": """
            import math
            import numpy as np

            def tanh(x):
                values = [math.tanh(v) for v in np.ravel(x)]
                return np.array(values, dtype=float).reshape(np.shape(x))
        """,
        "vectorize": """
            import math
            import numpy as np

            tanh = np.vectorize(math.tanh, otypes=[float])
        """,
        "a sigmoid of its own": """
            def sigmoid(x):
                return 0.5 * (1 + np.sign(x) * (1 - 2 / (1 + np.exp(np.abs(x)))))

            def tanh(x):
                return 2 * sigmoid(2 * x) - 1
        """,
        "a class": """
            class Tanh:
                def __call__(self, x):
                    self.y = np.tanh(x)
                    return self.y

            tanh = Tanh()
        """,
        "tan of an imaginary number": "np.tan(1j * x).imag",
        "into a copy": """
            y = np.array(x, dtype=float)
            np.tanh(y, out=y)
            return y
        """,
        "difference of sigmoids": """
            def sigmoid(z):
                return 1 / (1 + np.exp(-z))

            def tanh(x):
                return sigmoid(2 * x) - sigmoid(-2 * x)
        """,
        "NaN repaired": """
            with np.errstate(all="ignore"):
                y = np.sinh(x) / np.cosh(x)
            return np.where(np.isnan(y), np.sign(x), y)
        """,
    },
    wrong={
        "overflow": Wrong(
            "(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))",
            "for large |x| this is inf / inf = NaN: divide by the larger exponential first",
        ),
        "overflow of exp(2x)": Wrong(
            "(np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)",
            "exp(2x) is inf from x = 355 on, and inf / inf is NaN: use exp(-2|x|)",
        ),
        "overflow of exp(-2x)": Wrong(
            "(1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x))",
            "exp(-2x) is inf below x = -355, and inf / inf is NaN: use exp(-2|x|)",
        ),
        "sign": Wrong("-np.tanh(x)", "the sign is turned round: tanh grows with x"),
        "coth": Wrong(
            "(1 + np.exp(-2 * np.abs(x))) / (1 - np.exp(-2 * np.abs(x))) * np.sign(x)",
            "numerator and denominator are exchanged: this is coth(x)",
        ),
        "sigmoid": Wrong(
            "1 / (1 + np.exp(-x))", "this is the sigmoid: tanh(x) = 2 sigmoid(2x) - 1"
        ),
        "half the argument": Wrong(
            "2 / (1 + np.exp(-x)) - 1", "2 sigmoid(x) - 1 is tanh(x / 2): the exponent is -2x"
        ),
        "twice the argument": Wrong("np.tanh(2 * x)", "the argument is doubled"),
        "no -1": Wrong("2 / (1 + np.exp(-2 * x))", "the -1 is missing: this runs from 0 to 2"),
        "not doubled": Wrong(
            "1 / (1 + np.exp(-2 * x)) - 1", "the factor 2 is missing: 2 sigmoid(2x) - 1"
        ),
        "sinh": Wrong(
            "(np.exp(x) - np.exp(-x)) / 2", "this is sinh(x): divide by exp(x) + exp(-x), not by 2"
        ),
        "cosh": Wrong("(np.exp(x) + np.exp(-x)) / 2", "this is cosh(x), tanh's denominator"),
        "brackets": Wrong(
            "np.exp(x) - np.exp(-x) / (np.exp(x) + np.exp(-x))",
            "brackets are missing: only exp(-x) is divided",
        ),
        "its derivative": Wrong("1 - np.tanh(x) ** 2", "this is the derivative 1 - tanh(x)^2"),
        "inverse": Wrong("np.arctanh(x)", "this is the inverse function artanh"),
        "tan": Wrong("np.tan(x)", "this is the tangent of an angle, not the hyperbolic one"),
        "arctan": Wrong("np.arctan(x)", "this is the arc tangent, with limits of -pi/2 and pi/2"),
        "hard tanh": Wrong("np.clip(x, -1, 1)", "this is hard tanh, made of straight lines"),
        "softsign": Wrong("x / (1 + np.abs(x))", "this is the softsign"),
        "LeCun's": Wrong(
            "1.7159 * np.tanh(2 * x / 3)", "this is LeCun's scaled tanh, 1.7159 tanh(2x/3)"
        ),
        "no sign": Wrong(
            "np.tanh(np.abs(x))", "the sign is lost: tanh is odd, tanh(-x) = -tanh(x)"
        ),
        "base 2": Wrong(
            "2 / (1 + 4.0 ** -np.clip(x, -400, 400)) - 1", "the base is 2 instead of e"
        ),
        "epsilon": Wrong(
            """
            z = np.exp(-2 * np.abs(x))
            return np.sign(x) * (1 - z) / (1 + z + 1e-7)
            """,
            "the epsilon in the denominator changes every value; 1 + exp(-2|x|) is never 0",
        ),
        "NaN made 0": Wrong(
            "np.nan_to_num((np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)))",
            "nan_to_num hides inf / inf behind a 0, where the result is -1 or 1",
        ),
        "2.718": Wrong(
            "1 - 2 / (1 + 2.718 ** (2.0 * np.clip(x, -20, 20)))",
            "e is rounded to 2.718: write np.exp",
        ),
        "clipped at 500": Wrong(
            """
            p, q = np.exp(np.clip(x, -500, 500)), np.exp(-np.clip(x, -500, 500))
            return (p - q) / (p + q)
            """,
            "clipping at 500 is too late for float32, where exp(89) is inf: clip at 20",
        ),
        "x for small x": Wrong(
            "np.where(np.abs(x) < 0.1, x, np.tanh(x))",
            "x stands in for tanh(x) near 0, which is off by x^3 / 3",
        ),
        "clipped at 5": Wrong(
            "np.tanh(np.clip(x, -5, 5))", "clipping at 5 changes values: 1 - tanh(5) is 9e-5"
        ),
        "continued fraction": Wrong(
            "np.clip(x * (27.0 + x * x) / (27.0 + 9.0 * x * x), -1, 1)",
            "x (27 + x^2) / (27 + 9 x^2) is only an approximation, off by 0.02",
        ),
        "Taylor": Wrong(
            "x - x ** 3 / 3 + 2 * x ** 5 / 15",
            "these are the first terms of the series, which are good near 0 only",
        ),
        "rounded": Wrong("np.round(np.tanh(x), 4)", "the result is rounded to 4 digits"),
        "in place": Wrong(
            "return np.tanh(x, out=x)", "it changes its argument, as out=x does: make a new array"
        ),
        "float32": Wrong(
            "np.tanh(np.asarray(x, np.float32))",
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
        "result of the input's type": Wrong(
            """
            y = np.zeros_like(x)
            y[...] = np.tanh(x)
            return y
            """,
            "zeros_like(x) of integers is an integer array, which cuts off every fraction",
        ),
        "math.tanh": Wrong(
            """
            import math
            import numpy as np

            def tanh(x):
                return math.tanh(x)
            """,
            "math.tanh takes single numbers only: np.tanh takes arrays",
        ),
        "1 above 7": Wrong(
            "np.where(np.abs(x) > 7, np.sign(x), np.tanh(x))",
            "beyond 7 it is set to -1 and 1, from which the true values differ by up to 2e-6",
        ),
        "only for vectors": Wrong(
            """
            import math
            import numpy as np

            def tanh(x):
                return np.array([math.tanh(v) for v in x])
            """,
            "the loop runs over the first axis only: it fails on arrays of more dimensions",
        ),
    },
    hints=(
        "Which of the two exponentials is large, and what happens when it overflows?",
        "Divide numerator and denominator by the larger one.",
        "np.tanh(x); by hand: sign(x) (1 - z) / (1 + z) with z = exp(-2|x|).",
    ),
    source="hyperbolic tangent; DLMF 4.28.4; LeCun et al. 1998, Efficient BackProp, section 4.4",
)
