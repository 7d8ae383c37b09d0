"""actfn's end of one answer's process: frames to and from it, what it prints, how it ended."""

import os
import selectors
import signal
import socket
import time
from dataclasses import dataclass

from actfn.interview.sandbox import wire
from actfn.interview.sandbox.launch import PATIENCE, ForkServer, PlainProcess, ServerGone
from actfn.interview.sandbox.records import Limits
from actfn.interview.sandbox.results import MOST_BYTES
from actfn.interview.sandbox.wire import KILL

_PART = 1 << 16


class Gone(Exception):
    """The process has ended, or closed its channel."""


class Printed:
    """Keeps what a batch prints, up to a number of bytes."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._kept = bytearray()
        self._cut = False

    def add(self, data: bytes) -> None:
        """Keep what still fits."""
        self._kept += data[: self._left]
        self._cut = self._cut or len(data) > self._left
        self._left -= min(len(data), self._left)

    def take(self) -> str:
        """What has come since the last call, terminal controls made visible."""
        text, self._kept = self._kept.decode("utf-8", "replace"), bytearray()
        cut, self._cut = self._cut, False
        return visible(text) + ("\n[the rest of the output was dropped]" if cut else "")


def visible(text: str) -> str:
    """Control characters as escapes: an answer must not steer the terminal that shows it."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)


@dataclass(frozen=True)
class Ending:
    """How a process ended: its exit code as in subprocess, or "it had to be killed"."""

    code: int
    killed: bool


class AnswerProcess:
    """One process, from its start to its end."""

    def __init__(
        self, launcher: ForkServer | PlainProcess, limits: Limits, printed: Printed, scipy: bool
    ) -> None:
        self._launcher, self.printed = launcher, printed
        self._ending: Ending | None = None
        self._channel, theirs = socket.socketpair()
        self._output, write_end = os.pipe()  # what the answer prints
        os.set_blocking(self._output, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._channel, selectors.EVENT_READ)
        self._selector.register(self._output, selectors.EVENT_READ)
        try:
            launcher.launch(limits, theirs.fileno(), write_end, scipy)
        except BaseException:
            self._close()
            raise
        finally:
            theirs.close()
            os.close(write_end)
        self._greet()

    def _greet(self) -> None:
        try:
            self.receive(time.monotonic() + PATIENCE)
        except BaseException as error:  # Ctrl-C too leaves neither process nor descriptor
            self.end(KILL)
            if isinstance(error, (TimeoutError, Gone, wire.Malformed)):
                raise ServerGone(self.printed.take()) from error
            raise

    def send(self, header: dict, buffers: list[bytes], until: float) -> None:
        """Send a frame; TimeoutError, Gone."""
        self._channel.settimeout(max(until - time.monotonic(), 1e-3))
        try:
            self._channel.sendall(wire.pack(header, buffers))
        except ConnectionError as error:
            raise Gone from error

    def receive(self, until: float) -> tuple[dict, list[bytearray]]:
        """The next frame; TimeoutError, Gone, Malformed."""
        return wire.unpack(lambda size: self._read(size, until), MOST_BYTES)

    def end(self, order: str) -> Ending:
        """End the process, unless that was done, and take the last of what it has printed."""
        if self._ending is None:
            self._ending = Ending(-signal.SIGKILL, killed=True)  # unless somebody knows better
            try:
                self._ending = Ending(**self._launcher.end(order))
            finally:
                self.drain()
                self._close()
        return self._ending

    def drain(self) -> None:
        """Take what is in the pipe; the process waits for its next call, or has ended."""
        for _ in range(4):  # the pipe holds 64 KB
            self._take()

    def _read(self, size: int, until: float) -> bytearray:
        data = bytearray()  # grows with what arrives: a size that is announced allocates nothing
        while len(data) < size:
            self._wait(until)
            try:
                part = self._channel.recv(min(size - len(data), 1 << 20))
            except ConnectionError as error:
                raise Gone from error
            if not part:
                raise Gone
            data += part
        return data

    def _wait(self, until: float) -> None:
        """Until the channel has something; what is printed meanwhile is taken."""
        while True:
            left = until - time.monotonic()
            ready = self._selector.select(left) if left > 0 else []
            if not ready:
                raise TimeoutError
            sources = [key.fileobj for key, _ in ready]
            if self._output in sources:
                self._take()
            if self._channel in sources:
                return

    def _take(self) -> None:
        try:
            data = os.read(self._output, _PART)
        except BlockingIOError:
            return
        if data:
            self.printed.add(data)
        elif self._output in self._selector.get_map():  # the answer has closed its streams
            self._selector.unregister(self._output)

    def _close(self) -> None:
        self._selector.close()
        self._channel.close()
        os.close(self._output)
