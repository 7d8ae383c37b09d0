"""The Jacobian of softmax."""

from actfn.interview.grading.task import Rows, Task, Wrong

P = """e = np.exp(x - np.max(x))
p = e / e.sum()
"""

task = Task(
    name="softmax_jacobian",
    signature="x",
    question="The Jacobian of softmax at the logits x: J[i, j] = d p_i / d x_j.",
    contract=(
        "x is one row of n logits, an array with one axis (not the probabilities).",
        "The result has the shape (n, n).",
        "For finite x the result is finite.",
        "x itself is not changed.",
    ),
    truth=Rows("softmax_jacobian"),
    model=P + "return np.diag(p) - np.outer(p, p)",
    right={
        "broadcasting": P + "return p[:, None] * (np.eye(p.size) - p[None, :])",
        "two loops": P
        + """
n = len(p)
J = np.zeros((n, n))
for i in range(n):
    for j in range(n):
        J[i, j] = p[i] * (1 - p[i]) if i == j else -p[i] * p[j]
return J
""",
        "fill the diagonal": P
        + """
J = -np.outer(p, p)
np.fill_diagonal(J, p * (1 - p))
return J
""",
        "einsum": P + "return np.einsum('i,ij->ij', p, np.eye(len(p)) - p)",
        "columns": P
        + """
s = p.reshape(-1, 1)
return np.diagflat(s) - np.dot(s, s.T)
""",
        "transposed form": P + "return (np.eye(p.size) - p[:, None]) * p[None, :]",
        "list of rows": P
        + "return np.array([[pi * ((i == j) - pj) for j, pj in enumerate(p)] for i, pi in enumerate(p)])",
        "a helper": """
            def softmax(z):
                z = np.asarray(z, float)
                e = np.exp(z - z.max())
                return e / e.sum()

            def softmax_jacobian(x):
                p = softmax(x)
                return np.diag(p) - p[:, np.newaxis] @ p[np.newaxis, :]
        """,
        "others on the diagonal": P
        + """
J = -p[:, None] * p
np.fill_diagonal(J, 0)
np.fill_diagonal(J, -J.sum(axis=1))
return J
""",
    },
    wrong={
        "takes probabilities": Wrong(
            "np.diag(x) - np.outer(x, x)",
            "x is used as if it were the probabilities: apply softmax to the logits first",
        ),
        "plus": Wrong(P + "return np.diag(p) + np.outer(p, p)", "the sign: diag(p) minus p p^T"),
        "only the diagonal": Wrong(
            P + "return np.diag(p * (1 - p))", "the entries off the diagonal, -p_i p_j, are missing"
        ),
        "a vector": Wrong(
            P + "return p * (1 - p)", "only the diagonal, as a vector: the Jacobian is a matrix"
        ),
        "no diagonal": Wrong(
            P + "return -np.outer(p, p)", "the diagonal p_i (1 - p_i) is missing: add diag(p)"
        ),
        "identity": Wrong(
            P + "return np.eye(p.size) - np.outer(p, p)",
            "diag(p) is meant, not the identity matrix",
        ),
        "negative": Wrong(P + "return np.outer(p, p) - np.diag(p)", "all signs are turned round"),
        "log_softmax": Wrong(
            P + "return np.eye(p.size) - p[None, :]", "this is the Jacobian of log_softmax"
        ),
        "inner product": Wrong(
            P + "return np.diag(p) - np.dot(p, p)", "p.p is one number: the outer product is meant"
        ),
        "no shift": Wrong(
            """
            e = np.exp(x)
            p = e / e.sum()
            return np.diag(p) - np.outer(p, p)
            """,
            "exp overflows from 710 on: subtract the maximum in the softmax",
        ),
        "sigmoid": Wrong(
            """
            s = 1 / (1 + np.exp(-np.clip(x, -500, 500)))
            return np.diag(s * (1 - s))
            """,
            "this is the sigmoid's derivative on a diagonal",
        ),
        "positive off the diagonal": Wrong(
            P
            + """
J = np.outer(p, p)
np.fill_diagonal(J, p * (1 - p))
return J
""",
            "off the diagonal the sign is minus: -p_i p_j",
        ),
        "one minus twice": Wrong(
            P + "return np.outer(p, 1 - p)",
            "p_i (1 - p_j) everywhere: off the diagonal it is -p_i p_j",
        ),
        "twice": Wrong(P + "return 2 * (np.diag(p) - np.outer(p, p))", "a factor 2 is too many"),
        "divided by n": Wrong(
            P + "return (np.diag(p) - np.outer(p, p)) / max(p.size, 2)",
            "divided by n: there is no mean here",
        ),
        "in place": Wrong(
            """
            x -= np.max(x)
            e = np.exp(x)
            p = e / e.sum()
            return np.diag(p) - np.outer(p, p)
            """,
            "x -= ... changes the caller's array",
        ),
        "softmax itself": Wrong(P + "return p", "this is softmax itself"),
        "times one minus p": Wrong(
            P + "return np.diag(p * (1 - p)) - np.outer(p, p)",
            "the diagonal subtracts p_i^2 twice: diag(p) already suffices",
        ),
        "epsilon": Wrong(
            """
            e = np.exp(x - np.max(x))
            p = e / (e.sum() + 1e-6)
            return np.diag(p) - np.outer(p, p)
            """,
            "an epsilon in the softmax changes every entry",
        ),
        "rounded": Wrong(
            P + "return np.round(np.diag(p) - np.outer(p, p), 4)",
            "the result is rounded to 4 digits",
        ),
    },
    hints=(
        "Two cases: i = j and i != j.",
        "p_i (delta_ij - p_j)",
        "np.diag(p) - np.outer(p, p)",
    ),
    source="Bishop 2006, equation 4.106",
)
