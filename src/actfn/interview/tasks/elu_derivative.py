"""ELU, derivative."""

from actfn.interview.grading.task import Elementwise, Task, Wrong

task = Task(
    name="elu_derivative",
    signature="x, alpha=1.0",
    question="The derivative of ELU at its input x: 1 where x > 0, alpha exp(x) elsewhere.",
    contract=(
        "x is the input of ELU, not its output: an array of any shape.",
        "The result has the same shape, and is finite for every finite x.",
        "alpha is a number, 1.0 by default; with it the slope at 0 is 1 from both sides.",
        "x itself is not changed.",
    ),
    # With alpha = 1 there is no kink; with any other the slope at 0 is not unique, so 0 is
    # tried with the default only.
    truth=Elementwise(
        formula="where(x > 0, 1, alpha * exp(x))",
        parameters={"alpha": (0.3, 2.0)},
        kinks={0.0: (1.0, 1.0)},
    ),
    model="np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))",
    right={
        "textbook form": "np.where(x > 0, 1, alpha * np.exp(x))",
        "value plus alpha": """
            def elu(x, alpha):
                return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))

            def elu_derivative(x, alpha=1.0):
                return np.where(x > 0, 1.0, elu(x, alpha) + alpha)
        """,
        "strictly less": "np.where(x < 0, alpha * np.exp(np.minimum(x, 0)), 1.0)",
        "a mask": """
            x = np.asarray(x, dtype=float)
            g = np.ones_like(x)
            negative = x < 0
            g[negative] = alpha * np.exp(x[negative])
            return g
        """,
        "a filled copy": """
            g = alpha * np.exp(np.minimum(x, 0.0))
            g = np.array(g)
            g[np.asarray(x) > 0] = 1
            return g
        """,
        "masks as factors": """
            positive = np.asarray(x) > 0
            return positive * 1.0 + ~positive * alpha * np.exp(np.clip(x, None, 0))
        """,
        "expm1": "np.where(x >= 0, 1.0, alpha * np.expm1(np.minimum(x, 0)) + alpha)",
        "select": "np.select([x > 0], [1.0], default=alpha * np.exp(np.clip(x, -1000, 0)))",
        "piecewise": """
            x = np.asarray(x, dtype=float)
            return np.piecewise(x, [x >= 0], [1.0, lambda v: alpha * np.exp(v)])
        """,
        "a loop over the entries": """
            import math
            import numpy as np

            def elu_derivative(x, alpha=1.0):
                x = np.asarray(x)
                out = np.empty(x.shape)
                for k, v in np.ndenumerate(x):
                    out[k] = 1.0 if v > 0 else alpha * math.exp(v)
                return out
        """,
        "vectorize": """
            import math
            import numpy as np

            def slope(v, alpha):
                if v >= 0:
                    return 1.0
                return alpha * math.exp(v)

            def elu_derivative(x, alpha=1.0):
                return np.vectorize(slope, otypes=[float])(x, alpha)
        """,
        "exp of the smaller": "np.exp(np.minimum(x, 0)) * np.where(x > 0, 1, alpha)",
        "where of exp": """
            x = np.asarray(x, dtype=float)
            g = np.exp(x, out=np.full(x.shape, 1.0), where=x <= 0)
            return np.multiply(g, alpha, out=g, where=x <= 0)
        """,
    },
    wrong={
        "ELU itself": Wrong(
            "np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))",
            "this is ELU itself, not its derivative",
        ),
        "-1 left": Wrong(
            "np.where(x > 0, 1.0, alpha * (np.exp(np.minimum(x, 0)) - 1))",
            "the -1 of ELU is left over: the derivative of alpha (exp(x) - 1) is alpha exp(x)",
        ),
        "x left": Wrong(
            "np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)))",
            "the derivative of x is 1: x is left over on the positive side",
        ),
        "inner x": Wrong(
            "np.where(x > 0, 1.0, alpha * x * np.exp(np.minimum(x, 0)))",
            "a factor x is too many: the derivative of exp(x) is exp(x)",
        ),
        "power rule": Wrong(
            "np.where(x > 0, 1.0, alpha * x * np.exp(np.minimum(x, 0) - 1))",
            "the power rule does not apply to exp(x), whose derivative is exp(x)",
        ),
        "takes the output": Wrong(
            "np.where(x > 0, 1.0, x + alpha)",
            "y + alpha is right for ELU's output; here x is its input",
        ),
        "takes the exponential twice": Wrong(
            "np.where(x > 0, 1.0, alpha * np.exp(np.expm1(np.minimum(x, 0))))",
            "exp is applied to ELU's output instead of its input",
        ),
        "plus alpha twice": Wrong(
            "np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)) + alpha)",
            "alpha exp(x) already is f(x) + alpha: alpha is added twice",
        ),
        "plus 1 for alpha": Wrong(
            "np.where(x > 0, 1.0, alpha * np.expm1(np.minimum(x, 0)) + 1)",
            "f(x) + 1 is right for alpha = 1 only: it is f(x) + alpha",
        ),
        "alpha ignored": Wrong(
            "np.where(x > 0, 1.0, np.exp(np.minimum(x, 0)))", "alpha is ignored"
        ),
        "constant alpha": Wrong(
            "np.where(x > 0, 1.0, alpha)", "a constant alpha is leaky ReLU's slope: alpha exp(x)"
        ),
        "alpha on both sides": Wrong(
            "np.where(x > 0, alpha, alpha * np.exp(np.minimum(x, 0)))",
            "alpha scales the negative side only",
        ),
        "alpha in the exponent": Wrong(
            "np.where(x > 0, 1.0, np.exp(alpha * np.minimum(x, 0)))",
            "alpha stands in front of exp, not in the exponent",
        ),
        "alpha squared": Wrong(
            "np.where(x > 0, 1.0, alpha**2 * np.exp(np.minimum(x, 0)))", "alpha is applied twice"
        ),
        "divided": Wrong(
            "np.where(x > 0, 1.0, np.exp(np.minimum(x, 0)) / alpha)",
            "exp(x) is divided by alpha instead of multiplied",
        ),
        "ReLU's": Wrong(
            "np.where(x >= 0, 1.0, 0.0)", "below 0 the slope is alpha exp(x); 0 is ReLU's"
        ),
        "branches exchanged": Wrong(
            "np.where(x < 0, 1.0, alpha * np.exp(-np.abs(x)))", "the two branches are exchanged"
        ),
        "no branch": Wrong(
            "alpha * np.exp(np.clip(x, None, 700))",
            "alpha exp(x) holds for x < 0 only: right of 0 it is 1",
        ),
        "sign of the exponent": Wrong(
            "np.where(x > 0, 1.0, alpha * np.exp(np.abs(x)))",
            "the exponent has the wrong sign: exp(-x) grows to the left",
        ),
        "sign": Wrong(
            "np.where(x > 0, 1.0, -alpha * np.exp(np.minimum(x, 0)))",
            "the sign is wrong: ELU rises on both sides",
        ),
        "1 - exp": Wrong(
            "np.where(x >= 0, 1.0, alpha * (1 - np.exp(np.minimum(x, 0))))",
            "1 - exp(x) instead of exp(x)",
        ),
        "scaled like SELU": Wrong(
            "1.0507009873554805 * np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))",
            "SELU's outer scale 1.0507 has no place in ELU",
        ),
        "sigmoid": Wrong(
            "np.where(x > 0, 1.0, 2 * alpha / (1 + np.exp(-np.clip(x, -700, 700))))",
            "a sigmoid stands in for exp(x)",
        ),
        "a straight line": Wrong(
            "np.where(x > 0, 1.0, alpha * np.maximum(0.0, 1 + x))",
            "1 + x stands in for exp(x): that is only its beginning",
        ),
        "clipped at -5": Wrong(
            "np.where(x > 0, 1.0, alpha * np.exp(np.clip(x, -5, 0)))",
            "clipping at -5 leaves a slope of 0.7 % on the left, where it goes to 0",
        ),
        "0 below -10": Wrong(
            "np.where(x > 0, 1.0, np.where(x < -10, 0.0, alpha * np.exp(np.minimum(x, 0))))",
            "it is cut off to 0 below -10, where it still is 5e-5",
        ),
        "no default": Wrong(
            """
            def elu_derivative(x, alpha):
                return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))
            """,
            "alpha has no default: without it, it has to be 1",
        ),
        "base 2": Wrong(
            "np.where(x > 0, 1.0, alpha * 2.0 ** np.minimum(x, 0))", "the base is 2 instead of e"
        ),
        "zero at zero": Wrong(
            "(x > 0) * 1.0 + (x < 0) * alpha * np.exp(np.minimum(x, 0))",
            "at 0 neither mask is true: the slope there is 1, not 0",
        ),
        "two at zero": Wrong(
            "(x >= 0) * 1.0 + (x <= 0) * alpha * np.exp(np.minimum(x, 0))",
            "at 0 both masks are true: the slope there is 1, not 2",
        ),
        "threshold 1": Wrong(
            "np.where(x > 1, 1.0, alpha * np.exp(np.minimum(x, 0)))",
            "the branches meet at 0, not at 1",
        ),
        "masks times infinity": Wrong(
            "(x > 0) * 1.0 + (x <= 0) * alpha * np.exp(x)",
            "exp(x) of a large positive x is inf, and inf times a mask of 0 is NaN",
        ),
        "difference quotient": Wrong(
            """
            f = lambda v: np.where(v > 0, v, alpha * np.expm1(np.minimum(v, 0)))
            return (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
            """,
            "a difference quotient is right to 10 digits at most, and smears the kink out",
        ),
        "result of the input's type": Wrong(
            """
            g = np.ones_like(x)
            g[x < 0] = alpha * np.exp(x[x < 0])
            return g
            """,
            "ones_like(x) of integers is an integer array, which cuts off every fraction",
        ),
        "rounded": Wrong(
            "np.round(np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0))), 4)",
            "the result is rounded to 4 digits",
        ),
        "in place": Wrong(
            """
            positive = x > 0
            x[~positive] = alpha * np.exp(x[~positive])
            x[positive] = 1
            return x
            """,
            "it changes its argument: make a new array",
        ),
        "float32": Wrong(
            "np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0))).astype(np.float32)",
            "float64 input gives only float32: half the digits are gone",
        ),
        "if on an array": Wrong(
            "1.0 if x > 0 else alpha * np.exp(x)",
            "`if x > 0` asks for one truth value of a whole array: use np.where",
        ),
    },
    hints=(
        "Differentiate each branch by itself.",
        "The -1 of alpha (exp(x) - 1) is a constant.",
        "np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))",
    ),
    source="Clevert, Unterthiner & Hochreiter 2015, arXiv:1511.07289, section 3",
)
