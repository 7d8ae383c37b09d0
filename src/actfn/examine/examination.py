"""The examination itself: every question in turn, whatever the implementation does."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from actfn import contract
from actfn.activation import FORWARD
from actfn.examine import gradient, stability, symptoms
from actfn.examine.accuracy import Curve, Failed, curve, regions
from actfn.examine.causes import Cause, cause_of
from actfn.examine.child import OK
from actfn.examine.contract import contract_findings
from actfn.examine.exhaustive import sweep_all
from actfn.examine.implementation import PATIENCE, Implementation, narrowed
from actfn.examine.kinds import Kind
from actfn.examine.report import Finding, Report
from actfn.examine.speed import SIZES
from actfn.examine.symptoms import Stretch
from actfn.examine.truth import KERNELS, Truth
from actfn.findings import WRONG

Progress = Callable[[str], None]
_MOST_STRETCHES = 3  # named in one sentence
_HUGE = 1e30  # beyond it a stretch has no end worth naming


def examine(
    implementation: str | Callable,
    like: Any = None,
    *,
    dtype: str = "float32",
    derivative: str | Callable | None = None,
    bound: float | None = None,
    framework: str | None = None,
    exhaustive: bool = False,
    speed: bool = True,
    sizes: tuple[int, ...] = SIZES,
    points: int | None = None,
    patience: float = PATIENCE,
    progress: Progress | None = None,
) -> Report:
    """Measure any implementation of an activation.

    It runs in a process of its own: if it raises, hangs or crashes, that is a finding.

    Parameters
    ----------
    implementation : str or callable
        "torch:nn.functional.gelu", "jax:nn.elu", "onnx:Gelu", "FILE.py:function",
        "module:function", or a function of one array.
    like : str, Activation or Variant, optional
        What it claims to be: anything `actfn.get` understands or returns. Without it only
        what needs no truth is examined.
    dtype : {"float32", "float64", "float16", "bfloat16"}
    derivative : str or callable, optional
        A function of x that returns f'(x). Without it the derivative is taken by automatic
        differentiation where the framework has it, and is not examined elsewhere.
    bound : float, optional
        ULP that a result may be off: what the implementation claims. By default
        `actfn.contract.EXAMINED_BOUNDS`.
    framework : {"numpy", "torch", "jax"}, optional
        Whose arrays the function takes; found out by a call where it is not given.
    exhaustive : bool
        float32: try all 2**32 inputs, after the search among some.
    speed : bool
        Measure nanoseconds per element too.
    sizes : tuple of int
        Elements of the arrays that speed is measured on.
    points : int, optional
        Inputs to start the search from; by default as many as a few seconds allow.
    patience : float, optional
        Seconds after which a call counts as hanging, 10 by default.
    progress : callable, optional
        Called with what is being done.

    Returns
    -------
    Report
        `.verdict`, `.findings`, `.regions`, `.speed`; `print` it, or `.as_dict()` and
        `.plot("error.svg")`.

    Raises
    ------
    ImplementationError
        Where nothing can be called by that name.

    Examples
    --------
    >>> import numpy as np, actfn
    >>> def elu(x):
    ...     return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
    >>> report = actfn.examine(elu, like="elu", speed=False)
    >>> report.verdict, sorted(report.causes)
    ('fragile', ['cancellation'])
    """
    started = time.monotonic()
    if dtype not in contract.EXAMINED_BOUNDS:
        known = ", ".join(contract.EXAMINED_BOUNDS)
        raise ValueError(f"dtype must be one of {known}, not {dtype!r}")
    if exhaustive and dtype == "float64":
        raise ValueError("float64 has 2**64 inputs: only float32 can be swept")
    truth = None if like is None else Truth(like, dtype)
    tell = progress or (lambda label: None)
    tell("start")
    with Implementation(implementation, derivative, framework, patience) as process:
        report = Report(
            process.title, truth.name if truth else "", dtype,
            process.described["framework"], process.described["version"],
            contract.EXAMINED_BOUNDS[dtype] if bound is None else bound,
        )  # fmt: skip
        for kernel in process.kernels:
            report.findings += _kernel(process, truth, kernel, report, points, tell)
        if truth is None and len(process.kernels) == 2:
            report.findings += gradient.consistency(process)
        if exhaustive and truth is not None:
            for kernel in report.curves:
                tell(f"{kernel}: all inputs")
                report.findings += sweep_all(process, truth, kernel, report, tell)
        if speed and truth is not None and report.curves:
            tell("speed")
            measured = process.measured(like=truth.name, dtype=dtype, sizes=sizes)
            report.speed = measured if isinstance(measured, dict) else {}
    report.seconds = time.monotonic() - started
    report.sort()
    return report


def _kernel(
    process: Implementation, truth: Truth | None, kernel: str, report: Report, points, tell
) -> Iterator[Finding]:
    """Everything about one kernel; what cannot even be called has one finding."""
    dtype = truth.dtype if truth else np.dtype(report.dtype)
    if truth is not None:
        try:
            found = curve(process, truth, kernel, report.bound, points, tell)
        except Failed as failure:
            yield _failure(process, kernel, failure, dtype)
            return
        report.curves[kernel] = found
        report.regions[kernel] = regions(found)
        yield from _accuracy(process, truth, found)
        tell(f"{kernel}: special values")
        yield from stability.special_values(process, truth, kernel)
        yield from stability.flags(process, found)
        if kernel != FORWARD:
            conventions, kinks = gradient.at_kinks(process, truth)
            report.kinks.update(conventions)
            yield from kinks
    tell(f"{kernel}: contract")
    domain = truth.domain if truth else (-np.inf, np.inf)
    yield from contract_findings(process, kernel, dtype, domain)


def _failure(process: Implementation, kernel: str, failure: Failed, dtype) -> Finding:
    """A call that returned no numbers: the smallest input on which it does not."""
    x, outcome = failure.x, failure.outcome
    if outcome.status != "shape":
        x, outcome = narrowed(process, kernel, x)
        if outcome.status == OK:  # it came and went
            x, outcome = failure.x, failure.outcome
    causes = {"raised": "exception", "crashed": "crash", "hung": "hang", "shape": "shape"}
    sentences = {
        "raised": "raises", "crashed": "crashes", "hung": "does not come back",
        "shape": "the result has the wrong shape", "not an array": "does not return an array",
    }  # fmt: skip
    place = float(x[0])
    shown = f"{place:.9g}" if x.size == 1 else f"{x.size} numbers from {place:.9g} on"
    return Finding(
        "error", WRONG, f"{sentences[outcome.status]}: {outcome.message}", shown, kernel=kernel,
        cause=causes.get(outcome.status, outcome.status),
        line=process.line(kernel, place, dtype.name),
    )  # fmt: skip


# ---------------------------------------------------------------- accuracy


def _accuracy(process: Implementation, truth: Truth, found: Curve) -> Iterator[Finding]:
    """One finding for each cause."""
    order = KERNELS.index(found.kernel)
    kinks, zeros = truth.kinks, truth.zeros[order]

    def call(x):
        outcome = process(found.kernel, x)
        return outcome.value if outcome.status == OK else np.full(x.shape, np.nan)

    by_kind: dict[Kind, list[Stretch]] = {}
    for stretch in symptoms.stretches(found, kinks, zeros):
        by_kind.setdefault(stretch.kind, []).append(stretch)
    by_cause: dict[tuple[str, str], tuple[Cause, list[Stretch]]] = {}
    for several in by_kind.values():
        several.sort(key=lambda s: -_size(found, s))
        cause = cause_of(found, several[0], truth, call)
        by_cause.setdefault((cause.name, cause.says), (cause, []))[1].extend(several)
    for cause, several in by_cause.values():
        yield _finding(process, truth, found, cause, several)


def _size(found: Curve, stretch: Stretch) -> float:
    return float(np.nan_to_num(found.distance[stretch.worst], nan=np.inf))


def _finding(process, truth: Truth, found: Curve, cause: Cause, several: list[Stretch]) -> Finding:
    place = several[0].worst
    x, y = found.x[place], found.y[place]
    with np.errstate(over="ignore"):
        true = np.asarray(found.truth[place]).astype(truth.dtype)
    where = "; ".join(_where(s) for s in several[:_MOST_STRETCHES])
    more = len(several) - _MOST_STRETCHES
    where += f" and {more} more stretches" if more > 0 else ""
    ulp = float(found.distance[place])
    digits = "" if not np.isfinite(ulp) else f", {ulp:.3g} ULP"
    name = "f" if found.kernel == FORWARD else "f'"
    return Finding(
        "value", cause.severity, f"{name}: {cause.says} ({where}{digits})",
        f"{float(x):.9g}", f"{float(y):.9g}", f"{float(true):.9g}", found.kernel, cause.name.value,
        cause.remedy, process.line(found.kernel, float(x), truth.dtype.name), ulp,
    )  # fmt: skip


def _where(stretch: Stretch) -> str:
    first, last = stretch.first, stretch.last
    if stretch.places.size == 1 or first == last:
        return f"x = {first:.9g}"
    sign = "<" if last < 0 else ">"
    if abs(last) > _HUGE:
        return f"x {sign} {first:.5g}"
    low, high = (f"{end:.5g}" for end in sorted((first, last)))
    return f"near {low}" if low == high else f"{low} to {high}"
