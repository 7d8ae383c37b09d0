"""What each region tries, how close an answer has to come there, and how bad it is if it fails.

A verdict rests on absolute differences in units of `scale`: many right forms lose digits where the
true value is tiny (1 + tanh cancels), and say nothing false to anybody. The loss is reported, in
ULP, as a note. Two thresholds: beyond COARSE an answer computes something else; between FINE and
COARSE it is right to so many digits only (an epsilon, a rounding, a numerical derivative).
"""

from dataclasses import dataclass

from actfn.findings import FRAGILE, NOTE, WRONG


@dataclass(frozen=True)
class Region:
    """One kind of input.

    Attributes
    ----------
    title : as in "on ordinary input".
    severity : of a value that is wrong, of the wrong shape, or missing there.
    fine, coarse : the thresholds, in units of the case's scale.
    """

    title: str
    severity: str
    fine: float = 1e-13
    coarse: float = 1e-6


# float32 keeps 2^-24 of each intermediate result; a few dozen of these are nobody's fault.
_SINGLE = 2e-5
_HALF = 5e-2
REGIONS = {
    "ordinary": Region("on ordinary input", WRONG),
    "parameter": Region("with other values of the parameters", WRONG),
    "kink": Region("at the kink", WRONG),
    "near_zero": Region("near 0", WRONG),
    "tail": Region("in the tails", WRONG),
    "large": Region("on large magnitudes", FRAGILE, 1e-9, 1e-6),
    "float32": Region("on float32 input", FRAGILE, _SINGLE, _SINGLE),
    "float32_large": Region("on large float32 input", FRAGILE, _SINGLE, _SINGLE),
    "integer": Region("on integer input", FRAGILE),
    "batch": Region("on a batch", FRAGILE),
    "layout": Region("on a view with strides", FRAGILE),
    "read_only": Region("on a read-only array", FRAGILE),
    "float16": Region("on float16 input", NOTE, _HALF, _HALF),
    "scalar": Region("on a single number", NOTE),
    "empty": Region("on an empty array", NOTE),
    "special": Region("on inf and NaN", NOTE),
    "beyond": Region("beyond the contract", NOTE),
}
# From here on lost digits are worth a note, in ULP of the result's own type.
ULP_NOTE = 1000.0
# Executed instructions per element: vectorised code has 0, a loop 10 and more.
LOOP = 2.0
