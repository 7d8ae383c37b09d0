"""A kernel becomes machine code: a loop over a block of float64, in either arithmetic.

    core(arguments, hi, lo, count)

`arguments` are pointers to `count` float64 each, arrays first and then parameters. The float64
form writes `hi` only. The direct forms go from float32 to float32, one or two results at once,
which may so share an exponential: their pointers are to (a gradient,) the arrays, one number per
parameter, a number other than 0 where parameters are arrays as well, which only single forms allow
for, and the results. The single forms compute in float32. This module imports Numba and is needed
only when nothing is on disk yet.
"""

from dataclasses import dataclass
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
        {body}
    interleave_loops({side_by_side})
"""
_STORE = {
    "float64": "hi[i] = narrow(value)",
    "two-float": "wide = widen(value); hi[i] = wide.hi; lo[i] = wide.lo",
}


def compile_core(
    kernels, arrays: int, parameters: int, arithmetic: str, symbol: str, with_gradient: bool
) -> str:
    """The LLVM text of the core of one kernel, or of two that are direct; `symbol` is its name."""
    scope = {
        "bits_of": bits_of,
        "doubles_at": doubles_at,
        "float32": types.float32,
        "float64": types.float64,
        "interleave_loops": interleave_loops,
        "narrow": narrow,
        "singles_at": singles_at,
        "widen": widen,
    }
    for number, function in enumerate(kernels):
        for helper in helpers(function):
            _compiled_helper(helper)
        scope[f"kernel{number}"] = njit(**JIT_OPTIONS)(function)
    if arithmetic == "single":
        from actfn.kernels import single

        scope |= {"as_single": single.as_single, "rounded": single.rounded, "times": single.times}
    if arithmetic in _DIRECT:
        text = _direct_text(arrays, parameters, len(kernels), arithmetic, with_gradient)
    else:
        text = _buffered_text(arrays, parameters, arithmetic)
    exec(text, scope)  # noqa: S102 - the template, nothing else
    compiled = cfunc(_SIGNATURE, error_model="numpy")(scope["core"])
    return compiled.inspect_llvm().replace(compiled.native_name, symbol)


def _buffered_text(arrays, parameters, arithmetic) -> str:
    form = "widen(p{0}[i])" if arithmetic == "two-float" else "p{0}[i]"
    inputs = range(arrays + parameters)
    values = ", ".join(form.format(k) for k in inputs)
    return _TEMPLATE.format(
        pointers="; ".join(f"p{k} = doubles_at(bits_of(arguments[{k}]))" for k in inputs),
        body=f"value = kernel0({values}); {_STORE[arithmetic]}",
        side_by_side=2 if arithmetic == "two-float" else 4,  # as many as registers hold
    )


@dataclass(frozen=True)
class _Direct:
    """How a direct form reads an input, and rounds a result or its product with the gradient."""

    read: str
    rounded: str
    product: str
    side_by_side: int


_DIRECT = {
    "direct": _Direct(
        "float64(x{0}[i])",
        "float32(narrow(v{0}))",
        "float32(float64(gradient[i]) * narrow(v{0}))",
        4,
    ),
    "single": _Direct("as_single(x{0}[i])", "rounded(v{0})", "times(gradient[i], v{0})", 2),
}


def _direct_text(arrays, parameters, results, arithmetic, with_gradient) -> str:
    form = _DIRECT[arithmetic]
    names = ["gradient"] * with_gradient + [f"x{k}" for k in range(arrays)]
    names += [*(f"q{k}" for k in range(parameters)), "", *(f"out{k}" for k in range(results))]
    pointers = [
        f"{name} = {'doubles' if name[0] == 'q' else 'singles'}_at(bits_of(arguments[{k}]))"
        for k, name in enumerate(names)
        if name
    ]
    scalars, each = ([f"p{k} = q{k}[{i}]" for k in range(parameters)] for i in ("0", "i"))
    inputs = [form.read.format(k) for k in range(arrays)] + [f"p{k}" for k in range(parameters)]
    store = form.product if with_gradient else form.rounded
    body = [f"v{k} = kernel{k}({', '.join(inputs)})" for k in range(results)]
    body += [f"out{k}[i] = {store.format(k)}" for k in range(results)]
    text = _TEMPLATE.format(
        pointers="; ".join(pointers + scalars),
        body="; ".join(body),
        side_by_side=form.side_by_side,
    )
    if parameters and arithmetic == "single":
        text += f"""    if arguments[{names.index("")}] != 0.0:
        for i in range(count):
            {"; ".join(each + body)}
"""
    return text


@cache
def _compiled_helper(function):
    """Let kernels call `function`, a plain one of an activation's file."""
    return inlined(function)


def compile_loop(element: str, symbol: str) -> str:
    """The LLVM text of the ufunc loop for one element type, or of the "table" loop."""
    from actfn.kernels.loops import make_loop, make_table_loop

    compiled = make_table_loop() if element == "table" else make_loop(element)
    return compiled.inspect_llvm().replace(compiled.native_name, symbol)
