"""The room without a terminal: what is asked, what a visit to a question gives, what is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest

from actfn.interview import mock, tasks
from actfn.interview.bank import Point, Question, Topic
from actfn.interview.progress import progress, streak
from actfn.interview.room import SPOKEN, Choice, Room, formula_part, plot_part
from actfn.interview.sandbox import Sandbox
from actfn.interview.schedule import Result
from actfn.interview.store import open_store

POINTS = tuple(Point(f"point {k}", "text", "why", "see", "source") for k in range(5))
QUESTIONS = (
    Question(
        "Why ReLU?", 1, "Common", "Easy", 3, ("relu", "sigmoid"),
        rubric=POINTS, hints=("vague", "clear"), answer="because",
    ),
    Question("Code It 2", 2, "Google", "Medium", 5, ("relu",), code=("relu", "sigmoid_grad")),
    Question("Derive SiLU", 3, "Whiteboard", "Hard", 8, ("silu",), formulas=("silu_derivative",)),
    Question("Name It", 12, "Common", "Easy", 2, ("plots",), plots=("relu",)),
    Question(
        "Both Jacobians", 5, "Amazon", "Hard", 8, code=("softmax_jacobian",),
        formulas=("softmax_jacobian",), rubric=POINTS[:1],
    ),
)  # fmt: skip
OTHER = Topic("Losses", 8, questions=(Question("Why ReLU Again?", 1, difficulty="Easy"),))
WHY, CODE, DERIVE, NAME, BOTH = QUESTIONS
SILU = "sigma(x) * (1 + x * (1 - sigma(x)))"


class Clock:
    """Time that passes when a test says so."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as started:
        yield started


@pytest.fixture
def room(tmp_path, sandbox):
    with open_store(f"sqlite:///{tmp_path / 'practice.db'}") as store:
        yield Room(store, sandbox, [Topic("Activations", 7, questions=QUESTIONS), OTHER], Clock())


def plan(room, question, due, stability=20.0, reviewed=None):
    """A card as if the question had been practised."""
    reviewed = reviewed or due - timedelta(days=20)
    state = {
        "card_id": 0, "state": 2, "step": None, "stability": stability, "difficulty": 5.0,
        "due": due.isoformat(), "last_review": reviewed.isoformat(),
    }  # fmt: skip
    room.store.add_attempt(
        question=question.slug, kind="spoken", seconds=9.0, verdict="pass", rating=3,
        card=state, due=due, started=reviewed,
    )  # fmt: skip


# ---- what is asked --------------------------------------------------------------------------


def test_new_questions_come_in_the_order_of_the_bank(room):
    assert room.agenda() == [*QUESTIONS, *OTHER.questions]
    assert room.agenda(new=2) == [WHY, CODE]
    assert room.agenda(new=0) == []


def test_what_is_due_comes_first_the_longest_overdue_before_the_others(room):
    now = datetime.now(UTC)
    plan(room, CODE, now - timedelta(days=1))
    plan(room, NAME, now - timedelta(days=3))
    plan(room, WHY, now + timedelta(days=1))
    assert room.agenda(new=1) == [NAME, CODE, DERIVE]
    assert room.agenda(new=0, now=now - timedelta(days=2)) == [NAME]
    assert room.next_due() == room.store.cards()[NAME.slug].due
    assert room.next_due(Choice(question="derive")) is None


@pytest.mark.parametrize(
    "choice, expected",
    [
        (Choice(), [*QUESTIONS, *OTHER.questions]),
        (Choice(topic="activ"), QUESTIONS),
        (Choice(topic="topic 08"), OTHER.questions),
        (Choice(topic="8"), OTHER.questions),
        (Choice(difficulty="hard"), [DERIVE, BOTH]),
        (Choice(tag="RELU"), [WHY, CODE]),
        (Choice(company="goo"), [CODE]),
        (Choice(question="2"), [CODE]),  # not the 2 of a title or of 12
        (Choice(question="Q12"), [NAME]),
        (Choice(question="why relu"), [WHY, *OTHER.questions]),
        (Choice(question="derive-silu"), [DERIVE]),
        (Choice(question="1", topic="losses"), OTHER.questions),
        (Choice(difficulty="Easy", tag="relu", company="common"), [WHY]),
        (Choice(tag="nothing"), []),
    ],
)
def test_choices(room, choice, expected):
    assert room.questions(choice) == list(expected)


def test_a_question_that_is_named_is_asked_although_it_is_not_due(room):
    plan(room, CODE, datetime.now(UTC) + timedelta(days=5))
    assert room.agenda(Choice(question="2")) == [CODE]
    assert room.agenda(Choice(company="google")) == []


def test_the_date_of_the_interview(room):
    assert room.interview is None
    day = datetime.now(UTC).date() + timedelta(days=1)
    room.set_interview(day)
    assert room.interview == day
    later = datetime.now(UTC) + timedelta(days=30)
    plan(room, WHY, later, stability=2.0, reviewed=later - timedelta(days=32))
    plan(room, CODE, later, reviewed=later - timedelta(days=32))
    assert room.agenda(new=0) == [WHY]  # the weak one, on the last day
    room.set_interview(None)
    assert room.agenda(new=0) == []
    room.store.set_setting("interview_date", "soon")
    with pytest.raises(ValueError, match=r"stored as 'soon'.*--interview-date"):
        room.agenda()


# ---- a visit --------------------------------------------------------------------------------


def test_hints_come_one_by_one_and_each_part_has_its_own(room):
    visit = room.visit(WHY)
    assert [visit.hint(), visit.hint(), visit.hint()] == ["vague", "clear", None]
    assert visit.hints == 2
    visit = room.visit(BOTH)
    code = tasks.get("softmax_jacobian").hints
    assert visit.hint("softmax_jacobian") == code[0]
    assert visit.hint(formula_part("softmax_jacobian")) not in (None, *code)
    assert visit.hint("softmax_jacobian") == code[1]
    assert visit.hint() is None
    assert visit.hints == 3


def test_the_solution_comes_after_an_attempt_at_that_part(room):
    visit = room.visit(CODE)
    assert visit.solution("relu") is None
    visit.code("relu", tasks.get("relu").model)
    assert visit.solution("relu") == tasks.get("relu").model
    assert not visit.solution_seen  # it had passed
    assert visit.solution("sigmoid_grad") is None
    visit.code("sigmoid_grad", "def sigmoid_grad(y): return y")
    assert visit.solution("sigmoid_grad") == tasks.get("sigmoid_grad").model
    assert visit.solution_seen
    visit.code("sigmoid_grad", tasks.get("sigmoid_grad").model)
    assert (visit.verdict, visit.rating()) == ("pass", Result.AGAIN)


def test_the_verdict_is_the_worst_of_the_last_on_each_part(room):
    visit = room.visit(CODE)
    assert visit.verdict == ""
    visit.code("relu", tasks.get("relu").model)
    assert (visit.verdict, visit.rating()) == ("unfinished", Result.AGAIN)  # the other is missing
    visit.code("sigmoid_grad", "def sigmoid_grad(y): return y * (1 + y)")
    assert visit.verdict == "wrong"
    visit.code("sigmoid_grad", "def sigmoid_grad(y): return")
    assert visit.verdict == "wrong"
    visit.code("sigmoid_grad", "def sigmoid_grad(y: return")
    assert (visit.verdict, visit.rating()) == ("ungraded", Result.AGAIN)
    visit.code("sigmoid_grad", tasks.get("sigmoid_grad").model)
    assert (visit.verdict, visit.rating()) == ("pass", Result.GOOD)


def test_a_fragile_part(room):
    visit = room.visit(CODE)
    visit.code("relu", tasks.get("relu").model)
    visit.code("sigmoid_grad", "def sigmoid_grad(y):\n    y *= 1 - y\n    return y")
    assert (visit.verdict, visit.rating()) == ("fragile", Result.HARD)


def test_code_and_formula_of_the_same_name_are_two_parts(room):
    visit = room.visit(BOTH)
    assert visit.parts == ["softmax_jacobian", formula_part("softmax_jacobian"), SPOKEN]
    visit.code("softmax_jacobian", "def softmax_jacobian(x): return x")
    visit.formula("softmax_jacobian", "diag(p) - p p^T")
    assert list(visit.verdicts.values()) == ["wrong", "pass"]


def test_time_and_tries_make_the_rating(room):
    visit = room.visit(DERIVE)
    room.clock.now += 100
    visit.formula("silu_derivative", SILU)
    assert visit.rating() is Result.EASY
    room.clock.now += 200
    assert (visit.seconds, visit.rating()) == (300.0, Result.GOOD)
    room.clock.now += 421
    assert visit.rating() is Result.HARD


def test_a_formula_that_cannot_be_read_is_no_attempt(room):
    visit = room.visit(DERIVE)
    assert not visit.formula("silu_derivative", "x * (").readable
    assert (visit.tries, visit.keep()) == (0, None)
    visit.formula("silu_derivative", "sigma(x)")
    assert visit.verdict == "wrong"


@pytest.mark.parametrize(
    "text, right", [("relu", True), ("ReLU", True), ("elu", False), ("?", False)]
)
def test_naming_a_picture(room, text, right):
    visit = room.visit(NAME)
    assert visit.plot("relu", text) is right
    assert visit.verdicts == {plot_part("relu"): "pass" if right else "wrong"}


@pytest.mark.parametrize(
    "made, verdict", [(5, "pass"), (4, "pass"), (3, "fragile"), (2, "wrong"), (0, "wrong")]
)
def test_points_of_a_rubric(room, made, verdict):
    assert room.visit(WHY).spoken("", [k < made for k in range(5)]) == verdict


# ---- what is kept ---------------------------------------------------------------------------


def test_keep_writes_one_attempt_and_one_card(room):
    visit = room.visit(CODE)
    visit.hint("relu")
    source = tasks.get("relu").model
    visit.code("relu", "def relu(x): return x")
    visit.code("relu", source)
    visit.code("sigmoid_grad", tasks.get("sigmoid_grad").model)
    room.clock.now += 61.25
    due = visit.keep()
    (attempt,) = room.store.attempts()
    assert (attempt.question, attempt.kind) == ("code-it-2", "code")
    assert (attempt.task, attempt.verdict) == ("relu sigmoid_grad", "pass")
    assert (attempt.rating, attempt.hints, attempt.solution_seen) == (Result.HARD, 1, False)
    assert attempt.seconds == pytest.approx(61.25, abs=0.06)
    assert attempt.answer.startswith(source)
    assert attempt.details["relu"]["verdict"] == "pass"
    (card,) = room.store.cards().values()
    assert (card.question, card.due) == ("code-it-2", due)
    assert due > datetime.now(UTC) + timedelta(hours=12)


def test_nothing_is_kept_where_nothing_was_tried(room):
    visit = room.visit(WHY)
    visit.hint()
    assert visit.keep() is None
    assert room.store.attempts() == []
    assert room.store.cards() == {}


@pytest.mark.parametrize(
    "question, answer, kind",
    [
        (WHY, lambda v: v.spoken("said", [True] * 5), "spoken"),
        (DERIVE, lambda v: v.formula("silu_derivative", SILU), "formula"),
        (NAME, lambda v: v.plot("relu", "relu"), "plot"),
        (BOTH, lambda v: v.code("softmax_jacobian", "def softmax_jacobian(x): return x"), "code"),
    ],
)
def test_kinds(room, question, answer, kind):
    visit = room.visit(question)
    answer(visit)
    visit.keep()
    assert [a.kind for a in room.store.attempts()] == [kind]


def test_any_text_can_be_kept(room):
    visit = room.visit(WHY)
    visit.spoken("nul \0 and half a character \ud800", [True] * 5)
    visit.keep()
    assert room.store.attempts()[0].answer == "nul \ufffd and half a character ?"


def test_an_answer_that_has_passed_is_known(room):
    visit = room.visit(CODE)
    right, wrong = tasks.get("relu").model, "def relu(x): return x"
    visit.code("relu", wrong)
    visit.keep()
    assert not room.passed_before("relu", wrong)
    visit = room.visit(CODE)
    visit.code("relu", right)
    visit.keep()
    assert room.passed_before("relu", right)
    assert not room.passed_before("relu", right + "# changed")
    assert not room.passed_before("sigmoid_grad", right)
    assert not room.passed_before("relu", "")


def test_the_interview_bounds_what_is_kept(room):
    day = datetime.now(UTC).date() + timedelta(days=2)
    room.set_interview(day)
    visit = room.visit(WHY)
    visit.spoken("", [True] * 5)
    assert visit.rating() is Result.EASY
    assert visit.keep().date() <= day


# ---- reports --------------------------------------------------------------------------------


def test_the_report_of_a_mock_interview(room):
    spoken, code, skipped = room.visit(WHY), room.visit(CODE), room.visit(DERIVE)
    spoken.spoken("", [True] * 5)
    code.code("relu", "def relu(x): return x")
    report = mock.report([(spoken, 61.04), (code, 10.0), (skipped, 0.0)])
    assert report["passed"] == 1
    assert [row["verdict"] for row in report["questions"]] == ["pass", "wrong", "none"]
    assert [row["seconds"] for row in report["questions"]] == [61.0, 10.0, 0.0]
    assert [row["budget"] for row in report["questions"]] == [180, 300, 480]
    assert [len(row["findings"]) > 0 for row in report["questions"]] == [False, True, False]


def test_the_clock_can_be_stopped(room):
    visit = room.visit(WHY)
    room.clock.now += 5
    visit.pause()
    room.clock.now += 100
    assert (visit.seconds, visit.paused) == (5, True)
    visit.resume()
    room.clock.now += 2
    visit.resume()
    assert (visit.seconds, visit.paused) == (7, False)


def test_an_attempt_is_kept_once(room):
    visit = room.visit(WHY)
    visit.spoken("", [True] * 5)
    visit.keep()
    with pytest.raises(OSError, match="UNIQUE"):
        visit.keep()


def test_days_in_a_row():
    today = date(2026, 3, 10)
    days = [today - timedelta(days=k) for k in (1, 2, 2, 3, 5)]
    assert streak(days, today) == 3
    assert streak([*days, today], today) == 4
    assert streak(days, today + timedelta(days=2)) == 0


def test_progress(room):
    empty = progress(room)
    assert (empty["attempts"], empty["due_now"], empty["counts"]) == (0, 0, {"new": 6})
    for points in (5, 2):
        visit = room.visit(WHY)
        room.clock.now += 42
        visit.spoken("", [k < points for k in range(5)])
        visit.keep()
    now = datetime.now(UTC)
    plan(room, CODE, now - timedelta(days=1))
    room.set_interview(date(2099, 5, 1))
    room.store.add_mock(now, {"passed": 3})
    found = progress(room, now)
    assert found["counts"] == {"wrong": 1, "pass": 1, "new": 4}
    assert (found["attempts"], found["due_now"]) == (3, 1)
    assert (found["interview_date"], found["mocks"]) == ("2099-05-01", [{"passed": 3}])
    why, code = found["questions"][:2]
    assert (why["attempts"], why["verdict"], why["best_seconds"]) == (2, "wrong", 42.0)
    assert datetime.fromisoformat(why["due"]) - now < timedelta(minutes=11)
    assert (code["due_now"], why["due_now"]) == (True, False)
    assert progress(room, now + timedelta(minutes=11))["due_now"] == 2
