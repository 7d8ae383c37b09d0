"""Softmax with a temperature."""

from actfn.interview.grading.task import Rows, Task, Wrong

task = Task(
    name="softmax_with_temperature",
    signature="x, T=1.0",
    question="Softmax of a row of scores at temperature T: exp(x_i / T) / sum_j exp(x_j / T).",
    contract=(
        "x is one row of scores, an array with one axis; T is a positive number.",
        "For finite x and any positive T the result is finite, also where x / T is in the thousands.",
        "x itself is not changed.",
    ),
    truth=Rows("softmax_with_temperature"),
    model="""
        z = (x - np.max(x)) / T
        e = np.exp(z)
        return e / e.sum()
    """,
    right={
        "divided first": """
            z = np.asarray(x) / T
            e = np.exp(z - z.max())
            return e / e.sum()
        """,
        "batches too": """
            z = (x - np.max(x, axis=-1, keepdims=True)) / T
            e = np.exp(z)
            return e / e.sum(axis=-1, keepdims=True)
        """,
        "through the logarithm": """
            z = np.asarray(x, float) / T
            m = z.max()
            return np.exp(z - m - np.log(np.exp(z - m).sum()))
        """,
        "a helper": """
            def softmax(z):
                e = np.exp(z - np.max(z))
                return e / np.sum(e)

            def softmax_with_temperature(x, T=1.0):
                return softmax(np.asarray(x) / T)
        """,
        "a loop": """
            import math
            import numpy as np

            def softmax_with_temperature(x, T=1.0):
                m = max(float(v) for v in x)
                e = [math.exp((float(v) - m) / T) for v in x]
                total = sum(e)
                return np.array([v / total for v in e])
        """,
        "temperature as a function": """
            scaled = lambda v: np.divide(v, T)
            e = np.exp(scaled(x) - scaled(np.max(x)))
            return np.divide(e, np.add.reduce(e))
        """,
        "logaddexp": "np.exp(np.asarray(x, float) / T - np.logaddexp.reduce(np.asarray(x, float) / T))",
        "T of zero caught": """
            x = np.asarray(x, float)
            if T == 0:
                out = (x == x.max()).astype(float)
                return out / out.sum()
            e = np.exp((x - x.max()) / T)
            return e / e.sum()
        """,
    },
    wrong={
        "power of probabilities": Wrong(
            """
            e = np.exp(x - np.max(x))
            p = (e / e.sum()) ** (1 / T)
            return p / p.sum()
        """,
            "a power of the probabilities at T = 1: in a high power all of them are 0, and 0 / 0 is "
            "NaN: divide the scores by T",
        ),
        "power of exponentials": Wrong(
            """
            e = np.exp(x - np.max(x)) ** (1 / T)
            return e / e.sum()
        """,
            "exp(x) ** (1 / T): exp(x) at T = 1 is 0 where at a high T it still counts: divide the "
            "scores by T first",
        ),
        "the page's own": Wrong(
            """
            exp_x = np.exp(x / T)
            return exp_x / exp_x.sum()
            """,
            "exp(x / T) overflows as soon as x > 710 T: subtract the maximum first",
        ),
        "multiplied": Wrong(
            """
            z = x * T
            e = np.exp(z - np.max(z))
            return e / e.sum()
            """,
            "multiplied by T instead of divided: a higher T would sharpen",
        ),
        "T ignored": Wrong(
            """
            e = np.exp(x - np.max(x))
            return e / e.sum()
            """,
            "T has no effect: it is ignored, or cancels; it belongs into the exponent, exp(x / T)",
        ),
        "result divided": Wrong(
            """
            e = np.exp(x - np.max(x))
            return e / e.sum() / T
            """,
            "the probabilities are divided by T: they no longer sum to 1",
        ),
        "maximum not divided": Wrong(
            """
            e = np.exp(x / T - np.max(x))
            return e / e.sum()
            """,
            "x / T is shifted by max(x) instead of max(x) / T: for small T it still overflows",
        ),
        "square of T": Wrong(
            """
            z = (x - np.max(x)) / T ** 2
            e = np.exp(z)
            return e / e.sum()
            """,
            "T is squared: T^2 belongs to the distillation loss",
        ),
        "root of T": Wrong(
            """
            z = (x - np.max(x)) / np.sqrt(T)
            e = np.exp(z)
            return e / e.sum()
            """,
            "the square root of T instead of T",
        ),
        "sign": Wrong(
            """
            z = (np.min(x) - x) / T
            e = np.exp(z)
            return e / e.sum()
            """,
            "the sign is turned round: the smallest score gets the largest share",
        ),
        "T plus epsilon": Wrong(
            """
            z = (x - np.max(x)) / (T + 1e-3)
            e = np.exp(z)
            return e / e.sum()
            """,
            "an epsilon is added to T, which changes every value",
        ),
        "T at least 1": Wrong(
            """
            z = (x - np.max(x)) / max(T, 1.0)
            e = np.exp(z)
            return e / e.sum()
            """,
            "T below 1 is cut off at 1",
        ),
        "not normalised": Wrong(
            "np.exp((x - np.max(x)) / T)", "the division by the sum is missing"
        ),
        "log": Wrong(
            """
            z = (x - np.max(x)) / T
            return z - np.log(np.exp(z).sum())
            """,
            "this is the logarithm of the probabilities",
        ),
        "epsilon": Wrong(
            """
            e = np.exp((x - np.max(x)) / T)
            return e / (e.sum() + 1e-6)
            """,
            "the epsilon in the denominator changes every value; the sum is at least 1",
        ),
        "clipped": Wrong(
            """
            e = np.exp(np.clip(x / T, -500, 500))
            return e / e.sum()
            """,
            "clipped scores become equal: subtract the maximum instead",
        ),
        "in place": Wrong(
            """
            x -= np.max(x)
            x /= T
            e = np.exp(x)
            return e / e.sum()
            """,
            "x -= ... changes the caller's array",
        ),
        "only the sum": Wrong(
            """
            e = np.exp((x - np.max(x)) / T)
            return e / np.exp(x - np.max(x)).sum()
            """,
            "T divides the scores in the numerator only: numerator and denominator need it",
        ),
    },
    hints=(
        "What does T = 0.01 do to x / T?",
        "Shifting all scores by their maximum changes nothing; when do you do it?",
        "z = (x - x.max()) / T, then softmax of z",
    ),
    source="Hinton, Vinyals & Dean 2015, arXiv:1503.02531, equation 1",
)
