"""What a person writes outside of the terminal, or has not finished: files in the data folder."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from actfn.interview.drafts import answer_file, put_aside, start
from actfn.interview.room import Room
from actfn.interview.terminal.talk import Talk


def prepared(task: str, room: Room, talk: Talk) -> Path:
    """The answer file, with what to start from; an answer that has passed is put aside."""
    path = answer_file(task)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        start(task)
    elif room.passed_before(task, read(path, talk) or ""):
        aside = put_aside(task)
        talk.path(f"  You start afresh; your answer that passed is in {aside}", "dim")
    return path


def read(path: Path, talk: Talk) -> str | None:
    """The text of a file; None, and why, where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        talk.path(f"{path} cannot be read: {error}", "red")
        return None


def edit(path: Path, talk: Talk) -> None:
    """Open the person's editor and wait for it."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not command or not sys.stdin.isatty():
        talk.path(f"$EDITOR is not set; open {path} in any editor, save it, then grade", "yellow")
        return
    try:
        subprocess.run([*shlex.split(command), str(path)], check=False)
    except (OSError, ValueError) as error:
        talk.say(f"'{command}' does not start: {error}", "red")


def saves(path: Path) -> Iterator[None]:
    """One item whenever the file was saved, until Ctrl-C."""
    from watchfiles import watch

    # The folder is watched: editors replace the file.
    for changes in watch(path.parent, raise_interrupt=False):
        if any(Path(changed).name == path.name for _, changed in changes) and path.exists():
            yield


def lines(path: Path, talk: Talk, commands: dict[str, Callable]) -> str:
    """Lines up to an empty one, each in the draft file at once; commands such as ":h" are done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = (path.exists() and read(path, talk)) or ""
    if draft:
        talk.say("Your draft so far (:r begins again):", "dim")
        talk.say(draft.rstrip("\n"))
    while line := talk.ask("  | "):
        if line == ":r":
            path.unlink(missing_ok=True)
        elif line in commands:
            commands[line]()
        else:
            with path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(f"{line}\n")
    return ((path.exists() and read(path, talk)) or "").rstrip("\n")
