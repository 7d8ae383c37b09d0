"""float32 arrays in a line go through their kernel without buffers: nobody may see a difference."""

import numpy as np
import pytest

import actfn
from derived import ELEMENTWISE, parametrize

N = 2500  # more than two pieces
RNG = np.random.default_rng(3)
X = np.concatenate([RNG.standard_normal(N - 4).astype(np.float32), [0, -0.0, 1e-40, -90]])
X = X.astype(np.float32)


def apart(x):
    """The same numbers two places apart: the way with buffers."""
    return np.repeat(x, 2)[::2]


def bits(results):
    """Of one array or of several."""
    several = results if isinstance(results, tuple) else (results,)
    return [np.asarray(result).tobytes() for result in several]


@parametrize("record", ELEMENTWISE)
def test_same_bits_as_with_buffers(record):
    values, dy = record.defaults, RNG.standard_normal(N).astype(np.float32)
    with np.errstate(all="ignore"):
        for operation, arrays in (
            (record, (X,)),
            (record.derivative, (X,)),
            (record.backward, (dy, X)),
        ):
            assert bits(operation(*arrays, **values)) == bits(
                operation(*map(apart, arrays), **values)
            )
        y, d = record.value_and_derivative(X, **values)
        assert y.tobytes() == record(X, **values).tobytes()
        assert d.tobytes() == record.derivative(X, **values).tobytes()


@pytest.mark.parametrize("function", [actfn.silu, actfn.silu.derivative], ids=["value", "slope"])
def test_in_place(function):
    x = X.copy()
    wanted = function(X)
    assert function(x, out=x) is x
    assert x.tobytes() == wanted.tobytes()


def test_a_gradient_in_place():
    dy = RNG.standard_normal(N).astype(np.float32)
    wanted = actfn.silu.backward(dy, X)
    assert actfn.silu.backward(dy, X, out=dy).tobytes() == wanted.tobytes()


@pytest.mark.parametrize("first", [0, 1])
def test_two_results_of_which_one_replaces_the_input(first):
    x, other = X.copy(), np.empty_like(X)
    wanted = actfn.silu.value_and_derivative(X)
    out = (x, other) if first == 0 else (other, x)
    found = actfn.silu.value_and_derivative(x, out=out)
    assert [f.tobytes() for f in found] == [w.tobytes() for w in wanted]


def test_flags_are_told_as_with_buffers():
    """An overflow that is meant, in the last piece only; and none for NaN or infinite input."""
    x = np.zeros(N, np.float32)
    x[-1] = 100
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert actfn.exponential(x)[-1] == np.inf
    for special in (np.nan, np.inf, -np.inf, -1e30):
        x[-1] = special
        actfn.exponential(x)


def test_parameters_that_are_arrays():
    alpha = np.linspace(0.1, 2, N)
    found = actfn.elu(X, alpha)
    wanted = [actfn.elu(X[k : k + 1], alpha[k])[0] for k in range(N)]
    assert found.tobytes() == np.array(wanted).tobytes()


def test_a_short_kernel_leaves_the_building_blocks_as_they_are():
    """Compiling one must not give `narrow` and its like a second, wrong form."""
    from actfn.functions import silu
    from actfn.kernels.digest import helpers
    from actfn.kernels.short_forms import shortened

    assert helpers(shortened(silu.forward)) == []
