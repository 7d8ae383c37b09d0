"""Cross-entropy from logits."""

from actfn.interview.grading.task import Rows, Task, Wrong

task = Task(
    name="cross_entropy",
    signature="z, y",
    question="The mean over the rows of -log softmax(z)[y].",
    contract=(
        "z are logits of shape (N, C); y are class numbers of shape (N,), integers from 0 to C - 1.",
        "The result is one number, the mean over the N rows.",
        "For finite z the result is finite, also for a row whose label is far behind.",
        "Neither argument is changed.",
    ),
    truth=Rows("cross_entropy"),
    model="""
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return -log_p[np.arange(len(y)), y].mean()
        """,
    right={
        "log-sum-exp minus the score": """
            m = np.max(z, axis=1)
            lse = m + np.log(np.exp(z - m[:, None]).sum(axis=1))
            return np.mean(lse - z[np.arange(len(y)), y])
        """,
        "one-hot": """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return -(np.eye(z.shape[1])[y] * log_p).sum() / len(y)
        """,
        "take_along_axis": """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return -np.take_along_axis(log_p, np.asarray(y)[:, None], axis=1).mean()
        """,
        "logaddexp": """
            z = np.asarray(z, float)
            return np.mean(np.logaddexp.reduce(z, axis=1) - z[range(len(y)), y])
        """,
        "a loop": """
            total = 0.0
            for row, k in zip(np.asarray(z, float), y):
                m = row.max()
                total += m + np.log(np.exp(row - m).sum()) - row[k]
            return total / len(y)
        """,
        "a helper": """
            def log_softmax(z):
                m = z - z.max(axis=-1, keepdims=True)
                return m - np.log(np.exp(m).sum(axis=-1, keepdims=True))

            def cross_entropy(z, y):
                return float(-np.mean(log_softmax(np.asarray(z, float))[np.arange(len(y)), y]))
        """,
        "log1p of the others": """
            z = np.asarray(z, float)
            d = z - z[np.arange(len(y)), y][:, None]
            m = np.maximum(d.max(axis=1), 0)
            return np.mean(m + np.log(np.exp(d - m[:, None]).sum(axis=1)))
        """,
        "einsum": """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return -np.einsum('nc,nc->', np.eye(z.shape[1])[y], log_p) / z.shape[0]
        """,
    },
    wrong={
        "sum": Wrong(
            """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return -log_p[np.arange(len(y)), y].sum()
        """,
            "the sum over the rows; the mean is asked for",
        ),
        "sign": Wrong(
            """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return log_p[np.arange(len(y)), y].mean()
        """,
            "the minus sign is missing: a loss is not negative",
        ),
        "log of softmax": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return -np.log(p[np.arange(len(y)), y]).mean()
        """,
            "log(softmax(z)) is log(0) = -inf once the label lies 745 behind: use the log-sum-exp form",
        ),
        "epsilon in the log": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return -np.log(p[np.arange(len(y)), y] + 1e-9).mean()
        """,
            "log(p + epsilon) bends the loss of every unlikely label: use the log-sum-exp form",
        ),
        "clipped probabilities": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return -np.log(np.clip(p[np.arange(len(y)), y], 1e-7, 1)).mean()
        """,
            "clipping p at 1e-7 caps the loss at 16.1: use the log-sum-exp form",
        ),
        "no shift": Wrong(
            """
            e = np.exp(z)
            p = e / e.sum(axis=1, keepdims=True)
            return -np.log(p[np.arange(len(y)), y]).mean()
        """,
            "exp overflows from 710 on: subtract the row's maximum first",
        ),
        "log-sum-exp without shift": Wrong(
            "return np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y])",
            "exp overflows from 710 on: take the maximum out of the sum",
        ),
        "mean over all entries": Wrong(
            """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return -(np.eye(z.shape[1])[y] * log_p).mean()
        """,
            "the mean over N * C entries; divide by the N rows only",
        ),
        "column indexing": Wrong(
            """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return -log_p[:, y].mean()
        """,
            "log_p[:, y] takes whole columns: pair the rows with np.arange(N)",
        ),
        "all classes": Wrong(
            """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return -log_p.sum(axis=1).mean()
        """,
            "all classes are summed; only the label's entry counts",
        ),
        "argmax": Wrong(
            """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return -log_p.max(axis=1).mean()
        """,
            "the largest entry is taken instead of the label's",
        ),
        "base 2": Wrong(
            """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return -(log_p[np.arange(len(y)), y] / np.log(2)).mean()
        """,
            "in bits: the natural logarithm is meant",
        ),
        "probability": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return (1 - p[np.arange(len(y)), y]).mean()
        """,
            "1 - p instead of -log p",
        ),
        "squared error": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return ((p - np.eye(z.shape[1])[y]) ** 2).sum(axis=1).mean()
        """,
            "this is the Brier score, the squared error",
        ),
        "maximum not given back": Wrong(
            """
            m = np.max(z, axis=1)
            lse = np.log(np.exp(z - m[:, None]).sum(axis=1))
            return np.mean(lse - z[np.arange(len(y)), y])
        """,
            "the maximum was taken out of the sum but not given back",
        ),
        "axis 0": Wrong(
            """
            m = z - np.max(z, axis=0, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=0, keepdims=True))
            return -log_p[np.arange(len(y)), y].mean()
        """,
            "the softmax goes along axis 0; the classes are axis 1",
        ),
        "one per row": Wrong(
            """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return -log_p[np.arange(len(y)), y]
        """,
            "one loss per row; their mean is asked for",
        ),
        "softmax twice": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            q = np.exp(p) / np.exp(p).sum(axis=1, keepdims=True)
            return -np.log(q[np.arange(len(y)), y]).mean()
        """,
            "the softmax is applied twice",
        ),
        "sigmoid": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
            return -np.log(s[np.arange(len(y)), y]).mean()
        """,
            "the sigmoid of each score; the classes compete in a softmax",
        ),
        "in place": Wrong(
            """
            z -= np.max(z, axis=1, keepdims=True)
            return np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y])
        """,
            "z -= ... changes the caller's array",
        ),
        "binary": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            t = np.eye(z.shape[1])[y]
            q = np.clip(p, 1e-15, 1 - 1e-15)
            return -(t * np.log(q) + (1 - t) * np.log(1 - q)).sum(axis=1).mean()
        """,
            "the binary loss of every class is added: only the label's term belongs here",
        ),
        "gradient": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return (p - np.eye(z.shape[1])[y]) / len(y)
        """,
            "this is the gradient p - y",
        ),
    },
    hints=(
        "What is log(softmax) when the label lies 1000 behind?",
        "-log p_y = logsumexp(z) - z_y",
        "m = z.max(1); np.mean(m + np.log(np.exp(z - m[:, None]).sum(1)) - z[np.arange(N), y])",
    ),
    source="Goodfellow et al. 2016, section 6.2.2.3",
)
