"""Ctrl-C at a moment when Python would lose it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Put Ctrl-C off to the end of a block: what has to be kept whole, and imports.

    Python swallows a KeyboardInterrupt that falls into the release of an import's lock, and one in
    the text that a dataclass executes makes it end by the signal though it was caught.
    """
    handler = signal.getsignal(signal.SIGINT)
    if handler is not signal.default_int_handler or (
        threading.current_thread() is not threading.main_thread()
    ):
        yield  # nobody interrupts here
        return
    waiting: list = []
    signal.signal(signal.SIGINT, lambda *_: waiting.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if waiting:
        raise KeyboardInterrupt
