"""Talking with a person in a terminal: prompts, answers of several lines, the clock."""

import contextlib
from datetime import UTC, datetime

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from actfn.interview.room import Visit

with contextlib.suppress(ImportError):
    import readline  # noqa: F401  input() then has arrow keys, a history and lines of any length

# Around what takes no room on the screen, or the line editor miscounts the columns.
_BOLD, _PLAIN = "\001\033[1m\002", "\001\033[0m\002"


class Quit(Exception):
    """The person wants to stop here."""


class Skip(Exception):
    """The person wants to go on with the next part."""


class Talk:
    """One console and its keyboard."""

    def __init__(self, console: Console):
        self.console = console

    def say(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """A text, taken literally."""
        line = Text(text, style=style)
        self.console.print(Padding(line, (0, 0, 0, indent), expand=False) if indent else line)

    def path(self, text: str, style: str = "cyan") -> None:
        """One line with a path: not broken, so that it can be copied."""
        self.console.print(Text(text, style=style), soft_wrap=True)

    def markdown(self, text: str, indent: int = 0) -> None:
        """A passage of the bank."""
        self.console.print(Padding(Markdown(text), (0, 0, 0, indent)))

    def ask(self, prompt: str) -> str:
        """One line from the keyboard; the end of the input is a wish to stop."""
        styled = self.console.color_system is not None
        while True:
            try:
                return input(f"{_BOLD}{prompt}{_PLAIN}" if styled else prompt).strip()
            except EOFError:
                self.say()
                raise Quit from None
            except UnicodeDecodeError:
                self.say("That was not UTF-8; once more, please.", "yellow")

    def choose(self, prompt: str, letters: str, default: str = "") -> str:
        """One of the letters; asks again until it is one."""
        while True:
            answer = self.ask(prompt).lower()[:1] or default
            if answer and answer in letters:
                return answer
            self.say(f"Please type one of: {', '.join(letters)}", "yellow")

    def yes(self, prompt: str) -> bool:
        """A yes or a no; :q stops here too."""
        while True:
            answer = self.ask(f"{prompt} [y/n] ").lower()
            if answer in (":q", "q"):
                raise Quit
            if answer[:1] in ("y", "n"):
                return answer[:1] == "y"
            self.say("Please type y or n", "yellow")


def clock(visit: Visit) -> str:
    """ "1:05 of 3:00", "0:20 over 3:00", or "1:05" without a budget."""
    if not visit.budget:
        return _minutes(visit.seconds)
    over = visit.seconds - visit.budget
    if over >= 1:
        return f"{_minutes(over)} over {_minutes(visit.budget)}"
    return f"{_minutes(visit.seconds)} of {_minutes(visit.budget)}"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def when(due: datetime, now: datetime | None = None) -> str:
    """ "in 10 minutes", "tomorrow", "on 3 December 2026"."""
    now = now or datetime.now(UTC)
    minutes = max(1, round((due - now).total_seconds() / 60))
    if minutes <= 90:
        return f"in {count(minutes, 'minute')}"
    there, here = due.astimezone(), now.astimezone()
    days = (there.date() - here.date()).days
    if days <= 1:
        return "tomorrow" if days else f"today at {there:%H:%M}"
    return f"on {there.day} {there:%B %Y}"


def count(number: int, thing: str) -> str:
    """ "1 day", "2 days"."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
