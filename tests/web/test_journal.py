"""What a server that is gone has left: opened again, once, and whole."""

import json
import os
import subprocess
import sys

import pytest

from actfn.interview.bank import bundled_topics
from actfn.interview.room import SPOKEN, Room
from actfn.interview.store import open_store
from actfn.web.body import NotThere
from actfn.web.visits import Visits

QUESTION = next(q for q in bundled_topics()[0].questions if q.slug == "dying-relu")


@pytest.fixture
def room(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'practice.db'}") as store:
        yield Room(store, sandbox=None, topics=list(bundled_topics()))


@pytest.fixture
def gone():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def answered(room, folder, process) -> tuple[str, dict]:
    """A visit with an answer, and its journal as if that process had written it."""
    visits = Visits(room, folder)
    visit = visits.open(QUESTION)
    visit.hint()
    with visits.using(visit.key):
        visit.spoken("it dies", [True] * len(QUESTION.rubric))
    file = folder / f"{visit.key}.json"
    saved = json.loads(file.read_text()) | {"process": process}
    file.write_text(json.dumps(saved))
    return visit.key, saved


def test_it_goes_on_where_it_was(room, tmp_path, gone):
    key, saved = answered(room, tmp_path / "visits", gone)
    after = Visits(room, tmp_path / "visits")
    assert after.restore() == 1
    with after.using(key) as visit:
        assert visit.paused
        assert visit.seconds == pytest.approx(saved["seconds"], abs=0.01)
        assert (visit.verdicts[SPOKEN], visit.answers[SPOKEN]) == ("pass", "it dies")
        assert visit.hints == 1
        after.keep(visit)
    assert [a.key for a in room.store.attempts()] == [key]
    assert list((tmp_path / "visits").iterdir()) == []
    with pytest.raises(NotThere), after.using(key):
        pass


def test_what_belongs_to_a_living_server_is_left_to_it(room, tmp_path):
    key, _ = answered(room, tmp_path / "visits", os.getppid())
    after = Visits(room, tmp_path / "visits")
    assert after.restore() == 0
    assert (tmp_path / "visits" / f"{key}.json").exists()


def test_what_was_kept_is_not_kept_again(room, tmp_path, gone):
    key, saved = answered(room, tmp_path / "visits", gone)
    first = Visits(room, tmp_path / "visits")
    first.restore()
    first.keep_all()
    file = tmp_path / "visits" / f"{key}.json"
    file.write_text(json.dumps(saved))  # killed before it could be removed
    assert Visits(room, tmp_path / "visits").restore() == 0
    assert not file.exists()
    assert len(room.store.attempts()) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"process": 1}'])
def test_half_a_file_is_passed_over(room, tmp_path, text):
    (tmp_path / "visits").mkdir()
    (tmp_path / "visits" / "x.json").write_text(text)
    assert Visits(room, tmp_path / "visits").restore() == 0


def test_a_question_that_is_gone(room, tmp_path, gone):
    answered(room, tmp_path / "visits", gone)
    room.topics = []
    assert Visits(room, tmp_path / "visits").restore() == 0
