"""The visits that are open: found by their key, each used by one request at a time.

A page may be reloaded and a server may be killed. So every answer is written into a journal at
once, and what the journal of a dead server holds is opened again. The key of a visit is that of
the attempt it becomes: none is kept twice.
"""

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from actfn.errors import UnknownTaskError
from actfn.interview.bank import Question
from actfn.interview.room import Room, Visit
from actfn.interview.store.places import data_folder
from actfn.web.body import NotThere

_SAVED = ("key", "hinted", "tries", "solution_seen", "verdicts", "answers", "details")


class Visits:
    """All open visits of one server."""

    def __init__(self, room: Room, folder: Path | None = None):
        self.room = room
        self.folder = folder or data_folder() / "visits"
        self._open: dict[str, tuple[Visit, threading.Lock]] = {}
        self._mocks: set[str] = set()
        self._change, self._keeping = threading.Lock(), threading.Lock()

    def open(self, question: Question, mock: bool = False) -> Visit:
        """Sit down to a question."""
        visit = self.room.visit(question)
        with self._change:
            self._open[visit.key] = (visit, threading.Lock())
            if mock:
                self._mocks.add(visit.key)
        return visit

    def is_mock(self, visit: Visit) -> bool:
        """Whether it is part of a mock interview: no hints, no results before the end."""
        return visit.key in self._mocks

    @contextlib.contextmanager
    def using(self, key: str) -> Iterator[Visit]:
        """A visit, while no other request uses it; the journal is written afterwards."""
        with self._change:
            found = self._open.get(key)
        if found is None:
            raise NotThere("this visit is over, or the server was started anew")
        visit, lock = found
        with lock:
            if key not in self._open:
                raise NotThere("this visit is over")
            yield visit
            if visit.tries and key in self._open:
                self._write(visit)

    def keep(self, visit: Visit) -> datetime | None:
        """Store the attempt; the visit is over. Called by whoever is using it."""
        with self._keeping:  # the next card follows from the last one
            due = visit.keep()
        with self._change:
            self._open.pop(visit.key, None)
            self._mocks.discard(visit.key)
        self._file(visit.key).unlink(missing_ok=True)
        return due

    def keep_all(self) -> int:
        """Store everything that was graded; returns how many attempts there were."""
        with self._change:
            waiting = list(self._open.values())
        kept = 0
        for visit, lock in waiting:
            with lock:
                if visit.key in self._open:
                    kept += self.keep(visit) is not None
        return kept

    def restore(self) -> int:
        """Open again what servers that are gone have left; returns how many visits."""
        restored, kept = 0, {attempt.key for attempt in self.room.store.attempts()}
        for path in sorted(self.folder.glob("*.json")) if self.folder.is_dir() else ():
            if path.stem in kept:  # killed between the two
                path.unlink(missing_ok=True)
                continue
            try:
                saved = json.loads(path.read_text(encoding="utf-8"))
                visit = None if _is_alive(saved["process"]) else self._restored(saved)
            except (OSError, ValueError, KeyError, TypeError, UnknownTaskError):
                continue  # half a file, or a question that is gone
            if visit is not None:
                self._open[visit.key] = (visit, threading.Lock())
                self._write(visit)
                restored += 1
        return restored

    def _restored(self, saved: dict[str, Any]) -> Visit | None:
        questions = {q.slug: q for q in self.room.questions()}
        if saved["question"] not in questions:
            return None
        visit = Visit(
            self.room, questions[saved["question"]], datetime.fromisoformat(saved["started"]),
            spent=saved["seconds"], **{name: saved[name] for name in _SAVED},
        )  # fmt: skip
        visit.pause()  # nobody was there
        return visit

    def _write(self, visit: Visit) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        saved = {name: getattr(visit, name) for name in _SAVED} | {
            "question": visit.question.slug, "started": visit.started.isoformat(),
            "seconds": visit.seconds, "process": os.getpid(),
        }  # fmt: skip
        path = self._file(visit.key)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(saved), encoding="utf-8")
        part.replace(path)  # whole or not at all

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def _is_alive(process: int) -> bool:
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
