"""The scoreboard of libraries: its rows, its page, its picture."""

import math

import pytest

import actfn
from actfn.cli import main
from actfn.examine import scoreboard
from actfn.examine.scoreboard import Row

ROWS = [
    Row("actfn", "elu", "actfn:elu", "0.1.0", 0.5, 1.5, 0.5, -1.5, ns=1.0, actfn_ns=1.0),
    Row("jax", "elu", "jax:nn.elu", "0.10.2", 8.4e6, 1e-38, 1.7e7, -44.4, "f(-inf)", False,
        2.0, 1.0, ("cancellation", "flush")),
    Row("jax", "mish", "jax:nn.mish", "0.10.2", math.inf, 1.0),
    Row("onnx", "prelu", "onnx:PRelu", failure="an input is missing"),
    Row("actfn", "mish", "actfn:mish", "0.1.0", 0.5, 1.5),
]  # fmt: skip


def test_the_page_and_its_picture(tmp_path):
    page, drawing = scoreboard.write(ROWS, tmp_path)
    text = page.read_text()
    assert "| elu | 8.4e+06 | 1e-38 | 1.7e+07 | -44.4 | f(-inf) | no | 2.00 | 1.00 |" in text
    assert "cancellation, flush" in text
    assert "not examined: an input is missing" in text
    assert "jax 0.10.2" in text
    picture = drawing.read_text()
    assert "8.4e+06" in picture
    assert "prelu" not in picture  # nobody else has it
    assert f"({drawing.name})" in text


def test_json_knows_no_infinity():
    (row,) = scoreboard.as_dicts(ROWS[2:3])
    assert row["forward"] == "inf"
    assert row["derivative"] == "nan"


def test_tasks_are_derived_from_the_records():
    pytest.importorskip("scipy", reason="SciPy is not installed")
    tasks = scoreboard.tasks(["actfn", "scipy"])
    assert ("actfn", "gelu", "actfn:gelu") in tasks
    assert ("scipy", "sigmoid", "scipy:special.expit") in tasks
    assert not any(function == "softmax" for _, function, _ in tasks)


def test_rows_of_the_real_thing():
    pytest.importorskip("scipy", reason="SciPy is not installed")
    wanted = [("actfn", "sigmoid", "actfn:sigmoid"),
              ("scipy", "sigmoid", "scipy:special.expit"),
              ("scipy", "gelu", "scipy:special.there_is_no_such_thing")]  # fmt: skip
    ours, theirs, absent = scoreboard.rows(wanted, lambda text: None)
    assert ours.forward <= actfn.sigmoid.ulp_bound("float32")
    assert ours.derivative <= actfn.sigmoid.ulp_bound("float32", "derivative")
    assert ours.causes == ()
    assert 1 < theirs.forward < 4 or theirs.causes
    assert math.isnan(theirs.derivative)
    assert "there_is_no_such_thing" in absent.failure


def test_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(scoreboard, "tasks", lambda libraries: [("actfn", "relu", "actfn:relu")])
    monkeypatch.setattr(scoreboard, "rows", lambda wanted, progress: iter(ROWS))
    assert main(["examine", "--peers", "-o", str(tmp_path)]) == 0
    assert "scoreboard.md" in capsys.readouterr().out
    assert (tmp_path / "scoreboard.svg").exists()
