"""Certificates: how far each kernel is from the truth, measured at every input there is.

float32 is swept over all 2**32 inputs against a reference made from the formula alone; the 16-bit
types over all their 65,536; float64 over a dense sample by bit pattern. A certificate names the
digest of the kernel it was made with: when the kernel changes it no longer applies.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

import ml_dtypes
import numpy as np

from actfn import __version__, contract, ulp
from actfn.activation import DERIVATIVE, FORWARD
from actfn.catalogue import get
from actfn.certificate import DIRECTORY, load
from actfn.examine.zeros import in_window, input_ulp, zeros_of
from actfn.formula import Formula
from actfn.kernels import machine_code
from actfn.kernels.digest import digest_of

KERNELS = (FORWARD, DERIVATIVE)
DTYPES = ("float32", "float64", "float16", "bfloat16")
CHUNK = 1 << 26  # inputs between two reports of progress
FLOAT64_POINTS = 110_000  # for `ulp.sample`, which spreads them evenly: at least 100,000
Progress = Callable[[int, int, str], None]


def certify(
    name: str,
    dtype: str = "float32",
    *,
    kernels: Iterable[str] = KERNELS,
    threads: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> dict:
    """Measure the kernels of one activation at its default parameters.

    Parameters
    ----------
    name : str
        Any name that `actfn.get` understands.
    dtype : {"float32", "float64", "float16", "bfloat16"}
    kernels : iterable of str
        "forward" and "derivative", or one of them.
    threads : int, optional
        Blocks judged at the same time; by default one for each processor.
    dask : str, optional
        Address of a Dask scheduler; the inputs are then spread over its workers.
    progress : callable, optional
        Called as progress(inputs done, inputs in all, what is being done).

    Returns
    -------
    dict
        {kernel: findings}, the form in which `save` keeps them.
    """
    if dtype not in DTYPES:
        raise ValueError(f"dtype must be one of {', '.join(DTYPES)}, not {dtype!r}")
    record = get(name)
    report = progress or (lambda done, total, label: None)
    kernels = tuple(kernels)
    for kernel in kernels:
        if kernel not in KERNELS:
            raise ValueError(f"kernels are {' and '.join(KERNELS)}, not {kernel!r}")
    if dtype == "float32":
        found = {k: _sweep_all(record, k, threads, dask, report) for k in kernels}
    elif dtype == "float64":
        found = _measure_sample(record, kernels, report)
    else:
        found = {k: _measure_all_halves(record, k, dtype, report) for k in kernels}
    return {k: {"digest": digest_of(record, k, dtype), **found[k]} for k in kernels}


def implementation_of(record, kernel: str):
    """The public operation that a kernel stands behind, at default parameters."""
    operation = record if kernel == FORWARD else record.derivative
    values = tuple(record.defaults.values())
    return lambda x: operation(x, *values)


def reference_of(record, kernel: str, **parameters: float):
    """The true values at every float32 input, from the formula alone."""
    from actfn.examine.ladder import LadderReference
    from actfn.examine.reference import build_reference

    values = {**record.defaults, **parameters}
    oracle, order = record.oracle(**values), KERNELS.index(kernel)
    if record.facts.oscillates:
        text = record.formula if kernel == FORWARD else record.derivative_formula
        return LadderReference(
            Formula.parse(text).tree,
            values,
            record.inputs[0],
            lambda x: oracle.double_double(x, order)[0],
        )
    kinks = [record.number(place, **values) for place in record.kinks]
    domain = tuple(record.number(end, **values) for end in record.domain)
    return build_reference(oracle, order, kinks, domain)


def _sweep_all(record, kernel, threads, dask, report) -> dict:
    from actfn.examine.sweep import THRESHOLDS, Sweep, sweep
    from actfn.kernels import threads as array_threads

    total, label = Sweep(), f"{record.name} {kernel} float32"
    report(0, 2**32, f"{label}: reference")
    starts = range(0, 2**32, CHUNK)
    if dask is None:
        reference, implementation = reference_of(record, kernel), implementation_of(record, kernel)
        workers = threads or array_threads.get_num_threads()
        before = array_threads.get_num_threads()
        array_threads.set_num_threads(1)  # the blocks themselves are spread over the processors
        try:
            for start in starts:
                total.add(sweep(implementation, reference, start, start + CHUNK, workers))
                report(start + CHUNK, 2**32, label)
        finally:
            array_threads.set_num_threads(before)
    else:
        for done, part in enumerate(_sweep_on_cluster(record.name, kernel, starts, dask), start=1):
            total.add(part)
            report(done * CHUNK, 2**32, label)
    return {
        "inputs": total.inputs + total.undefined,
        "worst_ulp": round(total.worst, 6),
        "worst_input": total.worst_input.hex(),
        "undefined": total.undefined,
        "above": {str(t): int(n) for t, n in zip(THRESHOLDS, total.beyond, strict=True)},
        "histogram": [int(n) for n in total.histogram],
    }


def _sweep_on_cluster(name, kernel, starts, address):
    from distributed import Client, as_completed

    with Client(address) as client:
        futures = [client.submit(_sweep_part, name, kernel, start, pure=False) for start in starts]
        for _, part in as_completed(futures, with_results=True):
            yield part


_references: dict = {}  # on a worker: building one takes longer than using it once


def _sweep_part(name, kernel, start):
    from actfn.examine.sweep import sweep

    record = get(name)
    if (name, kernel) not in _references:
        _references[name, kernel] = reference_of(record, kernel)
    return sweep(
        implementation_of(record, kernel), _references[name, kernel], start, start + CHUNK, 1
    )


def _measure_sample(record, kernels, report) -> dict:
    """float64: true values of all kernels in one pass over a sample by bit pattern."""
    zeros = {kernel: zeros_of(record, kernel) for kernel in KERNELS}
    places = [*zeros[FORWARD], *zeros[DERIVATIVE], 1.0, 20.0, 700.0]
    x = ulp.sample(np.float64, FLOAT64_POINTS, places, np.random.default_rng(0))
    with np.errstate(all="ignore"):
        results = {kernel: implementation_of(record, kernel)(x) for kernel in kernels}
    oracle, label = record.oracle(**record.defaults), f"{record.name} float64"
    distances = {kernel: np.empty(x.size) for kernel in kernels}
    effects = {kernel: np.empty(x.size) for kernel in kernels}
    for start in range(0, x.size, 1000):
        part = slice(start, start + 1000)
        pairs = oracle.jets(x[part], length=len(KERNELS) + 1)  # one more: the slope of the last
        for kernel, y in results.items():
            order = KERNELS.index(kernel)
            hi, lo = pairs[order]
            distances[kernel][part] = ulp.distance(y[part], hi, lo, np.float64)
            effects[kernel][part] = input_ulp(x[part], y[part], pairs[order], pairs[order + 1][0])
        report(min(start + 1000, x.size), x.size, label)
    found = {}
    for kernel in kernels:
        near = in_window(x, zeros[kernel])
        found[kernel] = _summary(x[~near], distances[kernel][~near])
        if near.any():
            place = np.argmax(effects[kernel][near])
            found[kernel]["near_zeros"] = {
                "inputs": int(near.sum()),
                "worst_input_ulp": round(float(effects[kernel][near][place]), 6),
                "worst_input": float(x[near][place]).hex(),
            }
    return found


def _measure_all_halves(record, kernel, dtype, report) -> dict:
    """A 16-bit type: all inputs."""
    kind = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    oracle, label = record.oracle(**record.defaults), f"{record.name} {kernel} {dtype}"
    with np.errstate(all="ignore"):
        x = ulp.all_patterns(kind)
        x = x[~np.isnan(x.astype(np.float64))]
        y = implementation_of(record, kernel)(x)
    distances = np.empty(x.size)
    for start in range(0, x.size, 1000):
        part = slice(start, start + 1000)
        hi, lo = oracle.double_double(x[part].astype(np.float64), KERNELS.index(kernel))
        distances[part] = ulp.distance(y[part], hi, lo, kind)
        report(min(start + 1000, x.size), x.size, label)
    return _summary(x, distances)


def _summary(x, distances) -> dict:
    place = int(np.argmax(distances))
    return {
        "inputs": int(x.size),
        "worst_ulp": round(float(distances[place]), 6),
        "worst_input": float(x[place]).hex(),
        "above": {str(t): int(np.sum(distances > t)) for t in (contract.HALF_ULP, 1.0, 2.0)},
    }


def environment() -> dict:
    """Where a certificate was made: versions and the processor as LLVM sees it."""
    cpu, features = machine_code.cpu()
    packages = ("numpy", "numba", "llvmlite", "python-flint", "ml_dtypes")
    return {
        "actfn": __version__,
        **{package: version(package) for package in packages},
        "cpu": cpu,
        "features": sorted(f[1:] for f in features.split(",") if f.startswith("+")),
    }


def save(name: str, dtype: str, findings: dict, directory: Path = DIRECTORY) -> Path:
    """Add findings to an activation's certificate, leaving other dtypes and kernels in place."""
    certificate = load(name, directory)
    made_here = environment()
    for kernel, found in findings.items():
        certificate.setdefault(dtype, {})[kernel] = {**found, "environment": made_here}
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(certificate, sort_keys=True) + "\n"
    descriptor, temporary = tempfile.mkstemp(dir=directory, suffix=".tmp", text=True)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    path = directory / f"{name}.json"
    os.replace(temporary, path)
    return path
