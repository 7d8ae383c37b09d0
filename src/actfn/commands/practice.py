"""`actfn practice`."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from urllib.parse import urlencode

from rich.console import Console

from actfn.interview.room import Choice, Room
from actfn.interview.sandbox import Sandbox
from actfn.interview.store import open_store
from actfn.interview.terminal.practice import mock_interview, practise
from actfn.interview.terminal.talk import Talk

_CHOICES = ("topic", "difficulty", "tag", "company", "question")


def run(arguments) -> int:
    """Open the store, the sandbox and the room; leave nothing running."""
    talk = Talk(Console(highlight=False))
    choice = Choice(**{name: getattr(arguments, name) for name in _CHOICES})
    day = _day(arguments.interview_date)
    with ExitStack() as stack:
        stack.enter_context(_closing_is_ctrl_c())
        store = stack.enter_context(open_store())
        room = Room(store, stack.enter_context(Sandbox()))
        if arguments.interview_date:
            room.set_interview(day)
        if not arguments.terminal:
            return _served(room, arguments)
        if arguments.mock:
            return mock_interview(room, talk, choice, arguments.mock)
        return practise(room, talk, choice, arguments.new)


def _served(room: Room, arguments) -> int:
    """On a web page; what was chosen narrows its list."""
    from actfn.web.serve import serve

    wanted = {name: getattr(arguments, name) for name in _CHOICES}
    if arguments.mock:
        wanted["number"] = arguments.mock
    place = "mock" if arguments.mock else "questions" if any(wanted.values()) else ""
    query = urlencode({name: value for name, value in wanted.items() if value})
    return serve(
        room, Console(highlight=False), arguments.host, arguments.port, not arguments.no_browser,
        f"{place}?{query}" if query else place,
    )  # fmt: skip


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
