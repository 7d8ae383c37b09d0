"""The answer as a module: compiled, executed, its function found."""

import types
from collections.abc import Callable

from actfn.interview.sandbox.faults import FILENAME, Fault, describe

_MOST_NAMES = 20


class NotLoaded(Exception):
    """There is nothing to call: why, and the names of the functions that are there."""

    def __init__(self, fault: Fault, names: tuple[str, ...] = ()) -> None:
        super().__init__(fault, names)
        self.fault, self.names = fault, names


def load(source: str, function: str, modules: dict[str, types.ModuleType]) -> Callable:
    """Execute the source as module "answer" and give its function of this name.

    Parameters
    ----------
    modules : dict
        `sys.modules`, where dataclasses and pickle look up the module of a class.
    """
    module = types.ModuleType("answer")
    module.__file__ = FILENAME
    modules["answer"] = module
    _execute(_compiled(source), module)
    found = vars(module).get(function)
    if not callable(found):
        kind = "" if found is None else type(found).__name__
        raise NotLoaded(Fault("no_function", kind), _callables(module))
    return found


def _compiled(source: str) -> types.CodeType:
    try:
        return compile(source, FILENAME, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise NotLoaded(Fault("syntax", type(error).__name__, error.msg, error.lineno)) from None
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes, too many parentheses
        raise NotLoaded(Fault("syntax", type(error).__name__, str(error))) from None


def _execute(code: types.CodeType, module: types.ModuleType) -> None:
    try:
        exec(code, vars(module))  # noqa: S102 - this is what the process is there for
    except BaseException as error:
        fault = describe(error)
        status = "import_failed" if fault.status == "raised" else fault.status
        raise NotLoaded(Fault(status, fault.kind, fault.text, fault.line)) from None


def _callables(module: types.ModuleType) -> tuple[str, ...]:
    names = [
        name
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) == "answer"
    ]
    return tuple(names[:_MOST_NAMES])
