"""What a race comes to, and the command that runs one."""

import json

import pytest

from actfn import cli
from actfn.commands import bench
from actfn.examine.race import report


def entry(library, best, way="way"):
    seconds = dict.fromkeys(("best", "first_quartile", "median", "third_quartile"), best)
    return {"library": library, "way": way, "seconds": seconds, "ratio": seconds, "off": 0.0,
            "processor_seconds": best, "extra_bytes": 0, "rounds": 3}  # fmt: skip


def cell(name, operation="forward", **best):
    entries = {library: entry(library, seconds) for library, seconds in best.items()}
    return {"name": name, "operation": operation, "dtype": "float32", "shape": [1000],
            "inputs": "normal", "threads": 1, "entries": entries}  # fmt: skip


CELLS = [
    cell("copy", actfn=1e-6, numpy=2e-6),
    cell("relu", actfn=1e-6, torch=4e-6, numpy=2e-6),
    cell("silu", actfn=2e-6, torch=2e-6),
    cell("gelu", actfn=4e-6, torch=2e-6),
    cell("mish", actfn=1e-6),
]


def test_geometric_means():
    found = {mean["library"]: mean for mean in report.geometric_means(CELLS)}
    assert found["torch"]["functions"] == 3
    assert found["torch"]["ratio"] == pytest.approx(2 ** (1 / 3))  # 4, 1, 1/2
    assert found["fastest peer"]["ratio"] == pytest.approx(1.0)  # 2, 1, 1/2


def test_who_is_behind():
    (found,) = report.behind(CELLS)
    assert (found["name"], found["peer"], found["speed"]) == ("gelu", "torch", 0.5)
    assert (found["ours"], found["theirs"]) == (pytest.approx(4.0), pytest.approx(2.0))


@pytest.mark.parametrize(
    "operation, theirs, is_behind",
    [
        ("forward", 0.96, False),
        ("forward", 0.94, True),
        ("forward_backward", 0.99, True),
        ("forward_backward", 1.01, False),
    ],
)
def test_what_is_accepted(operation, theirs, is_behind):
    cells = [cell("relu", operation, actfn=1e-6, torch=theirs * 1e-6)]
    assert bool(report.behind(cells)) is is_behind


def test_the_copy_is_the_floor():
    assert report.gigabytes_per_second(CELLS[0]) == pytest.approx(8.0)


QUICK = ("bench", "--against", "numpy", "--sizes", "1e3", "--rounds", "2")


def test_bench(capsys, tmp_path):
    kept = tmp_path / "race.json"
    assert cli.main([*QUICK, "relu", "gelu", "-o", str(kept)]) == 0
    out = capsys.readouterr().out
    for text in ("relu forward, float32, 1,000 normal, 1 thread", "ns/element", "copy",
                 "geometric means", "OMP_NUM_THREADS 1"):  # fmt: skip
        assert text in out
    found = json.loads(kept.read_text())
    assert {c["name"] for c in found["cells"]} == {"copy", "relu", "gelu"}
    assert found["settings"]["1"]["actfn"]["threads"] == 1
    assert not list(tmp_path.glob("*.part"))


def test_bench_as_json(capsys):
    assert cli.main([*QUICK, "swiglu", "--operations", "all", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    operations = [c["operation"] for c in found["cells"] if c["name"] == "swiglu"]
    assert operations == ["forward", "derivative", "backward", "forward_backward"]
    assert found["machine"]["cores"] >= 1


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["nonsense"], "groups are elementwise, gated, rows, samplers"),
        (["entmax"], "of the functions of rows these are raced"),
        (["relu", "--against", "mlx"], "'mlx' is not a library"),
        (["relu", "--inputs", "cauchy"], "'cauchy' is not a distribution of inputs"),
        (["relu", "--operations", "sideways"], "'sideways' is not an operation"),
        (["relu", "--dtype", "float8"], "'float8' is not a dtype"),
        (["relu", "--sizes", "many"], "sizes such as 1e3,1e5"),
        (["softmax", "--shape", "10"], "a shape such as 4096x1000"),
    ],
)
def test_what_cannot_be_raced(capsys, arguments, said):
    assert cli.main(["bench", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_our_own_fault_is_the_exit_status(capsys, monkeypatch):
    wrong = {"library": "actfn", "fault": "computes 1 instead of 2"}
    monkeypatch.setattr(
        bench.Race, "cell",
        lambda self, case, told: {**case.told(), "threads": 1, "entries": {"actfn": wrong}},
    )  # fmt: skip
    assert cli.main([*QUICK, "relu"]) == 1
    assert "computes 1 instead of 2" in capsys.readouterr().out
