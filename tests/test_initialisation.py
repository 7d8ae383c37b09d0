"""Gains and initialisation: exact, and keeping what they promise to keep."""

import numpy as np
import pytest

import actfn
from actfn.diagnose.slopes import slope_at, value_at
from actfn.errors import DiagnosisError
from actfn.initialisation import SCHEMES, fans

WIDTH, DEPTH = 512, 6


def test_gains_are_the_facts():
    for name in ("relu", "gelu", "silu", "elu", "softplus", "mish", "sigmoid", "tanh"):
        facts = actfn.get(name).facts
        assert actfn.gain(name) == facts.forward_gain
        assert actfn.gain(name, "backward") == facts.backward_gain


WITHOUT = {"log1mexp", "logit", "softplus_inverse"}  # not defined on both sides of 0


@pytest.mark.parametrize("name", [n for n in actfn.names() if len(actfn.get(n).inputs) == 1])
def test_every_function_has_gains_or_no_integral(name):
    for preserve, slope in (("forward", False), ("backward", True)):
        if name in WITHOUT:
            with pytest.raises(DiagnosisError, match="integral does not exist"):
                actfn.gain(name, preserve)
            continue
        record = actfn.get(name)
        z = np.linspace(-9, 9, 200_001)
        values = slope_at(record, z) if slope else value_at(record, z)
        mean = np.trapezoid(values**2 * np.exp(-z * z / 2), z) / np.sqrt(2 * np.pi)
        assert actfn.gain(name, preserve) == pytest.approx(mean**-0.5, rel=1e-3)


@pytest.mark.parametrize("name", ["relu", "threshold", "prelu"])
def test_lsuv_takes_parameters_without_defaults(name):
    x = np.random.default_rng(0).normal(size=(256, 32))
    first, _ = actfn.initialise([((32, 32), name), ((32, 8), None)], "lsuv", batch=x, rng=0)
    assert np.var(x @ first) == pytest.approx(1, abs=0.02)


def test_parameters_and_spellings():
    assert actfn.gain("leaky_relu", negative_slope=1.0) == pytest.approx(1)
    assert actfn.gain("nn.GELU") == actfn.gain(actfn.gelu)
    assert actfn.gain(None) == 1


@pytest.mark.parametrize(
    "arguments, options, error",
    [
        (("gelu", "sideways"), {}, DiagnosisError),
        (("gelu",), {"slope": 1}, TypeError),
        (("logit",), {}, DiagnosisError),
        (("swiglu",), {}, DiagnosisError),
        (("nonsense",), {}, KeyError),
    ],
)
def test_what_has_no_gain(arguments, options, error):
    with pytest.raises(error):
        actfn.gain(*arguments, **options)


def through(scheme, activation, **options):
    """rms of the pre-activations of every layer, for Gaussian input."""
    shapes = [((WIDTH, WIDTH), activation)] * DEPTH
    x = np.random.default_rng(1).normal(size=(400, WIDTH)).astype(np.float32)
    weights = actfn.initialise(shapes, scheme, rng=0, batch=x, **options)
    sizes, record = [], actfn.get(activation)
    for weight in weights:
        z = x @ weight
        sizes.append(float(np.sqrt(np.mean(z**2))))
        x = record(z)
    return sizes


@pytest.mark.parametrize("activation", ["relu", "gelu", "silu", "elu", "tanh", "mish", "selu"])
@pytest.mark.parametrize("scheme", ["kaiming", "orthogonal", "xavier", "lsuv"])
def test_the_signal_keeps_its_size(scheme, activation):
    sizes = through(scheme, activation)
    assert sizes[-1] == pytest.approx(1, abs=0.2)


def test_without_the_gain_it_does_not():
    assert through("lecun", "relu")[-1] < 0.3


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_spread(distribution):
    (weight,) = actfn.initialise([((300, 400), "relu")], distribution=distribution, rng=0)
    assert weight.dtype == np.float32
    assert weight.std() == pytest.approx(1 / np.sqrt(300), rel=0.02)
    bound = np.sqrt(3 / 300) if distribution == "uniform" else np.inf
    assert np.abs(weight).max() <= bound * (1 + 1e-6)


def test_backward_takes_the_other_gain_and_fan():
    (weight,) = actfn.initialise([((300, 400), "sigmoid")], preserve="backward", rng=0)
    assert weight.std() == pytest.approx(actfn.gain("sigmoid", "backward") / 20, rel=0.02)


@pytest.mark.parametrize("shape", [(30, 50), (50, 30), (16, 4, 3, 3)])
def test_orthogonal(shape):
    (weight,) = actfn.initialise([(shape, None)], "orthogonal", rng=0)
    assert weight.shape == shape
    matrix = weight if len(shape) == 2 else weight.reshape(shape[0], -1).T
    product = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    np.testing.assert_allclose(product / product[0, 0], np.eye(len(product)), atol=1e-5)


def test_the_same_seed_gives_the_same_weights():
    one, two, other = (actfn.initialise([((8, 9), "relu")], rng=seed)[0] for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "selu", "silu", "elu"])
def test_on_the_edge_of_chaos(name):
    """sigma_w² E f'² = 1, and q is a fixed point, at some q: both by quadrature over q."""
    from actfn.diagnose.slopes import predicted_gains

    weight, bias = actfn.edge_of_chaos(name)
    residuals = []
    for q in np.geomspace(1e-6, 64, 1500):
        forward, slope = predicted_gains(actfn.get(name), 0.0, float(np.sqrt(q)))
        fixed = weight**2 * forward**2 * q + bias**2
        residuals.append(abs(weight * slope - 1) + abs(fixed / q - 1))
    assert min(residuals) < 0.02


def test_relu_s_edge_is_kaiming_s():
    assert actfn.edge_of_chaos("relu") == pytest.approx((np.sqrt(2), 0))


@pytest.mark.parametrize(
    "layers, options, message",
    [
        ([((3, 4), "relu")], {"scheme": "hopeful"}, "no scheme"),
        ([((3, 4), "relu")], {"distribution": "cauchy"}, "distribution"),
        ([((3,), "relu")], {}, "two sides"),
        ([((0, 4), "relu")], {}, "two sides"),
        ([((3, 4), "relu")], {"scheme": "lsuv"}, "pass batch="),
        ([((3, 4), "glu")], {"scheme": "lsuv", "batch": np.eye(3)}, "not an elementwise"),
        ([((3, 4), "glu"), ((4, 2), None)], {}, "a gated unit keeps the signal"),
        ([((3, 4), "relu")], {"scheme": "lsuv", "batch": np.zeros((5, 3))}, "same number"),
    ],
)
def test_bad_input(layers, options, message):
    with pytest.raises(DiagnosisError, match=message):
        actfn.initialise(layers, **options)


def test_fans():
    assert fans((3, 4)) == (3, 4)
    assert fans((8, 4, 3, 3)) == (36, 72)
    assert set(SCHEMES) >= {"kaiming", "xavier", "lecun", "orthogonal", "lsuv", "edge_of_chaos"}
