"""actfn's side of what is examined: starts its process, calls it, survives it.

What is named by a text runs in a fresh Python. A callable that is handed over runs in a fork of
this process, because nothing else can carry a closure; PyTorch and JAX have threads that do not
survive a fork, so their functions are looked up again by name in a fresh process where they can be.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from actfn.errors import ImplementationError
from actfn.examine import adapters
from actfn.examine.child import CRASHED, HUNG, OK, Call, Outcome
from actfn.examine.processes import Fork, Fresh, Process
from actfn.examine.reproduction import reproduction

PATIENCE = 10.0  # seconds for one request, unless the caller says otherwise
_CALLS = 20  # small calls that get the patience of one: JAX compiles for each length
_MOST_STARTS = 60  # what crashes at every other input is not started for ever


class Implementation:
    """An implementation in a process of its own. A context manager.

    Parameters
    ----------
    what : str or callable
        A text as in `actfn.examine.adapters`, or a function of one array.
    derivative : str or callable, optional
        The same for f'.
    framework : {"numpy", "torch", "jax"}, optional
        Whose arrays it takes; found out where it is not given.
    patience : float
        Seconds after which a call counts as hanging.

    Raises
    ------
    ImplementationError
        Where it cannot be loaded.
    """

    def __init__(
        self,
        what: str | Callable,
        derivative: str | Callable | None = None,
        framework: str | None = None,
        patience: float = PATIENCE,
    ):
        self.patience = patience
        self.seconds = 0.0  # spent inside the implementation
        self._process: Process | None = None
        self._starts = 0
        self.text = what if isinstance(what, str) else _name_of(what)
        if self.text and (derivative is None or isinstance(derivative, str)):
            request = {"text": self.text, "derivative": derivative, "framework": framework}
            self._start: Callable[[], Process] = lambda: Fresh(request)
        elif isinstance(what, str) or isinstance(derivative, str):
            raise ImplementationError("the function and its derivative: both by name, or neither")
        else:
            self._start = lambda: Fork(lambda: adapters.adapt(what, framework, derivative))
        self.derivative_text = derivative if isinstance(derivative, str) else None
        self.title = self.text or getattr(what, "__qualname__", None) or repr(what)
        self._names = [
            getattr(f, "__name__", "f").replace("<lambda>", "f") if f is not None else ""
            for f in (what, derivative)
        ]
        self.described = self._ready().described

    def __enter__(self) -> "Implementation":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            process.end()

    @property
    def kernels(self) -> tuple[str, ...]:
        return self.described["kernels"]

    def __call__(self, kernel: str, x) -> Outcome:
        """One call on a whole array."""
        return self.calls(Call(kernel, x))[0]

    def calls(self, call: Call) -> list[Outcome]:
        """All calls on one array; one that hangs or crashes costs the others their results."""
        answer = self._asked(call, self.patience * (1 + len(call.cuts) / _CALLS))
        if isinstance(answer, Outcome):
            return [answer] * len(call.cuts)
        self.seconds += sum(outcome.seconds for outcome in answer)
        return answer

    def measured(self, **request) -> dict | Outcome:
        """Timings, made in the implementation's own process; see `actfn.examine.speed`."""
        return self._asked(request, 6 * self.patience)

    def _asked(self, request, patience: float):
        started = time.monotonic()
        if self._starts >= _MOST_STARTS and self._process is None:
            return Outcome(CRASHED, message=f"the process has died {self._starts} times")
        try:
            return self._ready().ask(request, patience)
        except TimeoutError:
            self.close()
            seconds = time.monotonic() - started
            return Outcome(HUNG, message=f"no result after {seconds:.3g} s", seconds=seconds)
        except (EOFError, OSError):
            process, self._process = self._process, None
            return Outcome(CRASHED, message=process.end() if process else "it did not start")
        except BaseException:  # Ctrl-C: nothing may go on
            self.close()
            raise

    def _ready(self) -> "Process":
        if self._process is None:
            self._starts += 1
            self._process = self._start()
        return self._process

    def line(self, kernel: str, x: float, dtype: str) -> str:
        """One line of Python that shows what the implementation does at x."""
        number = _literal(x, dtype)
        if self.text:
            return reproduction(self.text, self.derivative_text, kernel, number, dtype)
        imports, function = self.expression(kernel)
        return f"{imports}print({function}(np.array([{number}], {dtype!r})))"

    def expression(self, kernel: str) -> tuple[str, str]:
        """Imports, and an expression that is the kernel as a function of NumPy arrays."""
        if self.text:
            names = ", ".join(repr(t) for t in (self.text, self.derivative_text) if t)
            return (
                "import numpy as np; from actfn.examine.adapters import load; ",
                f"load({names}).{kernel}",
            )
        name = self._names[0 if kernel == "forward" else 1]
        if name and self.described["framework"] == "numpy":
            return "import numpy as np; ", name
        adapted = f"adapt({self._names[0]}, {self.described['framework']!r})"
        return (
            "import numpy as np; from actfn.examine.adapters import adapt; ",
            f"{adapted}.{kernel}",
        )


def _literal(x: float, dtype: str) -> str:
    """The shortest number that is x in its dtype; "inf" and "nan" as Python reads them."""
    if not np.isfinite(x):
        return f"float('{x}')"
    if dtype in ("float32", "float16"):
        return str(np.dtype(dtype).type(x))
    return repr(float(x))


def _name_of(what: Callable) -> str:
    """ "torch:nn.functional.gelu" for PyTorch's and JAX's own functions, else ""."""
    for library in ("torch", "jax"):
        module = sys.modules.get(library)
        home = (getattr(what, "__module__", None) or "").partition(".")[0]
        name = getattr(what, "__name__", "")
        places = ("nn.functional", "nn", "special", "numpy", "")
        if module is None or home != library or not name:
            continue
        for place in places:
            found: Any = module
            for part in (*filter(None, place.split(".")), name):
                found = getattr(found, part, None)
            if found is what:
                return f"{library}:{place}.{name}" if place else f"{library}:{name}"
    return ""


def narrowed(
    implementation: Implementation, kernel: str, x: np.ndarray
) -> tuple[np.ndarray, Outcome]:
    """A smallest part of x on which the call still fails, found by halving; and how it fails."""
    outcome = implementation(kernel, x)
    steps = 60 if outcome.status != HUNG else 3  # each look at what hangs costs the patience
    while x.size > 1 and steps > 0:
        steps -= 1
        halves = (x[: x.size // 2], x[x.size // 2 :])
        for half in halves:
            found = implementation(kernel, half)
            if found.status != OK:
                x, outcome = half, found
                break
        else:
            break  # only together do they fail
    return x, outcome
