"""The race: right lanes are timed, wrong ones are told, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import actfn
from actfn.examine.race import lane_actfn, process, rows_numpy, truth
from actfn.examine.race.case import BACKWARD, COPY, DISTRIBUTIONS, DTYPES, OPERATIONS, Case
from actfn.examine.race.process import Contestant, Ended, Worker
from actfn.examine.race.race import Race, Rules
from actfn.examine.race.rows import FUNCTIONS, ROWS, SAMPLERS

SIZE = (1000,)
IDENTITY = Case("identity", shape=SIZE)
QUICK = Rules(rounds=2, batch=0.0, limit=30.0)


@pytest.fixture
def faulty(monkeypatch):
    """A race of actfn and of a lane with the given fault, on one case."""

    def race(fault, case=IDENTITY, rules=QUICK):
        folder = str(Path(__file__).parent.parent)
        path = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))
        environment = {"PYTHONPATH": path, "FAULTY_LANE": fault}
        contestant = Contestant("faulty", "numpy", "faulty_lane", environment)
        monkeypatch.setitem(process.CONTESTANTS, "faulty", contestant)
        with Race(["actfn", "faulty"], 1, rules) as raced:
            cell = raced.cell(case)
            return cell, raced

    return race


def the_fault(cell):
    """What keeps the faulty lane out; ours is not touched by it."""
    assert cell["entries"]["actfn"]["rounds"] == QUICK.rounds
    (entry,) = (e for label, e in cell["entries"].items() if label.startswith("faulty"))
    return entry["fault"]


@pytest.mark.parametrize("fault", ["", "print"])
def test_right_lanes_are_timed(faulty, fault):
    cell, race = faulty(fault)
    for entry in cell["entries"].values():
        assert 0 < entry["seconds"]["best"] <= entry["seconds"]["median"]
        assert entry["off"] == 0
    assert cell["entries"]["actfn"]["ratio"]["best"] == 1
    assert race.settings["faulty"]["threads"] == 1
    assert race.settings["faulty"]["environment"]["OMP_NUM_THREADS"] == "1"


@pytest.mark.parametrize(
    "fault, said",
    [
        ("value", "computes"),
        ("nan", "computes nan instead of"),
        ("shape", "shape (499,) instead of (500,)"),
        ("dtype", "the result is float64, not float32"),
        ("many", "2 results instead of 1"),
        ("raise", "RuntimeError: not today"),
        ("crash", "the process ended with signal SIGSEGV"),
        ("crash 4", "the process ended with signal SIGSEGV"),
        ("import", "it could not be started"),
    ],
)
def test_a_wrong_lane_is_told_and_not_raced(faulty, fault, said):
    assert said in the_fault(faulty(fault)[0])


@pytest.mark.parametrize("fault", ["hang", "hang 4"])
def test_a_lane_that_hangs_is_ended(faulty, fault):
    cell, _ = faulty(fault, rules=Rules(QUICK.rounds, QUICK.batch, limit=4.0))
    assert the_fault(cell) == "no answer within 4 s"


def test_a_lane_that_crashed_is_there_again_in_the_next_cell(faulty):
    _, race = faulty("")
    with race:
        race.cell(IDENTITY)
        race._workers["faulty"]._process.kill()
        assert "SIGKILL" in the_fault(race.cell(IDENTITY))
        assert "fault" not in race.cell(IDENTITY)["entries"]["faulty"]


def test_processes_end_with_the_race():
    with Race(["actfn", "numpy"], 1, QUICK) as race:
        race.cell(IDENTITY)
        workers = list(race._workers.values())
        assert [worker._process.poll() for worker in workers] == [None, None]
    assert all(worker._process.poll() is not None for worker in workers)


def test_a_worker_ends_when_nobody_asks_any_more():
    worker = Worker(process.CONTESTANTS["numpy"], 1, 30.0)
    worker._process.stdin.close()
    assert worker._process.wait(10) == 0
    worker.stop()
    with pytest.raises((Ended, ValueError)):
        worker.ask("start")


def children(parent):
    found = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(child) for child in found.read_text().split()]


def alive(number):
    status = Path(f"/proc/{number}/status")
    return status.exists() and "(zombie)" not in status.read_text()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopping_leaves_no_process(how, tmp_path):
    kept = tmp_path / "race.json"
    arguments = "bench relu --against numpy --sizes 1e3 --rounds 1000000 --operations forward -o"
    race = subprocess.Popen(
        [sys.executable, "-m", "actfn", *arguments.split(), kept], start_new_session=True
    )
    try:
        until = time.monotonic() + 60
        while len(workers := children(race.pid)) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        assert len(workers) == 2
        if how is signal.SIGINT:
            os.killpg(race.pid, how)  # as a terminal does
        else:
            race.send_signal(how)
        assert race.wait(20) == (130 if how is signal.SIGINT else -how)
        while any(map(alive, workers)) and time.monotonic() < until:
            time.sleep(0.05)
        assert not any(map(alive, workers))
    finally:
        race.kill()
        race.wait()


# ---- comparisons ------------------------------------------------------------------------------


def ours(case):
    """Each way of actfn's own lane on a small case, as a lane tells it."""
    for way in lane_actfn.ways(truth.small(case)).values():
        if way.before:
            way.before()
        yield [told(r) for r in flat(way.call())]


def flat(result):
    return [r for part in result for r in flat(part)] if isinstance(result, tuple) else [result]


def told(result):
    result = np.asarray(result)
    values = result.astype(np.float64).ravel().tolist()
    return {"dtype": result.dtype.name, "shape": list(result.shape), "values": values}


@pytest.mark.parametrize("inputs", DISTRIBUTIONS)
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", ["gelu", "threshold", "logit", "prelu", COPY])
def test_our_lane_is_right(name, operation, inputs):
    case = Case(name, operation, "float32", SIZE, inputs)
    found = list(ours(case))
    assert found
    for results in found:
        assert truth.judge(truth.small(case), results).fault == ""


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["silu", "hard_swish", "swiglu"])
def test_our_lane_is_right_in_every_type(name, dtype):
    for operation in ("forward", "backward", "forward_backward"):
        case = Case(name, operation, dtype, SIZE, "normal3")
        for results in ours(case):
            assert truth.judge(truth.small(case), results).fault == ""


@pytest.mark.parametrize("name, row", ROWS.items(), ids=ROWS)
def test_rows_are_right(name, row):
    for operation in row.operations:
        case = Case(name, operation, "float32", row.shapes[0], row.inputs)
        few = truth.small(case)
        for results in ours(case):
            assert truth.judge(few, results).fault == ""
        for way in rows_numpy.ways(few).values():
            assert truth.judge(few, [told(r) for r in flat(way.call())]).fault == ""


def test_another_function_is_caught():
    gelu, tanh_form = Case("gelu", shape=SIZE), Case("gelu_tanh", shape=SIZE)
    (results,) = ours(tanh_form)
    assert "computes" in truth.judge(truth.small(gelu), results).fault


def test_another_gradient_is_caught():
    case = truth.small(Case("silu", BACKWARD, shape=SIZE))
    ((result,),) = ours(case)
    result["values"][7] *= 1.01
    assert "at x = " in truth.judge(case, [result]).fault


@pytest.mark.parametrize("name", FUNCTIONS)
def test_wrong_rows_are_caught(name):
    case = truth.small(Case(name, FUNCTIONS[name].operations[0]))
    results = next(ours(case))
    results[-1]["values"][3] += 1e-3
    assert truth.judge(case, results).fault


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_with_another_temperature_is_caught(name):
    case = truth.small(Case(name, shape=SAMPLERS[name].shapes[0], inputs=SAMPLERS[name].inputs))
    hotter = case.draw("x") / np.float32(1.3)
    sample = actfn.gumbel_softmax if name == "gumbel_softmax" else actfn.sample
    drawn = sample(hotter, **SAMPLERS[name].options, rng=0)
    assert "likeliest" in truth.judge(case, [told(drawn)]).fault
