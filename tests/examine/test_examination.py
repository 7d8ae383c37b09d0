"""Examinations as a whole: reports, lines that show a finding, bad ends, the command."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import actfn
from actfn.cli import main
from actfn.errors import ImplementationError
from actfn.examine.exhaustive import sweep_all
from actfn.examine.implementation import Implementation
from actfn.examine.truth import Truth
from broken import wrong_manners
from broken.activations import elu_by_exp
from broken.wrong_manners import crashing, hanging
from broken.wrong_values import relu_as_abs

FEW = {"speed": False, "points": 4_000}


def test_the_package_is_the_function_whatever_was_imported_before():
    code = (
        "import sys, actfn; print('numpy' in sys.modules); "
        "from actfn.examine import certify; "
        "print(callable(actfn.examine), actfn.examine.certify is certify)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert found.stdout.split() == ["False", "True", "True"]


def test_a_report_is_text_and_json():
    report = actfn.examine(elu_by_exp, like="elu", **FEW)
    plain = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert plain["verdict"] == "fragile"
    assert plain["regions"]["forward"][0]["name"] == "left huge"
    (found,) = [f for f in plain["findings"] if f["cause"] == "cancellation"]
    assert "expm1" in found["remedy"]
    assert "expm1" in str(report)


def test_a_line_shows_what_the_finding_says(capsys):
    report = actfn.examine(elu_by_exp, like="elu", **FEW)
    shown = [f for f in report.findings if f.check == "value"]
    assert shown
    for finding in shown:
        with np.errstate(all="ignore"):
            exec(finding.line, {"elu_by_exp": elu_by_exp})  # noqa: S102
        got = capsys.readouterr().out.strip("[]\n")
        assert float(got) == pytest.approx(float(finding.got), rel=1e-6)


def test_lines_of_a_file_run_as_they_are(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "import numpy as np\n"
        "def elu(x): return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)\n"
        "def slope(x): return np.where(x > 0, 1, elu(x) + 1).astype(x.dtype)\n"
    )
    report = actfn.examine(f"{file}:elu", like="elu", derivative=f"{file}:slope", **FEW)
    shown = [f for f in report.findings if f.check == "value"]
    assert {f.kernel for f in shown} == {"forward", "derivative"}
    for finding in shown:
        found = subprocess.run(
            [sys.executable, "-c", finding.line], capture_output=True, text=True, timeout=120
        )
        assert found.returncode == 0, found.stderr
        got = float(found.stdout.strip(" []\n"))
        assert got == pytest.approx(float(finding.got), rel=1e-6)


def test_the_smallest_input_of_a_crash_is_found():
    report = actfn.examine(crashing, like="sigmoid", **FEW)
    (finding,) = [f for f in report.findings if f.cause == "crash" and f.severity == "wrong"]
    assert "SIGABRT" in finding.message
    assert float(finding.input) < -60


def test_a_hang_ends():
    report = actfn.examine(hanging, like="sigmoid", patience=1.0, **FEW)
    assert "hang" in report.causes


def test_no_process_is_left():
    with Implementation(elu_by_exp) as implementation:
        process = implementation._process
        assert implementation("forward", np.float32([1.0])).value == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(process.pid, 0)


def test_ctrl_c_ends_the_process(monkeypatch):
    implementation = Implementation(hanging, patience=30)
    process = implementation._process

    def interrupted(timeout):
        raise KeyboardInterrupt

    monkeypatch.setattr(process.connection, "poll", interrupted, raising=False)
    with pytest.raises(KeyboardInterrupt):
        implementation("forward", np.float32([100.0]))
    assert implementation._process is None


def test_without_a_claim_the_derivative_is_held_against_the_function():
    right = actfn.examine(np.tanh, derivative=lambda x: 1 / np.cosh(x) ** 2, dtype="float64", **FEW)
    assert "inconsistent derivative" not in right.causes
    wrong = actfn.examine(np.tanh, derivative=lambda x: 1 - np.tanh(x), dtype="float64", **FEW)
    assert "inconsistent derivative" in wrong.causes


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_sixteen_bits_are_examined_at_every_input(dtype):
    report = actfn.examine(actfn.silu, like="silu", derivative=actfn.silu.derivative, dtype=dtype,
                           speed=False)  # fmt: skip
    assert report.verdict == "pass", str(report)
    assert sum(r.inputs for r in report.regions["forward"]) > 60_000


def test_parameters_of_a_framework():
    slope = actfn.get("leaky_relu", like="keras")
    report = actfn.examine(lambda x: slope(x), like=slope, **FEW)
    assert report.verdict == "pass", str(report)


def test_conventions_at_kinks_are_told_and_not_punished():
    def one_at_zero(x):
        return np.where(x >= 0, 1, 0 * x).astype(x.dtype)

    report = actfn.examine(actfn.relu, like="relu", derivative=one_at_zero, **FEW)
    assert report.kinks["0"]["this"] == 1
    assert report.kinks["0"]["actfn"] == 0
    assert "wrong kink" not in report.causes
    assert any("convention" in f.message for f in report.findings)


def test_a_bound_that_is_claimed():
    kept = actfn.examine(actfn.hard_mish, like="hard_mish", bound=0.51, **FEW)
    assert kept.verdict == "pass", str(kept)
    missed = actfn.examine(lambda x: np.tanh(x), like="tanh", bound=0.6, **FEW)
    assert "rounding" in missed.causes


@pytest.mark.parametrize(
    "name, says",
    [
        ("nowhere_at_all:f", "nowhere_at_all"),
        ("math:no_such_thing", "no_such_thing"),
        ("gelu", "FILE.py:function"),
        ("absent.py:f", "no file"),
    ],
)
def test_names_that_lead_nowhere(name, says):
    with pytest.raises(ImplementationError, match=says):
        actfn.examine(name, like="gelu")


def test_what_cannot_be_called():
    with pytest.raises(ImplementationError, match="called"):
        actfn.examine(3, like="gelu")
    with pytest.raises(ValueError, match="one number"):
        actfn.examine(np.tanh, like="glu")
    with pytest.raises(ValueError, match="dtype"):
        actfn.examine(np.tanh, like="tanh", dtype="int8")


@pytest.mark.parametrize("name", ["error.svg", "error.html"])
def test_plots(tmp_path, name):
    report = actfn.examine(elu_by_exp, like="elu", **FEW)
    report.plot(tmp_path / name)
    text = (tmp_path / name).read_text()
    assert "<svg" in text
    assert "error in ULP" in text
    assert "bound, 4 ULP" in text
    assert [p.name for p in tmp_path.iterdir()] == [name]
    if name.endswith("html"):
        assert "expm1" in text


def test_the_command(tmp_path, capsys):
    file = tmp_path / "mine.py"
    file.write_text("import numpy as np\ndef relu(x): return np.abs(x)\n")
    assert main(["examine", f"{file}:relu", "--as", "relu", "--no-speed"]) == 2
    assert "this is |x|" in capsys.readouterr().out
    assert main(["examine", f"{file}:absent", "--as", "relu"]) == 3
    assert "absent" in capsys.readouterr().err
    assert main(["examine", "--as", "relu"]) == 2
    assert main(["examine", "numpy:tanh", "--as", "tanh", "--json", "--no-speed"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "pass"


def test_speed_is_measured_beside_actfn_and_copying():
    report = actfn.examine(np.tanh, like="tanh", points=4_000)
    rows = report.speed["rows"]
    assert [row["elements"] for row in rows] == [1_000, 100_000, 10_000_000]
    assert all(row[key] > 0 for row in rows for key in ("ns", "actfn", "copy", "gb_s"))


def test_a_known_mistake_has_its_own_sentence():
    report = actfn.examine(relu_as_abs, like="relu", **FEW)
    assert any("this is |x|" in f.message for f in report.findings)


def garbage_between_samples(x):
    return np.where(x == np.float32(3.7654321), np.float32(7), np.maximum(x, 0))


def test_a_sweep_finds_what_sampling_missed():
    report = actfn.examine(garbage_between_samples, like="relu", **FEW)
    assert report.verdict == "pass"
    start = int(np.float32(3.7654321).view(np.uint32)) >> 16 << 16
    with Implementation(garbage_between_samples) as implementation:
        truth = Truth("relu", "float32")
        patterns = range(start, start + 1, 1 << 16)
        (found,) = sweep_all(implementation, truth, "forward", report, lambda label: None, patterns)
    assert found.input == "3.76543212"
    assert found.got == "7"
    assert report.exhaustive["forward"]["inputs"] == 1 << 16


def test_float64_cannot_be_swept():
    with pytest.raises(ValueError, match="float64"):
        actfn.examine(np.tanh, like="tanh", dtype="float64", exhaustive=True, **FEW)


@pytest.mark.parametrize(
    "function, like, cause, printed",
    [
        (wrong_manners.relu_in_place, "relu", "writes its argument", "[-0.  1.]"),
        (wrong_manners.sigmoid_float64, "sigmoid", "dtype", "float64"),
        (wrong_manners.identity_itself, "identity", "aliasing", "True"),
        (wrong_manners.sigmoid_flattened, "sigmoid", "shape", "(24,)"),
        (wrong_manners.elu_of_integers, "elu", "integers", "[0 0 0 0 1 2 3]"),
        (wrong_manners.silu_with_noise, "silu", "not repeatable", "False"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_lines_of_the_contract(function, like, cause, printed, capsys):
    report = actfn.examine(function, like=like, **FEW)
    found = next(f for f in report.findings if f.cause == cause)
    with np.errstate(all="ignore"):
        exec(found.line, {function.__name__: function})  # noqa: S102
    assert capsys.readouterr().out.strip() == printed


def test_a_line_shows_bits_that_depend_on_the_length(capsys):
    function = wrong_manners.silu_by_length
    report = actfn.examine(function, like="silu", **FEW)
    found = next(f for f in report.findings if f.cause == "length-dependent bits")
    with np.errstate(all="ignore"):
        exec(found.line, {function.__name__: function})  # noqa: S102
    one, other = capsys.readouterr().out.split()
    assert one != other
    assert {one, other} == {found.got, found.expected}
