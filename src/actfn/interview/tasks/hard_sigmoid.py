"""Hard sigmoid, forward."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="hard_sigmoid",
    signature="x",
    question="The hard sigmoid in Keras' older form: 0.2 x + 0.5, clipped to [0, 1].",
    contract=(
        "x is an array of any shape; the result has the same shape.",
        "For every finite x the result is finite.",
        "x itself is not changed.",
    ),
    truth=Elementwise(formula="clip(0.2 * x + 0.5, 0, 1)"),
    model="np.clip(0.2 * x + 0.5, 0, 1)",
    right={
        "minimum and maximum": "np.minimum(np.maximum(0.2 * x + 0.5, 0), 1)",
        "where": """
            y = 0.2 * np.asarray(x) + 0.5
            return np.where(y < 0, 0, np.where(y > 1, 1, y))
        """,
        "fifth": "np.clip(x / 5 + 0.5, 0.0, 1.0)",
        "one fraction": "np.clip((np.asarray(x) + 2.5) / 5, 0, 1)",
        "clip first": "0.2 * np.clip(x, -2.5, 2.5) + 0.5",
        "a loop": """
            x = np.asarray(x, float)
            return np.array([max(0.0, min(1.0, 0.2 * v + 0.5)) for v in x.ravel()]).reshape(x.shape)
        """,
        "masks": """
            y = np.array(0.2 * np.asarray(x) + 0.5, dtype=float)
            y[y < 0] = 0
            y[y > 1] = 1
            return y
        """,
        "select": """
            x = np.asarray(x)
            return np.select([x <= -2.5, x >= 2.5], [0.0, 1.0], default=0.2 * x + 0.5)
        """,
        "two ReLUs": """
            r = lambda v: np.maximum(v, 0)
            x = np.asarray(x)
            return r(0.2 * x + 0.5) - r(0.2 * x - 0.5)
        """,
    },
    wrong={
        "a sixth": Wrong(
            "np.clip(x / 6 + 0.5, 0, 1)", "the slope 1/6 is PyTorch's; 0.2 is asked for"
        ),
        "not clipped": Wrong("0.2 * x + 0.5", "the clipping to [0, 1] is missing"),
        "only below": Wrong("np.maximum(0.2 * x + 0.5, 0)", "the upper limit 1 is missing"),
        "only above": Wrong("np.minimum(0.2 * x + 0.5, 1)", "the lower limit 0 is missing"),
        "no offset": Wrong("np.clip(0.2 * x, 0, 1)", "the offset 0.5 is missing"),
        "slope 0.25": Wrong(
            "np.clip(0.25 * x + 0.5, 0, 1)",
            "the slope 1/4 is the sigmoid's own at 0; 0.2 is asked for",
        ),
        "slope 0.5": Wrong("np.clip(0.5 * x + 0.5, 0, 1)", "the slope is 0.2, not 0.5"),
        "sigmoid": Wrong("1 / (1 + np.exp(-np.clip(x, -500, 500)))", "this is the smooth sigmoid"),
        "to [-1, 1]": Wrong(
            "np.clip(0.2 * x + 0.5, -1, 1)", "clipped to [-1, 1] instead of [0, 1]"
        ),
        "hard tanh": Wrong("np.clip(x, -1, 1)", "this is hard tanh"),
        "sign": Wrong("np.clip(0.5 - 0.2 * x, 0, 1)", "the sign of the slope is wrong: it falls"),
        "derivative": Wrong("np.where(np.abs(x) < 2.5, 0.2, 0.0)", "this is the derivative"),
        "times x": Wrong("x * np.clip(0.2 * x + 0.5, 0, 1)", "the factor x belongs to hard swish"),
        "clip x to 3": Wrong(
            "0.2 * np.clip(x, -3, 3) + 0.5", "x is clipped at 3: with slope 0.2 the ends are at 2.5"
        ),
        "clip x to 1": Wrong(
            "0.2 * np.clip(x, -1, 1) + 0.5", "x is clipped at 1 instead of the result"
        ),
        "0.02": Wrong("np.clip(0.02 * x + 0.5, 0, 1)", "the slope is 0.2, not 0.02"),
        "offset 1": Wrong("np.clip(0.2 * x + 1, 0, 1)", "the offset is 0.5, not 1"),
        "brackets": Wrong("np.clip(0.2 * (x + 0.5), 0, 1)", "0.2 (x + 0.5): only x is multiplied"),
        "in place": Wrong(
            """
            x *= 0.2
            x += 0.5
            return np.clip(x, 0, 1)
        """,
            "x *= ... changes the caller's array",
        ),
        "step": Wrong("(np.asarray(x) > 0) * 1.0", "this is the step function"),
        "rounded": Wrong("np.round(np.clip(0.2 * x + 0.5, 0, 1), 1)", "the result is rounded"),
        "integer": Wrong(
            "np.clip(0.2 * x + 0.5, 0, 1).astype(np.asarray(x).dtype)",
            "an integer array cuts off every fraction",
        ),
        "float32 inside": Wrong(
            "np.clip(np.float32(0.2) * np.asarray(x, np.float32) + np.float32(0.5), 0, 1)",
            "it computes in float32 whatever comes in: half the digits are gone",
        ),
    },
    hints=(
        "A straight line, cut off at two heights.",
        "Which x gives 0, which gives 1?",
        "np.clip(0.2 * x + 0.5, 0, 1)",
    ),
    source="Courbariaux, Bengio & David 2015, arXiv:1511.00363; slope 0.2 as in Keras 2",
)
