"""The cause of an error in words, and the remedy: by the form that is recognised, else by kind."""

from dataclasses import dataclass

import numpy as np

from actfn.examine import forms, identity
from actfn.examine.accuracy import Curve
from actfn.examine.kinds import Kind
from actfn.examine.symptoms import Stretch
from actfn.examine.truth import KERNELS, Truth
from actfn.findings import FRAGILE, WRONG


@dataclass(frozen=True)
class Cause:
    """Why results are wrong.

    Attributes
    ----------
    name : the kind of mistake, such as "cancellation".
    says : one sentence.
    remedy : what to write instead; empty where only the author can know.
    severity : "wrong" for another function, "fragile" for one that breaks somewhere.
    """

    name: Kind
    says: str
    remedy: str = ""
    severity: str = FRAGILE


_BY_KIND = {
    Kind.NAN_FLOOD: Cause(
        Kind.NAN_FLOOD, "most results are NaN", "look for 0 / 0, inf - inf and log or sqrt of "
        "negative numbers on ordinary inputs", WRONG,
    ),
    Kind.NAN: Cause(
        Kind.NAN, "NaN where there is a number: 0 / 0, inf - inf, 0 * inf, or a root or "
        "logarithm of a negative number", "both branches of a where are computed: clamp the "
        "argument of the one that is not taken",
    ),
    Kind.OVERFLOW: Cause(
        Kind.OVERFLOW, "a number inside overflows though the result does not",
        "divide before multiplying, clamp arguments of exp, avoid x * x",
    ),
    Kind.UNDERFLOW: Cause(
        Kind.UNDERFLOW, "a number inside underflows, or overflows and is divided by, so that "
        "digits or all of a result are lost that is a normal number or nearly one",
        "bring exponents together before exp, and multiply last",
    ),
    Kind.FLUSHED: Cause(
        Kind.FLUSHED, "subnormal numbers are flushed to 0",
        "a setting of the processor (FTZ, DAZ), which the library or its compiler turns on",
    ),
    Kind.CLIPPED: Cause(
        Kind.CLIPPED, "the input or the result is clipped, and stands still from there on",
        "write a form that cannot overflow instead of clipping",
    ),
    Kind.THRESHOLD: Cause(
        Kind.THRESHOLD, "a limit is put in too early, where the difference still counts",
        "drop the threshold, or move it to where the difference is below half an ULP",
    ),
    Kind.CANCELLATION: Cause(
        Kind.CANCELLATION, "nearly equal numbers are subtracted, and digits go one by one",
        "rearrange: expm1, log1p, erfc, a conjugate, or a series",
    ),
    Kind.FACTOR: Cause(
        Kind.FACTOR, "the result is the true one times a number", severity=WRONG
    ),
    Kind.CONSTANT: Cause(
        Kind.CONSTANT, "a constant has too few digits: the error is the same everywhere",
        "write constants to full precision",
    ),
    Kind.OFFSET: Cause(
        Kind.OFFSET, "the same number is added everywhere, such as an epsilon",
        "an epsilon is not needed where the form cannot divide by 0",
    ),
    Kind.SIGN: Cause(Kind.SIGN, "the sign is wrong", severity=WRONG),
    Kind.NARROW: Cause(
        Kind.NARROW, "something is computed or stored in a narrower type",
        "constants and intermediate results in the dtype of x or a wider one",
    ),
    Kind.ARGUMENT: Cause(
        Kind.ARGUMENT, "the argument of an exponential is rounded, and the exponential "
        "magnifies the error by the argument", "compute the argument exactly or in two parts",
    ),
    Kind.ROUNDING: Cause(
        Kind.ROUNDING, "rounding errors add up beyond the bound",
        "fewer operations, or a wider type inside",
    ),
    Kind.APPROXIMATION: Cause(
        Kind.APPROXIMATION, "an approximation with too few terms, or rounded coefficients",
        "a polynomial whose error is below half an ULP",
    ),
    Kind.FUNCTION: Cause(Kind.FUNCTION, "it computes another function", severity=WRONG),
    Kind.BRANCH: Cause(
        Kind.BRANCH, "one branch is right and the other is another function",
        "compare the two sides of the condition with the formula", WRONG,
    ),
    Kind.GARBAGE: Cause(
        Kind.GARBAGE, "single inputs go wrong: an index one too far, a table's last entry, a "
        "comparison that should be strict",
    ),
    Kind.KINK: Cause(
        Kind.KINK, "wrong at a kink or beside it: a comparison on the wrong side, or a sum "
        "that rounds onto the kink", "compare x itself with the kink",
    ),
    Kind.ZERO: Cause(
        Kind.ZERO, "two terms cancel beside a zero of the derivative, and the sign may be lost",
        "factor the zero out, or compute in a wider type",
    ),
}  # fmt: skip

_BY_FORM = {
    Kind.CANCELLATION, Kind.OVERFLOW, Kind.UNDERFLOW, Kind.NAN, Kind.CLIPPED,
    Kind.THRESHOLD,
}  # fmt: skip
_BY_IDENTITY = {
    Kind.FACTOR, Kind.CONSTANT, Kind.OFFSET, Kind.SIGN, Kind.APPROXIMATION,
    Kind.FUNCTION, Kind.THRESHOLD, Kind.CLIPPED, Kind.NARROW, Kind.ROUNDING,
}  # fmt: skip

_LOOKED = 400  # right results on which a form has to be right too


def cause_of(found: Curve, stretch: Stretch, truth: Truth, call) -> Cause:
    """The cause of one stretch of wrong results; `call` calls the implementation."""
    cause = _BY_KIND[stretch.kind]
    if stretch.kind in _BY_FORM:
        form = _form(found, stretch, truth)
        if form is not None:
            return Cause(cause.name, form.says, form.remedy, cause.severity)
    if stretch.kind in _BY_IDENTITY and _is_coarse(found, stretch):
        says, is_mistake = identity.other_function(truth, found.kernel, call)
        if says:
            name = cause.name if is_mistake else Kind.FUNCTION
            return Cause(name, says, cause.remedy if is_mistake else "", WRONG)
        if stretch.kind == Kind.FUNCTION and _one_side(found):
            return _BY_KIND[Kind.BRANCH]
    return cause


def _form(found: Curve, stretch: Stretch, truth: Truth):
    """The form that fails where the implementation does, and is right where it is right."""
    order = KERNELS.index(found.kernel)
    x = found.x.astype(float)
    side = (x < 0) == (stretch.last < 0)
    good = np.flatnonzero(side & ~found.bad & (np.abs(x) > 1e-10))
    good = good[np.linspace(0, good.size - 1, min(good.size, _LOOKED)).astype(int)]
    bad = stretch.places
    return forms.recognised(
        truth.name, found.kernel, (found.x[bad], found.x[good]),
        (found.distance[bad], found.distance[good]), lambda x, y: truth.distance(x, y, order),
    )  # fmt: skip


def _is_coarse(found: Curve, stretch: Stretch) -> bool:
    """Whether ordinary inputs are off by more than roundings: only then it may be another one."""
    error = abs(found.y[stretch.places].astype(float) - found.truth[stretch.places])
    x = abs(found.x[stretch.places].astype(float))
    ordinary = (x > 0.1) & (x < 10)
    return bool(ordinary.any() and error[ordinary].max() > 1e-6)


def _one_side(found: Curve) -> bool:
    x, bad = found.x.astype(float), found.bad
    core = (abs(x) > 2.0**-6) & (abs(x) < 4)
    left, right = bad[core & (x < 0)], bad[core & (x > 0)]
    return bool(min(left.mean(), right.mean()) < 0.02 < max(left.mean(), right.mean()))
