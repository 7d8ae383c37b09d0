"""The committed certificates: complete, within the contract, and made with today's kernels."""

import ast
import json

import numpy as np
import pytest

from actfn import contract, ulp
from actfn.examine import certify
from actfn.kernels.digest import digest_of, kernel_digest
from derived import ELEMENTWISE, parametrize


def test_everything_is_certified():
    """A kernel without a certificate would have to give its reason in the record."""
    assert [r.name for r in ELEMENTWISE if r.uncertified] == []


@pytest.mark.parametrize("kernel", certify.KERNELS)
@parametrize("record", ELEMENTWISE)
def test_certificate(record, kernel):
    found = certify.load(record.name).get("float32", {}).get(kernel)
    command = f"actfn certify {record.name} --dtype float32 -o src/actfn/certificates"
    assert found, f"{record.name} {kernel} has no certificate; make it with: {command}"
    assert found["digest"] == digest_of(record, kernel, "float32"), (
        f"the kernel '{kernel}' of {record.name} has changed since its certificate; run: {command}"
    )
    assert found["inputs"] == 2**32
    assert found["worst_ulp"] <= record.ulp_bound("float32", kernel)
    assert found["above"]["1.0"] == 0
    assert sum(found["histogram"]) + found["undefined"] == found["inputs"]


@pytest.mark.parametrize("kernel", certify.KERNELS)
@parametrize("record", ELEMENTWISE)
def test_float64_certificate(record, kernel):
    """At least 10^5 inputs within 2 ULP; next to a zero, within the effect of 2 ULP of x."""
    found = certify.load(record.name).get("float64", {}).get(kernel)
    command = f"actfn certify {record.name} --dtype float64 -o src/actfn/certificates"
    assert found, f"{record.name} {kernel} has no certificate; make it with: {command}"
    assert found["digest"] == digest_of(record, kernel, "float64"), (
        f"the kernel '{kernel}' of {record.name} has changed since its certificate; run: {command}"
    )
    assert found["inputs"] >= 100_000
    assert found["worst_ulp"] <= contract.FLOAT64_ULP
    near = found.get("near_zeros")
    assert not near or near["worst_input_ulp"] <= contract.FLOAT64_INPUT_ULP


@parametrize("record", ELEMENTWISE)
def test_the_worst_input_is_reproduced(record):
    """The certificate's worst input gives that error here and now."""
    found = certify.load(record.name).get("float32", {})
    for order, kernel in enumerate(certify.KERNELS):
        if kernel not in found:
            continue
        x = np.array([float.fromhex(found[kernel]["worst_input"])], np.float32)
        y = certify.implementation_of(record, kernel)(x)
        hi, lo = record.oracle(**record.defaults).double_double(x.astype(np.float64), order)
        error = ulp.distance(y, hi, lo, np.float32)[0]
        # The sweep's reference is good to 2^-14 ULP.
        assert abs(error - found[kernel]["worst_ulp"]) < 2.0**-12


def test_a_change_of_arithmetic_changes_the_digest():
    from actfn.functions import silu

    def halved(x):
        return silu.forward(0.5 * x)

    assert kernel_digest(halved) != kernel_digest(silu.forward)


def test_a_change_of_the_short_forms_changes_the_digest_for_float32_only(monkeypatch):
    from actfn.kernels import digest

    record = next(r for r in ELEMENTWISE if r.name == "sigmoid")
    assert "forward" in record.short
    before = {t: digest_of(record, "forward", t) for t in ("float32", "float64")}
    assert before["float32"] != before["float64"]
    library = digest._library("short")
    another = digest._Definition(ast.parse("another = exp").body[0])
    changed = {**library, "exp": [another]}
    monkeypatch.setattr(digest, "_library", lambda short: changed if short else library)
    assert digest_of(record, "forward", "float32") != before["float32"]


def test_what_a_building_block_is_overloaded_with_counts():
    """`where` has its float32 form in `@overload(where)`: its body is part of the digest."""
    from actfn.kernels import digest

    library = digest._library("single")
    texts = [definition.text for definition in library["where"]]
    assert any("def _where(" in text and "as_pair" in text for text in texts)


def test_certify_16_bit_and_bad_names():
    found = certify.certify("relu", "float16", kernels=("forward",))["forward"]
    assert found["worst_ulp"] == 0
    with pytest.raises(ValueError, match="dtype must be one of"):
        certify.certify("relu", "float8")
    with pytest.raises(ValueError, match="kernels are forward and derivative"):
        certify.certify("relu", kernels=("backward",))


def test_saving_keeps_what_was_there(tmp_path):
    certify.save("relu", "float16", {"forward": {"worst_ulp": 0}}, tmp_path)
    path = certify.save("relu", "float32", {"derivative": {"worst_ulp": 0}}, tmp_path)
    kept = json.loads(path.read_text())
    assert kept["float16"]["forward"]["worst_ulp"] == 0
    assert "cpu" in kept["float32"]["derivative"]["environment"]
    assert [p.name for p in tmp_path.iterdir()] == ["relu.json"]


def test_a_dask_cluster_finds_the_same(monkeypatch):
    """A real scheduler and workers, on a small part of the line."""
    from distributed import LocalCluster

    from actfn.examine.sweep import sweep

    monkeypatch.setattr(certify, "CHUNK", 1 << 18)
    starts = [0x3F800000, 0xC0000000]  # 1.0 and -2.0
    record = next(r for r in ELEMENTWISE if r.name == "silu")
    reference = certify.reference_of(record, "forward")
    here = [
        sweep(certify.implementation_of(record, "forward"), reference, start, start + (1 << 18))
        for start in starts
    ]
    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    ) as cluster:
        there = list(
            certify._sweep_on_cluster("silu", "forward", starts, cluster.scheduler_address)
        )
    assert {p.worst_input for p in there} == {p.worst_input for p in here}
    assert sum(p.inputs for p in there) == 2 << 18
