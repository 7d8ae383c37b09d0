"""The tanh form of GELU is the fast one."""

import numpy as np

import actfn
from actfn.lab.claim import Claim, Number, Outcome, decide
from actfn.lab.timing import ratio

FASTER = 1.5

claim = Claim(
    name="tanh_form_is_faster",
    says="GELU is approximated with tanh because that is faster.",
    source="the page, Q4",
    question="Is the tanh form half as fast again as the exact one, in this library?",
    choices=("yes", "no"),
    expected="does not hold",
    code="actfn.gelu_tanh(x) against actfn.gelu(x)",
    tags=("gelu", "cost"),
)


@claim.measure
def run() -> Outcome:
    x = np.random.default_rng(0).normal(size=20_000).astype(np.float32)
    out = np.empty_like(x)
    found = ratio(lambda: actfn.gelu(x, out=out), lambda: actfn.gelu_tanh(x, out=out))
    apart = float(np.abs(actfn.gelu(x) - actfn.gelu_tanh(x)).max())
    return Outcome(
        decide(min(found) > FASTER),
        "erf costs as much as tanh where both are computed well: it is the library that decides",
        (Number("exact form over tanh form", tuple(found), "times"),
         Number("largest difference of the two", (apart,))),
    )  # fmt: skip
