"""Sigmoid, derivative at its input."""

from actfn.interview.grading.task import Elementwise, Task, Wrong


def _answer(text):
    """An answer in one line that may use s = sigmoid(x)."""
    return f"""
        s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
        return {text}
    """


task = Task(
    name="sigmoid_derivative",
    signature="x",
    question=(
        "The derivative of the sigmoid at its input x: s (1 - s) with s = 1 / (1 + exp(-x))."
    ),
    contract=(
        "x is the input of the sigmoid, not its output: an array of any shape.",
        "The result has the same shape, and is finite for every finite x.",
        "A warning is no fault where the value is right; x itself is not changed.",
    ),
    truth=Elementwise(formula="exp(-x) / (1 + exp(-x)) ** 2"),
    model="""
        z = np.exp(-np.abs(x))
        return z / (1 + z) ** 2
    """,
    right={
        "textbook form": """
            s = 1 / (1 + np.exp(-x))
            return s * (1 - s)
        """,
        "two functions": """
            def sigmoid(x):
                return 1.0 / (1.0 + np.exp(-np.clip(x, -500, 500)))

            def sigmoid_derivative(x):
                return sigmoid(x) * (1 - sigmoid(x))
        """,
        "two sigmoids": """
            def sigmoid(x):
                return 0.5 * (1 + np.tanh(0.5 * np.asarray(x)))

            def sigmoid_derivative(x):
                return sigmoid(x) * sigmoid(-np.asarray(x))
        """,
        "tanh": "0.25 * (1 - np.tanh(x / 2) ** 2)",
        "cosh": "0.25 / np.cosh(np.clip(x, -700, 700) / 2) ** 2",
        "sum of exponentials": "1 / (2 + np.exp(x) + np.exp(-x))",
        "s minus its square": """
            s = np.reciprocal(1 + np.exp(-np.asarray(x, dtype=float)))
            return s - s**2
        """,
        "completed square": """
            s = np.exp(-np.logaddexp(0, -x))
            return 0.25 - (s - 0.5) ** 2
        """,
        "logarithms": "np.exp(-np.logaddexp(0, x) - np.logaddexp(0, -x))",
        "two branches": """
            x = np.asarray(x, dtype=float)
            s = np.empty_like(x)
            right = x >= 0
            s[right] = 1 / (1 + np.exp(-x[right]))
            e = np.exp(x[~right])
            s[~right] = e / (1 + e)
            return s * (1 - s)
        """,
        "a loop over the entries": """
            import math
            import numpy as np

            def sigmoid_derivative(x):
                x = np.asarray(x)
                out = np.zeros(x.shape)
                for k, v in np.ndenumerate(x):
                    e = math.exp(-abs(v))
                    out[k] = e / ((1 + e) * (1 + e))
                return out
        """,
        "vectorize": """
            import math
            import numpy as np

            def one(v):
                s = 1 / (1 + math.exp(-v)) if v > -700 else 0.0
                return s * (1 - s)

            sigmoid_derivative = np.vectorize(one, otypes=[float])
        """,
        "forward and backward": """
            class Sigmoid:
                def forward(self, x):
                    with np.errstate(over="ignore"):
                        self.out = 1 / (1 + np.exp(-x))
                    return self.out

                def backward(self, upstream=1.0):
                    return upstream * self.out * (1 - self.out)

            def sigmoid_derivative(x):
                layer = Sigmoid()
                layer.forward(x)
                return layer.backward()
        """,
        "complex step": """
            x = np.clip(np.asarray(x, dtype=float), -700, 700)
            return (1 / (1 + np.exp(-(x + 1e-150j)))).imag / 1e-150
        """,
    },
    wrong={
        "takes the output": Wrong(
            "x * (1 - x)", "x (1 - x) is right for the sigmoid's output; here x is its input"
        ),
        "sigmoid twice": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
            s = 1 / (1 + np.exp(-s))
            return s * (1 - s)
            """,
            "the sigmoid is applied twice",
        ),
        "sigmoid itself": Wrong(_answer("s"), "this is the sigmoid itself, not its derivative"),
        "1 - s": Wrong(_answer("1 - s"), "the factor s is missing: s (1 - s)"),
        "plus": Wrong(_answer("s * (1 + s)"), "the sign is wrong: 1 - s"),
        "sign": Wrong(_answer("s * (s - 1)"), "the sign is turned round: the slope is positive"),
        "tanh's": Wrong(
            _answer("1 - s**2"), "1 - s^2 is the rule for tanh; the sigmoid's is s (1 - s)"
        ),
        "1 - s squared": Wrong(_answer("s * (1 - s) ** 2"), "1 - s is squared"),
        "s squared": Wrong(_answer("s**2 * (1 - s)"), "s is squared"),
        "square inside": Wrong(_answer("s * (1 - s**2)"), "s (1 - s^2) mixes in tanh's rule"),
        "both squared": Wrong(_answer("(s * (1 - s)) ** 2"), "the result is squared once more"),
        "only the square": Wrong(
            _answer("s**2"), "1 / (1 + exp(-x))^2 lacks the inner derivative exp(-x)"
        ),
        "with x": Wrong(_answer("x * s * (1 - s)"), "a factor x is too many"),
        "1 - x": Wrong(_answer("s * (1 - x)"), "1 - x instead of 1 - s"),
        "SiLU's": Wrong(
            _answer("s + x * s * (1 - s)"), "this is the derivative of SiLU, x sigmoid(x)"
        ),
        "tanh's derivative": Wrong(
            "1 - np.tanh(x) ** 2",
            "this is tanh's derivative: the sigmoid's is a quarter of it at x/2",
        ),
        "no quarter": Wrong(
            "1 - np.tanh(x / 2) ** 2", "the factor 1/4 is missing: the largest slope is 0.25"
        ),
        "half": Wrong(
            "0.5 * (1 - np.tanh(x / 2) ** 2)",
            "the factor is 1/4, not 1/2: one half is s's, one x/2's",
        ),
        "not halved": Wrong(
            "0.25 * (1 - np.tanh(x) ** 2)", "tanh(x) instead of tanh(x / 2): twice as narrow"
        ),
        "second derivative": Wrong(
            _answer("s * (1 - s) * (1 - 2 * s)"), "this is the second derivative s (1 - s) (1 - 2s)"
        ),
        "log-sigmoid's": Wrong(_answer("(1 - s) ** 2"), "both factors are 1 - s: one of them is s"),
        "hard sigmoid's": Wrong(
            "np.where(np.abs(x) < 2.5, 0.2, 0.0)", "this is the derivative of the hard sigmoid"
        ),
        "no square": Wrong(
            """
            e = np.exp(-np.abs(x))
            return e / (1 + e)
            """,
            "the square in the denominator is missing: exp(-x) / (1 + exp(-x))^2",
        ),
        "square of exp": Wrong(
            """
            e = np.exp(-np.abs(x))
            return e / (1 + e**2)
            """,
            "the square belongs to the whole denominator, not to exp(-x)",
        ),
        "overflow": Wrong(
            "np.exp(-x) / (1 + np.exp(-x)) ** 2",
            "for very negative x this is inf / inf = NaN: use exp(-|x|), the slope is even",
        ),
        "overflow on the right": Wrong(
            """
            s = np.exp(x) / (1 + np.exp(x))
            return s * (1 - s)
            """,
            "for large x this is inf / inf = NaN: use 1 / (1 + exp(-x))",
        ),
        "clipped at 5": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -5, 5)))
            return s * (1 - s)
            """,
            "clipping at 5 changes values in the tails",
        ),
        "clipped at 15": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -15, 15)))
            return s * (1 - s)
            """,
            "clipping at 15 leaves a slope of 3e-7 in the tails, where it goes to 0",
        ),
        "sigmoid clipped": Wrong(
            """
            s = np.clip(1 / (1 + np.exp(-np.clip(x, -700, 700))), 1e-7, 1 - 1e-7)
            return s * (1 - s)
            """,
            "clipping s to [1e-7, 1 - 1e-7] belongs to logarithms: the slope goes to 0",
        ),
        "Gaussian": Wrong(
            "0.25 * np.exp(-np.square(x) / 4.0)", "this is a Gaussian bell, not the sigmoid's"
        ),
        "0 beyond 10": Wrong(
            _answer("np.where(np.abs(x) > 10, 0.0, s * (1 - s))"),
            "beyond 10 it is cut off to 0, where the slope still is 5e-5",
        ),
        "epsilon": Wrong(
            _answer("s * (1 - s) + 1e-7"), "an epsilon is added that nothing asks for"
        ),
        "floor": Wrong(
            _answer("np.maximum(s * (1 - s), 1e-4)"),
            "a smallest slope is imposed that is not there",
        ),
        "difference quotient": Wrong(
            """
            s = lambda v: 1 / (1 + np.exp(-np.clip(v, -700, 700)))
            return (s(x + 1e-5) - s(x - 1e-5)) / 2e-5
            """,
            "a difference quotient is right to 10 digits at most: differentiate by hand",
        ),
        "rounded": Wrong(_answer("np.round(s * (1 - s), 4)"), "the result is rounded to 4 digits"),
        "in place": Wrong(
            """
            x /= 2
            return 0.25 * (1 - np.tanh(x) ** 2)
            """,
            "it changes its argument, as x /= 2 does: make a new array",
        ),
        "float32": Wrong(
            _answer("(s * (1 - s)).astype(np.float32)"), "float64 input gives only float32"
        ),
        "math.exp": Wrong(
            """
            import math
            import numpy as np

            def sigmoid_derivative(x):
                s = 1 / (1 + math.exp(-x))
                return s * (1 - s)
            """,
            "math.exp takes single numbers only: np.exp takes arrays",
        ),
    },
    hints=(
        "The argument is the input: compute the sigmoid first.",
        "Differentiate (1 + exp(-x))^-1 by the chain rule and write it with s.",
        "s (1 - s); without overflow z / (1 + z)^2 with z = exp(-|x|).",
    ),
    source="derivative of 1 / (1 + exp(-x)); Goodfellow et al. 2016, equation 3.34",
)
