"""What a caller may rely on besides the digits: dtype, shape, arguments left alone, the same bits.

The numeric contract of actfn's own functions is `actfn.contract`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from actfn.examine.child import OK, WHOLE, Call, Outcome
from actfn.examine.implementation import Implementation
from actfn.examine.report import Finding
from actfn.findings import FRAGILE, NOTE, WRONG

_SEED, _MANY = 1, 1000  # of the ordinary numbers
_LENGTHS = (*range(1, 40), 63, 64, 65, 127, 255, 257, 511, 513, 1000)
_FEW_LENGTHS = (1, 2, 3, 5, 8, 17, 64, 257)  # where each length is compiled anew
_OFFSETS = range(1, 33)
_STEPS = (2, 3, 7)
_INTEGERS = np.arange(-3, 4)


@dataclass(frozen=True)
class Subject:
    """What every check looks at: x are a thousand ordinary numbers, y the results for them."""

    implementation: Implementation
    kernel: str
    x: np.ndarray
    y: np.ndarray

    def calls(self, x, cuts=(WHOLE,), **options) -> list[Outcome]:
        return self.implementation.calls(Call(self.kernel, x, tuple(cuts), **options))

    def finding(
        self, check: str, severity: str, message: str, cause: str, shown: str = "",
        got: str = "", expected: str = "", remedy: str = "", call: str = "print(f({x}))",
    ) -> Finding:  # fmt: skip
        imports, function = self.implementation.expression(self.kernel)
        few = f"np.array([-1.0, 1.0], '{self.x.dtype}')"
        many = f"np.random.default_rng({_SEED}).normal(0, 4, {_MANY}).astype('{self.x.dtype}')"
        named = (
            call.replace("{x}", few).replace("{many}", many).replace("{dtype}", str(self.x.dtype))
        )
        return Finding(
            check, severity, message, shown, got, expected, self.kernel, cause, remedy,
            f"{imports}f = {function}; {named}",
        )  # fmt: skip


def contract_findings(
    implementation: Implementation, kernel: str, dtype: np.dtype, domain: tuple[float, float]
) -> Iterator[Finding]:
    """Every promise in turn; what one call cannot show is shown by two."""
    x = np.random.default_rng(_SEED).normal(0, 4, _MANY).astype(dtype)
    wide = x.astype(np.float64)
    x = x[(wide > domain[0]) & (wide < domain[1])]
    outcome = implementation(kernel, x)
    if outcome.status != OK or outcome.value.shape != x.shape:
        return  # told with the values
    subject = Subject(implementation, kernel, x, outcome.value)
    checks: list[Callable[[Subject], Iterator[Finding]]] = [
        _dtype, _arguments, _repeatable, _shapes, _same_bits, _out,
    ]  # fmt: skip
    if kernel == "forward":
        checks += [_integers, _other_dtype]
    for check in checks:
        yield from check(subject)


def _dtype(s: Subject) -> Iterator[Finding]:
    if s.y.dtype != s.x.dtype:
        wider = s.y.dtype.itemsize > s.x.dtype.itemsize
        remedy = "constants as Python floats or in x.dtype; np.float64(2) makes float64 of float32"
        yield s.finding(
            "dtype", FRAGILE, f"{s.x.dtype} input gives {s.y.dtype}", "dtype",
            got=str(s.y.dtype), expected=str(s.x.dtype), remedy=remedy if wider else "",
            call="print(f({x}).dtype)",
        )  # fmt: skip


def _arguments(s: Subject) -> Iterator[Finding]:
    (outcome,) = s.calls(s.x)
    if outcome.wrote:
        yield s.finding(
            "mutation", FRAGILE, "it changes its argument", "writes its argument",
            remedy="work on a copy, or take an out argument", call="x = {x}; f(x); print(x)",
        )  # fmt: skip
    if outcome.status == OK and outcome.shares:
        yield s.finding(
            "aliasing", FRAGILE, "the result lies in the memory of the argument: to change one is "
            "to change the other", "aliasing", remedy="return a new array",
            call="x = {x}; print(np.may_share_memory(f(x), x))",
        )  # fmt: skip
    if s.implementation.described["framework"] == "numpy" and not outcome.wrote:
        (read_only,) = s.calls(s.x, writable=False)
        if read_only.status != OK:
            yield s.finding(
                "mutation", FRAGILE, f"a read-only argument fails: {read_only.message}",
                "writes its argument", remedy="nothing needs to be written into x",
                call="x = {x}; x.flags.writeable = False; f(x)",
            )  # fmt: skip


def _repeatable(s: Subject) -> Iterator[Finding]:
    first, other, again = s.calls(s.x, (WHOLE, slice(None, None, -1), WHOLE)) if (
        s.implementation.described["framework"] == "numpy"
    ) else s.calls(s.x, (WHOLE, slice(1, None), WHOLE))  # fmt: skip
    if OK != first.status or OK != again.status:
        return
    if first.later is not None or other.later is not None:
        yield s.finding(
            "aliasing", FRAGILE, "a later call changes the result of an earlier one", "aliasing",
            remedy="return a new array at every call, not a buffer that is kept",
            call="y = f({x}); f(2 * {x}); print(y)",
        )  # fmt: skip
    elif not _equal(first.value, again.value):
        yield s.finding(
            "repeatable", FRAGILE, "the same call gives different bits", "not repeatable",
            remedy="no state, no random numbers, no sums in the order of threads",
            call="x = {many}; print((f(x) == f(x)).all())",
        )  # fmt: skip


def _shapes(s: Subject) -> Iterator[Finding]:
    few = s.x[:24]
    cases = {
        "a matrix": few.reshape(4, 6), "three axes": few.reshape(2, 3, 4),
        "one number, without an axis": few[0].reshape(()), "an empty array": few[:0],
        "a row": few.reshape(1, 24),
    }  # fmt: skip
    for name, x in cases.items():
        (outcome,) = s.calls(x)
        ordinary = x.ndim > 1
        call = f"print(np.shape(f(np.zeros({x.shape}, '{s.x.dtype}'))))"
        if outcome.status != OK:
            yield s.finding(
                "shape", FRAGILE, f"{name} fails: {outcome.message}",
                "empty" if x.size == 0 else "shape", f"shape {x.shape}", call=call,
            )  # fmt: skip
        elif outcome.value.shape != x.shape:
            yield s.finding(
                "shape", WRONG if ordinary else FRAGILE, f"the result for {name} has another shape",
                "shape", f"shape {x.shape}", f"shape {outcome.value.shape}", f"shape {x.shape}",
                call=call,
            )  # fmt: skip
        elif ordinary and not _close(outcome.value.ravel(), s.y[: x.size]):
            yield s.finding(
                "shape", WRONG, f"the values depend on the shape: {name} gives others",
                "depends on neighbours", f"shape {x.shape}",
                remedy="an activation is elementwise: nothing may be reduced or normalised",
            )  # fmt: skip


def _same_bits(s: Subject) -> Iterator[Finding]:
    compiled = s.implementation.described["framework"] in ("jax", "onnx")
    cuts = [slice(n) for n in (_FEW_LENGTHS if compiled else _LENGTHS)]
    cuts += [slice(k, k + 100) for k in _OFFSETS]
    steps = [slice(None, None, k) for k in _STEPS]
    steps += [slice(None, None, -1)] if s.implementation.described["framework"] == "numpy" else []
    singles = [slice(k, k + 1) for k in range(0, s.x.size, 5)]
    for what, chosen in (("length", cuts), ("stride", steps), ("length", singles)):
        outcomes = s.calls(s.x, chosen)
        for cut, outcome in zip(chosen, outcomes, strict=True):
            expected = s.y[cut]
            if outcome.status != OK:
                yield s.finding(
                    "layout", FRAGILE, f"fails on a part of an array: {outcome.message}", "layout",
                    f"x[{_text(cut)}]",
                )  # fmt: skip
                return
            if outcome.value.shape == expected.shape and not _equal(outcome.value, expected):
                yield _bits_finding(s, what, cut, outcome.value, expected)
                break
        else:
            continue
        return


def _bits_finding(s: Subject, what: str, cut, value, expected) -> Finding:
    place = int(np.flatnonzero(~_same_bits_each(value, expected))[0])
    number = float(s.x[cut][place])
    shown = f"{number:.9g} in x[{_text(cut)}] of {s.x.size}"
    part = _text(cut)
    call = f"x = {{many}}; print(f(x[{part}])[{place}], f(x)[{part}][{place}])"
    if not _close(value, expected):
        strided = cut.step not in (None, 1)
        return s.finding(
            "layout", WRONG, "a view with strides is read wrongly" if strided else
            "the result depends on the other elements of the array",
            "strides ignored" if strided else "depends on neighbours", shown,
            f"{value[place]!s}", f"{expected[place]!s}",
            remedy="read arrays by their strides, or copy them first" if strided else
            "an activation is elementwise: no maximum, mean or early exit over the array",
            call=call,
        )  # fmt: skip
    return s.finding(
        "bits", FRAGILE, f"the same number gives different bits at another {what} or place in the "
        "array", "length-dependent bits", shown, f"{value[place]!s}", f"{expected[place]!s}",
        remedy="the same instructions for the last elements as for whole vectors", call=call,
    )  # fmt: skip


def _out(s: Subject) -> Iterator[Finding]:
    if not s.implementation.described["takes_out"] or s.kernel != "forward":
        return
    for kind in ("new", "same"):
        (outcome,) = s.calls(s.x.copy(), out=kind)
        what = "out" if kind == "new" else "out=x, in place"
        room = "np.empty_like(x)" if kind == "new" else "x"
        call = f"x = {{x}}; print(f(x, out={room}))"
        if outcome.status != OK:
            yield s.finding("out", FRAGILE, f"{what} fails: {outcome.message}", "out", call=call)
        elif not _equal(outcome.value, s.y):
            yield s.finding(
                "out", FRAGILE, f"{what} gives other results", "out",
                remedy="read each element of x before it is overwritten", call=call,
            )  # fmt: skip
        elif not outcome.is_out:
            yield s.finding(
                "out", FRAGILE, f"{what}: what is returned is not out", "out", call=call
            )


def _integers(s: Subject) -> Iterator[Finding]:
    exact = _INTEGERS.astype(np.float64)
    (outcome,) = s.calls(_INTEGERS)
    (floats,) = s.calls(exact)
    if outcome.status != OK:
        yield s.finding("integer", NOTE, f"integers are refused: {outcome.message}", "integers",
                        call="print(f(np.arange(-3, 4)))")  # fmt: skip
    elif floats.status == OK and outcome.value.shape == floats.value.shape:
        value = outcome.value.astype(np.float64)
        with np.errstate(invalid="ignore"):
            error = np.nan_to_num(np.abs(value - floats.value.astype(np.float64)))
        if error.max() > (0.1 if outcome.value.dtype.itemsize == 2 else 1e-4):
            place = int(np.argmax(error))
            yield s.finding(
                "integer", FRAGILE, f"integers give wrong numbers ({outcome.value.dtype})",
                "integers", str(_INTEGERS[place]), str(outcome.value[place]),
                f"{float(floats.value[place]):.6g}",
                remedy="np.empty_like(x) of integers is an integer array: give it a dtype",
                call="print(f(np.arange(-3, 4)))",
            )  # fmt: skip


def _other_dtype(s: Subject) -> Iterator[Finding]:
    """float64 must not come back as float32; wider than asked is a note."""
    other = np.dtype(np.float64 if s.x.dtype != np.float64 else np.float32)
    (outcome,) = s.calls(s.x.astype(other))
    if outcome.status != OK:
        yield s.finding("dtype", NOTE, f"{other} is refused: {outcome.message}", "other dtypes")
    elif outcome.value.dtype != other:
        narrower = outcome.value.dtype.itemsize < other.itemsize
        yield s.finding(
            "dtype", FRAGILE if narrower else NOTE, f"{other} input gives {outcome.value.dtype}",
            "dtype", got=str(outcome.value.dtype), expected=str(other),
            call=f"print(f(np.ones(3, '{other}')).dtype)",
        )  # fmt: skip


def _same_bits_each(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if a.dtype != b.dtype:
        return a.astype(np.float64) == b.astype(np.float64)
    words = f"u{a.dtype.itemsize}"
    same = np.ascontiguousarray(a).view(words) == np.ascontiguousarray(b).view(words)
    return same | (np.isnan(a.astype(np.float64)) & np.isnan(b.astype(np.float64)))


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and bool(_same_bits_each(a, b).all())


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    """Equal but for roundings."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    return bool(np.allclose(a, b, rtol=1e-2, atol=1e-4, equal_nan=True))


def _text(cut: slice) -> str:
    parts = ["" if v is None else str(v) for v in (cut.start, cut.stop)]
    return ":".join(parts) + ("" if cut.step is None else f":{cut.step}")
