"""Hyperbolic tangent, derivative at its input."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="tanh_derivative",
    signature="x",
    question="The derivative of tanh at its input x: 1 - tanh(x)^2.",
    contract=(
        "x is the input of tanh, not its output: an array of any shape.",
        "The result has the same shape, and is finite for every finite x.",
        "A warning is no fault where the value is right; x itself is not changed.",
    ),
    truth=Elementwise(formula="4 / (exp(x) + exp(-x)) ** 2"),
    model="""
        z = np.exp(-2 * np.abs(x))
        return 4 * z / (1 + z) ** 2
    """,
    right={
        "textbook form": "1 - np.tanh(x) ** 2",
        "product": """
            t = np.tanh(x)
            return (1 - t) * (1 + t)
        """,
        "sech": "1 / np.cosh(np.clip(x, -350, 350)) ** 2",
        "cosh without a clip": "np.cosh(x) ** -2.0",
        "exponentials": "4 / (np.exp(x) + np.exp(-x)) ** 2",
        "cosh of 2x": "2 / (1 + np.cosh(2 * np.clip(x, -300, 300)))",
        "a sigmoid": """
            def sigmoid(x):
                return np.exp(-np.logaddexp(0, -x))

            def tanh_derivative(x):
                s = sigmoid(2 * np.asarray(x))
                return 4 * s * (1 - s)
        """,
        "square": "1.0 - np.square(np.tanh(x))",
        "by the output": """
            def tanh_grad(y):
                return 1 - y * y

            def tanh_derivative(x):
                return tanh_grad(np.tanh(x))
        """,
        "a loop over the entries": """
            import math
            import numpy as np

            def tanh_derivative(x):
                x = np.asarray(x)
                out = np.empty(x.shape)
                for k in np.ndindex(x.shape):
                    out[k] = 1 - math.tanh(x[k]) ** 2
                return out
        """,
        "list comprehension": """
            import math
            import numpy as np

            def tanh_derivative(x):
                values = [1 / math.cosh(max(-300.0, min(300.0, v))) ** 2 for v in np.ravel(x)]
                return np.array(values, dtype=float).reshape(np.shape(x))
        """,
        "a copy in place": """
            t = np.array(x, dtype=float)
            np.tanh(t, out=t)
            np.multiply(t, t, out=t)
            return np.subtract(1, t, out=t)
        """,
        "complex step": "np.tanh(np.asarray(x, dtype=float) + 1e-150j).imag / 1e-150",
        "forward and backward": """
            class Tanh:
                def forward(self, x):
                    self.y = np.tanh(x)
                    return self.y

                def backward(self, upstream):
                    return upstream * (1 - self.y**2)

            def tanh_derivative(x):
                layer = Tanh()
                return layer.backward(np.ones_like(layer.forward(x)))
        """,
    },
    wrong={
        "takes the output": Wrong(
            "1 - x**2", "1 - x^2 is right for tanh's output; here x is its input"
        ),
        "tanh twice": Wrong("1 - np.tanh(np.tanh(x)) ** 2", "tanh is applied twice"),
        "tanh itself": Wrong("np.tanh(x)", "this is tanh itself, not its derivative"),
        "square inside": Wrong(
            "1 - np.tanh(np.square(x))", "the square belongs to tanh(x), not to x: 1 - tanh(x)^2"
        ),
        "not squared": Wrong("1 - np.tanh(x)", "the square is missing: 1 - tanh(x)^2"),
        "absolute value": Wrong("1 - np.abs(np.tanh(x))", "|tanh| instead of tanh^2"),
        "plus": Wrong("1 + np.tanh(x) ** 2", "the sign is wrong: 1 - tanh^2 is at most 1"),
        "sign": Wrong("np.tanh(x) ** 2 - 1", "the sign is turned round: the slope is positive"),
        "square of 1 - t": Wrong("(1 - np.tanh(x)) ** 2", "1 - tanh is squared instead of tanh"),
        "sigmoid's": Wrong(
            "np.tanh(x) * (1 - np.tanh(x))",
            "y (1 - y) is the sigmoid's rule; tanh's is 1 - y^2",
        ),
        "sigmoid's derivative": Wrong(
            """
            z = np.exp(-np.abs(x))
            return z / (1 + z) ** 2
            """,
            "this is the sigmoid's derivative",
        ),
        "half the argument": Wrong("1 - np.tanh(x / 2) ** 2", "tanh(x / 2) instead of tanh(x)"),
        "twice the argument": Wrong("1 - np.tanh(2 * x) ** 2", "tanh(2x) instead of tanh(x)"),
        "cube": Wrong("1 - np.tanh(x) ** 3", "the exponent is 3 instead of 2"),
        "fourth power": Wrong("1 - np.tanh(x) ** 4", "tanh is squared twice"),
        "squared": Wrong("(1 - np.tanh(x) ** 2) ** 2", "the result is squared once more"),
        "only the square": Wrong("np.tanh(x) ** 2", "the 1 - is missing"),
        "sech not squared": Wrong(
            "1 / np.cosh(np.clip(x, -300, 300))", "1 / cosh(x) has to be squared"
        ),
        "cosh squared": Wrong(
            "np.cosh(np.clip(x, -300, 300)) ** 2", "cosh^2 has to stand in the denominator"
        ),
        "sinh": Wrong(
            "1 / (1 + np.cosh(np.clip(x, -300, 300)) ** 2)",
            "the denominator is cosh^2 = 1 + sinh^2",
        ),
        "no 4": Wrong(
            "1 / (np.exp(np.clip(x, -300, 300)) + np.exp(-np.clip(x, -300, 300))) ** 2",
            "the 4 is missing: cosh(x) is half the sum of the exponentials",
        ),
        "2 for 4": Wrong(
            "2 / (np.exp(np.clip(x, -300, 300)) + np.exp(-np.clip(x, -300, 300))) ** 2",
            "the 2 is not squared: (2 / (exp(x) + exp(-x)))^2 has a 4",
        ),
        "derivative of arctan": Wrong(
            "1 / (1 + np.square(x) * 1.0)", "this is arctan's derivative"
        ),
        "derivative of artanh": Wrong(
            "1 / np.maximum(1 - np.tanh(x) ** 2, 1e-300)",
            "this is the derivative of the inverse function",
        ),
        "second derivative": Wrong(
            "-2 * np.tanh(x) * (1 - np.tanh(x) ** 2)", "this is the second derivative of tanh"
        ),
        "with x": Wrong("x * (1 - np.tanh(x) ** 2)", "a factor x is too many"),
        "softsign's": Wrong("1 / (1 + np.abs(x)) ** 2.0", "this is the derivative of the softsign"),
        "hard tanh's": Wrong(
            "np.where(np.abs(x) < 1, 1.0, 0.0)", "this is the derivative of hard tanh"
        ),
        "overflow": Wrong(
            """
            p, q = np.exp(x), np.exp(-x)
            return 1 - ((p - q) / (p + q)) ** 2
            """,
            "for large |x| this is inf / inf = NaN: use np.tanh",
        ),
        "overflow of exp(2x)": Wrong(
            "4 * np.exp(2 * x) / (np.exp(2 * x) + 1) ** 2",
            "for large x this is inf / inf = NaN: use exp(-2|x|), the slope is even",
        ),
        "cancelling squares": Wrong(
            """
            x = np.clip(x, -300, 300)
            return (np.cosh(x) ** 2 - np.sinh(x) ** 2) / np.cosh(x) ** 2
            """,
            "cosh^2 - sinh^2 is 1, but from x = 20 on only rounding errors are left of it",
        ),
        "0 beyond 8": Wrong(
            "np.where(np.abs(x) > 8, 0.0, 1 - np.tanh(x) ** 2)",
            "beyond 8 it is cut off to 0, where the slope still is 4e-7",
        ),
        "Gaussian": Wrong("np.exp(-np.square(x) * 1.0)", "this is a Gaussian bell, not 1 / cosh^2"),
        "clipped at 5": Wrong(
            "1 - np.tanh(np.clip(x, -5, 5)) ** 2", "clipping at 5 changes values in the tails"
        ),
        "epsilon": Wrong("1 - np.tanh(x) ** 2 + 1e-7", "an epsilon is added that nothing asks for"),
        "floor": Wrong(
            "np.maximum(1 - np.tanh(x) ** 2, 1e-4)", "a smallest slope is imposed that is not there"
        ),
        "difference quotient": Wrong(
            "(np.tanh(x + 1e-5) - np.tanh(x - 1e-5)) / 2e-5",
            "a difference quotient is right to 10 digits at most: differentiate by hand",
        ),
        "np.gradient": Wrong(
            "np.gradient(np.tanh(x).ravel()).reshape(np.shape(x))",
            "np.gradient takes differences between the entries of the array",
        ),
        "rounded": Wrong("np.round(1 - np.tanh(x) ** 2, 4)", "the result is rounded to 4 digits"),
        "in place": Wrong(
            """
            np.tanh(x, out=x)
            return 1 - x * x
            """,
            "it changes its argument, as out=x does: make a new array",
        ),
        "float32": Wrong(
            "(1 - np.tanh(x) ** 2).astype(np.float32)", "float64 input gives only float32"
        ),
    },
    hints=(
        "The argument is the input: compute tanh first.",
        "The quotient rule on sinh / cosh gives (cosh^2 - sinh^2) / cosh^2.",
        "1 - np.tanh(x)**2",
    ),
    source="derivative of the hyperbolic tangent; DLMF 4.34.3",
)
