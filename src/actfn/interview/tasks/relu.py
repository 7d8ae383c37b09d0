"""ReLU, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="relu",
    signature="x",
    question="The rectified linear unit: x where x > 0, 0 elsewhere.",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "x itself is not changed.",
    ),
    truth=Elementwise(formula="max(x, 0)"),
    model="np.maximum(x, 0)",
    right={
        "the page's own": "np.maximum(0, x)",
        "where": "np.where(x > 0, x, 0)",
        "mask as a factor": "x * (x > 0)",
        "half of x + |x|": "(x + np.abs(x)) / 2",
        "clip": "np.clip(x, 0, None)",
        "a copy changed in place": """
            y = np.array(x)
            y[y < 0] = 0
            return y
        """,
        "a loop over the entries": """
            x = np.asarray(x)
            out = np.empty(x.shape, dtype=x.dtype)
            for k, v in np.ndenumerate(x):
                out[k] = v if v > 0 else 0
            return out
        """,
        "a lambda": "relu = lambda x: np.maximum(x, 0.0)",
        "fmax": "np.fmax(x, 0)",
        "minus the negative part": "x - np.minimum(x, 0)",
        "vectorize": "np.vectorize(lambda v: max(0.0, v), otypes=[float])(x)",
        "list comprehension": """
            x = np.asarray(x, dtype=float)
            return np.array([v if v > 0 else 0.0 for v in x.ravel()]).reshape(x.shape)
        """,
    },
    wrong={
        "sorted": Wrong("np.sort(np.maximum(x, 0), axis=None)", "the result is sorted"),
        "minimum": Wrong(
            "np.minimum(x, 0)", "minimum keeps the negative side; maximum(x, 0) is meant"
        ),
        "absolute value": Wrong("np.abs(x)", "this is |x|: negative inputs have to give 0, not -x"),
        "leaky": Wrong(
            "np.where(x > 0, x, 0.01 * x)", "this is a leaky ReLU: below 0 it has to be 0"
        ),
        "its derivative": Wrong(
            "(x > 0) * 1.0", "this is the derivative of ReLU, the step function"
        ),
        "in place": Wrong(
            """
            x[x < 0] = 0
            return x
            """,
            "it changes its argument: work on a copy, or use np.maximum",
        ),
        "maximum over the array": Wrong(
            "np.max(x)", "np.max is the largest entry of the array; np.maximum works entry by entry"
        ),
        "Python's max": Wrong(
            "max(0, x)",
            "max(0, x) asks whether a whole array is true; np.maximum works entry by entry",
        ),
        "threshold 1": Wrong("np.where(x > 1, x, 0)", "the threshold is 0, not 1"),
        "ReLU6": Wrong("np.minimum(np.maximum(x, 0), 6)", "this is ReLU6: there is no upper limit"),
        "clipped to one": Wrong("np.clip(x, 0, 1)", "clip(x, 0, 1) cuts off everything above 1"),
        "softplus": Wrong("np.logaddexp(0, x)", "this is softplus, the smooth relative of ReLU"),
        "squared": Wrong("np.maximum(x, 0) ** 2", "this is the square of ReLU"),
        "shifted": Wrong("np.maximum(x, 0) + 1e-6", "an epsilon is added that nothing asks for"),
        "factor": Wrong(
            "0.5 * np.maximum(x, 0)", "a factor 1/2 is left over: (x + |x|) / 2, not / 4"
        ),
        "rounded": Wrong(
            "np.round(np.maximum(x, 0), 4)", "the result is rounded, which nobody asked for"
        ),
        "integers": Wrong("np.maximum(x, 0).astype(int)", "astype(int) cuts off the fractions"),
        "float32": Wrong(
            "np.maximum(x, 0).astype(np.float32)",
            "float64 input comes back as float32: half the digits",
        ),
        "flattened": Wrong("np.maximum(x, 0).ravel()", "ravel loses the shape of x"),
        "only positive entries": Wrong(
            "x[x > 0]", "x[x > 0] drops entries instead of replacing them by 0"
        ),
    },
    hints=(
        "Which of two numbers is wanted, entry by entry?",
        "np.maximum is not np.max.",
        "np.maximum(x, 0)",
    ),
    source="Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines",
)
