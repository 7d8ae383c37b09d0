"""A kernel with other building blocks: the same text, given other globals."""

from collections.abc import Callable
from types import CellType, FunctionType

from actfn.elementary import Exact
from actfn.kernels.digest import helpers
from actfn.kernels.two_float import inlined


def rewritten(
    function: FunctionType,
    forms: dict,
    again: Callable[[FunctionType], FunctionType],
    constant: Callable | None = None,
) -> FunctionType:
    """The kernel, or a function it calls, with these forms of what it calls.

    Parameters
    ----------
    forms : building block -> what to call in its place.
    again : does the same to the functions that the kernel calls.
    constant : what to make of the numbers in the text, if not to leave them.
    """
    own = set(helpers(function))

    def replaced(value):
        if isinstance(value, (int, float, Exact)) and not isinstance(value, bool):
            return value if constant is None else constant(value)
        if not isinstance(value, FunctionType):
            return value
        return forms.get(value) or (inlined(again(value)) if value in own else value)

    scope = {name: replaced(value) for name, value in function.__globals__.items()}
    cells = tuple(CellType(replaced(cell.cell_contents)) for cell in function.__closure__ or ())
    code = function.__code__.replace(co_consts=tuple(map(replaced, function.__code__.co_consts)))
    made = FunctionType(code, scope, function.__name__, closure=cells or None)
    made.__defaults__, made.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    return made
