"""How generated kernels write each function of the grammar.

`writer` is the `_Writer` of `actfn.kernels.generate`.
"""

from dataclasses import dataclass

from actfn.elementary import Exact
from actfn.kernels.composed import TWO_OVER_SQRT_PI


@dataclass(frozen=True)
class Pair:
    """The text of a number v * exp(g); `g` is None where it is just v."""

    v: str
    g: str | None = None


def _log(writer, pair: Pair) -> Pair:
    if pair.g is None:
        return Pair(writer.let(f"log_of({writer.wide(pair.v)})"))
    return Pair(writer.let(f"log({writer.wide(pair.v)}) + {pair.g}"))


def _log1p(writer, pair: Pair) -> Pair:
    if pair.g is None:
        return Pair(writer.let(f"log1p_of({pair.v})"))
    large = _log(writer, writer.sum("+", Pair("1.0"), pair)).v
    value = writer.let(f"in_one_piece({pair.v}, {pair.g})")
    result = writer.let(f"where(absolute({value}) < 1.0, log1p_of({value}), {large})")
    return writer.choice(f"{pair.g} < -100.0", pair, Pair(result))


def _sqrt(writer, pair: Pair) -> Pair:
    root = writer.let(f"sqrt({writer.wide(pair.v)})")
    return Pair(root, pair.g and writer.let(f"0.5 * {pair.g}"))


def _absolute(writer, pair: Pair) -> Pair:
    return Pair(writer.let(f"absolute({pair.v})"), pair.g)


def _sign(writer, pair: Pair) -> Pair:
    return Pair(writer.let(f"sign_of({pair.v})"))


ON_PAIRS = {"log": _log, "log1p": _log1p, "sqrt": _sqrt, "abs": _absolute, "sign": _sign}


_ONE = Exact(1.0, 0.0)
SLOPES_AT_ZERO = {
    **dict.fromkeys(("tanh", "atan", "sin", "sinh", "expm1"), _ONE),
    "erf": TWO_OVER_SQRT_PI,
}


def _function(factor: str, exponent: str | None = None):
    """A function f(w) = factor(w) * exp(exponent), both texts with a place for w."""

    def write(writer, w: str) -> Pair:
        v = writer.let(factor.format(w)) if "{" in factor else factor
        return Pair(v, exponent and writer.let(exponent.format(w)))

    return write


def _erfc(writer, w: str) -> Pair:
    half = writer.let(f"maximum({w}, 0.0)")
    return Pair(writer.let(f"erfc_factor({w})"), writer.let(f"-({half} * {half})"))


ON_NUMBERS = {
    "exp": lambda writer, w: Pair("1.0", w),
    "expm1": _function("expm1_factor({})", "maximum({}, 0.0)"),
    "sigmoid": _function("sigmoid_factor({})", "minimum({}, 0.0)"),
    "softplus": _function("softplus_factor({})", "minimum({}, 0.0)"),
    "sinh": _function("sinh_factor({})", "absolute({})"),
    "cosh": _function("cosh_factor({})", "absolute({})"),
    "erfc": _erfc,
    **{name: _function(f"{name}_of({{}})") for name in ("tanh", "atan", "erf")},
    **{name: _function(f"{name}({{}})") for name in ("sin", "cos")},
}
