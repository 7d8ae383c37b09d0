"""Against the frameworks themselves: what `same_as` says agrees, what differs is on record."""

import ast
import importlib
import importlib.util

import numpy as np
import pytest

from actfn.formula import Formula
from derived import ELEMENTWISE, numbers

# A function called as the framework documents it, on ordinary inputs, agrees to this many
# float64 roundings (their own error included: several ULP, amplified by nothing here).
TOLERANCE = 2.0**-40
ORDINARY = np.array([-3.7, -2.9, -1.3, -0.6, -0.3, 0.2, 0.45, 0.8, 1.7, 2.6, 4.4, 7.1])
SPECIAL = np.array([-np.inf, np.inf, np.nan])


def torch_value_and_slope(function, x):
    torch = importlib.import_module("torch")
    tensor = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = function(tensor)
    y.backward(torch.ones_like(y))
    return y.detach().numpy(), tensor.grad.numpy()


def jax_value_and_slope(function, x):
    jax = importlib.import_module("jax")
    with jax.experimental.enable_x64(True):
        y = np.array([float(function(jax.numpy.float64(v))) for v in x])
        slope = np.array([float(jax.grad(function)(jax.numpy.float64(v))) for v in x])
    return y, slope


FRAMEWORKS = {"torch": torch_value_and_slope, "jax": jax_value_and_slope}


def spelled(framework, text):
    """`nn.functional.leaky_relu(negative_slope=0.2)` as a function of x."""
    call = ast.parse(text, mode="eval").body
    options, path = {}, text
    if isinstance(call, ast.Call):
        options = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
        path = ast.unparse(call.func)
    target = importlib.import_module(framework)
    for part in path.removeprefix(f"{framework}.").split("."):
        if hasattr(target, part):
            target = getattr(target, part)
        else:
            target = importlib.import_module(f"{target.__name__}.{part}")
    return lambda x: target(x, **options)


def cases():
    for record in ELEMENTWISE:
        for framework, text in record.same_as.items():
            if framework in FRAMEWORKS:
                yield pytest.param(record, framework, text, id=f"{record.name}-{framework}")


def places(record):
    texts = list(record.kinks)
    return np.array(
        [Formula.parse(t, record.parameter_names).evaluate(**record.defaults) for t in texts]
    )


def differences(record, framework, text):
    """(ordinary inputs where they differ, special inputs where they differ)."""
    ours_of = numbers(record)
    low, high = (Formula.parse(t, record.parameter_names).evaluate(**record.defaults)
                 for t in record.domain)  # fmt: skip
    found = []
    for x in (ORDINARY, np.concatenate([SPECIAL, places(record)])):
        x = x[~((x < low) | (x > high))]
        theirs = FRAMEWORKS[framework](spelled(framework, text), x)
        with np.errstate(all="ignore"):
            ours = record(x, *ours_of), record.derivative(x, *ours_of)
        agree = np.ones(x.shape, bool)
        for a, b in zip(ours, theirs, strict=True):
            scale = np.maximum(np.abs(a), 2.0**-20)
            with np.errstate(all="ignore"):
                close = np.abs(a - b) <= TOLERANCE * scale
            agree &= close | (a == b) | (np.isnan(a) & np.isnan(b))
        found.append(x[~agree])
    return found


@pytest.mark.parametrize(("record", "framework", "text"), list(cases()))
def test_agreement(record, framework, text):
    if importlib.util.find_spec(framework) is None:
        pytest.skip(f"{framework} is not installed")
    ordinary, special = differences(record, framework, text)
    assert ordinary.size == 0, f"{text} is not {record.name} at {ordinary}"
    if special.size:
        assert record.disagreements.get(framework), (
            f"{text} differs from {record.name} at {special}: put it, with its reason, into "
            f"`disagreements` of functions/{record.name}.py"
        )


def test_a_wrong_spelling_is_caught():
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed")
    gelu = next(r for r in ELEMENTWISE if r.name == "gelu")
    ordinary, _ = differences(gelu, "torch", "nn.functional.gelu(approximate='tanh')")
    assert ordinary.size > 0
