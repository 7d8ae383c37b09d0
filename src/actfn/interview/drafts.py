"""What a person has not finished writing: files in the data folder, the same for every client."""

from pathlib import Path

from actfn.interview import tasks
from actfn.interview.store.places import data_folder


def answer_file(task: str) -> Path:
    """Where the answer to a task is written: it stays there, whatever happens."""
    return data_folder() / "answers" / f"{task}.py"


def draft_file(question: str) -> Path:
    """Where a spoken answer is until it is compared with the rubric."""
    return data_folder() / "drafts" / f"{question.replace('/', '.')}.txt"


def start(task: str) -> None:
    """Write the file that a person starts from."""
    answer_file(task).write_text(tasks.get(task).starter, encoding="utf-8")


def put_aside(task: str) -> Path:
    """Start afresh after an answer that has passed; returns where that one is now."""
    path = answer_file(task)
    aside = path.with_name(f"{task}.passed.py")
    path.replace(aside)
    start(task)
    return aside
