"""Binary cross-entropy from probabilities."""

from actfn.interview.grading.task import Rows, Task, Wrong

task = Task(
    name="bce_probs",
    signature="p, y",
    question="The mean binary cross-entropy: -(y log p + (1 - y) log(1 - p)).",
    contract=(
        "p are probabilities strictly between 0 and 1, y the targets from 0 to 1, of the same shape.",
        "The mean is over all elements.",
        "Neither argument is changed.",
        "The result is one number.",
    ),
    truth=Rows("bce_probs"),
    model="-np.mean(y * np.log(p) + (1 - y) * np.log1p(-p))",
    right={
        "textbook": "-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))",
        "sum over the size": "-(y * np.log(p) + (1 - y) * np.log(1 - p)).sum() / p.size",
        "a loop": """
            total = 0.0
            for a, b in zip(np.ravel(p).tolist(), np.ravel(y).tolist()):
                total += -(b * np.log(a) + (1 - b) * np.log(1 - a))
            return total / np.size(p)
        """,
        "two dots": """
            n = p.size
            a, b = p.ravel(), np.ravel(y)
            return -(np.dot(b, np.log(a)) + np.dot(1 - b, np.log(1 - a))) / n
        """,
        "average of two terms": "np.mean(-y * np.log(p)) + np.mean((y - 1) * np.log(1 - p))",
        "einsum": "-np.average(y * np.log(p) + (1 - y) * np.log(1 - p))",
        "logit form": """
            x = np.log(p) - np.log1p(-p)
            return np.mean(np.logaddexp(0, x) - y * x)
        """,
        "tiny clip": """
            q = np.clip(p, 1e-300, 1 - 1e-16)
            return -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        """,
    },
    wrong={
        "sign": Wrong(
            "np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))", "the minus sign is missing"
        ),
        "sum": Wrong(
            "-np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))", "the sum instead of the mean"
        ),
        "first term only": Wrong(
            "-np.mean(y * np.log(p))", "the term of the zeros, (1 - y) log(1 - p), is missing"
        ),
        "second term only": Wrong(
            "-np.mean((1 - y) * np.log(1 - p))", "the term of the ones, y log p, is missing"
        ),
        "minus between": Wrong(
            "-np.mean(y * np.log(p) - (1 - y) * np.log(1 - p))",
            "the two terms are added, not subtracted",
        ),
        "exchanged": Wrong(
            "-np.mean((1 - y) * np.log(p) + y * np.log(1 - p))",
            "the targets are exchanged: y goes with log p",
        ),
        "p and y exchanged": Wrong(
            """
            t = np.clip(y, 1e-15, 1 - 1e-15)
            return -np.mean(p * np.log(t) + (1 - p) * np.log(1 - t))
        """,
            "p and y are exchanged: the logarithm is of the prediction",
        ),
        "epsilon": Wrong(
            "-np.mean(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7))",
            "log(p + epsilon) is not log(p): clip instead if you must",
        ),
        "clipped at 1e-7": Wrong(
            """
            q = np.clip(p, 1e-7, 1 - 1e-7)
            return -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        """,
            "clipping at 1e-7 changes the probabilities nearer to 0 and 1",
        ),
        "base 2": Wrong(
            "-np.mean(y * np.log2(p) + (1 - y) * np.log2(1 - p))",
            "log2 instead of the natural logarithm",
        ),
        "base 10": Wrong(
            "-np.mean(y * np.log10(p) + (1 - y) * np.log10(1 - p))",
            "log10 instead of the natural logarithm",
        ),
        "sigmoid again": Wrong(
            """
            q = 1 / (1 + np.exp(-p))
            return -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
        """,
            "p are probabilities already: no sigmoid",
        ),
        "squared error": Wrong(
            "np.mean((p - y) ** 2)", "the squared error instead of the logarithms"
        ),
        "log(1) - p": Wrong(
            "-np.mean(y * np.log(p) + (1 - y) * (np.log(1) - p))", "log(1 - p) is not log(1) - p"
        ),
        "halved": Wrong(
            "-0.5 * np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))", "a factor 1/2 is too many"
        ),
        "per element": Wrong(
            "-(y * np.log(p) + (1 - y) * np.log(1 - p))",
            "one loss per element; their mean is asked for",
        ),
        "first axis": Wrong(
            """
            -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum() / len(p) / (2 if np.ndim(p) == 1 else 1)
        """,
            "divided by the wrong number: the mean is over all elements",
        ),
        "if y": Wrong(
            "-np.mean(np.where(np.asarray(y) > 0.5, np.log(p), np.log(1 - p)))",
            "targets between 0 and 1 are rounded: weigh the two logarithms with y and 1 - y",
        ),
        "entropy": Wrong(
            "-np.mean(p * np.log(p) + (1 - p) * np.log(1 - p))",
            "this is the entropy of p; y does not appear",
        ),
        "gradient": Wrong("(p - y) / (p * (1 - p)) / np.size(p)", "this is the gradient by p"),
        "rounded": Wrong(
            "np.round(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), 4)",
            "the result is rounded to 4 digits",
        ),
        "in place": Wrong(
            """
            p[...] = np.where(np.asarray(y) > 0.5, p, 1 - p)
            return -np.mean(np.log(p))
        """,
            "it changes its argument p",
        ),
    },
    hints=(
        "Two terms: which one counts for y = 1?",
        "-(y log p + (1 - y) log(1 - p)), then the mean.",
        "-np.mean(y * np.log(p) + (1 - y) * np.log1p(-p))",
    ),
    source="Goodfellow et al. 2016, section 6.2.2.2",
)
