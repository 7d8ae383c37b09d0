"""The race's end of a lane's process: its surroundings, questions, and how it ended."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

# What decides how a library works and is read when it starts. Told in every report.
_PREFIXES = (
    "ACTFN_", "ATEN_", "DNNL_", "JAX_", "KMP_", "MALLOC_", "MKL_", "NPY_", "NUMBA_", "OMP_",
    "ONEDNN_", "OPENBLAS_", "THP_", "XLA_", "LD_PRELOAD", "NPROC",
)  # fmt: skip
_LAST = 3  # lines of what a process that crashed has printed


@dataclass(frozen=True)
class Contestant:
    """A library in the race, with the surroundings that it is started in.

    Attributes
    ----------
    name : what it is called in the race.
    package : what has to be installed; by default called as the contestant.
    lane : the module that knows the library; by default `lane_PACKAGE` beside this one.
    environment : variables that it is started with.
    """

    name: str
    package: str = ""
    lane: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        package = self.package or self.name
        object.__setattr__(self, "package", package)
        object.__setattr__(self, "lane", self.lane or f"{__package__}.lane_{package}")

    @property
    def installed(self) -> bool:
        return find_spec(self.package) is not None

    def surroundings(self, threads: int) -> dict[str, str]:
        """The environment of its process."""
        own = dict(os.environ)
        own.pop("THP_MEM_ALLOC_ENABLE", None)
        count = str(threads)
        own |= {"OMP_NUM_THREADS": count, "MKL_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count}
        if self.package == "jax":  # its thread pool is made when it starts
            flags = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
            given = f"{own.get('XLA_FLAGS', '')} {flags} intra_op_parallelism_threads={count}"
            own |= {"NPROC": count, "XLA_FLAGS": given.strip(), "JAX_PLATFORMS": "cpu"}
        return own | self.environment


CONTESTANTS = {
    contestant.name: contestant
    for contestant in (
        *map(Contestant, ("actfn", "numpy", "scipy", "torch", "jax")),
        # PyTorch asks for huge pages only with this; large results are then several times faster.
        Contestant("torch+thp", "torch", environment={"THP_MEM_ALLOC_ENABLE": "1"}),
    )
}


class Ended(Exception):
    """A process crashed, hung or could not be started; the message says which."""


class Worker:
    """One process of one contestant."""

    def __init__(self, contestant: Contestant, threads: int, limit: float):
        self.contestant, self._limit = contestant, limit
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        surroundings = contestant.surroundings(threads)
        program = [sys.executable, "-m", "actfn.examine.race.worker"]
        self._process = subprocess.Popen(
            [*program, contestant.lane, str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._printed, env=surroundings,
        )  # fmt: skip
        self._received = b""
        self.settings: dict[str, Any] = {}
        try:
            self.settings = {
                **self.ask("start")["settings"],
                "environment": {
                    k: v for k, v in sorted(surroundings.items()) if k.startswith(_PREFIXES)
                },
            }
        except KeyError:
            self.stop()
            raise Ended("it could not be started") from None
        except BaseException:
            self.stop()
            raise

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """The answer to one request; {"error": ...} where the library raised.

        Raises
        ------
        Ended
            Where the process is gone, or had to be killed because nothing came.
        """
        request = {"do": do, "limit": self._limit, **arguments}
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]
        except OSError:
            raise self._ended() from None
        return json.loads(self._line())

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._printed):
            with contextlib.suppress(OSError):  # what was still to be written has no reader
                stream.close()  # type: ignore[union-attr]

    def _line(self) -> bytes:
        stream = self._process.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)  # type: ignore[arg-type]
            while b"\n" not in self._received:
                if not selector.select(self._limit):
                    self._process.kill()
                    raise Ended(f"no answer within {self._limit:g} s")
                part = os.read(stream.fileno(), 1 << 20)  # type: ignore[union-attr]
                if not part:
                    raise self._ended()
                self._received += part
        line, _, self._received = self._received.partition(b"\n")
        return line

    def _ended(self) -> Ended:
        code = self._process.wait()
        self._printed.seek(0)
        lines = self._printed.read().decode("utf-8", "replace").strip().splitlines()[-_LAST:]
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"status {code}"
        return Ended(": ".join([f"the process ended with {how}", *lines[-1:]]))
