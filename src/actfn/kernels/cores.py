"""A kernel becomes machine code: a loop over a block of float64, in either arithmetic.

    core(arguments, hi, lo, count)

`arguments` are pointers to `count` float64 each, arrays first and then parameters. The float64
form writes `hi` only. The direct forms go from float32 to float32, with one number per parameter;
they have a pointer more, to the results, and the one with a gradient has that in front. This
module imports Numba and is needed only when nothing is on disk yet.
"""

from functools import cache

from numba import cfunc, njit, types

import actfn.kernels.building_blocks
import actfn.kernels.trigonometry  # noqa: F401 - both register compiled forms
from actfn.kernels.digest import helpers
from actfn.kernels.memory import DOUBLES, doubles_at, interleave_loops, singles_at
from actfn.kernels.two_float import JIT_OPTIONS, bits_of, inlined, narrow, widen

_SIGNATURE = types.void(DOUBLES, DOUBLES, DOUBLES, types.intp)

_TEMPLATE = """
def core(arguments, hi, lo, count):
    {pointers}
    for i in range(count):
        value = kernel({values})
        {store}
    interleave_loops({side_by_side})
"""
_STORE = {
    "float64": "hi[i] = narrow(value)",
    "two-float": "wide = widen(value); hi[i] = wide.hi; lo[i] = wide.lo",
    "direct": "out[i] = float32(narrow(value))",
    "direct-gradient": "out[i] = float32(float64(gradient[i]) * narrow(value))",
}


def compile_core(function, arrays: int, parameters: int, arithmetic: str, symbol: str) -> str:
    """The LLVM text of the core, with its entry point named `symbol`."""
    write = _direct_text if arithmetic.startswith("direct") else _buffered_text
    for helper in helpers(function):
        _compiled_helper(helper)
    scope = {
        "kernel": njit(**JIT_OPTIONS)(function),
        "bits_of": bits_of,
        "doubles_at": doubles_at,
        "float32": types.float32,
        "float64": types.float64,
        "interleave_loops": interleave_loops,
        "narrow": narrow,
        "singles_at": singles_at,
        "widen": widen,
    }
    exec(write(arrays, parameters, arithmetic), scope)  # noqa: S102 - the template, nothing else
    compiled = cfunc(_SIGNATURE, error_model="numpy")(scope["core"])
    return compiled.inspect_llvm().replace(compiled.native_name, symbol)


def _buffered_text(arrays, parameters, arithmetic) -> str:
    form = "widen(p{0}[i])" if arithmetic == "two-float" else "p{0}[i]"
    inputs = range(arrays + parameters)
    return _TEMPLATE.format(
        pointers="; ".join(f"p{k} = doubles_at(bits_of(arguments[{k}]))" for k in inputs),
        values=", ".join(form.format(k) for k in inputs),
        store=_STORE[arithmetic],
        side_by_side=2 if arithmetic == "two-float" else 4,  # as many as registers hold
    )


def _direct_text(arrays, parameters, arithmetic) -> str:
    gradient = arithmetic == "direct-gradient"
    names = ["gradient"] * gradient + [f"x{k}" for k in range(arrays)]
    lines = [f"{name} = singles_at(bits_of(arguments[{k}]))" for k, name in enumerate(names)]
    lines += [
        f"p{k} = doubles_at(bits_of(arguments[{len(names) + k}]))[0]" for k in range(parameters)
    ]
    lines.append(f"out = singles_at(bits_of(arguments[{len(names) + parameters}]))")
    values = [f"float64(x{k}[i])" for k in range(arrays)] + [f"p{k}" for k in range(parameters)]
    return _TEMPLATE.format(
        pointers="; ".join(lines),
        values=", ".join(values),
        store=_STORE[arithmetic],
        side_by_side=4,
    )


@cache
def _compiled_helper(function):
    """Let kernels call `function`, a plain one of an activation's file."""
    return inlined(function)


def compile_loop(element: str, symbol: str) -> str:
    """The LLVM text of the ufunc loop for one element type, or of the "table" loop."""
    from actfn.kernels.loops import make_loop, make_table_loop

    compiled = make_table_loop() if element == "table" else make_loop(element)
    return compiled.inspect_llvm().replace(compiled.native_name, symbol)
