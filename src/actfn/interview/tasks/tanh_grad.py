"""Hyperbolic tangent, derivative from its output."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="tanh_grad",
    signature="y",
    question="The derivative of tanh, written with its output y = tanh(x): 1 - y^2.",
    contract=(
        "y is the output of tanh, an array of numbers from -1 to 1, of any shape.",
        "The result has the same shape; y itself is not changed.",
    ),
    truth=Elementwise(formula="(1 - y) * (1 + y)", variable="y", low=-1.0, high=1.0),
    model="(1 - y) * (1 + y)",
    right={
        "the page's own": "1 - y**2",
        "a product": "1 - y * y",
        "square": "1.0 - np.square(y)",
        "power": "1 - np.power(y, 2)",
        "multiply": "np.subtract(1, np.multiply(y, y))",
        "falling factors": "-(y - 1) * (y + 1)",
        "ones": "np.ones_like(y) - np.asarray(y) ** 2",
        "polynomial": "np.polyval([-1.0, 0.0, 1.0], y)",
        "a loop": """
            y = np.asarray(y)
            return np.array([1 - v * v for v in y.ravel()]).reshape(y.shape)
        """,
        "einsum": "1 - np.einsum('...,...->...', y, y)",
        "a copy in place": """
            g = np.array(y, dtype=float)
            g *= -g
            g += 1
            return g
        """,
        "by the sigmoid": """
            s = (1 + np.asarray(y)) / 2
            return 4 * s * (1 - s)
        """,
        "by the norm": "1 - np.abs(y) ** 2.0",
        "vectorize": "np.vectorize(lambda v: (1 - v) * (1 + v), otypes=[float])(y)",
        "angles": "np.cos(np.arcsin(y)) ** 2",
        "back to the input": """
            with np.errstate(divide="ignore", over="ignore"):
                return 1 / np.cosh(np.arctanh(y)) ** 2
        """,
    },
    wrong={
        "takes the input": Wrong(
            "1 - np.tanh(y) ** 2",
            "it applies tanh once more: y already is tanh(x), so 1 - y^2 is all",
        ),
        "sech of the output": Wrong(
            "1 / np.cosh(y)", "1 / cosh is neither squared nor meant for the output y"
        ),
        "sigmoid's": Wrong(
            "y * (1 - y)", "y (1 - y) is the sigmoid's derivative; tanh's is 1 - y^2"
        ),
        "not squared": Wrong("1 - np.asarray(y)", "the square is missing: 1 - y^2"),
        "absolute value": Wrong("1 - np.abs(y)", "|y| instead of y^2"),
        "plus": Wrong("1 + y ** 2", "the sign is wrong: 1 - y^2 is never above 1"),
        "sign": Wrong("y ** 2 - 1", "the sign is turned round: tanh rises, its slope is positive"),
        "square of 1 - y": Wrong("(1 - y) ** 2", "1 - y is squared instead of y"),
        "cube": Wrong("1 - y ** 3", "the exponent is 3 instead of 2"),
        "squared twice": Wrong("1 - y ** 4", "y is squared twice"),
        "square of the result": Wrong("(1 - y ** 2) ** 2", "the result is squared once more"),
        "root": Wrong(
            "np.sqrt((1 - y) * (1 + y))",
            "this is sqrt(1 - y^2), that is 1 / cosh(x), not its square",
        ),
        "reciprocal": Wrong(
            "1 / np.maximum((1 - y) * (1 + y), 1e-300)",
            "1 / (1 - y^2) is the derivative of the inverse function, artanh",
        ),
        "times y": Wrong("y * (1 - y ** 2)", "a factor y is too many"),
        "twice": Wrong("2 * (1 - y ** 2)", "a factor 2 is too many"),
        "half": Wrong("(1 - y ** 2) / 2", "a factor 1/2 is too many"),
        "derivative of 1 - y^2": Wrong(
            "-2 * np.asarray(y)", "this differentiates 1 - y^2 once more; 1 - y^2 is the answer"
        ),
        "second derivative": Wrong(
            "-2 * y * (1 - y ** 2)", "this is the second derivative of tanh, -2 y (1 - y^2)"
        ),
        "only the square": Wrong("np.asarray(y) ** 2", "the 1 - is missing"),
        "caret": Wrong(
            "1 - y ^ 2", "^ is the bitwise exclusive or in Python: a power is written **"
        ),
        "in place": Wrong(
            """
            y **= 2
            return 1 - y
            """,
            "it changes its argument, the layer's output, which backpropagation still needs",
        ),
        "epsilon": Wrong("1 - y ** 2 + 1e-7", "an epsilon is added that nothing asks for"),
        "clipped": Wrong(
            "1 - np.clip(y, -1 + 1e-7, 1 - 1e-7) ** 2",
            "clipping y next to 1 changes values: at y = 1 the slope is 0",
        ),
        "0 next to the ends": Wrong(
            "np.where(np.abs(y) < 0.9999999, 1 - np.square(y), 0.0)",
            "close to 1 it is cut off to 0, where 1 - y^2 still is 2e-7",
        ),
        "of one sign": Wrong(
            "np.where(np.asarray(y) >= 0, 1 - np.square(y), 1 + np.square(y))",
            "y^2 is positive for negative y too: the slope is even",
        ),
        "floor": Wrong(
            "np.maximum(1 - np.square(y), 1e-3)", "a smallest slope is imposed that tanh has not"
        ),
        "rounded": Wrong("np.round(1 - np.square(y), 4)", "the result is rounded to 4 digits"),
        "float32": Wrong(
            "1 - np.square(np.asarray(y, np.float32))", "float64 input comes back as float32"
        ),
        "summed": Wrong(
            "np.sum(1 - y ** 2)", "the sum over all entries; one number per entry is meant"
        ),
        "scalar product": Wrong(
            "1 - np.dot(y, y)", "dot adds the squares up: one number per entry is meant"
        ),
    },
    hints=(
        "The argument is already the output of tanh.",
        "Differentiate sinh / cosh and write the result with the quotient itself.",
        "1 - y**2",
    ),
    source="derivative of tanh in terms of its value; DLMF 4.34.3 with 4.35.12",
)
