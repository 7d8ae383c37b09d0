"""Softmax at temperature 0 is one-hot, at 1 the standard one, at infinity uniform."""

import warnings

import numpy as np

import actfn
from actfn.lab.claim import Claim, Curve, Number, Outcome, Picture, decide

ROW = np.array([2.0, 1.0, 0.5, -1.0])

claim = Claim(
    name="temperature_limits",
    says="T → 0 makes softmax one-hot, T = 1 is the standard softmax, T → ∞ makes it uniform.",
    source="the page, Q3",
    question="Does np.exp(x / T) / np.exp(x / T).sum() get to T = 0.001 for scores of 2 and 1?",
    choices=("yes", "no: it is NaN long before"),
    right="no: it is NaN long before",
    expected="holds",
    code="p = actfn.softmax(x, temperature=T)",
    tags=("softmax", "temperature"),
)


def naive(temperature: float) -> np.ndarray:
    """The page's own code."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        e = np.exp(ROW / temperature)
        return e / e.sum()


@claim.measure
def run() -> Outcome:
    temperatures = np.geomspace(0.05, 50, 40)
    curves = [actfn.softmax(ROW, temperature=t) for t in temperatures]
    cold, hot = actfn.softmax(ROW, temperature=0.0), actfn.softmax(ROW, temperature=np.inf)
    right = cold.tolist() == [1, 0, 0, 0] and hot.tolist() == [0.25] * 4
    breaks = next(t for t in np.geomspace(1, 1e-6, 200) if not np.isfinite(naive(t)).all())
    return Outcome(
        decide(bool(right)),
        "both limits are exact where they are computed as limits; the page's own code gives NaN "
        "long before",
        (Number("the page's code is NaN from T =", (float(breaks),)),
         Number("largest probability at T = 0.05", (float(curves[0].max()),))),
        Picture("temperature (logarithmic)", "probability", tuple(
            Curve(f"score {score:g}", np.log10(temperatures).tolist(), [c[i] for c in curves])
            for i, score in enumerate(ROW)
        )),
    )  # fmt: skip
