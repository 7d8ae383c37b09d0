"""The command line, called in this process and once for real."""

import json
import os
import subprocess
import sys

import pytest

from actfn import __version__, cli


def run(capsys, *argv):
    """(exit status, standard output, standard error)."""
    status = cli.main(argv)
    return status, *capsys.readouterr()


@pytest.mark.parametrize(
    "command",
    [(), ("list",), ("show",), ("plot",), ("certify",), ("bench",), ("diagnose",), ("lab",)],
)
def test_help_has_examples(capsys, command):
    status, out, _ = run(capsys, *command, "--help")
    assert status == 0
    assert "examples:\n  actfn" in out


def test_version(capsys):
    assert run(capsys, "--version") == (0, f"actfn {__version__}\n", "")


@pytest.mark.parametrize(
    "argv", [[], ["nonsense"], ["plot", "relu"], ["certify", "--threads", "0"]]
)
def test_usage_errors(capsys, argv):
    status, out, error = run(capsys, *argv)
    assert (status, out) == (2, "")
    assert "usage:" in error


def test_list(capsys):
    status, out, _ = run(capsys, "list")
    assert status == 0
    assert "x / (1 + exp(-x))" in out
    assert "negative_slope=0.01" in out
    assert "\x1b" not in out


def test_list_as_json(capsys):
    rows = json.loads(run(capsys, "list", "--json")[1])
    leaky = next(row for row in rows if row["name"] == "leaky_relu")
    assert leaky["parameters"] == {"negative_slope": "0.01"}


def test_show(capsys):
    status, out, _ = run(capsys, "show", "SiLU")
    assert status == 0
    for text in ("x / (1 + exp(-x))", "df/dx", "range", "lipschitz", "arXiv:1702.03118", "torch"):
        assert text in out


def test_show_a_gated_unit(capsys):
    status, out, _ = run(capsys, "show", "swiglu")
    assert status == 0
    assert "df/dgate" in out


def test_show_as_json(capsys):
    status, out, _ = run(capsys, "show", "leaky_relu", "--json")
    described = json.loads(out)
    assert status == 0
    assert described["kinks"]["0"]["derivative"] == "negative_slope"
    assert described["facts"]["monotone"] == "increasing"


@pytest.mark.parametrize("argv", [["show"], ["certify"], ["plot", "-o", "never.svg"]])
def test_an_unknown_name(capsys, argv):
    status, out, error = run(capsys, *argv[:1], "slu", *argv[1:])
    assert (status, out) == (2, "")
    assert "silu" in error
    assert "Traceback" not in error
    assert not os.path.exists("never.svg")


def test_plot(capsys, tmp_path):
    pytest.importorskip("matplotlib")
    file = tmp_path / "two.svg"
    argv = ["plot", "relu", "silu", "--derivative", "--interval", "-2", "2.5", "-o", str(file)]
    assert run(capsys, *argv)[0] == 0
    assert "<svg" in file.read_text()
    assert list(tmp_path.iterdir()) == [file]


def test_nothing_is_left_of_a_plot_that_failed(capsys, tmp_path):
    pytest.importorskip("matplotlib")
    argv = ["plot", "relu", "--interval", "2", "1", "-o", str(tmp_path / "a.svg")]
    assert run(capsys, *argv)[0] == 2
    assert not list(tmp_path.iterdir())
    assert run(capsys, "plot", "relu", "-o", str(tmp_path / "no" / "a.svg"))[0] == 1


@pytest.fixture
def measured(monkeypatch):
    """`certify` with invented measurements; the arguments of every call."""
    from actfn.examine import certify

    calls = []

    def fake(name, dtype, *, kernels, threads, dask, progress):
        calls.append((name, dtype, tuple(kernels), threads, dask))
        progress(0, 2, f"{name} forward {dtype}: reference")
        progress(2, 2, f"{name} forward {dtype}")
        worst = 9.0 if name == "mish" else 0.5
        found = {"digest": "", "inputs": 2, "worst_ulp": worst, "worst_input": "0x1p+0"}
        return dict.fromkeys(kernels, found)

    monkeypatch.setattr(certify, "certify", fake)
    return calls


def test_certify(capsys, measured, tmp_path):
    argv = ["certify", "silu", "--dtype", "bfloat16", "--forward-only", "-o", str(tmp_path)]
    status, out, _ = run(capsys, *argv)
    assert status == 0
    assert measured == [("silu", "bfloat16", ("forward",), None, None)]
    assert "0.5000" in out
    saved = json.loads((tmp_path / "silu.json").read_text())
    assert saved["bfloat16"]["forward"]["worst_ulp"] == 0.5


def test_certify_finds_one_beyond_its_bound(capsys, measured):
    argv = ["certify", "mish", "relu", "--derivative-only", "--threads", "3", "--json"]
    status, out, _ = run(capsys, *argv)
    assert status == 1
    assert [(row["name"], row["worst_ulp"] > row["bound"]) for row in json.loads(out)] == [
        ("mish", True),
        ("relu", False),
    ]
    assert measured[0] == ("mish", "float32", ("derivative",), 3, None)


def test_certify_refuses_gated_units_by_name_and_skips_them_otherwise(capsys, measured):
    assert run(capsys, "certify", "swiglu")[0] == 2
    run(capsys, "certify")
    assert {"silu", "relu"} <= {call[0] for call in measured}
    assert "swiglu" not in {call[0] for call in measured}


def test_ctrl_c(capsys, monkeypatch):
    from actfn.examine import certify

    def stopped(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(certify, "certify", stopped)
    assert run(capsys, "certify", "silu") == (130, "", "")


def python(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, **options)


def test_the_real_process():
    done = python("-m", "actfn", "show", "slu")
    assert done.returncode == 2
    assert done.stderr.startswith("actfn: no activation is called 'slu'")


def test_a_reader_that_goes_away():
    command = f"{sys.executable} -m actfn list --json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[", "")


def test_help_imports_nothing_heavy():
    program = (
        "import sys; from actfn.cli import main; main(['certify', '--help']); "
        "heavy = {'numpy', 'numba', 'sympy', 'flint', 'rich', 'matplotlib'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = python("-c", program)
    assert done.returncode == 0, done.stderr
