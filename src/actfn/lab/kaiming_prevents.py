"""Kaiming initialisation prevents dead units."""

from actfn.lab.claim import CONDITIONAL, Claim, Number, Outcome, decide, over_seeds
from actfn.lab.networks import killed

claim = Claim(
    name="kaiming_prevents",
    says="Careful initialisation, Kaiming's, solves the dying ReLU problem.",
    source="the page, Q2",
    question="With Kaiming's weights, can a learning rate of 3 still kill units?",
    choices=("no", "yes, a few", "yes, most of them"),
    right="yes, most of them",
    expected="holds only if",
    code="W = rng.normal(0, sqrt(2 / fan_in), shape)",
    tags=("kaiming", "dead units", "initialisation", "digits"),
)


@claim.measure
def run() -> Outcome:
    gentle, violent = (over_seeds(killed, 5, r) for r in (0.05, 3.0))
    born = max(gentle) < 0.05
    return Outcome(
        decide(born and max(violent) < 0.05, CONDITIONAL if born else "does not hold"),
        "the learning rate is not too large: it keeps units from being born dead, not from being "
        "killed",
        (
            Number("dead at the rate 3", tuple(violent)),
            Number("dead at the rate 0.05", tuple(gentle)),
        ),
    )
