"""Talking with a person in a terminal: prompts, answers of several lines, the clock."""

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from actfn.interview.room import Visit


class Quit(Exception):
    """The person wants to stop here."""


class Talk:
    """One console and its keyboard."""

    def __init__(self, console: Console):
        self.console = console

    def say(self, text: str = "", style: str = "") -> None:
        """One line, taken literally."""
        self.console.print(Text(text, style=style))

    def markdown(self, text: str, indent: int = 0) -> None:
        """A passage of the bank."""
        self.console.print(Padding(Markdown(text), (0, 0, 0, indent)))

    def ask(self, prompt: str) -> str:
        """One line from the keyboard; the end of the input is a wish to stop."""
        try:
            return self.console.input(Text(prompt, style="bold")).strip()
        except EOFError:
            raise Quit from None

    def choose(self, prompt: str, letters: str, default: str = "") -> str:
        """One of the letters; asks again until it is one."""
        while True:
            answer = self.ask(prompt).lower()[:1] or default
            if answer and answer in letters:
                return answer
            self.say(f"one of {', '.join(letters)}, please", "yellow")

    def lines(self) -> str:
        """Lines up to an empty one."""
        found = []
        while line := self.ask("  | "):
            found.append(line)
        return "\n".join(found)

    def yes(self, prompt: str) -> bool:
        """A yes or a no."""
        return self.choose(f"{prompt} [y/n] ", "yn") == "y"


def clock(visit: Visit) -> str:
    """ "1:05 of 3:00"."""
    return f"{_minutes(visit.seconds)} of {_minutes(visit.budget)}"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
