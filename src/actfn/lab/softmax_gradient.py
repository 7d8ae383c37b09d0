"""The gradient of softmax and cross-entropy together is p - y."""

import numpy as np

import actfn
from actfn.lab.claim import CONDITIONAL, Claim, Curve, Number, Outcome, Picture, decide

MARGINS = (5.0, 10.0, 15.0, 17.0, 20.0, 30.0)

claim = Claim(
    name="softmax_gradient",
    says="For softmax with cross-entropy, ∂L/∂z = p - y.",
    source="the page, Q5",
    question="In float32, what is p - y for the right class when it leads by 20?",
    choices=("-2e-9", "exactly 0", "1"),
    right="exactly 0",
    expected="holds only if",
    code="p = softmax(z); p[label] -= 1",
    tags=("softmax", "cross-entropy", "float32"),
)


def gradients(margin: float) -> tuple[float, float, float]:
    """(true, p - y in float32, actfn's) for the winner of [margin, 0]."""
    z = np.array([[margin, 0.0]], np.float32)
    true = -1 / (1 + np.exp(np.float64(margin)))
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    ours = actfn.cross_entropy(z, np.array([0]), with_grad=True)[1]
    return float(true), float(p[0, 0] - np.float32(1)), float(ours[0, 0])


def difference() -> float:
    """The largest difference of p - y from differences of the loss, in float64."""
    rng, step = np.random.default_rng(0), 1e-6
    z, y = rng.normal(size=(1, 6)), np.array([2])
    p = actfn.softmax(z)[0] - np.eye(6)[2]
    measured = [
        (actfn.cross_entropy(z + step * e, y) - actfn.cross_entropy(z - step * e, y)) / (2 * step)
        for e in np.eye(6)
    ]
    return float(np.abs(p - np.array(measured)).max())


@claim.measure
def run() -> Outcome:
    found = [gradients(m) for m in MARGINS]
    formula, breaks = difference() < 1e-8, found[4][1] == 0 and found[4][0] < 0
    errors = [abs(naive / true - 1) for true, naive, _ in found]
    return Outcome(
        decide(formula and not breaks, CONDITIONAL if formula else "does not hold"),
        "p is not rounded to 1: in float32 p - y is exactly 0 from a lead of 17 on, and the true "
        "gradient is not",
        (
            Number("p - y from the loss's differences, float64", (difference(),)),
            Number("true gradient at a lead of 20", (found[4][0],)),
            Number("p - y there, float32", (found[4][1],)),
            Number("actfn's there, float32", (found[4][2],)),
        ),
        Picture(
            "lead of the right class",
            "relative error of p - y",
            (Curve("float32", MARGINS, errors),),
        ),
    )
