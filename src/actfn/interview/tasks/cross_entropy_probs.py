"""Cross-entropy from probabilities."""

from actfn.interview.grading.task import Rows, Task, Wrong

task = Task(
    name="cross_entropy_probs",
    signature="p, y",
    question="The cross-entropy of probabilities p and one-hot rows y, averaged over the rows.",
    contract=(
        "p are rows of probabilities, shape (N, C), all positive; y are one-hot rows of the same shape.",
        "The result is one number: -sum(y log p), averaged over the N rows.",
        "Neither argument is changed.",
    ),
    truth=Rows("cross_entropy_probs"),
    model="-(y * np.log(p)).sum(axis=1).mean()",
    right={
        "sum over N": "-np.sum(y * np.log(p)) / len(p)",
        "index by argmax": "-np.log(p[np.arange(len(p)), np.argmax(y, axis=1)]).mean()",
        "boolean index": "-np.mean(np.log(p[np.asarray(y) == 1]))",
        "einsum": "-np.einsum('nc,nc->', y, np.log(p)) / p.shape[0]",
        "of the sum": "-np.log((p * y).sum(axis=1)).mean()",
        "a loop": """
            total = 0.0
            for pr, yr in zip(p, y):
                for a, b in zip(pr, yr):
                    if b:
                        total -= b * np.log(a)
            return total / len(p)
        """,
        "tiny clip": "-np.sum(y * np.log(np.clip(p, 1e-300, 1.0))) / p.shape[0]",
        "average": "np.average(-np.sum(np.multiply(y, np.log(p)), axis=-1))",
    },
    wrong={
        "sum": Wrong("-np.sum(y * np.log(p))", "the sum over the rows; their mean is asked for"),
        "mean over entries": Wrong(
            "-np.mean(y * np.log(p))", "the mean over N * C entries; divide by the N rows only"
        ),
        "sign": Wrong("np.sum(y * np.log(p)) / len(p)", "the minus sign is missing"),
        "exchanged": Wrong(
            "-np.sum(p * np.log(np.clip(y, 1e-15, 1))) / len(p)",
            "p and y are exchanged: the logarithm is of the prediction",
        ),
        "epsilon": Wrong(
            "-np.sum(y * np.log(p + 1e-7)) / len(p)",
            "log(p + epsilon) is not log(p): clip p from below if zeros worry you",
        ),
        "clipped at 1e-7": Wrong(
            "-np.sum(y * np.log(np.clip(p, 1e-7, 1 - 1e-7))) / len(p)",
            "clipping at 1e-7 changes probabilities that are smaller, or nearer to 1",
        ),
        "without y": Wrong(
            "-np.sum(np.log(p)) / len(p)", "y is missing: only the label's entry counts"
        ),
        "binary": Wrong(
            """
            q = np.clip(p, 1e-15, 1 - 1e-16)
            return -np.sum(y * np.log(q) + (1 - y) * np.log(1 - q)) / len(p)
        """,
            "this adds (1 - y) log(1 - p): the binary loss of every class",
        ),
        "base 2": Wrong(
            "-np.sum(y * np.log2(p)) / len(p)", "log2 instead of the natural logarithm"
        ),
        "base 10": Wrong(
            "-np.sum(y * np.log10(p)) / len(p)", "log10 instead of the natural logarithm"
        ),
        "squared error": Wrong(
            "np.sum((p - y) ** 2) / len(p)", "the squared error instead of the logarithm"
        ),
        "softmax again": Wrong(
            """
            e = np.exp(p)
            q = e / e.sum(axis=1, keepdims=True)
            return -np.sum(y * np.log(q)) / len(p)
        """,
            "p are probabilities already: no softmax",
        ),
        "one per row": Wrong(
            "-np.sum(y * np.log(p), axis=1)", "one loss per row; their mean is asked for"
        ),
        "divided by C": Wrong(
            "-np.sum(y * np.log(p)) / p.shape[1]",
            "divided by the number of classes instead of rows",
        ),
        "log of the mean": Wrong(
            "-np.log(np.mean(np.sum(p * y, axis=1)))",
            "the logarithm of the mean probability: first the logarithm, then the mean",
        ),
        "1 - p": Wrong("np.mean(1 - np.sum(p * y, axis=1))", "1 - p instead of -log p"),
        "log1p": Wrong("-np.sum(y * np.log1p(p)) / len(p)", "log1p(p) is log(1 + p)"),
        "entropy": Wrong(
            "-np.sum(p * np.log(p)) / len(p)", "this is the entropy of p; y does not appear"
        ),
        "gradient": Wrong("-y / p / len(p)", "this is the gradient by p"),
        "in place": Wrong(
            """
            p *= y
            return -np.log(p.sum(axis=1)).mean()
        """,
            "p *= y changes the caller's array",
        ),
        "rounded": Wrong(
            "np.round(-np.sum(y * np.log(p)) / len(p), 4)", "the result is rounded to 4 digits"
        ),
    },
    hints=(
        "One-hot y picks one entry per row.",
        "-sum_c y_c log p_c per row, then the mean.",
        "-(y * np.log(p)).sum(axis=1).mean()",
    ),
    source="Shannon 1948; Goodfellow et al. 2016, section 3.13",
)
