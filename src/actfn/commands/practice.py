"""`actfn practice`."""

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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
    choice = Choice(
        arguments.topic, arguments.difficulty, arguments.tag, arguments.company, arguments.question
    )
    day = _day(arguments.interview_date)
    with ExitStack() as stack:
        stack.enter_context(_closing_is_ctrl_c())
        store = stack.enter_context(open_store())
        room = Room(store, stack.enter_context(Sandbox()))
        if arguments.interview_date:
            room.set_interview(day)
        if not arguments.terminal:
            print("The room opens in this terminal.", file=sys.stderr)
        if arguments.mock:
            return mock_interview(room, talk, choice, arguments.mock)
        return practise(room, talk, choice, arguments.new)


def _day(text: str | None) -> date | None:
    if text is None or text == "none":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"a date looks like 2027-01-31 (or 'none'), not {text!r}") from None


@contextmanager
def _closing_is_ctrl_c() -> Iterator[None]:
    """Whoever closes the window, or ends the process kindly, loses nothing either."""
    known = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # What is ignored (under nohup) stays so.
    before = {s: signal.getsignal(s) for s in known if signal.getsignal(s) == signal.SIG_DFL}
    for number in before:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
