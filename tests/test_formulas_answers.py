"""Formula answers: hundreds of equal forms accepted, hundreds of near misses refused."""

import pytest

import formula_answers
from actfn.errors import UnknownTaskError
from actfn.interview import formulas
from formula_answers.generate import text_of_all

BY_HAND = formula_answers.read("by_hand.txt")
GENERATED = formula_answers.read("generated.txt")
CORPORA = {"by hand": BY_HAND, "generated": GENERATED}
NAMES = formulas.names()


def unexpected(name: str, answers: list[str], accepted: bool) -> list[str]:
    """Return the answers whose verdict is not the one they should have."""
    results = [(text, formulas.check(name, text)) for text in answers]
    return [f"{text!r}: {r.message}" for text, r in results if r.accepted is not accepted]


@pytest.mark.parametrize("corpus", CORPORA)
@pytest.mark.parametrize("name", NAMES)
def test_equal_forms_are_accepted(name, corpus):
    if name in CORPORA[corpus]:
        assert not unexpected(name, CORPORA[corpus][name].right, accepted=True)


@pytest.mark.parametrize("corpus", CORPORA)
@pytest.mark.parametrize("name", NAMES)
def test_near_misses_are_refused(name, corpus):
    if name in CORPORA[corpus]:
        assert not unexpected(name, CORPORA[corpus][name].wrong, accepted=False)


def test_the_corpora_would_show_a_wrong_verdict():
    (name, answers), *_ = BY_HAND.items()
    assert len(unexpected(name, answers.right, accepted=False)) == len(answers.right)
    assert len(unexpected(name, answers.wrong, accepted=True)) == len(answers.wrong)


@pytest.mark.parametrize("name", NAMES)
def test_every_task_has_twenty_of_each_kind(name):
    corpora = [corpus[name] for corpus in CORPORA.values() if name in corpus]
    assert len({text for corpus in corpora for text in corpus.right}) >= 20
    assert len({text for corpus in corpora for text in corpus.wrong}) >= 20


def test_the_corpora_are_large_and_have_every_task():
    for corpus in CORPORA.values():
        assert sum(len(answers.right) for answers in corpus.values()) >= 600
        assert sum(len(answers.wrong) for answers in corpus.values()) >= 600
    assert set(BY_HAND) == set(NAMES)
    assert set(GENERATED) < set(NAMES)


def test_generated_answers_are_made_again():
    path = formula_answers.FOLDER / "generated.txt"
    made = text_of_all()
    assert made == path.read_text(encoding="utf-8"), "run tests/formula_answers/generate.py"


# ---- the tasks ------------------------------------------------------------------------------


def test_there_are_many_tasks():
    assert len(NAMES) >= 50
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_task_accepts_its_own_answer_and_notations(name):
    task = formulas.get(name)
    assert formulas.check(task, task.expected).accepted
    assert not unexpected(name, list(task.notations), accepted=True)


@pytest.mark.parametrize("name", NAMES)
def test_every_listed_mistake_is_named(name):
    task = formulas.get(name)
    assert len(task.wrong) >= 5
    for mistake, wrong in task.wrong.items():
        result = formulas.check(task, wrong.text)
        assert (result.accepted, result.mistake) == (False, mistake), wrong.text
        assert wrong.says in result.message


@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_a_task_is_empty(name):
    task = formulas.get(name)
    texts = [task.question, *task.hints, *task.notations, *(w.says for w in task.wrong.values())]
    assert all(text.strip() for text in texts)
    assert task.question.rstrip()[-1] in ".?)"
    assert not any(text in task.hints for text in task.notations)


def test_an_unknown_task_gets_its_neighbours():
    with pytest.raises(UnknownTaskError, match="sigmoid_derivative"):
        formulas.check("sigmoid_derivativ", "s(1-s)")
