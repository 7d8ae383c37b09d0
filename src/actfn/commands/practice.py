"""`actfn practice`."""

import sys
from contextlib import ExitStack
from datetime import date

from rich.console import Console

from actfn.interview.room import Choice, Room
from actfn.interview.sandbox import Sandbox
from actfn.interview.store import open_store
from actfn.interview.terminal.practice import mock_interview, practise
from actfn.interview.terminal.talk import Talk


def run(arguments) -> int:
    """Open the store, the sandbox and the room; leave nothing running."""
    talk = Talk(Console(highlight=False))
    with ExitStack() as stack:
        store = stack.enter_context(open_store())
        sandbox = stack.enter_context(Sandbox())
        room = Room(store, sandbox)
        if arguments.interview_date:
            room.set_interview(_day(arguments.interview_date))
        choice = Choice(
            arguments.topic, arguments.difficulty, arguments.tag, arguments.company,
            arguments.question,
        )  # fmt: skip
        if not arguments.terminal:
            print("The room opens in this terminal.", file=sys.stderr)
        if arguments.mock:
            return mock_interview(room, talk, choice, arguments.mock)
        return practise(room, talk, choice, arguments.new)


def _day(text: str) -> date | None:
    if text == "none":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"a date looks like 2027-01-31 (or 'none'), not {text!r}") from None
