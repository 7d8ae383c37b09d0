"""A kernel becomes machine code: a loop over a block of float64, in either arithmetic.

    core(arguments, hi, lo, count)

`arguments` are pointers to `count` float64 each, arrays first and then parameters. The float64
form writes `hi` only. This module imports Numba and is needed only when nothing is on disk yet.
"""

from functools import cache

from numba import cfunc, njit, types

import actfn.kernels.building_blocks
import actfn.kernels.trigonometry  # noqa: F401 - both register compiled forms
from actfn.kernels.digest import helpers
from actfn.kernels.memory import DOUBLES, doubles_at
from actfn.kernels.two_float import JIT_OPTIONS, bits_of, inlined, narrow, widen

_SIGNATURE = types.void(DOUBLES, DOUBLES, DOUBLES, types.intp)

_TEMPLATE = """
def core(arguments, hi, lo, count):
    {pointers}
    for i in range(count):
        value = kernel({values})
        {store}
"""
_STORE = {
    "float64": "hi[i] = narrow(value)",
    "two-float": "wide = widen(value); hi[i] = wide.hi; lo[i] = wide.lo",
}


def compile_core(function, arity: int, arithmetic: str, symbol: str) -> str:
    """The LLVM text of the core, with its entry point named `symbol`."""
    form = "widen(p{0}[i])" if arithmetic == "two-float" else "p{0}[i]"
    source = _TEMPLATE.format(
        pointers="; ".join(f"p{k} = doubles_at(bits_of(arguments[{k}]))" for k in range(arity)),
        values=", ".join(form.format(k) for k in range(arity)),
        store=_STORE[arithmetic],
    )
    for helper in helpers(function):
        _compiled_helper(helper)
    scope = {
        "kernel": njit(**JIT_OPTIONS)(function),
        "bits_of": bits_of,
        "doubles_at": doubles_at,
        "narrow": narrow,
        "widen": widen,
    }
    exec(source, scope)  # noqa: S102 - the template above and nothing else
    compiled = cfunc(_SIGNATURE, error_model="numpy")(scope["core"])
    return compiled.inspect_llvm().replace(compiled.native_name, symbol)


@cache
def _compiled_helper(function):
    """Let kernels call `function`, a plain one of an activation's file."""
    return inlined(function)


def compile_loop(element: str, symbol: str) -> str:
    """The LLVM text of the ufunc loop for one element type, or of the "table" loop."""
    from actfn.kernels.loops import make_loop, make_table_loop

    compiled = make_table_loop() if element == "table" else make_loop(element)
    return compiled.inspect_llvm().replace(compiled.native_name, symbol)
