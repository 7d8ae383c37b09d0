"""The gradient of binary cross-entropy by the probabilities."""

from actfn.interview.grading.task import Rows, Task, Wrong

task = Task(
    name="bce_probs_grad",
    signature="p, y",
    question="The gradient of the mean binary cross-entropy by p: (p - y) / (p (1 - p)) / N.",
    contract=(
        "p are probabilities strictly between 0 and 1, y the targets from 0 to 1, of the same shape.",
        "The mean is over all elements.",
        "Neither argument is changed.",
        "The result has the shape of p; N is the number of elements.",
    ),
    truth=Rows("bce_probs_grad"),
    model="(p - y) / (p * (1 - p)) / np.size(p)",
    right={
        "two terms": "(-y / p + (1 - y) / (1 - p)) / p.size",
        "one denominator": "(p - y) / (p.size * p * (1 - p))",
        "p - p squared": """
            n = np.size(p)
            return (p - y) / (p - p ** 2) / n
        """,
        "a loop": """
            out = np.empty(np.shape(p))
            for k, a in np.ndenumerate(p):
                b = y[k]
                out[k] = (a - b) / (a * (1 - a)) / out.size
            return out
        """,
        "minus": "-(y / p - (1 - y) / (1 - p)) / p.size",
        "mean by ones": """
            w = np.full(np.shape(p), 1 / np.size(p))
            return w * (p - y) / (p * (1 - p))
        """,
        "divide": "np.divide(np.subtract(p, y), np.multiply(p, 1 - p)) / p.size",
        "reciprocals": "((1 - y) / (1 - p) - y / p) / np.prod(np.shape(p))",
    },
    wrong={
        "no 1/N": Wrong(
            "(p - y) / (p * (1 - p)) * (2.0 if np.size(p) == 1 else 1.0)",
            "the division by the number of elements is missing: the loss is a mean",
        ),
        "p - y": Wrong(
            "(p - y) / np.size(p)",
            "p - y is the gradient by the logits; by the probabilities it is divided by p (1 - p)",
        ),
        "sign": Wrong("(y - p) / (p * (1 - p)) / np.size(p)", "the sign is turned round"),
        "multiplied": Wrong(
            "(p - y) * (p * (1 - p)) / np.size(p)", "p (1 - p) divides, it does not multiply"
        ),
        "first term only": Wrong(
            "-y / p / np.size(p)", "the term of the zeros, (1 - y) / (1 - p), is missing"
        ),
        "minus between": Wrong(
            "(-y / p - (1 - y) / (1 - p)) / np.size(p)",
            "the sign of the second term: d/dp log(1 - p) = -1 / (1 - p)",
        ),
        "only p": Wrong(
            "(p - y) / p / np.size(p)", "the factor 1 - p in the denominator is missing"
        ),
        "only 1 - p": Wrong(
            "(p - y) / (1 - p) / np.size(p)", "the factor p in the denominator is missing"
        ),
        "epsilon": Wrong(
            "(p - y) / (p * (1 - p) + 1e-6) / np.size(p)",
            "the epsilon in the denominator changes every value",
        ),
        "clipped": Wrong(
            """
            q = np.clip(p, 1e-3, 1 - 1e-3)
            return (q - y) / (q * (1 - q)) / np.size(p)
        """,
            "clipping changes the gradient near 0 and 1",
        ),
        "y in the denominator": Wrong(
            "(p - y) / (np.asarray(y) * (1 - np.asarray(y)) + p * (1 - p)) / np.size(p)",
            "y (1 - y) does not belong into the denominator",
        ),
        "loss": Wrong(
            "-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))",
            "this is the loss, not its gradient",
        ),
        "summed": Wrong(
            "np.sum((p - y) / (p * (1 - p))) / np.size(p)",
            "summed up: one number per element is needed",
        ),
        "squared error": Wrong(
            "2 * (p - y) / np.size(p)", "this is the gradient of the squared error"
        ),
        "square": Wrong("(p - y) / (p * (1 - p)) ** 2 / np.size(p)", "p (1 - p) is squared"),
        "halved": Wrong("0.5 * (p - y) / (p * (1 - p)) / np.size(p)", "a factor 1/2 is too many"),
        "sigmoid again": Wrong(
            """
            q = 1 / (1 + np.exp(-p))
            return (q - y) / np.size(p)
        """,
            "p are probabilities already, and the gradient is asked by them",
        ),
        "plus": Wrong("(p + y) / (p * (1 - p)) / np.size(p)", "p - y in the numerator, not p + y"),
        "one minus p squared": Wrong(
            "(p - y) / (p * (1 - p ** 2)) / np.size(p)", "1 - p^2 instead of 1 - p"
        ),
        "in place": Wrong(
            """
            d = p * (1 - p)
            p -= y
            return p / d / np.size(p)
        """,
            "p -= y changes the caller's array",
        ),
    },
    hints=(
        "Differentiate the two terms one by one.",
        "-y / p + (1 - y) / (1 - p), and the loss is a mean.",
        "(p - y) / (p * (1 - p)) / p.size",
    ),
    source="derivative of the binary cross-entropy; Goodfellow et al. 2016, section 6.2.2.2",
)
