"""What all commands print with."""

import json
import sys
from typing import Any

from rich.console import Console

_WIDE = 160  # columns of a file or a pipe, where nobody looks through a window


def console() -> Console:
    """Standard output: colours and the window's width on a terminal only."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, soft_wrap=False)


def error_console() -> Console:
    """Standard error, for progress."""
    return Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """Plain JSON, also on a terminal: somebody's program may read it."""
    print(json.dumps(value, indent=2, ensure_ascii=False))
