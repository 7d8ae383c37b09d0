"""Sigmoid, derivative from its output."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="sigmoid_grad",
    signature="y",
    question="The derivative of the sigmoid, written with its output y = sigmoid(x): y (1 - y).",
    contract=(
        "y is the output of the sigmoid, an array of numbers from 0 to 1, of any shape.",
        "The result has the same shape; y itself is not changed.",
    ),
    truth=Elementwise(formula="y * (1 - y)", variable="y", low=0.0, high=1.0),
    model="y * (1 - y)",
    right={
        "expanded": "y - y * y",
        "power": "y - y ** 2",
        "multiply": "np.multiply(y, np.subtract(1, y))",
        "completed square": "0.25 - (y - 0.5) ** 2",
        "as array": "np.asarray(y, float) * (1.0 - np.asarray(y, float))",
        "a loop": """
            y = np.asarray(y)
            return np.array([v * (1 - v) for v in y.ravel()]).reshape(y.shape)
        """,
        "einsum": "np.einsum('...,...->...', y, 1 - np.asarray(y))",
        "a copy in place": """
            g = 1 - np.asarray(y)
            g *= y
            return g
        """,
    },
    wrong={
        "takes the input": Wrong(
            """
            s = 1 / (1 + np.exp(-y))
            return s * (1 - s)
            """,
            "it applies the sigmoid once more: it behaves like s(x) (1 - s(x)) applied to an output",
        ),
        "squared": Wrong("y * (1 - y ** 2)", "y (1 - y) is meant; y (1 - y^2) mixes in tanh's"),
        "tanh's": Wrong("1 - y ** 2", "1 - y^2 is tanh's derivative; the sigmoid's is y (1 - y)"),
        "plus": Wrong("y * (1 + y)", "the sign is wrong: 1 - y"),
        "sign": Wrong("y * (y - 1)", "the sign is turned round: y (1 - y) is never negative"),
        "no y": Wrong("1 - np.asarray(y)", "the factor y is missing"),
        "y itself": Wrong("np.asarray(y) * 1.0", "this is the output itself"),
        "twice": Wrong("2 * y * (1 - y)", "a factor 2 is too many"),
        "square of 1 - y": Wrong("y * (1 - y) ** 2", "1 - y is squared"),
        "square of y": Wrong("y ** 2 * (1 - y)", "y is squared"),
        "in place": Wrong(
            """
            y *= 1 - y
            return y
            """,
            "y *= ... overwrites the caller's output, which backpropagation still needs",
        ),
        "epsilon": Wrong("y * (1 - y) + 1e-7", "an epsilon is added that nothing asks for"),
        "clipped": Wrong(
            "np.clip(y, 0.05, 0.95) * (1 - np.clip(y, 0.05, 0.95))", "clipping y changes the tails"
        ),
        "of logits": Wrong(
            "np.log(np.maximum(y, 1e-9) / (1 - np.minimum(y, 1 - 1e-9)))", "this is the logit of y"
        ),
        "reciprocal": Wrong(
            "1 / (np.maximum(y, 1e-9) * (1 - np.minimum(y, 1 - 1e-9)))",
            "this is the derivative of the inverse function",
        ),
        "float32": Wrong("np.float32(y) * (1 - np.float32(y))", "float64 comes back as float32"),
        "summed": Wrong(
            "np.sum(y * (1 - y))", "the sum over all entries; one number per entry is meant"
        ),
    },
    hints=(
        "The argument is already the output of the sigmoid.",
        "Write exp(-x) / (1 + exp(-x))^2 with y.",
        "y * (1 - y)",
    ),
    source="derivative of 1 / (1 + exp(-x)) in terms of its value",
)
