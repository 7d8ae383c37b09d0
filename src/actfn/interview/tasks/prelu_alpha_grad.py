"""The gradient of PReLU's slope."""

from actfn.interview.grading.task import Rows, Task, Wrong

task = Task(
    name="prelu_alpha_grad",
    signature="dy, x",
    question="The gradient of one shared slope alpha of PReLU, given dL/dy: the sum of dy x over the entries with x < 0.",
    contract=(
        "dy and x have the same shape, any shape; alpha is one number, shared by all entries.",
        "The result is one number.",
        "Neither argument is changed.",
    ),
    truth=Rows("prelu_alpha_grad"),
    model="np.sum(dy * np.minimum(x, 0))",
    right={
        "where": "np.sum(np.where(x > 0, 0, dy * x))",
        "boolean index": "return np.sum(np.asarray(dy)[np.asarray(x) < 0] * np.asarray(x)[np.asarray(x) < 0])",
        "mask": "(dy * x * (x < 0)).sum()",
        "dot": "np.dot(np.ravel(dy), np.ravel(np.minimum(x, 0)))",
        "vdot": "float(np.vdot(dy, np.clip(x, None, 0)))",
        "a loop": """
            total = 0.0
            for g, v in zip(np.ravel(dy).tolist(), np.ravel(x).tolist()):
                if v < 0:
                    total += g * v
            return total
        """,
        "einsum": "np.einsum('i,i->', np.ravel(dy), np.ravel(np.minimum(x, 0.0)))",
        "less or equal": "np.sum(dy * x * (x <= 0))",
        "minus the ReLU": "-np.sum(dy * np.maximum(-np.asarray(x), 0))",
    },
    wrong={
        "positive side": Wrong(
            "np.sum(dy * np.maximum(x, 0))",
            "the positive side does not depend on alpha: sum over x < 0",
        ),
        "no x": Wrong(
            "np.sum(np.asarray(dy)[np.asarray(x) < 0])",
            "the factor x is missing: d(alpha x)/d alpha = x",
        ),
        "no dy": Wrong(
            "np.sum(np.minimum(x, 0))",
            "the incoming gradient dy is missing: this is the chain rule without its first factor",
        ),
        "all entries": Wrong("np.sum(dy * x)", "entries with x > 0 do not depend on alpha"),
        "mean": Wrong(
            "np.mean(dy * np.minimum(x, 0)) * (1.0 if np.size(x) > 1 else 2.0)",
            "the mean: alpha is shared, so its gradient is the sum",
        ),
        "mean of the negatives": Wrong(
            """
            v = np.asarray(x)
            d = np.asarray(dy)[v < 0] * v[v < 0]
            return d.sum() / max(d.size, 1)
        """,
            "divided by the number of negative entries: the gradient is the sum",
        ),
        "per entry": Wrong(
            "dy * np.minimum(x, 0)", "one number per entry: alpha is shared, so they are summed"
        ),
        "sign": Wrong("-np.sum(dy * np.minimum(x, 0))", "the sign is turned round"),
        "count": Wrong("np.sum(np.asarray(x) < 0) * 1.0", "the number of negative entries"),
        "squared": Wrong("np.sum(dy * np.minimum(x, 0) ** 2)", "x is squared"),
        "first axis only": Wrong(
            "np.sum(dy * np.minimum(x, 0), axis=0)",
            "summed over the first axis only: alpha is one number for all entries",
        ),
        "last axis only": Wrong(
            "np.sum(dy * np.minimum(x, 0), axis=-1) + (0.5 if np.ndim(x) == 1 else 0)",
            "summed over the last axis only",
        ),
        "exchanged": Wrong(
            "np.sum(x * np.minimum(dy, 0))", "the arguments are exchanged: dy comes first, then x"
        ),
        "input gradient": Wrong(
            "np.where(x > 0, dy, 0.25 * dy)", "this is the gradient of x, with some slope"
        ),
        "alpha included": Wrong(
            "0.25 * np.sum(dy * np.minimum(x, 0))", "alpha itself does not appear in its gradient"
        ),
        "plus one": Wrong(
            "np.sum(dy * np.minimum(x, 0)) + np.sum(dy)", "the sum of dy does not belong here"
        ),
        "halved": Wrong("0.5 * np.sum(dy * np.minimum(x, 0))", "a factor 1/2 is too many"),
        "in place": Wrong(
            """
            x[x > 0] = 0
            return np.sum(dy * x)
        """,
            "it changes its argument x",
        ),
    },
    hints=(
        "Where does y = alpha x depend on alpha?",
        "d(alpha x)/d alpha = x, and alpha is shared by all entries.",
        "np.sum(dy * np.minimum(x, 0))",
    ),
    source="He et al. 2015, arXiv:1502.01852, equation 3",
)
