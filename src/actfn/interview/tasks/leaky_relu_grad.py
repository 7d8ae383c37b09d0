"""Leaky ReLU, derivative."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="leaky_relu_grad",
    signature="x, alpha=0.01",
    question="The derivative of leaky ReLU at its input x: 1 where x > 0, alpha where x < 0.",
    contract=(
        "x is the input of leaky ReLU, an array of any shape; the result has the same shape.",
        "alpha is a number from 0 to 1, 0.01 by default.",
        "At x = 0 any number from alpha to 1 is right.",
        "x itself is not changed.",
    ),
    truth=Elementwise(
        formula="where(x > 0, 1, alpha)",
        parameters={"alpha": (0.2345678901234, 0.0)},
        kinks={0.0: (0.01, 1.0)},
    ),
    model="np.where(x > 0, 1.0, alpha)",
    right={
        "the page's own": "np.where(x > 0, 1, alpha)",
        "one at zero": "np.where(np.asarray(x) < 0, alpha, 1.0)",
        "ones and a mask": """
            g = np.ones_like(x, dtype=float)
            g[np.asarray(x) < 0] = alpha
            return g
        """,
        "full and a mask": """
            g = np.full(np.shape(x), alpha, dtype=float)
            g[np.asarray(x) > 0] = 1
            return g
        """,
        "masks as factors": "(np.asarray(x) > 0) * 1.0 + (np.asarray(x) <= 0) * alpha",
        "heaviside": "alpha + (1 - alpha) * np.heaviside(x, 0.5)",
        "sign": "0.5 * (1 + alpha) + 0.5 * (1 - alpha) * np.sign(x)",
        "power of a mask": "alpha ** (np.asarray(x) < 0)",
        "maximum": "np.maximum(np.asarray(x) > 0, alpha)",
        "select": "np.select([x > 0, x <= 0], [1.0, alpha])",
        "choose": "np.choose(np.asarray(x) > 0, [alpha, 1.0])",
        "piecewise": """
            x = np.asarray(x, float)
            return np.piecewise(x, [x >= 0], [1, alpha])
        """,
        "a loop": """
            x = np.asarray(x)
            return np.array([1.0 if v > 0 else alpha for v in x.flat]).reshape(x.shape)
        """,
        "the dtype of x": """
            g = np.where(x > 0, 1, alpha)
            return g.astype(np.result_type(np.asarray(x), np.float16))
        """,
        "a quotient without 0 / 0": """
            safe = np.where(x == 0, 1, x)
            return np.where(safe > 0, safe, alpha * safe) / safe
        """,
    },
    wrong={
        "leaky ReLU itself": Wrong(
            "np.where(x > 0, x, alpha * x)", "this is leaky ReLU itself; its slope is 1 or alpha"
        ),
        "x left over": Wrong(
            "np.where(x > 0, 1, alpha * x)", "the derivative of alpha x is alpha: x is left over"
        ),
        "x left on the right": Wrong(
            "np.where(x > 0, x, alpha)", "the derivative of x is 1: x is left over"
        ),
        "ReLU's": Wrong(
            "(x > 0) * 1.0",
            "below 0 the slope is alpha; 0 is ReLU's slope, or alpha made an integer",
        ),
        "branches exchanged": Wrong("np.where(x < 0, 1.0, alpha)", "the branches are exchanged"),
        "sign": Wrong(
            "np.where(x > 0, 1.0, -alpha)", "the slope alpha is positive on the left too"
        ),
        "sign of x": Wrong("np.sign(x)", "the sign is -1 for x < 0; the slope there is alpha"),
        "alpha ignored": Wrong(
            "np.where(x > 0, 1.0, 0.01)", "alpha is ignored: 0.01 is written into the formula"
        ),
        "falsy alpha": Wrong(
            "np.where(x > 0, 1.0, alpha or 0.01)",
            "`alpha or 0.01` takes the slope 0 for a missing one",
        ),
        "default 0.1": Wrong(
            """
            def leaky_relu_grad(x, alpha=0.1):
                return np.where(x > 0, 1.0, alpha)
            """,
            "the default of alpha is 0.01, not 0.1",
        ),
        "default 0.2": Wrong(
            """
            def leaky_relu_grad(x, alpha=0.2):
                return np.where(x > 0, 1.0, alpha)
            """,
            "the default of alpha is 0.01, not 0.2",
        ),
        "no default": Wrong(
            """
            def leaky_relu_grad(x, alpha):
                return np.where(x > 0, 1.0, alpha)
            """,
            "alpha has no default: without it, it has to be 0.01",
        ),
        "outside at the kink": Wrong(
            "np.where(x > 0, 1.0, np.where(x < 0, alpha, -1.0))",
            "at 0 any number from alpha to 1 is right, but not one outside",
        ),
        "constant": Wrong("np.ones_like(x)", "the slope is 1 only for x > 0"),
        "alpha everywhere": Wrong("np.full(np.shape(x), alpha)", "for x > 0 the slope is 1"),
        "1 + alpha": Wrong(
            "(x > 0) + alpha * np.ones_like(x)",
            "alpha is added on the positive side too: the slope there is 1",
        ),
        "1 - alpha": Wrong("np.where(x > 0, 1.0, 1 - alpha)", "the slope is alpha, not 1 - alpha"),
        "reciprocal": Wrong(
            "np.where(x > 0, 1.0, 1 / alpha if alpha else 0.0)", "the slope is alpha, not 1 / alpha"
        ),
        "ELU's": Wrong(
            "np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))",
            "alpha exp(x) is the slope of ELU; that of leaky ReLU is constant",
        ),
        "threshold 1": Wrong("np.where(x > 1, 1.0, alpha)", "the kink is at 0, not at 1"),
        "threshold alpha": Wrong(
            "np.where(x > alpha, 1.0, alpha)", "the kink is at 0, not at alpha"
        ),
        "threshold epsilon": Wrong(
            "np.where(x > 1e-6, 1.0, alpha)", "the kink is at 0: small positive x has the slope 1"
        ),
        "zero at the kink": Wrong(
            "(x > 0) * 1.0 + (x < 0) * alpha",
            "at 0 neither mask is true, and 0 is no slope between alpha and 1",
        ),
        "both at the kink": Wrong(
            "(x >= 0) * 1.0 + (x <= 0) * alpha",
            "at 0 both masks are true, and 1 + alpha is no slope between alpha and 1",
        ),
        "a quotient": Wrong(
            "np.where(x > 0, x, alpha * x) / x", "f(x) / x is 0 / 0 = NaN at x = 0"
        ),
        "epsilon quotient": Wrong(
            "np.where(x > 0, x, alpha * x) / (x + 1e-4)",
            "the epsilon changes every value: compare with 0 instead",
        ),
        "numerical": Wrong(
            """
            h = 1e-5
            f = lambda v: np.where(v > 0, v, alpha * v)
            return (f(x + h) - f(x - h)) / (2 * h)
            """,
            "a difference quotient smears the kink out: next to 0 it is neither alpha nor 1",
        ),
        "result of the input's type": Wrong(
            """
            g = np.ones_like(x)
            g[x < 0] = alpha
            return g
            """,
            "ones_like(x) of integers is an integer array, in which alpha becomes 0",
        ),
        "in place": Wrong(
            """
            positive = x > 0
            x[positive] = 1
            x[~positive] = alpha
            return x
            """,
            "it changes its argument: make a new array",
        ),
        "float32": Wrong(
            "np.where(x > 0, 1, alpha).astype(np.float32)", "float64 input gives only float32"
        ),
        "one number": Wrong(
            "1.0 if np.any(x > 0) else alpha", "one number for the whole array: use np.where"
        ),
        "if on an array": Wrong(
            "1.0 if x > 0 else alpha",
            "`if x > 0` asks for one truth value of a whole array: use np.where",
        ),
    },
    hints=(
        "What is the slope on each side of 0?",
        "np.where picks one of two numbers, entry by entry.",
        "np.where(x > 0, 1.0, alpha)",
    ),
    source="slope of max(x, alpha x); any subgradient at 0: Goodfellow et al. 2016, section 6.3",
)
