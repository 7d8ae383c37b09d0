"""Hard swish, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="hard_swish",
    signature="x",
    question="Hard swish: x clip(x + 3, 0, 6) / 6.",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "For every finite x the result is finite.",
        "x itself is not changed.",
    ),
    truth=Elementwise(formula="x * clip(x + 3, 0, 6) / 6"),
    model="x * np.clip(x + 3, 0, 6) / 6",
    right={
        "ReLU6": """
            r6 = np.minimum(np.maximum(x + 3, 0), 6)
            return x * r6 / 6
        """,
        "hard sigmoid": "x * np.clip(x / 6 + 0.5, 0, 1)",
        "where": """
            x = np.asarray(x)
            return np.where(x <= -3, 0, np.where(x >= 3, x, x * (x + 3) / 6))
        """,
        "polynomial": """
            x = np.asarray(x, float)
            middle = np.clip(x, -3, 3)
            return np.where(x > 3, x, middle * middle / 6 + middle / 2)
        """,
        "a helper": """
            def relu6(v):
                return np.clip(v, 0, 6)

            def hard_swish(x):
                return np.multiply(x, relu6(np.add(x, 3))) * (1 / 6)
        """,
        "a loop": """
            x = np.asarray(x, float)
            out = np.empty(x.shape)
            for k, v in np.ndenumerate(x):
                out[k] = v * min(max(v + 3, 0), 6) / 6
            return out
        """,
        "masks": """
            y = np.array(x, dtype=float)
            mid = np.abs(y) < 3
            y[mid] *= (y[mid] + 3) / 6
            y[y <= -3] = 0
            return y
        """,
        "piecewise": """
            x = np.asarray(x, float)
            return np.piecewise(x, [x <= -3, x >= 3], [0.0, lambda v: v, lambda v: v * (v + 3) / 6])
        """,
    },
    wrong={
        "no 1/6": Wrong("x * np.clip(x + 3, 0, 6)", "the division by 6 is missing"),
        "no x": Wrong(
            "np.clip(x + 3, 0, 6) / 6", "the factor x is missing: this is the hard sigmoid"
        ),
        "slope 0.2": Wrong(
            "x * np.clip(0.2 * x + 0.5, 0, 1)",
            "0.2 x + 0.5 is another hard sigmoid; hard swish has x / 6 + 1/2",
        ),
        "not clipped": Wrong("x * (x + 3) / 6", "the clipping is missing"),
        "only below": Wrong(
            "x * np.maximum(x + 3, 0) / 6", "the upper limit 6 is missing: it grows like x^2"
        ),
        "only above": Wrong("x * np.minimum(x + 3, 6) / 6", "the lower limit 0 is missing"),
        "no shift": Wrong("x * np.clip(x, 0, 6) / 6", "the shift by 3 is missing"),
        "minus 3": Wrong("x * np.clip(x - 3, 0, 6) / 6", "x - 3 instead of x + 3"),
        "limit 3": Wrong("x * np.clip(x + 3, 0, 3) / 6", "clipped at 3 instead of 6"),
        "swish": Wrong("x / (1 + np.exp(-np.clip(x, -500, 500)))", "this is the smooth swish"),
        "ReLU6 itself": Wrong("np.clip(x, 0, 6) * 1.0", "this is ReLU6"),
        "derivative": Wrong(
            """
            x = np.asarray(x)
            return np.where(x <= -3, 0.0, np.where(x >= 3, 1.0, (2 * x + 3) / 6))
        """,
            "this is the derivative",
        ),
        "divided by 3": Wrong("x * np.clip(x + 3, 0, 6) / 3", "divided by 3 instead of 6"),
        "negative cut": Wrong(
            "np.maximum(x * np.clip(x + 3, 0, 6) / 6, 0)",
            "the negative side is cut off: hard swish dips to -0.375 at -1.5",
        ),
        "squared": Wrong("x ** 2 * np.clip(x + 3, 0, 6) / 6", "x is squared"),
        "clip the product": Wrong(
            "np.clip(x * (x + 3) / 6, 0, 6)", "the product is clipped instead of x + 3"
        ),
        "added": Wrong("x + np.clip(x + 3, 0, 6) / 6", "added instead of multiplied"),
        "in place": Wrong(
            """
            x *= np.clip(x + 3, 0, 6) / 6
            return x
        """,
            "x *= ... changes the caller's array",
        ),
        "integer division": Wrong(
            "x * np.clip(x + 3, 0, 6) // 6 * 1.0", "// cuts off the fraction"
        ),
        "one sixth rounded": Wrong(
            "x * np.clip(x + 3, 0, 6) * 0.1667", "1/6 is 0.16666...: four digits are not enough"
        ),
        "float32 inside": Wrong(
            """
            x = np.asarray(x, np.float32)
            return x * np.clip(x + 3, 0, 6) / np.float32(6)
        """,
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
    },
    hints=(
        "Swish with a hard sigmoid as its gate.",
        "Where does the gate reach 0 and 1?",
        "x * np.clip(x + 3, 0, 6) / 6",
    ),
    source="Howard et al. 2019, arXiv:1905.02244, section 5.2",
)
