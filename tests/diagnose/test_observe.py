"""The streaming observer: what it keeps is what NumPy says about all batches at once."""

import sys

import numpy as np
import pytest

import actfn
from actfn.diagnose.observe import Observer
from actfn.diagnose.slopes import ALIVE, AWAKE, predicted_gains, slope_of
from actfn.errors import DiagnosisError

RNG = np.random.default_rng(3)
Z = RNG.normal(size=(60, 7))
G = RNG.normal(size=(60, 7))


def observed(z, gradient=None, parts=4, activation="tanh", **options):
    observer = Observer()
    gradients = [None] * parts if gradient is None else np.array_split(gradient, parts)
    for piece, g in zip(np.array_split(z, parts), gradients, strict=True):
        observer.add("layer", activation, piece, gradient=g, **options)
        observer.next_batch()
    return observer.layers["layer"]


@pytest.mark.parametrize("parts", [1, 4, 60])
def test_sums_are_those_of_all_batches(parts):
    layer, slope = observed(Z, G, parts), 1 - np.tanh(Z) ** 2
    assert layer.items == 60
    np.testing.assert_allclose(layer.z.mean, Z.mean(axis=0))
    np.testing.assert_allclose(layer.z.spread, Z.std(axis=0))
    np.testing.assert_array_equal(layer.z.low, Z.min(axis=0))
    np.testing.assert_array_equal(layer.z.high, Z.max(axis=0))
    np.testing.assert_allclose(layer.mean_slope, slope.mean(axis=0))
    assert layer.a_squares == pytest.approx((np.tanh(Z) ** 2).sum())
    assert layer.gradient_squares == pytest.approx((G**2).sum())
    np.testing.assert_allclose(layer.dz_squares, ((G * slope) ** 2).sum(axis=0))
    np.testing.assert_array_equal(layer.awake, (slope >= AWAKE).sum(axis=0))


def test_channels_of_images_count_by_image():
    z = RNG.normal(size=(20, 3, 5, 5))
    layer = observed(z, activation="relu", axis=1)
    assert layer.items == 20
    np.testing.assert_array_equal(layer.awake, (z > 0).any(axis=(2, 3)).sum(axis=0))
    np.testing.assert_allclose(layer.z.mean, z.mean(axis=(0, 2, 3)))


def test_tokens_are_items():
    assert observed(RNG.normal(size=(4, 9, 7))).items == 36


def test_small_gradients_are_not_lost():
    """The squares of these are 0 in float32."""
    layer = observed(Z.astype(np.float32), (G * 1e-30).astype(np.float32), activation="relu")
    wanted = (1e-30 * G * (Z > 0)) ** 2
    np.testing.assert_allclose(layer.dz_squares, wanted.sum(axis=0), rtol=1e-5)


def test_memory_does_not_grow_with_the_batches():
    def size(layer):
        return sum(sys.getsizeof(v) for v in [*vars(layer).values(), *vars(layer.z).values()])

    assert size(observed(np.tile(Z, (50, 1)), parts=50)) == size(observed(Z, parts=1))


@pytest.mark.parametrize("shape, axis", [((7,), -1), ((), -1), ((5, 7), 2)])
def test_what_is_no_batch_is_refused(shape, axis):
    with pytest.raises(DiagnosisError, match="items and units"):
        Observer().add("layer", "relu", np.zeros(shape), axis=axis)


def test_another_number_of_units_is_refused():
    observer = Observer()
    observer.add("layer", "relu", np.zeros((4, 3)))
    with pytest.raises(DiagnosisError, match="3 units and has 5"):
        observer.add("layer", "relu", np.zeros((4, 5)))


@pytest.mark.parametrize("name", ["softmax", "geglu", "nonsense"])
def test_only_elementwise_activations(name):
    with pytest.raises(DiagnosisError):
        Observer().add("layer", name, np.zeros((4, 3)))


def test_a_number_that_is_not_finite_marks_its_batch():
    z = np.array(Z)
    z[31, 2] = np.nan
    assert observed(z).spoilt == 2
    assert observed(Z).spoilt is None


# ---------------------------------------------------------------- slopes


@pytest.mark.parametrize(
    "name, kind",
    [
        ("relu", "one_sided"), ("gelu", "one_sided"), ("elu", "one_sided"), ("tanh", "two_sided"),
        ("sigmoid", "two_sided"), ("hard_tanh", "two_sided"), ("leaky_relu", "one_sided"),
    ],
)  # fmt: skip
def test_sides(name, kind):
    slope = slope_of(actfn.get(name))
    assert getattr(slope, kind)
    assert slope.one_sided != slope.two_sided


@pytest.mark.parametrize("name", ["relu", "gelu", "silu", "tanh", "sigmoid", "elu", "mish"])
def test_edges_are_where_the_slope_says(name):
    record = actfn.get(name)
    slope = slope_of(record)
    for low, share in ((slope.drowsy[0], AWAKE), (slope.still[0], ALIVE)):
        beyond = np.linspace(low - 30, low, 2000)
        assert (np.abs(record.derivative(beyond)) < share * slope.steepest).all()
        assert np.abs(record.derivative(low + 1e-9)) >= share * slope.steepest * (1 - 1e-6)


def test_parameters_move_the_edges():
    assert slope_of(actfn.get("leaky_relu")).still[0] == -np.inf
    small = actfn.variant.Variant(actfn.leaky_relu, {"negative_slope": 1e-4})
    assert slope_of(small).still[0] == 0


@pytest.mark.parametrize(
    "given, message",
    [
        ({"gradient": np.zeros((4, 5))}, "the gradient has the shape \\(4, 5\\)"),
        ({"value": np.zeros((4, 5))}, "the value has the shape \\(4, 5\\)"),
        ({"gradient": np.zeros((4, 3), complex)}, "real numbers, not complex"),
    ],
    ids=["gradient", "value", "complex"],
)
def test_arrays_that_do_not_belong_together(given, message):
    with pytest.raises(DiagnosisError, match=message):
        Observer().add("layer", "relu", np.zeros((4, 3)), **given)


def test_an_empty_batch():
    with pytest.raises(DiagnosisError, match="layer: batch 0 is empty"):
        Observer().add("layer", "relu", np.zeros((0, 3)))


@pytest.mark.parametrize("name", ["relu", "gelu", "sigmoid", "tanh", "selu"])
def test_predicted_gains_are_the_facts(name):
    facts = actfn.get(name).facts
    forward, backward = predicted_gains(actfn.get(name), 0.0, 1.0)
    assert 1 / forward == pytest.approx(facts.forward_gain, rel=1e-9)
    assert 1 / backward == pytest.approx(facts.backward_gain, rel=1e-9)
