"""The gradient of cross-entropy by the logits."""

from actfn.interview.grading.task import Rows, Task, Wrong

task = Task(
    name="cross_entropy_grad",
    signature="z, y",
    question="The gradient of the mean cross-entropy by the logits z: (softmax(z) - one_hot(y)) / N.",
    contract=(
        "z are logits of shape (N, C); y are class numbers of shape (N,), integers from 0 to C - 1.",
        "The loss is the mean over the N rows, so the gradient is divided by N.",
        "The result has the shape (N, C); for finite z it is finite.",
        "Neither argument is changed.",
    ),
    truth=Rows("cross_entropy_grad"),
    model="""
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            p[np.arange(len(y)), y] -= 1
            return p / len(y)
        """,
    right={
        "one-hot": """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return (p - np.eye(z.shape[1])[y]) / z.shape[0]
        """,
        "a loop": """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            g = np.zeros_like(p)
            for n in range(len(y)):
                for c in range(p.shape[1]):
                    g[n, c] = (p[n, c] - (1 if c == y[n] else 0)) / len(y)
            return g
        """,
        "comparison": """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return (p - (np.arange(z.shape[1]) == np.asarray(y)[:, None])) / len(z)
        """,
        "zeros and put": """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            t = np.zeros(p.shape)
            np.put_along_axis(t, np.asarray(y)[:, None], 1.0, axis=1)
            return (p - t) / len(p)
        """,
        "subtract.at": """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            np.subtract.at(p, (np.arange(len(y)), y), 1.0)
            p /= p.shape[0]
            return p
        """,
        "exponential of the logarithm": """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            g = np.exp(log_p)
            g[np.arange(len(y)), y] = np.expm1(log_p[np.arange(len(y)), y])
            return g / len(y)
        """,
        "a helper": """
            def softmax(z):
                e = np.exp(z - z.max(axis=1)[:, None])
                return e / e.sum(axis=1)[:, None]

            def cross_entropy_grad(z, y):
                g = softmax(np.asarray(z, float))
                g[range(len(y)), y] -= 1.0
                return g * (1.0 / len(y))
        """,
        "row by row": """
            rows = []
            for row, k in zip(np.asarray(z, float), y):
                e = np.exp(row - row.max())
                p = e / e.sum()
                p[k] -= 1
                rows.append(p)
            return np.array(rows) / len(rows)
        """,
    },
    wrong={
        "no 1/N": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            p[np.arange(len(y)), y] -= 1
            return p
        """,
            "the division by N is missing: the loss is the mean over the rows",
        ),
        "divided by all": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            p[np.arange(len(y)), y] -= 1
            return p / p.size
        """,
            "divided by N * C; the mean is over the N rows",
        ),
        "divided by C": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            p[np.arange(len(y)), y] -= 1
            return p / p.shape[1]
        """,
            "divided by the number of classes instead of rows",
        ),
        "sign": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return (np.eye(z.shape[1])[y] - p) / len(y)
        """,
            "y - p: the sign is turned round; this points uphill",
        ),
        "softmax only": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return p / len(y)
        """,
            "the label is not subtracted",
        ),
        "label row only": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            t = np.eye(z.shape[1])[y]
            return t * (p - 1) / len(y)
        """,
            "only the label's entries: the others have the gradient p",
        ),
        "columns": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            p[:, y] -= 1
            return p / len(y)
        """,
            "p[:, y] changes whole columns: pair the rows with np.arange(N)",
        ),
        "times p (1 - p)": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return (p - np.eye(z.shape[1])[y]) * p * (1 - p) / len(y)
        """,
            "the factor p (1 - p) belongs to a squared error after a sigmoid; with cross-entropy it cancels",
        ),
        "minus y over p": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return -np.eye(z.shape[1])[y] / p / len(y)
        """,
            "this is the gradient by the probabilities, -y / p",
        ),
        "no shift": Wrong(
            """
            e = np.exp(z)
            p = e / e.sum(axis=1, keepdims=True)
            p[np.arange(len(y)), y] -= 1
            return p / len(y)
        """,
            "exp overflows from 710 on: subtract the row's maximum first",
        ),
        "axis 0": Wrong(
            """
            e = np.exp(z - np.max(z, axis=0, keepdims=True))
            p = e / e.sum(axis=0, keepdims=True)
            p[np.arange(len(y)), y] -= 1
            return p / len(y)
        """,
            "the softmax goes along axis 0; the classes are axis 1",
        ),
        "whole array": Wrong(
            """
            e = np.exp(z - np.max(z))
            p = e / e.sum()
            p[np.arange(len(y)), y] -= 1
            return p / len(y)
        """,
            "the softmax goes over the whole array instead of each row",
        ),
        "log_softmax": Wrong(
            """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            log_p[np.arange(len(y)), y] -= 1
            return log_p / len(y)
        """,
            "log-probabilities instead of probabilities",
        ),
        "sigmoid": Wrong(
            """
            p = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
            p[np.arange(len(y)), y] -= 1
            return p / len(y)
        """,
            "the sigmoid of each score; the classes compete in a softmax",
        ),
        "raw logits": Wrong(
            """
            g = np.array(z, float)
            g[np.arange(len(y)), y] -= 1
            return g / len(y)
        """,
            "the softmax is missing: z - y instead of p - y",
        ),
        "label number": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return (p - np.asarray(y)[:, None]) / len(y)
        """,
            "the class number itself is subtracted instead of its one-hot row",
        ),
        "twice": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            return 2 * (p - np.eye(z.shape[1])[y]) / len(y)
        """,
            "the factor 2 belongs to a squared error",
        ),
        "mean over the batch": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            p[np.arange(len(y)), y] -= 1
            return p.mean(axis=0)
        """,
            "averaged over the rows: one gradient per row is needed",
        ),
        "loss": Wrong(
            """
            m = z - np.max(z, axis=1, keepdims=True)
            log_p = m - np.log(np.exp(m).sum(axis=1, keepdims=True))
            return -log_p[np.arange(len(y)), y].mean()
        """,
            "this is the loss, not its gradient",
        ),
        "in place": Wrong(
            """
            z -= np.max(z, axis=1, keepdims=True)
            e = np.exp(z)
            p = e / e.sum(axis=1, keepdims=True)
            p[np.arange(len(y)), y] -= 1
            return p / len(y)
        """,
            "z -= ... changes the caller's array",
        ),
        "epsilon": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / (e.sum(axis=1, keepdims=True) + 1e-6)
            p[np.arange(len(y)), y] -= 1
            return p / len(y)
        """,
            "an epsilon in the softmax changes every entry",
        ),
        "argmax": Wrong(
            """
            e = np.exp(z - np.max(z, axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            p[np.arange(len(y)), p.argmax(axis=1)] -= 1
            return p / len(y)
        """,
            "1 is subtracted at the largest entry instead of at the label",
        ),
    },
    hints=(
        "Softmax and logarithm cancel to something very short.",
        "p - y for one row; what does the mean add?",
        "p[np.arange(N), y] -= 1; p / N",
    ),
    source="Bishop 2006, equation 4.108",
)
