"""The chain rule through softmax."""

from actfn.interview.grading.task import Rows, Task, Wrong

task = Task(
    name="softmax_backward",
    signature="dy, x",
    question="Given dL/dp for p = softmax(x) along the last axis, return dL/dx.",
    contract=(
        "dy and x have the same shape; x is the input of softmax, not its output.",
        "The result has that shape; rows run along the last axis.",
        "For finite arguments the result is finite; neither argument is changed.",
    ),
    truth=Rows("softmax_backward"),
    model="""
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p * (dy - (dy * p).sum(axis=-1, keepdims=True))
        """,
    right={
        "two products": """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            g = p * dy
            return g - p * g.sum(axis=-1, keepdims=True)
        """,
        "einsum": """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p * (dy - np.einsum('...i,...i->...', dy, p)[..., None])
        """,
        "with the Jacobian": """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            J = p[..., :, None] * (np.eye(p.shape[-1]) - p[..., None, :])
            return np.einsum('...ij,...j->...i', J, dy)
        """,
        "matmul": """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            J = p[..., :, None] * np.eye(p.shape[-1]) - p[..., :, None] * p[..., None, :]
            return (J @ np.asarray(dy)[..., None])[..., 0]
        """,
        "a loop over rows": """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            dy = np.asarray(dy)
            out = np.empty(p.shape)
            for k in np.ndindex(p.shape[:-1]):
                J = np.diag(p[k]) - np.outer(p[k], p[k])
                out[k] = J @ dy[k]
            return out
        """,
        "a helper": """
            def softmax(z):
                z = z - z.max(-1, keepdims=True)
                e = np.exp(z)
                return e / e.sum(-1, keepdims=True)

            def softmax_backward(dy, x):
                s = softmax(np.asarray(x, float))
                return s * (dy - np.sum(dy * s, axis=-1, keepdims=True))
        """,
        "centred": """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            mean = np.sum(p * dy, axis=-1)[..., np.newaxis]
            return np.multiply(p, np.subtract(dy, mean))
        """,
        "in place on a copy": """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            g = np.array(dy, dtype=float)
            g -= (g * p).sum(-1, keepdims=True)
            g *= p
            return g
        """,
    },
    wrong={
        "takes the output": Wrong(
            "return x * (dy - (dy * x).sum(axis=-1, keepdims=True))",
            "x is used as if it were the output: apply softmax first",
        ),
        "only the diagonal": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return dy * p * (1 - p)
        """,
            "only the diagonal p_i (1 - p_i): every p_i depends on every x_j",
        ),
        "no p in front": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return dy - (dy * p).sum(axis=-1, keepdims=True)
        """,
            "the factor p in front is missing",
        ),
        "no mean": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p * dy
        """,
            "the subtracted mean sum(dy p) is missing",
        ),
        "plain sum": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p * (dy - np.sum(dy, axis=-1, keepdims=True))
        """,
            "sum(dy) instead of sum(dy p)",
        ),
        "log_softmax": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return dy - p * np.sum(dy, axis=-1, keepdims=True)
        """,
            "this is the backward of log_softmax",
        ),
        "plus": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p * (dy + (dy * p).sum(axis=-1, keepdims=True))
        """,
            "the sign: the mean is subtracted",
        ),
        "sign": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p * ((dy * p).sum(axis=-1, keepdims=True) - dy)
        """,
            "the sign is turned round",
        ),
        "no keepdims": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p * (dy - (dy * p).sum(axis=-1))
        """,
            "without keepdims the rows' sums do not line up with the rows",
        ),
        "whole array": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p * (dy - (dy * p).sum())
        """,
            "the sum goes over the whole array instead of each row",
        ),
        "softmax of everything": Wrong(
            """
            e = np.exp(x - np.max(x))
            p = e / e.sum()
            return p * (dy - (dy * p).sum(axis=-1, keepdims=True))
        """,
            "the softmax goes over the whole array instead of each row",
        ),
        "axis 0": Wrong(
            """
            e = np.exp(x - np.max(x, axis=0, keepdims=True))
            p = e / e.sum(axis=0, keepdims=True)
            return p * (dy - (dy * p).sum(axis=0, keepdims=True))
        """,
            "along axis 0; the last axis is meant",
        ),
        "p - y": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p - dy
        """,
            "p - y is the gradient of cross-entropy with its softmax, not this chain rule",
        ),
        "no shift": Wrong(
            """
            e = np.exp(x)
            p = e / e.sum(axis=-1, keepdims=True)
            return p * (dy - (dy * p).sum(axis=-1, keepdims=True))
        """,
            "exp overflows from 710 on: subtract the maximum in the softmax",
        ),
        "mean over the row": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p * (dy - (dy * p).mean(axis=-1, keepdims=True))
        """,
            "sum(dy p), not its mean over the entries",
        ),
        "squared": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p ** 2 * (dy - (dy * p).sum(axis=-1, keepdims=True))
        """,
            "p is squared in front",
        ),
        "softmax of dy": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            e = np.exp(dy)
            q = e / e.sum(axis=-1, keepdims=True)
            return q * (x - (x * q).sum(axis=-1, keepdims=True))
        """,
            "the arguments are exchanged: dy comes first, then x",
        ),
        "batch mean": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p * (dy - (dy * p).sum(axis=-1, keepdims=True)) / max(2, p.shape[0])
        """,
            "divided by the batch size: the loss has done that already",
        ),
        "in place": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            dy -= (dy * p).sum(axis=-1, keepdims=True)
            return dy * p
        """,
            "dy -= ... changes the caller's array",
        ),
        "forward": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            p = e / e.sum(axis=-1, keepdims=True)
            return p
        """,
            "this is softmax itself",
        ),
    },
    hints=(
        "J = diag(p) - p p^T is symmetric: multiply it with dy without building it.",
        "p_i (dy_i - sum_j dy_j p_j)",
        "p * (dy - (dy * p).sum(-1, keepdims=True))",
    ),
    source="vector-Jacobian product of softmax; Goodfellow et al. 2016, section 6.2.2.3",
)
