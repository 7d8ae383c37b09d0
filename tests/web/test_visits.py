"""A visit through the server: what the terminal's room does, and what a page needs besides."""

import json
import signal

import pytest

from actfn.interview import tasks
from actfn.interview.store import open_store
from web_server import Server

ALL = "implement-all-activations"
NAIVE = """\
import numpy as np
def softmax(x, axis=-1):
    e = np.exp(x)
    return e / e.sum(axis, keepdims=True)
"""
DERIVE = "derive-silu"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def server(folder):
    with Server(folder) as started:
        yield started


def part(visit, name=None, kind="code"):
    found = [p for p in visit["parts"] if p["kind"] == kind]
    return next(p["index"] for p in found if name is None or p["name"] == name)


def of(visit, index, what):
    return f"/api/visits/{visit['visit']}/parts/{index}/{what}"


def test_the_overview(server):
    found = server.call("GET", "/api/overview")
    assert len(found["questions"]) > 40
    assert found["agenda"][0] == "why-relu-over-sigmoid"
    assert {"streak", "days_left", "counts", "next_due"} <= set(found)


def test_the_day_of_the_interview(server):
    server.call("PUT", "/api/interview-date", {"date": "2999-01-31"})
    assert server.call("GET", "/api/overview")["interview_date"] == "2999-01-31"
    assert "error" in server.call("PUT", "/api/interview-date", {"date": "soon"}, status=400)
    server.call("PUT", "/api/interview-date", {"date": None})
    assert server.call("GET", "/api/overview")["days_left"] is None


def test_nothing_gives_the_answer_away(server):
    for question in (ALL, DERIVE, "name-that-curve"):
        text = json.dumps(server.visit(question))
        assert "np.maximum" not in text
    assert all(
        "name" not in p for p in server.visit("name-that-curve")["parts"] if p["kind"] == "plot"
    )


def test_hints_one_by_one_and_the_solution_after_an_attempt(server):
    visit = server.visit(ALL)
    relu = part(visit, "relu")
    first = server.call("POST", of(visit, relu, "hint"))
    assert first["hint"] == tasks.get("relu").hints[0]
    server.call("POST", of(visit, relu, "solution"), status=409)
    server.answer(visit, relu, "def relu(x): return x")
    assert server.call("POST", of(visit, relu, "solution"))["code"] == tasks.get("relu").model
    again = server.call("GET", f"/api/visits/{visit['visit']}")["parts"][relu]
    assert again["hints"] == [first["hint"]]
    assert again["result"]["verdict"] == "wrong"


def test_findings_have_lines_and_inputs(server):
    visit = server.visit(ALL)
    found = server.answer(visit, part(visit, "softmax"), NAIVE)
    assert (found["verdict"], found["findings"][0]["check"]) == ("fragile", "mistake")
    shown = next(f for f in found["findings"] if f["check"] == "value")
    assert (shown["line"], shown["input"], shown["got"]) == (4, "[1000., 1000.]", "nan")


def test_grading_tells_how_far_it_is(server):
    visit = server.visit(ALL)
    body = {"text": tasks.get("relu").model}
    bearer = {"Authorization": f"Bearer {server.token}"}
    _, headers, content = server.send("POST", of(visit, 0, "answer"), body, bearer)
    assert headers["content-type"].startswith("text/event-stream")
    events = [line for line in content.decode().splitlines() if line.startswith("event:")]
    assert events[0] == "event: progress"
    assert events[-1] == "event: result"


def test_the_curve(server):
    visit = server.visit("gelu-vs-relu")
    index = part(visit)
    server.call("GET", of(visit, index, "curve"), status=409)
    server.answer(visit, index, tasks.get(visit["parts"][index]["name"]).model)
    found = server.call("GET", of(visit, index, "curve"))
    assert len(found["x"]) == len(found["ulp"]) > 100


def test_a_formula_is_previewed_and_checked(server):
    visit = server.visit(DERIVE)
    index = part(visit, kind="formula")
    path = of(visit, index, "preview")
    assert "sigma" in server.call("POST", path, {"text": "sigma(x)"})["latex"]
    assert server.call("POST", path, {"text": "sigma(x"})["message"]
    assert server.answer(visit, index, "sigma(x")["readable"] is False
    assert server.answer(visit, index, "sigma(x)")["verdict"] == "wrong"
    right = server.answer(visit, index, "sigma(x) * (1 + x * (1 - sigma(x)))")
    assert right["verdict"] == "pass"


def test_a_spoken_answer(server):
    visit = server.visit("dying-relu")
    index = part(visit, kind="spoken")
    points = server.call("GET", f"/api/visits/{visit['visit']}/rubric")["points"]
    assert "error" in server.call(
        "POST", of(visit, index, "answer"), {"text": "", "points": [1]}, 400
    )
    made = [k < 3 for k in range(len(points))]
    assert server.answer(visit, index, "it dies", points=made)["verdict"] == "wrong"
    assert "<strong>" in server.call("POST", of(visit, index, "solution"))["html"]


def test_a_picture(server):
    visit = server.visit("name-that-curve")
    index = part(visit, kind="plot")
    curve = server.call("GET", of(visit, index, "curve"))
    assert "name" not in curve
    assert server.answer(visit, index, "something")["verdict"] == "wrong"


def test_the_clock_can_stand_still(server):
    visit = server.visit("dying-relu")
    path = f"/api/visits/{visit['visit']}/clock"
    stopped = server.call("PUT", path, {"running": False})
    assert stopped["paused"]
    again = server.call("PUT", path, {"running": True})
    assert again["seconds"] == pytest.approx(stopped["seconds"], abs=1e-3)
    assert not again["paused"]


def test_an_attempt_is_kept_once_with_its_history(server):
    visit = server.visit("softmax-gradient")
    index = part(visit)
    name = visit["parts"][index]["name"]
    server.answer(visit, index, f"def {name}(*args): return 0")
    kept = server.finish(visit)
    assert kept["verdict"] == "wrong" or kept["verdict"] == "unfinished"
    server.call("POST", f"/api/visits/{visit['visit']}/finish", status=404)
    second = server.visit("softmax-gradient")
    server.answer(second, index, f"def {name}(*args): return 1")
    server.finish(second)
    newest, oldest = server.call("GET", "/api/history?question=softmax-gradient")
    assert ["-", f"def {name}(*args): return 0"] in newest["lines"]
    assert all(mark == " " for mark, _ in oldest["lines"])


def test_drafts_are_those_of_the_terminal(server, folder):
    visit = server.visit(ALL)
    index = part(visit, "tanh")
    server.call("PUT", of(visit, index, "draft"), {"text": "# half done\n"})
    assert (folder / "answers" / "tanh.py").read_text() == "# half done\n"
    assert server.visit(ALL)["drafts"][str(index)] == "# half done\n"


def test_a_mock_interview(server):
    begun = server.call("POST", "/api/interviews", {"number": 2, "seed": 3, "kind": "code"})
    assert len(begun["titles"]) == 2
    visit = begun["visit"]
    server.call("POST", of(visit, 0, "hint"), status=409)
    server.call("POST", f"/api/visits/{visit['visit']}/finish", status=409)
    index = part(visit)
    name = visit["parts"][index]["name"]
    assert server.answer(visit, index, tasks.get(name).model) == {"taken": True}
    path = f"/api/interviews/{begun['interview']}"
    assert server.call("GET", path)["visit"]["parts"][index]["answered"]
    assert server.call("POST", f"{path}/next", {})["at"] == 2
    report = server.call("POST", f"{path}/next", {})["report"]
    assert [q["title"] for q in report["questions"]] == begun["titles"]
    assert server.call("GET", "/api/overview")["mocks"][-1] == report
    server.call("POST", "/api/interviews", {"topic": "no such topic"}, status=400)
    server.call("POST", "/api/interviews", {"number": 0}, status=400)


def test_functions_and_curves(server):
    names = [f["name"] for f in server.call("GET", "/api/functions")]
    assert {"gelu", "relu", "swish"} <= set(names)
    found = server.call("GET", "/api/functions/gelu")
    assert found["accuracy"]["float32"]["forward"] < 1
    assert "torch" in found["same_as"]
    asked = {"functions": [{"name": "swish", "parameters": {"beta": 2}}], "low": -1, "high": 1}
    (curve,) = server.call("POST", "/api/curves", {**asked, "points": 3})
    assert curve["value"][1] == 0
    assert curve["value"][2] == pytest.approx(1 / (1 + 2.718281828459045**-2))
    server.call("POST", "/api/curves", {**asked, "low": 1}, status=400)
    server.call("GET", "/api/functions/nothing", status=404)


def test_temperatures_and_their_limits(server):
    asked = {"logits": [1, 3, 3], "temperatures": [0, 1, "inf"]}
    cold, _, hot = server.call("POST", "/api/softmax", asked)
    assert cold == {"shares": [0, 0.5, 0.5], "entropy": 1.0}
    assert hot["shares"] == pytest.approx([1 / 3] * 3)
    server.call("POST", "/api/softmax", {"logits": ["x"], "temperatures": [1]}, status=400)


def test_units_die(server):
    frames = server.call("POST", "/api/dying", {"rate": 2, "steps": 40})["frames"]
    dark = [sum(share == 0 for layer in f["active"] for share in layer) for f in frames]
    assert dark[0] < dark[-1]
    leaky = server.call("POST", "/api/dying", {"rate": 2, "activation": "leaky_relu"})["frames"]
    assert min(min(layer) for layer in leaky[-1]["active"]) == 1


def test_a_closed_server_keeps_what_was_graded(tmp_path):
    with Server(tmp_path) as server:
        visit = server.visit(ALL)
        server.answer(visit, 0, "def relu(x): return x")
        server.visit("dying-relu")
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(20) == 0
    with open_store(f"sqlite:///{tmp_path / 'practice.db'}") as store:
        assert [(a.question, a.key) for a in store.attempts()] == [(ALL, visit["visit"])]
