"""ReLU, derivative."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="relu_grad",
    signature="x",
    question="The derivative of ReLU at its input x: 1 where x > 0, 0 where x < 0.",
    contract=(
        "x is the input of ReLU, an array of any shape; the result has the same shape.",
        "At x = 0 any number from 0 to 1 is right.",
        "x itself is not changed.",
    ),
    truth=Elementwise(formula="where(x > 0, 1, 0)", kinks={0.0: (0.0, 1.0)}),
    model="np.heaviside(x, 0)",
    right={
        "the page's own": "(x > 0).astype(float)",
        "where": "np.where(x > 0, 1.0, 0.0)",
        "integers": "np.where(x > 0, 1, 0)",
        "one at zero": "(np.asarray(x) >= 0) * 1.0",
        "half at zero": "np.heaviside(x, 0.5)",
        "sign": "np.maximum(np.sign(x), 0)",
        "ones and a mask": """
            g = np.ones_like(x, dtype=float)
            g[np.asarray(x) <= 0] = 0
            return g
        """,
        "zeros and a mask": """
            g = np.zeros(np.shape(x))
            g[np.asarray(x) > 0] = 1
            return g
        """,
        "a loop": """
            x = np.asarray(x)
            return np.array([1.0 if v > 0 else 0.0 for v in x.flat]).reshape(x.shape)
        """,
        "the dtype of x": "(x > 0).astype(np.asarray(x).dtype)",
    },
    wrong={
        "ReLU itself": Wrong("np.maximum(x, 0)", "this is ReLU itself; its slope is 1 for x > 0"),
        "branches exchanged": Wrong("(x < 0).astype(float)", "the branches are exchanged"),
        "minus one": Wrong("np.sign(x)", "the sign is -1 for x < 0; the slope there is 0"),
        "leaky": Wrong(
            "np.where(x > 0, 1.0, 0.01)", "below 0 the slope is 0; 0.01 is leaky ReLU's"
        ),
        "constant": Wrong("np.ones_like(x)", "the slope is 1 only for x > 0"),
        "in place": Wrong(
            """
            x[x > 0] = 1
            x[x <= 0] = 0
            return x
            """,
            "it changes its argument: make a new array",
        ),
        "threshold 1": Wrong("(x > 1).astype(float)", "the kink is at 0, not at 1"),
        "sigmoid": Wrong("1 / (1 + np.exp(-x))", "this is the sigmoid, the derivative of softplus"),
        "one number": Wrong("1.0 if np.any(x > 0) else 0.0", "one number for the whole array"),
        "if on an array": Wrong(
            "1.0 if x > 0 else 0.0",
            "`if x > 0` asks for one truth value of a whole array: use np.where",
        ),
        "a quotient": Wrong("np.maximum(x, 0) / x", "0 / 0 is NaN at x = 0"),
        "epsilon quotient": Wrong(
            "np.maximum(x, 0) / (x + 1e-4)",
            "the epsilon changes every value: compare with 0 instead",
        ),
        "two": Wrong("2.0 * (x > 0)", "there is a factor 2 too many"),
        "only the positive entries": Wrong(
            "np.ones(np.count_nonzero(x > 0))",
            "entries are dropped: the result needs the shape of x",
        ),
        "numerical": Wrong(
            """
            h = 1e-2
            return (np.maximum(x + h, 0) - np.maximum(x - h, 0)) / (2 * h)
            """,
            "a difference quotient smears the kink out: next to 0 it is neither 0 nor 1",
        ),
    },
    hints=(
        "What is the slope on each side of 0?",
        "A comparison gives True and False: turn them into numbers.",
        "(x > 0).astype(x.dtype)",
    ),
    source="slope of max(0, x); any subgradient at 0: Goodfellow et al. 2016, section 6.3",
)
