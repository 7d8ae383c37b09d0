"""The tanh form of GELU is the fast one."""

import numpy as np

import actfn
from actfn.lab.claim import Claim, Number, Outcome, decide
from actfn.lab.timing import ratio

FASTER = 1.2

claim = Claim(
    name="tanh_form_is_faster",
    says="GELU is approximated with tanh because that is faster.",
    source="the page, Q4",
    question="The page's tanh form in NumPy against a compiled exact GELU: which is faster?",
    choices=("the tanh form", "the exact one", "they take the same time"),
    right="the tanh form",
    expected="holds",
    code="0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))",
    tags=("gelu", "cost"),
)


@claim.measure
def run() -> Outcome:
    x = np.random.default_rng(0).normal(size=20_000).astype(np.float32)
    out, factor = np.empty_like(x), np.float32(np.sqrt(2 / np.pi))

    def exact():
        return actfn.gelu(x, out=out)

    def pages():
        return 0.5 * x * (1 + np.tanh(factor * (x + np.float32(0.044715) * (x * x * x))))

    alike = ratio(exact, lambda: actfn.gelu_tanh(x, out=out))
    apart = ratio(pages, exact)
    error = float(np.abs(actfn.gelu(x) - actfn.gelu_tanh(x)).max())
    return Outcome(
        decide(min(alike) > FASTER),
        "compiled alike, one exponential is less work than an error function that is right to the "
        "last bit; but the page's own expression in NumPy takes longer than either",
        (
            Number("exact over tanh form, both compiled here", tuple(alike), "times"),
            Number("the page's expression over the exact form", tuple(apart), "times"),
            Number("largest difference of the two forms", (error,)),
        ),
    )
