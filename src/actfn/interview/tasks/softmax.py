"""Softmax, forward."""

from actfn.interview.grading.task import Rows, Task, Wrong

task = Task(
    name="softmax",
    signature="x, axis=-1",
    question="Softmax along an axis: exp(x_i) / sum_j exp(x_j).",
    contract=(
        "x is an array with at least one axis; the result has the same shape.",
        "Each row along `axis` (the last one by default) sums to 1.",
        "For finite x the result is finite, however large x is.",
        "x itself is not changed.",
    ),
    truth=Rows("softmax"),
    model="""
        z = x - np.max(x, axis=axis, keepdims=True)
        e = np.exp(z)
        return e / e.sum(axis=axis, keepdims=True)
    """,
    right={
        "the page's own": """
            exp_x = np.exp(x - x.max(axis=axis, keepdims=True))
            return exp_x / exp_x.sum(axis=axis, keepdims=True)
        """,
        "through the logarithm": """
            m = np.max(x, axis=axis, keepdims=True)
            log_sum = m + np.log(np.exp(x - m).sum(axis=axis, keepdims=True))
            return np.exp(x - log_sum)
        """,
        "in place on a copy": """
            e = np.array(x, dtype=float)
            e -= e.max(axis=axis, keepdims=True)
            np.exp(e, out=e)
            e /= e.sum(axis=axis, keepdims=True)
            return e
        """,
        "apply along axis": """
            def row(v):
                e = np.exp(v - v.max())
                return e / e.sum()
            return np.apply_along_axis(row, axis, x)
        """,
        "a loop over rows": """
            moved = np.moveaxis(np.asarray(x, dtype=float), axis, -1)
            out = np.empty(moved.shape)
            for k in np.ndindex(moved.shape[:-1]):
                e = np.exp(moved[k] - np.max(moved[k]))
                out[k] = e / np.sum(e)
            return np.moveaxis(out, -1, axis)
        """,
        "expand_dims": """
            e = np.exp(x - np.expand_dims(np.max(x, axis=axis), axis))
            return e / np.expand_dims(np.sum(e, axis=axis), axis)
        """,
        "the last axis first": """
            y = np.swapaxes(np.asarray(x, float), axis, -1)
            y = np.exp(y - y.max(-1)[..., None])
            y = y / y.sum(-1)[..., None]
            return np.swapaxes(y, axis, -1)
        """,
        "logaddexp": """
            return np.exp(x - np.logaddexp.reduce(np.asarray(x, float), axis=axis, keepdims=True))
        """,
        "pairwise differences": """
            y = np.moveaxis(np.asarray(x, float), axis, -1)
            with np.errstate(over="ignore"):
                p = 1 / np.exp(y[..., None, :] - y[..., :, None]).sum(-1)
            return np.moveaxis(p, -1, axis)
        """,
        "shift by the largest of all": """
            e = np.exp(np.asarray(x, float) - np.max(x, axis=axis, keepdims=True) + 0.0)
            return np.divide(e, np.sum(e, axis=axis, keepdims=True))
        """,
    },
    wrong={
        "no shift": Wrong(
            """
            e = np.exp(x)
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "exp overflows from 710 on and inf / inf is NaN: subtract the row's maximum first",
        ),
        "whole array": Wrong(
            """
            e = np.exp(x - np.max(x))
            return e / e.sum()
            """,
            "softmax over the whole array, not along the axis",
        ),
        "sum of everything": Wrong(
            """
            e = np.exp(x - np.max(x, axis=axis, keepdims=True))
            return e / e.sum()
            """,
            "the denominator sums the whole array instead of each row",
        ),
        "one maximum": Wrong(
            """
            e = np.exp(x - np.max(x))
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "one maximum for the whole array: a row far below it underflows to 0 / 0",
        ),
        "axis ignored": Wrong(
            """
            e = np.exp(x - np.max(x, axis=-1, keepdims=True))
            return e / e.sum(axis=-1, keepdims=True)
            """,
            "the argument axis is ignored",
        ),
        "axis 0": Wrong(
            """
            e = np.exp(x - np.max(x, axis=0, keepdims=True))
            return e / e.sum(axis=0, keepdims=True)
            """,
            "it works along axis 0: the default is the last axis",
        ),
        "no keepdims": Wrong(
            """
            e = np.exp(x - np.max(x, axis=axis, keepdims=True))
            return e / e.sum(axis=axis)
            """,
            "without keepdims=True the sums of the rows are spread over the columns, or do not fit",
        ),
        "mean": Wrong(
            """
            e = np.exp(x - np.max(x, axis=axis, keepdims=True))
            return e / e.mean(axis=axis, keepdims=True)
            """,
            "divided by the mean: the rows sum to their length instead of 1",
        ),
        "not normalised": Wrong(
            "np.exp(x - np.max(x, axis=axis, keepdims=True))", "the division by the sum is missing"
        ),
        "normalised scores": Wrong(
            "x / np.sum(x, axis=axis, keepdims=True)", "the exponential is missing"
        ),
        "softmin": Wrong(
            """
            e = np.exp(np.min(x, axis=axis, keepdims=True) - x)
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "the sign is turned round: the smallest score gets the largest share",
        ),
        "log_softmax": Wrong(
            """
            z = x - np.max(x, axis=axis, keepdims=True)
            return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))
            """,
            "this is log_softmax: the exponential around it is missing",
        ),
        "sigmoid": Wrong(
            "1 / (1 + np.exp(-np.clip(x, -500, 500)))", "this is the sigmoid of each entry"
        ),
        "epsilon": Wrong(
            """
            e = np.exp(x - np.max(x, axis=axis, keepdims=True))
            return e / (e.sum(axis=axis, keepdims=True) + 1e-6)
            """,
            "the epsilon in the denominator changes every value; the sum is at least 1",
        ),
        "tiny epsilon": Wrong(
            """
            e = np.exp(x - np.max(x, axis=axis, keepdims=True))
            return e / (e.sum(axis=axis, keepdims=True) + 1e-9)
            """,
            "an epsilon of 1e-9 in the denominator takes nine digits: the sum is at least 1",
        ),
        "rounded": Wrong(
            """
            e = np.exp(x - np.max(x, axis=axis, keepdims=True))
            return np.round(e / e.sum(axis=axis, keepdims=True), 4)
            """,
            "the result is rounded to 4 digits",
        ),
        "clipped": Wrong(
            """
            e = np.exp(np.clip(x, -2, 2))
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "clipping the scores changes the result: subtract the maximum instead",
        ),
        "clipped at 500": Wrong(
            """
            e = np.exp(np.clip(x, -500, 500))
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "clipped at 500 all larger scores become equal: subtract the maximum instead",
        ),
        "minimum subtracted": Wrong(
            """
            e = np.exp(x - np.min(x, axis=axis, keepdims=True))
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "the minimum is subtracted: the large scores still overflow; it has to be the maximum",
        ),
        "mean subtracted": Wrong(
            """
            e = np.exp(x - np.mean(x, axis=axis, keepdims=True))
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "the mean is subtracted: a score far above it still overflows; use the maximum",
        ),
        "squares": Wrong(
            """
            e = np.square(x - np.min(x, axis=axis, keepdims=True)) + 1.0
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "squares instead of exponentials",
        ),
        "base 2": Wrong(
            """
            e = 2.0 ** (x - np.max(x, axis=axis, keepdims=True))
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "the base is 2 instead of e",
        ),
        "one-hot": Wrong(
            """
            return (x == np.max(x, axis=axis, keepdims=True)).astype(float)
            """,
            "this is the argmax as one-hot; softmax is its smooth form",
        ),
        "in place": Wrong(
            """
            x -= np.max(x, axis=axis, keepdims=True)
            e = np.exp(x)
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "x -= ... changes the caller's array: write x = x - ...",
        ),
        "float32 inside": Wrong(
            """
            x = np.asarray(x, np.float32)
            e = np.exp(x - np.max(x, axis=axis, keepdims=True))
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
        "temperature": Wrong(
            """
            e = np.exp((x - np.max(x, axis=axis, keepdims=True)) / 2)
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "the scores are divided by 2: a temperature nobody asked for",
        ),
        "square root of the length": Wrong(
            """
            z = (x - np.max(x, axis=axis, keepdims=True)) / np.sqrt(np.shape(x)[axis])
            e = np.exp(z)
            return e / e.sum(axis=axis, keepdims=True)
            """,
            "the division by the square root of the length belongs to attention, not to softmax",
        ),
    },
    hints=(
        "What happens to exp(1000)?",
        "The quotient stays the same when one number is subtracted from all scores of a row.",
        "z = x - x.max(axis, keepdims=True); np.exp(z) / np.exp(z).sum(axis, keepdims=True)",
    ),
    source="Bridle 1990; the shift: Goodfellow et al. 2016, section 4.1",
)
