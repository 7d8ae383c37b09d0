"""The logarithm of a sum of exponentials."""

from actfn.interview.grading.task import Rows, Task, Wrong

task = Task(
    name="logsumexp",
    signature="x",
    question="log(sum(exp(x))) along the last axis.",
    contract=(
        "x is an array with at least one axis; the last axis is dropped.",
        "For finite x the result is finite.",
        "x itself is not changed.",
    ),
    truth=Rows("logsumexp"),
    model="""
            m = np.max(x, axis=-1)
            return m + np.log(np.exp(x - m[..., None]).sum(axis=-1))
        """,
    right={
        "keepdims and squeeze": """
            m = np.max(x, axis=-1, keepdims=True)
            s = np.exp(x - m).sum(axis=-1, keepdims=True)
            return np.squeeze(m + np.log(s), axis=-1)
        """,
        "logaddexp": "return np.logaddexp.reduce(np.asarray(x, float), axis=-1)",
        "index the kept axis": """
            m = np.max(x, axis=-1, keepdims=True)
            return (m + np.log(np.sum(np.exp(x - m), axis=-1, keepdims=True)))[..., 0]
        """,
        "a loop over rows": """
            x = np.asarray(x, float)
            out = np.empty(x.shape[:-1])
            for k in np.ndindex(out.shape):
                m = x[k].max()
                out[k] = m + np.log(np.exp(x[k] - m).sum())
            return out
        """,
        "log1p of the others": """
            x = np.sort(np.asarray(x, float), axis=-1)
            m = x[..., -1]
            return m + np.log1p(np.exp(x[..., :-1] - m[..., None]).sum(axis=-1))
        """,
        "through softmax": """
            z = x - np.max(x, axis=-1, keepdims=True)
            log_p = z - np.log(np.exp(z).sum(-1, keepdims=True))
            return (x - log_p)[..., 0]
        """,
        "apply along axis": """
            return np.apply_along_axis(lambda v: v.max() + np.log(np.exp(v - v.max()).sum()), -1, np.asarray(x, float))
        """,
        "functools": """
            import functools
            import numpy as np

            def logsumexp(x):
                x = np.moveaxis(np.asarray(x, float), -1, 0)
                return functools.reduce(np.logaddexp, x)
        """,
    },
    wrong={
        "one entry": Wrong(
            """
            z = x - np.max(x, axis=-1, keepdims=True)
            log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
            return (x - log_p)[..., 1]
        """,
            "x - log_softmax(x) is the same at every entry, but a row may have only one",
        ),
        "no shift": Wrong(
            "return np.log(np.exp(x).sum(axis=-1))",
            "exp overflows from 710 on: take the maximum out first",
        ),
        "maximum not given back": Wrong(
            """
            m = np.max(x, axis=-1, keepdims=True)
            return np.log(np.exp(x - m).sum(axis=-1))
        """,
            "the maximum was taken out of the sum but not given back",
        ),
        "keeps the axis": Wrong(
            """
            m = np.max(x, axis=-1, keepdims=True)
            return m + np.log(np.exp(x - m).sum(axis=-1, keepdims=True))
        """,
            "the last axis is kept with length 1; it is to be dropped",
        ),
        "whole array": Wrong(
            """
            m = np.max(x)
            return m + np.log(np.exp(x - m).sum())
        """,
            "over the whole array instead of each row",
        ),
        "axis 0": Wrong(
            """
            m = np.max(x, axis=0)
            return m + np.log(np.exp(x - m).sum(axis=0))
        """,
            "along axis 0; the last axis is meant",
        ),
        "mean": Wrong(
            """
            m = np.max(x, axis=-1)
            return m + np.log(np.exp(x - m[..., None]).mean(axis=-1))
        """,
            "the mean of the exponentials instead of their sum",
        ),
        "maximum": Wrong(
            "return np.max(np.asarray(x, float), axis=-1)",
            "this is only the maximum: the logarithm of the shifted sum is missing",
        ),
        "log of the sum": Wrong(
            "return np.log(np.abs(np.sum(np.asarray(x, float), axis=-1)) + 1)",
            "the exponentials are missing",
        ),
        "sum of logs": Wrong(
            "return np.sum(np.asarray(x, float), axis=-1)",
            "sum of log(exp(x)) is the sum of x: the logarithm belongs outside the sum",
        ),
        "exp of the sum": Wrong(
            "return np.exp(np.clip(np.sum(np.asarray(x, float), axis=-1), None, 700))",
            "the order is wrong: exponentials first, then the sum, then the logarithm",
        ),
        "without logarithm": Wrong(
            """
            m = np.max(x, axis=-1)
            return m + np.exp(x - m[..., None]).sum(axis=-1)
        """,
            "the logarithm of the sum is missing",
        ),
        "minus the maximum": Wrong(
            """
            m = np.max(x, axis=-1)
            return np.log(np.exp(x - m[..., None]).sum(axis=-1)) - m
        """,
            "the maximum is added back, not subtracted once more",
        ),
        "base 2": Wrong(
            """
            m = np.max(x, axis=-1)
            return m + np.log2(np.exp(x - m[..., None]).sum(axis=-1))
        """,
            "log2 instead of the natural logarithm",
        ),
        "base 10": Wrong(
            """
            m = np.max(x, axis=-1)
            return m + np.log10(np.exp(x - m[..., None]).sum(axis=-1))
        """,
            "log10 instead of the natural logarithm",
        ),
        "softplus": Wrong(
            "return np.logaddexp(0, np.asarray(x, float)).sum(axis=-1)",
            "this sums softplus(x) entry by entry",
        ),
        "log1p": Wrong(
            """
            m = np.max(x, axis=-1)
            return m + np.log1p(np.exp(x - m[..., None]).sum(axis=-1))
        """,
            "log1p adds 1 to a sum that already contains exp(0) = 1",
        ),
        "epsilon": Wrong(
            """
            m = np.max(x, axis=-1)
            return m + np.log(np.exp(x - m[..., None]).sum(axis=-1) + 1e-6)
        """,
            "an epsilon is added to the sum, which is at least 1 already",
        ),
        "minimum": Wrong(
            """
            m = np.min(x, axis=-1)
            return m + np.log(np.exp(x - m[..., None]).sum(axis=-1))
        """,
            "the minimum is taken out: large scores still overflow",
        ),
        "clipped": Wrong(
            "return np.log(np.exp(np.clip(x, -700, 700)).sum(axis=-1))",
            "clipped at 700 a score of 1000 counts as 700",
        ),
        "in place": Wrong(
            """
            m = np.max(x, axis=-1, keepdims=True)
            x -= m
            return m[..., 0] + np.log(np.exp(x).sum(axis=-1))
        """,
            "x -= ... changes the caller's array",
        ),
        "one maximum": Wrong(
            """
            m = np.max(x)
            return m + np.log(np.exp(x - m).sum(axis=-1))
        """,
            "one maximum for the whole array: a row far below it gives log(0)",
        ),
    },
    hints=(
        "What is the result for [1000, 1000]?",
        "log(sum(exp(x))) = m + log(sum(exp(x - m))) for every m",
        "m = x.max(-1); m + np.log(np.exp(x - m[..., None]).sum(-1))",
    ),
    source="Blanchard, Higham & Higham 2021, IMA Journal of Numerical Analysis 41, 2311",
)
