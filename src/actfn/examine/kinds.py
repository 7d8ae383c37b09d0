"""The kinds of mistakes that errors look like, each with a sentence in `actfn.examine.causes`."""

from enum import StrEnum


class Kind(StrEnum):
    """What an error looks like; the value is how it is called in reports."""

    NAN_FLOOD = "NaN flood"
    NAN = "NaN"
    OVERFLOW = "overflow"
    UNDERFLOW = "underflow"
    FLUSHED = "flush"
    CLIPPED = "clipped"
    THRESHOLD = "threshold"
    CANCELLATION = "cancellation"
    FACTOR = "wrong factor"
    CONSTANT = "truncated constant"
    OFFSET = "offset"
    SIGN = "wrong sign"
    NARROW = "narrow precision"
    ARGUMENT = "rounded argument"
    ROUNDING = "rounding"
    APPROXIMATION = "approximation"
    FUNCTION = "another function"
    BRANCH = "wrong branch"
    GARBAGE = "isolated input"
    KINK = "wrong kink"
    ZERO = "zero of the derivative"
