"""`actfn diagnose`."""

import json
import subprocess
import sys

import pytest

from actfn import cli

MODEL = """
import numpy as np

def make(bias=-30.0):
    rng = np.random.default_rng(0)
    first = rng.normal(0, 0.3, (8, 16)).astype("f4")
    second = rng.normal(0, 0.3, (16, 3)).astype("f4")
    return [(first, np.full(16, bias, "f4"), "relu"), (second, np.zeros(3, "f4"), None)]

def healthy():
    return make(0.0)

def raises():
    return {}["rows"]

def batches():
    rng = np.random.default_rng(1)
    return [(rng.normal(size=(64, 8)).astype("f4"), rng.integers(0, 3, 64)) for _ in range(4)]
"""


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "nets_to_diagnose.py"
    path.write_text(MODEL)
    yield path
    sys.modules.pop("nets_to_diagnose", None)


def test_report(capsys, model):
    assert (
        cli.main(["diagnose", f"{model}:make", "--data", f"{model}:batches", "--rate", "0.1"]) == 1
    )
    out = capsys.readouterr().out
    assert "16 of 16 units are dead" in out
    assert "because of bias" in out
    assert "\x1b" not in out


def test_healthy(capsys, model):
    assert cli.main(["diagnose", f"{model}:healthy", "--data", f"{model}:batches"]) == 0
    assert "nothing is wrong" in capsys.readouterr().out


def test_json_and_html(capsys, model, tmp_path):
    page = tmp_path / "report.html"
    arguments = ["--data", f"{model}:batches", "--json", "--html", str(page)]
    assert cli.main(["diagnose", f"{model}:make", *arguments]) == 1
    assert json.loads(capsys.readouterr().out)["schema"] == "actfn-diagnosis/1"
    assert "<svg" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "name a model and its data"),
        (["nets", "--data", "x:y"], "is not MODULE:NAME"),
        (["nowhere.py:make", "--data", "x:y"], "there is no file"),
        (["no_such_module:make", "--data", "x:y"], "no_such_module"),
        (["json:make", "--data", "x:y"], "json has no 'make'"),
        (["json:loads", "--data", "x:y"], "json:loads cannot be loaded: TypeError"),
        (["{file}:make", "--data", "{file}:raises"], ":raises cannot be loaded: KeyError"),
        (["{file}:make", "--data", "{file}:batches", "--adam"], "--adam needs a rate"),
        (["{file}:make", "--data", "{file}:batches", "--rate", "nan"], "a positive number"),
        (["{file}:make", "--data", "x:y", "--html", "nowhere/x.html"], "cannot be written"),
    ],
)
def test_bad_input(capsys, model, arguments, message):
    assert cli.main(["diagnose", *(text.format(file=model) for text in arguments)]) == 2
    assert message in capsys.readouterr().err


def test_a_file_may_import_what_lies_beside_it(capsys, tmp_path, model, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    beside = tmp_path / "takes_its_neighbour.py"
    beside.write_text("from nets_to_diagnose import healthy, batches\n")
    assert cli.main(["diagnose", f"{beside}:healthy", "--data", f"{beside}:batches"]) == 0


def test_the_page_is_the_file_that_was_named(capsys, tmp_path, model):
    page = tmp_path / "page.htm"
    arguments = ["--data", f"{model}:batches", "--html", str(page)]
    assert cli.main(["diagnose", f"{model}:healthy", *arguments]) == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_diagnose_is_callable_however_it_is_imported():
    """The package stays callable after its modules are imported, and torch is not loaded."""
    code = (
        "import sys, actfn, actfn.diagnose.judge\n"
        "from actfn import diagnose\n"
        "assert callable(actfn.diagnose) and diagnose is actfn.diagnose\n"
        "import inspect; assert 'batches' in inspect.signature(actfn.diagnose).parameters\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
