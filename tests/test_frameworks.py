"""Against the frameworks themselves: what `same_as` says agrees, what differs is on record."""

import importlib

import numpy as np
import pytest

from actfn.examine import peers
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
    with jax.enable_x64(True):
        y = np.array([float(function(jax.numpy.float64(v))) for v in x])
        slope = np.array([float(jax.grad(function)(jax.numpy.float64(v))) for v in x])
    return y, slope


FRAMEWORKS = {"torch": torch_value_and_slope, "jax": jax_value_and_slope}


def cases():
    for record in ELEMENTWISE:
        for framework in FRAMEWORKS:
            spelling = peers.spelling(record, framework)
            if spelling is not None:
                yield pytest.param(record, spelling, id=f"{record.name}-{framework}")


def places(record):
    texts = list(record.kinks)
    return np.array(
        [Formula.parse(t, record.parameter_names).evaluate(**record.defaults) for t in texts]
    )


def differences(record, spelling):
    """(largest relative difference on ordinary inputs, special inputs where they differ)."""
    ours_of = numbers(record)
    low, high = (Formula.parse(t, record.parameter_names).evaluate(**record.defaults)
                 for t in record.domain)  # fmt: skip
    function = spelling.load("float64")
    found = []
    for x in (ORDINARY, np.concatenate([SPECIAL, places(record)])):
        x = x[~((x < low) | (x > high))]
        theirs = FRAMEWORKS[spelling.library](function, x)
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


@pytest.mark.parametrize(("record", "spelling"), list(cases()))
def test_agreement(record, spelling):
    if not spelling.installed:
        pytest.skip(f"{spelling.package} is not installed")
    ordinary, special = differences(record, spelling)
    assert ordinary < SAME_FUNCTION, f"{spelling.spec} is not {record.name}"
    if special.size or ordinary > TOLERANCE:
        assert record.disagreements.get(spelling.library), (
            f"{spelling.spec} differs from {record.name} at {special}, elsewhere by "
            f"{ordinary:.2g}: put it, with its reason, into `disagreements` of "
            f"functions/{record.name}.py"
        )


def test_a_wrong_spelling_is_caught():
    pytest.importorskip("torch", reason="the wrong spelling is one of torch's")
    gelu = next(r for r in ELEMENTWISE if r.name == "gelu")
    wrong = peers.Spelling("torch", *peers.read("nn.functional.gelu(approximate='tanh')"))
    ordinary, _ = differences(gelu, wrong)
    assert ordinary > SAME_FUNCTION
