"""The logarithm of softmax."""

from actfn.interview.grading.task import Rows, Task, Wrong

task = Task(
    name="log_softmax",
    signature="x",
    question="The logarithm of softmax along the last axis.",
    contract=(
        "x is an array with at least one axis; the result has the same shape.",
        "For finite x the result is finite, however large the differences in a row are.",
        "x itself is not changed.",
    ),
    truth=Rows("log_softmax"),
    model="""
            z = x - np.max(x, axis=-1, keepdims=True)
            return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
        """,
    right={
        "log-sum-exp first": """
            m = np.max(x, axis=-1, keepdims=True)
            return x - (m + np.log(np.exp(x - m).sum(axis=-1, keepdims=True)))
        """,
        "logaddexp": "return x - np.logaddexp.reduce(np.asarray(x, float), axis=-1, keepdims=True)",
        "log1p of the others": """
            z = np.array(x, dtype=float)
            z -= z.max(axis=-1, keepdims=True)
            e = np.exp(z)
            np.put_along_axis(e, z.argmax(-1)[..., None], 0, -1)
            return z - np.log1p(e.sum(-1, keepdims=True))
        """,
        "a loop over rows": """
            x = np.asarray(x, float)
            out = np.empty(x.shape)
            for k in np.ndindex(x.shape[:-1]):
                row = x[k]
                m = row.max()
                out[k] = row - m - np.log(np.sum(np.exp(row - m)))
            return out
        """,
        "expand_dims": """
            m = np.expand_dims(np.max(x, axis=-1), -1)
            z = x - m
            return z - np.expand_dims(np.log(np.sum(np.exp(z), axis=-1)), -1)
        """,
        "minus the surprise": """
            z = np.max(x, axis=-1, keepdims=True) - x
            return -(z + np.log(np.exp(-z).sum(axis=-1, keepdims=True)))
        """,
        "apply along axis": """
            def row(v):
                return v - v.max() - np.log(np.exp(v - v.max()).sum())
            return np.apply_along_axis(row, -1, np.asarray(x, float))
        """,
        "einsum": """
            z = x - np.max(x, axis=-1, keepdims=True)
            return z - np.log(np.einsum('...i->...', np.exp(z)))[..., None]
        """,
    },
    wrong={
        "log of softmax": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            return np.log(e / e.sum(axis=-1, keepdims=True))
        """,
            "log(softmax(x)) is log(0) = -inf once an entry lies 745 below the maximum: subtract the logarithm of the sum",
        ),
        "epsilon in the log": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            return np.log(e / e.sum(axis=-1, keepdims=True) + 1e-9)
        """,
            "log(p + epsilon) is wrong wherever p is small: the logarithm has to be taken apart instead",
        ),
        "no shift": Wrong(
            "return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))",
            "exp overflows from 710 on: subtract the row's maximum first",
        ),
        "maximum not given back": Wrong(
            """
            m = np.max(x, axis=-1, keepdims=True)
            return x - np.log(np.exp(x - m).sum(axis=-1, keepdims=True))
        """,
            "the maximum was taken out of the sum but not given back",
        ),
        "softmax": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            return e / e.sum(axis=-1, keepdims=True)
        """,
            "this is softmax itself, without the logarithm",
        ),
        "whole array": Wrong(
            """
            z = x - np.max(x)
            return z - np.log(np.exp(z).sum())
        """,
            "over the whole array instead of each row",
        ),
        "axis 0": Wrong(
            """
            z = x - np.max(x, axis=0, keepdims=True)
            return z - np.log(np.exp(z).sum(axis=0, keepdims=True))
        """,
            "along axis 0; the last axis is meant",
        ),
        "no keepdims": Wrong(
            """
            z = x - np.max(x, axis=-1, keepdims=True)
            return z - np.log(np.exp(z).sum(axis=-1))
        """,
            "without keepdims the rows' sums do not line up with the rows",
        ),
        "sign": Wrong(
            """
            z = x - np.max(x, axis=-1, keepdims=True)
            return np.log(np.exp(z).sum(axis=-1, keepdims=True)) - z
        """,
            "the sign is turned round: log-probabilities are never positive",
        ),
        "plus": Wrong(
            """
            z = x - np.max(x, axis=-1, keepdims=True)
            return z + np.log(np.exp(z).sum(axis=-1, keepdims=True))
        """,
            "the logarithm of the sum is subtracted, not added",
        ),
        "mean": Wrong(
            """
            z = x - np.max(x, axis=-1, keepdims=True)
            return z - np.log(np.exp(z).mean(axis=-1, keepdims=True))
        """,
            "the mean instead of the sum",
        ),
        "log of a sum of scores": Wrong(
            "return x - np.log(np.abs(np.sum(x, axis=-1, keepdims=True)) + 1)",
            "the exponential inside the sum is missing",
        ),
        "base 2": Wrong(
            """
            z = x - np.max(x, axis=-1, keepdims=True)
            return z - np.log2(np.exp(z).sum(axis=-1, keepdims=True))
        """,
            "log2 instead of the natural logarithm",
        ),
        "base 10": Wrong(
            """
            z = x - np.max(x, axis=-1, keepdims=True)
            return z - np.log10(np.exp(z).sum(axis=-1, keepdims=True))
        """,
            "log10 instead of the natural logarithm",
        ),
        "one maximum": Wrong(
            """
            z = x - np.max(x)
            return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
        """,
            "one maximum for the whole array: a row far below it gives log(0)",
        ),
        "clipped": Wrong(
            """
            e = np.exp(np.clip(x, -50, 50))
            return np.log(e / e.sum(axis=-1, keepdims=True))
        """,
            "clipped scores become equal: subtract the maximum instead",
        ),
        "only the sum": Wrong(
            """
            return np.log(np.exp(x - np.max(x, axis=-1, keepdims=True)).sum(axis=-1, keepdims=True)) * np.ones_like(x, dtype=float)
        """,
            "the score itself is missing: this is only the logarithm of the sum",
        ),
        "in place": Wrong(
            """
            x -= np.max(x, axis=-1, keepdims=True)
            return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
        """,
            "x -= ... changes the caller's array",
        ),
        "log1p": Wrong(
            """
            z = x - np.max(x, axis=-1, keepdims=True)
            return z - np.log1p(np.exp(z).sum(axis=-1, keepdims=True))
        """,
            "log1p adds 1 to the whole sum; only the sum of the others may be given to it",
        ),
    },
    hints=(
        "softmax underflows to 0 before its logarithm is -745.",
        "log(exp(x_i) / S) = x_i - log(S)",
        "z - np.log(np.exp(z).sum(-1, keepdims=True)) with z = x - max",
    ),
    source="Blanchard, Higham & Higham 2021, IMA Journal of Numerical Analysis 41, 2311",
)
