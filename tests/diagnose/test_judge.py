"""Verdicts of units: the right one, and the same in other units, orders, batches and types."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actfn.diagnose.bounds import output_box, pre_activation_bounds
from actfn.diagnose.judge import judge_units, measure, wilson
from actfn.diagnose.observe import Observer
from actfn.diagnose.plain import PlainNetwork

RNG = np.random.default_rng(7)


def verdict(z, activation="relu"):
    observer = Observer()
    layer = observer.add("layer", activation, np.asarray(z)[:, None])
    return str(judge_units(layer)[0])


def normal(mean, spread=1.0, items=1000):
    return mean + spread * np.random.default_rng(1).normal(size=items)


@pytest.mark.parametrize(
    "wanted, z, activation",
    [
        ("healthy", normal(0), "relu"),
        ("healthy", normal(-0.8), "relu"),
        ("sparse", normal(-2), "relu"),
        ("dead", normal(-20), "relu"),
        ("dead", normal(-20, items=16), "relu"),
        ("silent", normal(-20, items=15), "relu"),
        ("silent", normal(-2.9, items=40), "relu"),
        ("dead", normal(-7, items=901), "relu"),
        ("silent", normal(-7, items=899), "relu"),
        ("dead", normal(-20), "gelu"),
        ("dead", normal(-20), "silu"),
        ("dead", normal(-30), "elu"),
        ("sparse", normal(-4.5), "gelu"),
        ("saturated", normal(-20), "leaky_relu"),
        ("healthy", normal(0), "leaky_relu"),
        ("saturated", normal(9), "tanh"),
        ("saturated", normal(-20), "sigmoid"),
        ("saturated", 30 * normal(0), "tanh"),
        ("healthy", 2 * normal(0), "tanh"),
        ("healthy", normal(0), "sigmoid"),
        ("dead", np.zeros(20), "relu"),
        ("sparse", normal(-2), "relu6"),
        ("dead", normal(-20), "relu6"),
        ("saturated", normal(30), "relu6"),
    ],
)
def test_verdicts(wanted, z, activation):
    assert verdict(z, activation) == wanted


def test_wilson_is_the_published_interval():
    """Newcombe 1998, table I: 81 of 263 is 0.2553 to 0.3662, 0 of 20 is 0 to 0.1611."""
    np.testing.assert_allclose(wilson(81, 263), (0.2553, 0.3662), atol=5e-5)
    np.testing.assert_allclose(wilson(0, 20), (0, 0.1611), atol=5e-5)


# ---------------------------------------------------------------- certificates


def network(seed=0, depth=3, width=24, dead=6, dtype=np.float64):
    rng = np.random.default_rng(seed)
    sizes = [12, *[width] * depth, 4]
    layers = [
        [rng.normal(0, np.sqrt(2 / a), (a, b)).astype(dtype), np.zeros(b, dtype), "relu"]
        for a, b in pairwise(sizes)
    ]
    layers[1][1][:dead] = -60
    layers[-1][2] = None
    return layers


def batches(seed=1, items=64, n=4, dtype=np.float64, scale=1.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(items * n, 12)).astype(dtype) * dtype(scale)
    y = rng.integers(0, 4, items * n)
    return list(zip(np.split(x, n), np.split(y, n), strict=True))


def look(layers, data, loss=None):
    observer = Observer()
    PlainNetwork(layers, loss).observe(data, observer)
    verdicts = {name: judge_units(layer) for name, layer in observer.layers.items()}
    return observer, verdicts


def test_the_proof_holds_for_every_corner_of_the_box():
    observer, verdicts = look(network(), batches())
    layer = observer.layers["layer 2"]
    assert (verdicts["layer 2"][:6] == "certified dead").all()
    low, high = pre_activation_bounds(layer)
    corners = np.where(RNG.random((4000, 24)) < 0.5, layer.inputs.low, layer.inputs.high)
    z = corners @ layer.weight.T + layer.bias
    assert (z >= low).all()
    assert (z <= high).all()
    best = np.where(layer.weight > 0, layer.inputs.high, layer.inputs.low)  # attains the bound
    np.testing.assert_allclose((layer.weight * best).sum(axis=1) + layer.bias, high, rtol=1e-9)


def test_without_room_for_a_proof_it_is_evidence():
    layers = network()
    layers[1][0][:] *= 30  # the box now reaches far beyond the bias
    layers[1][1][:6] = -6000 * np.abs(layers[1][0][:, :6]).max()
    layers[1][1][6:9] = -2000
    _, verdicts = look(layers, batches())
    assert set(verdicts["layer 2"][:6]) == {"certified dead"}
    assert set(verdicts["layer 2"][6:9]) <= {"dead", "certified dead"}


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "silu"])
def test_boxes_of_values(name):
    from actfn.diagnose.slopes import activation_of

    record = activation_of(name)
    low, high = -np.abs(RNG.normal(size=9)) * 3, np.abs(RNG.normal(size=9)) * 3
    below, above = output_box(record, (low, high))
    values = record(low + (high - low) * RNG.random((5000, 9)))
    assert (values >= below).all()
    assert (values <= above).all()


# ---------------------------------------------------------------- invariance


def same(one, other, order=None):
    for name in one:
        wanted = one[name] if order is None or name != "layer 2" else one[name][order]
        np.testing.assert_array_equal(other[name], wanted)


POWERS = st.integers(-20, 20)


@settings(max_examples=25, deadline=None)
@given(POWERS)
def test_the_unit_of_the_loss_does_not_matter(power):
    def scaled(output, target):
        gradient = output.copy()
        gradient[np.arange(len(target)), target] -= 1
        return 0.0, gradient * 10.0**power

    one, two = look(network(), batches(), scaled), look(network(), batches(), scaled)
    ratios = [[m.sensitivity for m in measure(o, v)] for o, v in (one, two)]
    base = [m.sensitivity for m in measure(*look(network(), batches(), _plain_loss))]
    np.testing.assert_allclose(ratios[0], base, rtol=1e-6)
    same(one[1], two[1])


def _plain_loss(output, target):
    gradient = output.copy()
    gradient[np.arange(len(target)), target] -= 1
    return 0.0, gradient


@settings(max_examples=25, deadline=None)
@given(POWERS)
def test_the_unit_of_the_input_does_not_matter(power):
    """2**power is exact: without biases every pre-activation scales with the input."""
    layers = network(dead=0)
    layers[1][0][:, :6] = -np.abs(layers[1][0][:, :6])  # dead by their weights
    same(look(layers, batches())[1], look(layers, batches(scale=2.0**power))[1])


@settings(max_examples=10, deadline=None)
@given(st.sampled_from([1, 2, 4, 8, 32]))
def test_the_size_of_batches_does_not_matter(n):
    whole, parts = batches(n=1, items=256), batches(n=n, items=256 // n)
    same(look(network(), whole)[1], look(network(), parts)[1])


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(24)))
def test_the_order_of_units_does_not_matter(order):
    layers = network()
    other = [list(layer) for layer in layers]
    other[1] = [layers[1][0][:, order], layers[1][1][order], "relu"]
    other[2] = [layers[2][0][order], *layers[2][1:]]
    same(look(layers, batches())[1], look(other, batches())[1], list(order))


@settings(max_examples=20, deadline=None)
@given(st.integers(-8, 8), st.integers(0, 2))
def test_rescaling_relu_layers_does_not_matter(power, where):
    """W, b times c and the next W over c: the same function, the same verdicts and ratios."""
    layers = network()
    other = [[w.copy(), b.copy(), f] for w, b, f in layers]
    other[where][0] *= 2.0**power
    other[where][1] *= 2.0**power
    other[where + 1][0] *= 2.0**-power
    one, two = look(layers, batches(), _plain_loss), look(other, batches(), _plain_loss)
    same(one[1], two[1])
    ratios = [[m.sensitivity for m in measure(o, v)] for o, v in (one, two)]
    np.testing.assert_allclose(ratios[0], ratios[1], rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_the_type_does_not_matter(dtype):
    z = RNG.normal(size=(200, 9)).astype(np.float16) - np.linspace(0, 12, 9).astype(np.float16)
    observers = [Observer(), Observer()]
    found = [
        judge_units(o.add("layer", "relu", z.astype(t)))
        for o, t in zip(observers, (np.float64, dtype), strict=True)
    ]
    np.testing.assert_array_equal(*found)


# ---------------------------------------------------------------- measures of layers


def test_gains_of_a_gaussian_layer_are_the_exact_ones():
    rng = np.random.default_rng(0)
    for name in ("relu", "gelu", "tanh", "sigmoid"):
        observer = Observer()
        z = rng.normal(0.3, 1.2, size=(4000, 50))
        layer = observer.add("layer", name, z, gradient=rng.normal(size=z.shape))
        (found,) = measure(observer, {"layer": judge_units(layer)})
        assert found.forward_gain == pytest.approx(found.predicted_forward_gain, rel=0.01)
        assert found.backward_gain == pytest.approx(found.predicted_backward_gain, rel=0.01)


def test_the_gradient_of_plain_layers_is_that_of_differences():
    layers = [[w, b, f] for w, b, f in network(depth=2)]
    layers[0][2] = "gelu"
    layers[1][2] = "tanh"
    layers[1][1][:] = 0
    net, (batch, *_) = PlainNetwork(layers), batches()
    gradient = net.gradient_vector(batch)
    for i in range(0, gradient.size, 37):
        step = np.zeros(gradient.size)
        step[i] = 1e-6
        losses = []
        for sign in (1, -1):
            moved, start = net.copy(), 0
            for p in moved.parameters():
                p += sign * step[start : start + p.size].reshape(p.shape)
                start += p.size
            losses.append(moved.parameter_gradients(batch)[0])
        assert gradient[i] == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-5, abs=1e-9)
