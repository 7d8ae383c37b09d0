"""GELU costs more than ReLU."""

import numpy as np

import actfn
from actfn.lab.claim import Claim, Number, Outcome, decide
from actfn.lab.timing import ratio

claim = Claim(
    name="gelu_costs_more",
    says="GELU costs more than ReLU.",
    source="common knowledge; Hendrycks & Gimpel 2016 give an approximation for it",
    question="How many times as long does GELU take as ReLU, per element in the cache?",
    choices=("as long", "ten times or so", "a hundred times"),
    right="ten times or so",
    expected="holds",
    code="actfn.gelu(x, out=out)",
    tags=("gelu", "relu", "cost"),
)


@claim.measure
def run() -> Outcome:
    x = np.random.default_rng(0).normal(size=20_000).astype(np.float32)
    out = np.empty_like(x)
    found = ratio(lambda: actfn.gelu(x, out=out), lambda: np.maximum(x, 0, out=out))
    return Outcome(
        decide(min(found) > 1.5),
        "an exponential and a polynomial against one comparison",
        (Number("gelu over NumPy's maximum", tuple(found), "times"),),
    )
