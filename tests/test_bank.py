"""The bank: what it holds, and that its check catches every defect it promises to catch."""

import json
from dataclasses import replace

import pytest

from actfn import cli
from actfn.commands.bank import see_problem
from actfn.errors import RecordError, UnknownTaskError
from actfn.interview import formulas, tasks
from actfn.interview.bank import Point, Question, Topic, bundled_topics, find, load_topic
from actfn.interview.bank_check import Proof, answers_of, check_topic, unattached
from actfn.interview.bank_proof import code_task, formula_task, model_answers, prove, steps
from actfn.interview.grading.task import Wrong
from actfn.interview.page_writing import write_question
from actfn.interview.sandbox import Sandbox

POINT = Point("A title", "what to say", "a reason", "actfn show relu", "a paper")
GOOD = Question(
    title="A question", number=1, tag="Common", difficulty="Easy", minutes=3, tags=("relu",),
    text="Why?", code=("relu",), formulas=("relu_derivative",), plots=("gelu",),
    hints=("vague", "more", "concrete"), answer="Because.", rubric=(POINT,) * 3,
)  # fmt: skip


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as box:
        yield box


def messages(question: Question) -> list[str]:
    return [f.message for f in check_topic(Topic("T", questions=(question,)), see_problem)]


# ---- what the bank holds ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def questions():
    return [q for topic in bundled_topics() for q in topic.questions]


def test_the_bundled_bank_is_complete():
    for topic in bundled_topics():
        assert list(check_topic(topic, see_problem)) == []


def test_every_task_is_asked_for():
    assert list(unattached(bundled_topics())) == []


def test_there_is_enough(questions):
    assert len(questions) >= 36
    assert [q.number for q in questions] == sorted({q.number for q in questions})
    page = questions[:6]
    tags = ["Common", "Google", "Amazon", "Meta", "Whiteboard", "Whiteboard"]
    assert [q.tag for q in page] == tags
    assert [q.minutes for q in page] == [3, 5, 5, 5, 8, 10]
    assert all(q.corrections for q in page[:4])
    assert {q.difficulty for q in questions} == {"Easy", "Medium", "Hard"}


@pytest.mark.parametrize("wanted", ["dying-relu", "Q2", 2, "dying", "Dying ReLU Problem"], ids=str)
def test_finding_a_question(wanted):
    assert find(wanted, bundled_topics()).number == 2


def test_finding_none_or_many():
    with pytest.raises(UnknownTaskError, match="none of the"):
        find("quantum", bundled_topics())
    with pytest.raises(UnknownTaskError, match="may mean"):
        find("softmax", bundled_topics())


# ---- defects of a question --------------------------------------------------------------------

DEFECTS = {
    "no difficulty": ({"difficulty": ""}, "has no difficulty"),
    "unknown difficulty": ({"difficulty": "Cosmic"}, "the difficulty Cosmic is none of"),
    "no time": ({"minutes": 0}, "has no time"),
    "no tag": ({"tag": ""}, "has no tag"),
    "no subjects": ({"tags": ()}, "has no subjects"),
    "no answer": ({"answer": ""}, "has no answer"),
    "no hints": ({"hints": ()}, "has no hints"),
    "two hints": ({"hints": ("a", "b")}, "has 2 hints; 3 are wanted"),
    "an empty hint": ({"hints": ("a", " ", "c")}, "hint 2 is empty"),
    "no rubric": ({"rubric": ()}, "has no rubric"),
    "a short rubric": ({"rubric": (POINT,)}, "the rubric has 1 points"),
    "a long rubric": ({"rubric": (POINT,) * 9}, "the rubric has 9 points"),
    "an empty correction": ({"corrections": ("",)}, "correction 1 is empty"),
    "no code task": ({"code": ("nothing",)}, "there is no code task 'nothing'"),
    "no formula task": ({"formulas": ("nothing",)}, "there is no formula task 'nothing'"),
    "no function": ({"plots": ("nothing",)}, "there is no function 'nothing'"),
    "a task twice": ({"code": ("relu", "relu")}, "code task 'relu' is attached twice"),
    **{
        f"a point without {name}": (
            {"rubric": (POINT, POINT, replace(POINT, **{name: ""}))},
            f"has no {name}",
        )
        for name in ("title", "text", "why", "see", "source")
    },
    "a command that is none": (
        {"rubric": (POINT, POINT, replace(POINT, see="ls"))},
        "it is no command of actfn",
    ),
    "a function that is none": (
        {"rubric": (POINT, POINT, replace(POINT, see="actfn show relo"))},
        "no activation is called 'relo'",
    ),
}


def test_a_good_question_has_no_defect():
    assert messages(GOOD) == []


@pytest.mark.parametrize("name", DEFECTS)
def test_every_defect_is_caught_alone(name):
    change, expected = DEFECTS[name]
    found = messages(replace(GOOD, **change))
    assert len(found) == 1
    assert expected in found[0]


def test_two_of_a_kind_are_caught():
    found = [f.message for f in check_topic(Topic("T", questions=(GOOD, GOOD)), see_problem)]
    assert len(found) == 3  # number, slug, title
    assert all(message.startswith("2 questions have the") for message in found)


@pytest.mark.parametrize(
    "command, problem",
    [
        ("actfn show relu", ""),
        ("actfn plot softmax --temperature 0.5 1", ""),
        ("actfn plot relu gelu -o x.svg", ""),
        ("actfn grade elu elu.py", ""),
        ("actfn lab dead_stay_dead", ""),
        ("actfn lab dead_stay_alive", "dead_stay_dead"),
        ("actfn plot gelu", "into a file"),
        ("actfn plot softmax --bogus", "--bogus"),
        ("actfn plot softmax --row -1e9 -1e9", "--row"),
        ("actfn grade elu", "FILE"),
        ("actfn grade nothing x.py", "no code task"),
        ("actfn sing", "sing"),
        ("", "no command"),
    ],
)
def test_see_commands(command, problem):
    found = see_problem(command)
    assert problem in found if problem else found == ""


# ---- defects of answers -----------------------------------------------------------------------


def failures(checked):
    return [f.message for f in checked]


def test_a_good_task_is_proved(sandbox):
    proof, task = Proof(), tasks.get("softsign")
    assert list(code_task(task, sandbox, proof)) == []
    assert proof.graded == 1 + len(task.right) + len(task.wrong)


def few(task, count: int):
    """The task with only so many answers, so that a defect is found quickly."""
    return replace(
        task, right=dict(list(task.right.items())[:count]),
        wrong=dict(list(task.wrong.items())[:count]),
    )  # fmt: skip


def test_too_few_answers_are_caught(sandbox):
    found = failures(code_task(few(tasks.get("softsign"), 2), sandbox, Proof()))
    assert found == [
        "has 2 right answers; at least 5 are wanted",
        "has 2 wrong answers; at least 10 are wanted",
    ]


BROKEN_TASKS = {
    "a wrong model": ({"model": "x"}, "'the model answer' is right but graded wrong"),
    "a wrong style": ({"right": {"bad": "x"}}, "'bad' is right but graded wrong"),
    "a mistake that passes": (
        {"wrong": {"none": Wrong("x / (1 + np.abs(x))", "says")}},
        "the mistake 'none' passes",
    ),
    "a mistake that says nothing": (
        {"wrong": {"silent": Wrong("x", " ")}},
        "the mistake 'silent' says nothing",
    ),
    "two mistakes alike": (
        {"wrong": {"one": Wrong("x", "says"), "two": Wrong("x + 0", "says")}},
        "the mistake 'two' is recognised as 'one'",
    ),
}


@pytest.mark.parametrize("name", BROKEN_TASKS)
def test_broken_tasks_are_caught(name, sandbox):
    change, expected = BROKEN_TASKS[name]
    found = failures(code_task(replace(few(tasks.get("softsign"), 1), **change), sandbox, Proof()))
    assert [m for m in found if expected in m]


def test_code_in_a_model_answer_is_graded(sandbox):
    code = "```python\nimport numpy as np\n\ndef relu(x):\n    return {}\n```"
    good = replace(GOOD, answer=code.format("np.maximum(x, 0)"))
    bad = replace(GOOD, answer=code.format("np.abs(x)"))
    assert list(answers_of(good)) == ["relu"]
    assert list(model_answers(good, sandbox, Proof())) == []
    assert "relu in its answer is wrong" in failures(model_answers(bad, sandbox, Proof()))[0]


def test_the_page_answers_pass(questions, sandbox):
    proof = Proof()
    for question in questions[:6]:
        assert list(model_answers(question, sandbox, proof)) == []
    assert proof.graded >= 5


def test_formula_tasks():
    task = formulas.get("silu_derivative")
    assert list(formula_task(task, Proof())) == []
    wrong = {"right after all": formulas.Wrong(task.expected, "says")}
    assert "is accepted" in failures(formula_task(replace(task, wrong=wrong), Proof()))[0]
    unread = {"unread": formulas.Wrong("(((", "says")}
    assert "cannot be read" in failures(formula_task(replace(task, wrong=unread), Proof()))[0]
    # A wrong model answer: then one of the listed mistakes is what it accepts.
    turned = failures(formula_task(replace(task, expected="sigmoid(x)"), Proof()))
    assert turned[0] == "the mistake 'first_term_only', s, is accepted"


@pytest.mark.parametrize("error", [RecordError, TypeError, ImportError])
def test_a_record_that_cannot_be_loaded_is_a_failure(error):
    def broken():
        raise error("the task lacks hints")
        yield

    proof = prove(Proof(), [("relu", broken), ("tanh", lambda: iter(()))], lambda name: None)
    assert [(f.where, f.message) for f in proof.failures] == [
        ("relu", f"{error.__name__}: the task lacks hints")
    ]


def test_steps_cover_everything(sandbox):
    todo = steps(bundled_topics(), sandbox, see_problem, Proof())
    names = [name for name, _ in todo]
    assert set(tasks.names()) <= set(names)
    assert set(formulas.names()) <= set(names)
    shown = []
    prove(Proof(), todo[:2], shown.append)
    assert shown == names[:2]


# ---- the commands -----------------------------------------------------------------------------


def test_list(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("ACTFN_DATA_DIR", str(tmp_path))
    assert cli.main(["bank", "list"]) == 0
    assert "dying-relu" in capsys.readouterr().out
    assert cli.main(["bank", "list", "--json", "--difficulty", "hard", "--tag", "gelu"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows
    assert {row["difficulty"] for row in rows} == {"Hard"}
    assert all("gelu" in row["tags"] for row in rows)


def test_a_defect_in_a_file_is_found_with_its_line(tmp_path):
    text = write_question(GOOD).replace("3 min", "a while")
    (tmp_path / "01-a-question.md").write_text(text)
    found = [f.message for f in check_topic(load_topic(tmp_path), see_problem)]
    assert "has no time" in found
    assert any(message.startswith("line 3: the time 'a while'") for message in found)


def test_two_slugs_in_a_folder(tmp_path):
    for number in (1, 2):
        text = write_question(replace(GOOD, number=number, title=f"T{number}"))
        (tmp_path / f"{number:02d}-same.md").write_text(text)
    found = [f.message for f in check_topic(load_topic(tmp_path), see_problem)]
    assert found == ["2 questions have the slug same"]
