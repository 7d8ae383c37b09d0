"""A kernel becomes machine code: a loop over a block of float64, in either arithmetic.

    core(arguments, hi, lo, count)

`arguments` are pointers to `count` float64 each, arrays first and then parameters. The float64
form writes `hi` only. The direct forms go from float32 to float32, one or two results at once,
which may so share an exponential: their pointers are to (a gradient,) the arrays, one number per
parameter, a number other than 0 where parameters are arrays as well, which only single forms allow
for, and the results. The single forms compute in float32. This module imports Numba and is needed
only when nothing is on disk yet.
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
    if arithmetic == "direct":
        text = _direct_text(arrays, parameters, len(kernels), with_gradient)
    elif arithmetic == "single":
        from actfn.kernels import single

        scope |= {"as_single": single.as_single, "rounded": single.rounded, "times": single.times}
        text = _single_text(arrays, parameters, len(kernels), with_gradient)
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


def _direct_text(arrays, parameters, results, with_gradient) -> str:
    pointers = _direct_pointers(arrays, parameters, results, with_gradient)
    pointers += [f"p{k} = q{k}[0]" for k in range(parameters)]
    inputs = [f"float64(x{k}[i])" for k in range(arrays)] + [f"p{k}" for k in range(parameters)]
    factor = "float64(gradient[i]) * " * with_gradient
    body = [f"v{k} = {factor}narrow(kernel{k}({', '.join(inputs)}))" for k in range(results)]
    body += [f"out{k}[i] = float32(v{k})" for k in range(results)]
    return _TEMPLATE.format(pointers="; ".join(pointers), body="; ".join(body), side_by_side=4)


def _single_text(arrays, parameters, results, with_gradient) -> str:
    pointers = _direct_pointers(arrays, parameters, results, with_gradient)
    scalars = [f"p{k} = q{k}[0]" for k in range(parameters)]
    each = [f"p{k} = q{k}[i]" for k in range(parameters)]
    inputs = [f"as_single(x{k}[i])" for k in range(arrays)] + [f"p{k}" for k in range(parameters)]
    body = [f"v{k} = kernel{k}({', '.join(inputs)})" for k in range(results)]
    form = "times(gradient[i], v{0})" if with_gradient else "rounded(v{0})"
    body += [f"out{k}[i] = {form.format(k)}" for k in range(results)]
    text = _TEMPLATE.format(
        pointers="; ".join(pointers + scalars), body="; ".join(body), side_by_side=2
    )
    if parameters:
        text += f"""    if arguments[{with_gradient + arrays + parameters}] != 0.0:
        for i in range(count):
            {"; ".join(each + body)}
"""
    return text


def _direct_pointers(arrays, parameters, results, with_gradient) -> list[str]:
    names = ["gradient"] * with_gradient + [f"x{k}" for k in range(arrays)]
    names += [*(f"q{k}" for k in range(parameters)), "", *(f"out{k}" for k in range(results))]
    return [
        f"{name} = {'doubles' if name[0] == 'q' else 'singles'}_at(bits_of(arguments[{k}]))"
        for k, name in enumerate(names)
        if name
    ]


@cache
def _compiled_helper(function):
    """Let kernels call `function`, a plain one of an activation's file."""
    return inlined(function)


def compile_loop(element: str, symbol: str) -> str:
    """The LLVM text of the ufunc loop for one element type, or of the "table" loop."""
    from actfn.kernels.loops import make_loop, make_table_loop

    compiled = make_table_loop() if element == "table" else make_loop(element)
    return compiled.inspect_llvm().replace(compiled.native_name, symbol)
