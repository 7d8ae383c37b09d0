"""Answers to the formula tasks: typed by hand, and made mechanically."""

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
LINE_BREAK = "⏎"


class Corpus(NamedTuple):
    """The right and the wrong answers of one task."""

    right: list[str]
    wrong: list[str]


def read(name: str) -> dict[str, Corpus]:
    """Return the answers of a file by task: by_hand.txt or generated.txt."""
    found: dict[str, Corpus] = {}
    corpus = Corpus([], [])
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            corpus = found.setdefault(line.strip("[]"), Corpus([], []))
        elif line.startswith(("= ", "! ")):
            answers = corpus.right if line[0] == "=" else corpus.wrong
            answers.append(line[2:].replace(LINE_BREAK, "\n"))
    return found
