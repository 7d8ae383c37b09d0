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
# Less than that is the same function badly rounded, which is a disagreement to be recorded.
SAME_FUNCTION = 1e-6
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


def spelled(record, framework, text):
    """`nn.functional.leaky_relu(negative_slope=0.2)` as a function of x.

    Arguments that the framework insists on, and the record has, take the record's values.
    """
    call = ast.parse(text, mode="eval").body
    options, path = {}, text
    if isinstance(call, ast.Call):
        options = {keyword.arg: literal(keyword.value) for keyword in call.keywords}
        path = ast.unparse(call.func)
    target = importlib.import_module(framework)
    for part in path.removeprefix(f"{framework}.").split("."):
        if not hasattr(target, part):
            importlib.import_module(f"{target.__name__}.{part}")
        target = getattr(target, part)
    if isinstance(target, type):
        target = target(**options)
        options = {}
    elif record.parameters and None in (p.default for p in record.parameters):
        options = record.defaults | options
    if "weight" in options:
        torch = importlib.import_module("torch")
        options["weight"] = torch.tensor(options["weight"], dtype=torch.float64)
    return lambda x: target(x, **options)


def literal(node):
    """A Python literal, or inf."""
    if isinstance(node, ast.Name) and node.id == "inf":
        return np.inf
    return ast.literal_eval(node)


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
    """(largest relative difference on ordinary inputs, special inputs where they differ)."""
    ours_of = numbers(record)
    low, high = (Formula.parse(t, record.parameter_names).evaluate(**record.defaults)
                 for t in record.domain)  # fmt: skip
    function = spelled(record, framework, text)
    found = []
    for x in (ORDINARY, np.concatenate([SPECIAL, places(record)])):
        x = x[~((x < low) | (x > high))]
        theirs = FRAMEWORKS[framework](function, x)
        with np.errstate(all="ignore"):
            ours = record(x, *ours_of), record.derivative(x, *ours_of)
            off = np.zeros(x.shape)
            for a, b in zip(ours, theirs, strict=True):
                same = (a == b) | (np.isnan(a) & np.isnan(b))
                relative = np.abs(a - b) / np.maximum(np.abs(a), 2.0**-20)
                relative[np.isnan(relative)] = np.inf
                off = np.maximum(off, np.where(same, 0.0, relative))
        found.append((x, off))
    (_, ordinary), (special, off) = found
    return float(ordinary.max()), special[off > TOLERANCE]


@pytest.mark.parametrize(("record", "framework", "text"), list(cases()))
def test_agreement(record, framework, text):
    if importlib.util.find_spec(framework) is None:
        pytest.skip(f"{framework} is not installed")
    ordinary, special = differences(record, framework, text)
    assert ordinary < SAME_FUNCTION, f"{text} is not {record.name}"
    if special.size or ordinary > TOLERANCE:
        assert record.disagreements.get(framework), (
            f"{text} differs from {record.name} at {special}, elsewhere by {ordinary:.2g}: put it, "
            f"with its reason, into `disagreements` of functions/{record.name}.py"
        )


def test_a_wrong_spelling_is_caught():
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed")
    gelu = next(r for r in ELEMENTWISE if r.name == "gelu")
    ordinary, _ = differences(gelu, "torch", "nn.functional.gelu(approximate='tanh')")
    assert ordinary > SAME_FUNCTION
