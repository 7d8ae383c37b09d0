"""Whole sessions in the terminal, played by a script that reads the screen and types."""

import contextlib
import json
import os
import re
import select
import signal
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from actfn.interview import formulas, tasks
from actfn.interview.bank import bundled_topics
from actfn.interview.room import Room
from actfn.interview.schedule import Result
from actfn.interview.store import open_store

pexpect = pytest.importorskip("pexpect", reason="pexpect is not installed")

MENU = r"\[q\]uit \([^)]*\) > "
FORMULA, NAME, LINE, POINT = r"formula \([^)]*\) > ", r"name \([^)]*\) > ", r"  \| ", r"\[y/n\] "
FILE = r"Your answer goes into (\S+)\r\n"
TIMEOUT = 60
PAGE = bundled_topics()[0].questions[:6]
RELU_GRAD = "import numpy as np\ndef relu_grad(x):\n    return (x > 0).astype({})\n"


def _as_in_a_terminal():
    """Tests may run in the background, where these are ignored, and so would be by the child."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Session:
    """`actfn practice --terminal` in a terminal of its own."""

    def __init__(self, folder, *arguments, **environment):
        kept = {k: v for k, v in os.environ.items() if k not in ("EDITOR", "VISUAL", "COLUMNS")}
        kept.pop("ACTFN_DATABASE_URL", None)
        self.child = pexpect.spawn(
            sys.executable, ["-m", "actfn", "practice", "--terminal", *arguments],
            env={**kept, "ACTFN_DATA_DIR": str(folder), "TERM": "dumb", **environment},
            encoding="utf-8", timeout=TIMEOUT, dimensions=(60, 150), preexec_fn=_as_in_a_terminal,
        )  # fmt: skip
        self.child.delaybeforesend = None
        self.seen = ""

    def expect(self, *patterns):
        """Read up to each of these, one after the other; the last match."""
        for pattern in patterns:
            self.child.expect(pattern)
            self.seen += self.child.before + self.child.after
        return self.child.match

    def send(self, text):
        self.child.sendline(text)

    def answer(self, prompt, text):
        self.expect(prompt)
        self.send(text)

    def interrupt(self):
        self.child.sendintr()

    def exit_status(self):
        """Read to the end."""
        self.child.expect(pexpect.EOF)
        self.seen += self.child.before
        self.child.wait()  # its end of the terminal is closed a little before it is gone
        self.child.close()
        assert "Traceback" not in self.seen
        return self.child.exitstatus

    def write(self, source):
        """Write into the file that the screen names, then grade it."""
        Path(self.expect(FILE).group(1)).write_text(source, encoding="utf-8")
        self.answer(MENU, "g")


@pytest.fixture
def start(tmp_path):
    """Starts sessions that share a data folder; none of them outlives the test."""
    sessions = []

    def begin(*arguments, **environment):
        sessions.append(Session(tmp_path, *arguments, **environment))
        return sessions[-1]

    yield begin
    for session in sessions:
        session.child.close(force=True)


@pytest.fixture
def room(tmp_path):
    """What the sessions have kept."""
    with open_store(f"sqlite:///{tmp_path / 'practice.db'}") as store:
        yield Room(store, sandbox=None)


def play(session, question, mock=False, points=lambda number: "y"):
    """Answer every part of a question rightly; `points` answers for the rubric."""
    session.expect(re.escape(question.title))
    for name in question.code:
        session.write(tasks.get(name).model)
        session.expect(
            "Taken" if mock else rf"pass  {name}: right", *[] if mock else ["The model answer"]
        )
    for name in question.formulas:
        session.answer(FORMULA, formulas.get(name).expected)
    for name in question.plots:
        session.answer(NAME, name)
    if "spoken" in question.kinds:
        session.answer(LINE, "said aloud")
        session.answer(LINE, "")
        for number in range(len(question.rubric)):
            session.answer(POINT, points(number))


def first_with(**kinds):
    """The first question of the bank with (or without) these parts."""
    for question in bundled_topics()[0].questions:
        if all(bool(getattr(question, kind)) is wanted for kind, wanted in kinds.items()):
            return question
    pytest.fail(f"the bank has no question with {kinds}")


def named(question):
    return ("--question", question.slug)


# ---- whole sessions -------------------------------------------------------------------------


def test_the_page_from_start_to_end(start, room):
    """The six questions of the page, every part of them answered rightly."""
    session = start()
    session.expect("0 to repeat, 6 new")
    for number, question in enumerate(PAGE, start=1):
        session.expect(f"{number} of 6 · {question.difficulty} · {question.minutes:g} min")
        play(session, question)
        session.expect(r"pass, \d+:\d\d .*; kept. It comes back (tomorrow|on \d+ \w+ \d{4})\.")
    session.expect("That was all for now")
    assert session.exit_status() == 0
    kept = room.store.attempts()
    assert [a.question for a in kept] == [q.slug for q in PAGE]
    assert {a.verdict for a in kept} == {"pass"}
    assert {a.rating for a in kept} <= {Result.GOOD, Result.EASY}
    assert sorted(room.store.cards()) == sorted(q.slug for q in PAGE)
    assert room.visit(PAGE[5]).parts == kept[5].task.split()


def test_a_wrong_answer_is_explained_and_mended(start, room):
    question = PAGE[5]
    session = start(*named(question))
    for name in question.code:
        source = tasks.get(name).model
        if name == "relu_grad":
            session.write("def relu_grad(x):\n    return x\n")
            session.expect(
                "wrong  relu_grad: it computes something else", "input", "got", "expected"
            )
            session.answer(MENU, "h")
            session.expect(r"Hint: \w")
            path = Path(session_folder(room)) / "answers" / "relu_grad.py"
            path.write_text(RELU_GRAD.format("x.dtype"), encoding="utf-8")
            session.answer(MENU, "")  # Enter grades
            session.expect("pass  relu_grad")
        else:
            session.write(source)
    session.answer(LINE, "")
    for _ in question.rubric:
        session.answer(POINT, "y")
    session.expect("pass, .*kept")
    assert session.exit_status() == 0
    (attempt,) = room.store.attempts()
    assert (attempt.verdict, attempt.hints, attempt.rating) == ("pass", 1, Result.HARD)


def session_folder(room):
    return Path(room.store.engine.url.database).parent


def test_formulas(start, room):
    question = first_with(formulas=True, code=False)
    session = start(*named(question))
    session.answer(FORMULA, ":s")
    session.expect("Try first")
    session.answer(FORMULA, "x * (")
    session.answer(FORMULA, "")
    session.answer(FORMULA, ":h")
    session.expect(r"Hint: \w")
    session.answer(FORMULA, "42")
    session.answer(FORMULA, ":s")
    session.expect(re.escape(formulas.get(question.formulas[0]).expected))
    session.answer(FORMULA, formulas.get(question.formulas[0]).expected)
    for name in question.formulas[1:]:
        session.answer(FORMULA, formulas.get(name).expected)
    session.answer(LINE, ":n")
    session.expect("unfinished, .*It comes back in 10 minutes", "count as not known")
    assert session.exit_status() == 0
    (attempt,) = room.store.attempts()
    assert (attempt.kind, attempt.verdict, attempt.rating) == (
        "formula",
        "unfinished",
        Result.AGAIN,
    )
    assert (attempt.hints, attempt.solution_seen) == (1, True)


def test_pictures_and_hints(start, room):
    question = first_with(plots=True)
    session = start(*named(question))
    session.answer(NAME, ":h")
    session.expect("Hint: " + re.escape(question.hints[0][:20]))
    session.answer(NAME, question.plots[0])
    session.expect("Right")
    for name in question.plots[1:]:
        session.answer(NAME, "no such function")
        session.expect(f"It is {name}")
    session.answer(LINE, ":h")
    for hint in question.hints[1:]:
        session.expect("Hint: " + re.escape(hint[:20]))
        session.answer(LINE, ":h")
    session.expect("no more hints")
    session.answer(LINE, ":q")
    session.expect("wrong, .*kept")
    assert session.exit_status() == 0
    assert room.store.attempts()[0].hints == len(question.hints)


def test_points_of_the_rubric(start, room):
    question = PAGE[0]
    session = start(*named(question))
    for _ in question.code:
        session.answer(MENU, "n")
    for _ in question.formulas:
        session.answer(FORMULA, ":n")
    session.answer(LINE, "no idea")
    session.answer(LINE, "")
    for point in question.rubric:
        session.expect(re.escape(point.title))
        session.answer(POINT, "maybe")
        session.expect("Please type y or n")
        session.answer(POINT, "no")
        session.expect(f"why: {re.escape(point.why[:20])}" if point.why else "")
    session.expect(f"0 of {len(question.rubric)} points: wrong", "The model answer", "wrong, ")
    assert session.exit_status() == 0
    (attempt,) = room.store.attempts()
    assert (attempt.answer, attempt.kind, attempt.rating) == ("no idea", "spoken", Result.AGAIN)


def test_a_mock_interview(start, room):
    session = start(
        "--mock", "2", "--question", "relu", "--difficulty", "easy", "--company", "common"
    )
    match = session.expect(r"A mock interview: (\d) question")
    asked = int(match.group(1))
    for _ in range(asked):
        title = session.expect(r"Q(\d+): ").group(1)
        question = next(q for q in bundled_topics()[0].questions if str(q.number) == title)
        for name in question.code:
            session.write(f"def {name}(x):\n    return 2 * x\n")
            session.expect("Taken; the result comes at the end")
        for name in question.formulas:
            session.answer(FORMULA, ":h")
            session.expect("Not in a mock interview")
            session.answer(FORMULA, formulas.get(name).expected)
            session.expect("Taken")
        session.answer(LINE, "")
        for point in question.rubric:
            session.answer(POINT, "y")
            assert not point.why or point.why[:20] not in session.child.before
    session.expect("verdict", "what was found", "wrong", rf"0 of {asked} passed")
    assert "computes something else" not in session.seen.split("what was found")[0]
    assert session.exit_status() == 0
    (mock,) = room.store.mocks()
    assert [row["verdict"] for row in mock.report["questions"]] == ["wrong"] * asked
    assert all(row["findings"] for row in mock.report["questions"])
    assert len(room.store.attempts()) == asked


# ---- stopping, and going on -----------------------------------------------------------------


def processes_of(pid):
    """A process and all that descend from it, as descriptors that tell when they end."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(status.parent.name)] = int(fields[1])
    found = {pid}
    while more := {p for p, parent in parents.items() if parent in found} - found:
        found |= more
    descriptors = {}
    for process in found:
        with contextlib.suppress(ProcessLookupError):  # a short one that has ended meanwhile
            descriptors[process] = os.pidfd_open(process)
    return descriptors


def check_ended(processes):
    for pid, descriptor in processes.items():
        ended = select.select([descriptor], [], [], TIMEOUT)[0]
        os.close(descriptor)
        assert ended, f"process {pid} is still running"


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="processes are watched by pidfd")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_in_the_middle_keeps_what_was_graded(start, room, stop):
    session = start(*named(PAGE[5]))
    session.write(tasks.get("relu").model)
    session.expect("pass  relu", FILE, MENU)
    processes = processes_of(session.child.pid)
    assert len(processes) > 1  # the sandbox's
    session.child.kill(stop)
    session.expect("unfinished, .*kept")
    assert session.exit_status() == 130
    check_ended(processes)
    (attempt,) = room.store.attempts()
    assert (attempt.task, attempt.verdict) == ("relu", "unfinished")
    assert tasks.get("relu").model.strip() in attempt.answer


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="processes are watched by pidfd")
def test_ctrl_c_while_an_endless_loop_is_graded(start, room):
    session = start(*named(PAGE[5]))
    path = session.expect(FILE).group(1)
    Path(path).write_text("print('x' * 100)\nwhile True:\n    pass\n", encoding="utf-8")
    session.expect(MENU)
    processes = processes_of(session.child.pid)
    assert len(processes) > 1  # the sandbox's, which an answer's own does not outlive
    session.send("g")
    session.expect("\r\n")
    session.interrupt()  # at once: the loop itself is stopped after some seconds
    session.expect("Nothing was graded, so nothing is kept")
    assert session.exit_status() == 130
    check_ended(processes)
    assert room.store.attempts() == []


def test_a_spoken_answer_survives_ctrl_c(start, room):
    question = PAGE[0]
    session = start(*named(question))
    skip_to_words(session, question)
    session.answer(LINE, "the gradient is one")
    session.answer(LINE, "for positive inputs — always")
    session.expect(LINE)
    session.interrupt()
    assert session.exit_status() == 130
    assert room.store.attempts() == []
    session = start(*named(question))
    skip_to_words(session, question)
    session.expect("Your draft so far", "the gradient is one", "for positive inputs — always")
    session.answer(LINE, "and it is cheap")
    session.answer(LINE, "")
    for _ in question.rubric:
        session.answer(POINT, "y")
    assert session.exit_status() == 0
    words = "the gradient is one\nfor positive inputs — always\nand it is cheap"
    assert room.store.attempts()[0].answer == words
    assert list((session_folder(room) / "drafts").iterdir()) == []


def skip_to_words(session, question):
    for _ in question.code:
        session.answer(MENU, "next")
    for _ in question.formulas:
        session.answer(FORMULA, ":n")


def test_an_answer_that_passed_is_asked_afresh(start, room):
    question = PAGE[5]
    right = tasks.get("relu").model
    session = start(*named(question))
    session.write(right)
    session.expect("pass  relu", FILE)
    session.answer(MENU, "q")
    assert session.exit_status() == 0
    answers = session_folder(room) / "answers"
    half_done = "def relu_grad(x):\n    # not yet\n"
    (answers / "relu_grad.py").write_text(half_done, encoding="utf-8")
    session = start(*named(question))
    session.expect(r"You start afresh; your answer that passed is in \S+relu.passed.py", MENU)
    assert (answers / "relu.py").read_text(encoding="utf-8") == tasks.get("relu").starter
    assert (answers / "relu.passed.py").read_text(encoding="utf-8") == right
    session.send("g")
    session.expect("no answer in the file yet")
    session.answer(MENU, "n")
    session.expect(FILE, MENU)
    assert (answers / "relu_grad.py").read_text(encoding="utf-8") == half_done
    session.send("r")
    session.answer(POINT, "n")
    session.expect(MENU)
    assert (answers / "relu_grad.py").read_text(encoding="utf-8") == half_done
    session.send("r")
    session.answer(POINT, "y")
    session.expect(MENU)
    assert (answers / "relu_grad.py").read_text(encoding="utf-8") == tasks.get("relu_grad").starter
    session.interrupt()
    assert session.exit_status() == 130


def test_the_end_of_input_stops(start, room):
    session = start()
    session.expect(MENU)
    session.child.sendeof()
    session.expect("Nothing was graded")
    assert session.exit_status() == 0
    assert room.store.attempts() == []


# ---- small things ---------------------------------------------------------------------------


def test_nothing_due(start, room):
    question = PAGE[0]
    session = start(*named(question))
    play(session, question)
    assert session.exit_status() == 0
    session = start("--new", "0")
    session.expect("Nothing is due. The next question comes back (tomorrow|on )")
    assert session.exit_status() == 0
    session = start(*named(question))  # by its name it is asked all the same
    session.expect("1 to repeat, 0 new", re.escape(question.title), MENU)
    session.send("q")
    assert session.exit_status() == 0


@pytest.mark.parametrize("arguments", [("--tag", "cooking"), ("--mock", "3", "--topic", "opera")])
def test_a_choice_that_nothing_fits(start, arguments):
    session = start(*arguments)
    session.expect("No question fits that choice; `actfn bank list` shows what there is")
    assert session.exit_status() == 2


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("--interview-date", "soon"), r"a date looks like 2027-01-31 \(or 'none'\), not 'soon'"),
        (("--interview-date", "2026-02-30"), "a date looks like"),
        (("--new", "-1"), "--new: a number such as 4 is wanted, not '-1'"),
        (("--mock", "0"), "--mock: it is at least 1"),
        (("--mock", "many"), "--mock: a number such as 4 is wanted, not 'many'"),
    ],
)
def test_bad_arguments(start, tmp_path, arguments, message):
    session = start(*arguments)
    session.expect(message)
    assert session.exit_status() == 2
    assert not (tmp_path / "practice.db").exists()


def test_the_date_of_the_interview(start, room):
    day = date.today() + timedelta(days=3)
    session = start("--interview-date", day.isoformat())
    session.expect(f"The interview is in 3 days, on {day.day} {day:%B %Y}", MENU)
    session.send("x")
    session.expect("Please type one of: g, e, w, h, s, r")
    session.answer(MENU, "s")
    session.expect("Try first: the model answer comes after an attempt")
    session.answer(MENU, "q")
    assert session.exit_status() == 0
    assert room.interview == day
    session = start("--interview-date", "none")
    session.answer(MENU, "q")
    assert session.exit_status() == 0
    assert "The interview is" not in session.seen
    assert room.interview is None


def test_the_persons_editor(start, tmp_path):
    right = tmp_path / "right.py"
    right.write_text(tasks.get("relu").model, encoding="utf-8")
    session = start(*named(PAGE[5]), EDITOR=f"sh -c 'cp {right} \"$0\"'")
    session.answer(MENU, "e")
    session.answer(MENU, "g")
    session.expect("pass  relu")
    session.answer(MENU, "q")
    assert session.exit_status() == 0
    session = start(*named(PAGE[5]), EDITOR="/no/such/editor -w")
    session.answer(MENU, "e")
    session.expect("'/no/such/editor -w' does not start")
    session.answer(MENU, "q")
    assert session.exit_status() == 0


def save_until(session, path, source, seen):
    """Save a file until that is seen: the first time may be before the watch has begun."""
    for _ in range(TIMEOUT // 2):
        path.write_text(source, encoding="utf-8")
        if session.child.expect([pexpect.TIMEOUT, seen], timeout=2):
            return
    pytest.fail(f"{seen!r} was not seen: {session.child.before}")


def test_the_answer_is_watched(start, room):
    session = start(*named(PAGE[5]))
    path = Path(session.expect(FILE).group(1))
    session.answer(MENU, "w")
    session.expect("Graded whenever you save")
    save_until(session, path, "def relu(x): return -x\n", "wrong  relu: it computes")
    session.interrupt()
    session.answer(MENU, "w")
    session.expect("Graded whenever you save")
    save_until(session, path, tasks.get("relu").model, "pass  relu: right")
    session.expect(FILE)
    session.answer(MENU, "q")
    assert session.exit_status() == 0
    assert [a.verdict for a in room.store.attempts()] == ["unfinished"]


def test_a_terminal_with_colours(start):
    session = start(*named(PAGE[5]), TERM="xterm-256color")
    session.expect("\x1b\\[", re.escape(PAGE[5].title), r"\[q\]uit \([^)]*\) > ")
    session.send("q")
    assert session.exit_status() == 0


def test_progress_after_a_session(start, tmp_path, capsys, monkeypatch):
    from actfn import cli

    session = start(*named(PAGE[0]))
    play(session, PAGE[0], points=lambda number: "y" if number else "n")
    assert session.exit_status() == 0
    monkeypatch.delenv("ACTFN_DATABASE_URL", raising=False)
    monkeypatch.setenv("ACTFN_DATA_DIR", str(tmp_path))
    assert cli.main(["progress"]) == 0
    out = capsys.readouterr().out
    assert re.search(rf"{re.escape(PAGE[0].title)} +Easy +1 +(fragile|wrong)", out)
    assert "1 attempt, " in out
    assert cli.main(["progress", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["attempts"] == 1
