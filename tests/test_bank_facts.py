"""The numbers that questions and answers state, computed again from the library."""
# Each fact is one line: (the question, what is computed, what is stated, how far off it may be).

import math

import ml_dtypes
import numpy as np
import pytest
from scipy import special

import actfn
from actfn import get

INF = math.inf
X = np.linspace(-10, 10, 200_001)
F16, F32, F64, BF16 = np.float16, np.float32, np.float64, ml_dtypes.bfloat16


def extremum(name: str) -> tuple[float, float]:
    (found,) = get(name).facts.extrema
    return float(found.place), float(found.value)


def first(function, dtype, value: float) -> float:
    """The smallest positive x from which a monotone function has this value."""
    bits = np.dtype(f"u{np.dtype(dtype).itemsize}")
    low, high = (int(np.array(x, dtype).view(bits)) for x in (0.5, 1000))
    while high - low > 1:
        middle = (low + high) // 2
        there = function(np.array([middle], bits).view(dtype))[0] == value
        low, high = (low, middle) if there else (middle, high)
    return float(np.array([high], bits).view(dtype)[0])


def tanh_slope_from_output(x):
    y = actfn.tanh(x)
    return (1 - y * y).astype(x.dtype)


def sigmoid_slope_from_output(x):
    y = actfn.sigmoid(x)
    return (y * (1 - y)).astype(x.dtype)


def plain_sigmoid(x):
    return 1 / (1 + np.exp(-x))


def furthest(one, other) -> float:
    return float(np.abs(one - other).max())


def gelu_by_erf(x, dtype):
    return dtype(0.5) * x * (1 + special.erf(x / np.sqrt(dtype(2))).astype(dtype))


def softmax(row, temperature=1.0):
    return actfn.softmax(np.array(row, float), temperature=temperature)


def loss(lead, dtype=F32) -> float:
    return float(actfn.cross_entropy(np.array([[lead, 0]], dtype), np.array([0])))


def difference_error(h: float) -> float:
    x = np.linspace(-4, 4, 8001)
    return furthest((actfn.tanh(x + h) - actfn.tanh(x - h)) / (2 * h), actfn.tanh.derivative(x))


def kd_gradient(T: float) -> float:
    student, teacher = [1.0, 2, 0, -1], [4.0, 1, -2, 0]
    return float(np.linalg.norm((softmax(student, T) - softmax(teacher, T)) / T))


FACTS = [
    # page: GELU's dip, the forms of GELU
    ("gelu-vs-relu", lambda: extremum("gelu")[0], -0.75179152, 1e-8),
    ("gelu-vs-relu", lambda: extremum("gelu")[1], -0.16997121, 1e-8),
    ("gelu-forms", lambda: furthest(actfn.gelu_tanh(X), actfn.gelu(X)), 4.7e-4, 5e-6),
    ("gelu-forms", lambda: furthest(actfn.quick_gelu(X), actfn.gelu(X)), 0.0203, 5e-5),
    # swish, and what is not monotone
    ("swish-beta", lambda: float(actfn.swish(3.0, 0.0)), 1.5, 0),
    ("swish-beta", lambda: float(actfn.swish(3.0, 1e4)), 3.0, 0),
    ("swish-beta", lambda: extremum("silu")[0], -1.2785, 5e-5),
    ("swish-beta", lambda: extremum("silu")[1], -0.2785, 5e-5),
    ("not-monotone", lambda: extremum("mish")[0], -1.1924, 5e-5),
    ("not-monotone", lambda: extremum("mish")[1], -0.3088, 5e-5),
    ("not-monotone", lambda: extremum("hard_swish"), (-1.5, -0.375), 0),
    ("not-monotone", lambda: float(actfn.silu.derivative(X).min()), -0.0998, 5e-5),
    ("not-monotone", lambda: float(X[actfn.silu.derivative(X).argmin()]), -2.40, 5e-3),
    # saturation
    ("saturation-in-floats", lambda: first(actfn.tanh, BF16, 1), 3.47, 5e-3),
    ("saturation-in-floats", lambda: first(actfn.tanh, F16, 1), 4.51, 5e-3),
    ("saturation-in-floats", lambda: first(actfn.tanh, F32, 1), 9.01, 5e-3),
    ("saturation-in-floats", lambda: first(actfn.tanh, F64, 1), 19.06, 5e-3),
    ("saturation-in-floats", lambda: first(actfn.sigmoid, BF16, 1), 6.25, 0),
    ("saturation-in-floats", lambda: first(actfn.sigmoid, F16, 1), 8.32, 5e-3),
    ("saturation-in-floats", lambda: first(actfn.sigmoid, F32, 1), 17.33, 5e-3),
    ("saturation-in-floats", lambda: first(actfn.sigmoid, F64, 1), 37.43, 5e-3),
    ("saturation-in-floats", lambda: first(plain_sigmoid, F32, 1), 16.64, 5e-3),
    ("saturation-in-floats", lambda: first(tanh_slope_from_output, F32, 0), 9.01, 5e-3),
    ("saturation-in-floats", lambda: first(actfn.tanh.derivative, F32, 0), 52.7, 5e-2),
    ("saturation-in-floats", lambda: float(actfn.tanh.derivative(9.01)), 6e-8, 5e-9),
    ("saturation-in-floats", lambda: float(actfn.tanh.derivative(4.51)), 4.8e-4, 5e-6),
    ("what-to-save", lambda: first(sigmoid_slope_from_output, F32, 0), 17.33, 5e-3),
    ("what-to-save", lambda: float(actfn.sigmoid.derivative(17.33)), 3e-8, 5e-10),
    ("what-to-save", lambda: first(actfn.sigmoid.derivative, F32, 0), 104, 0.5),
    # 1 + erf
    ("one-plus-erf", lambda: gelu_by_erf(F32(-5), F32) / actfn.gelu(-5.0), 1.04, 5e-3),
    ("one-plus-erf", lambda: gelu_by_erf(F32(-5.5), F32) / actfn.gelu(-5.5), 1.57, 5e-3),
    ("one-plus-erf", lambda: float(gelu_by_erf(F32(-5.55), F32)), 0, 0),
    ("one-plus-erf", lambda: float(gelu_by_erf(F64(-8.38), F64)), 0, 0),
    ("one-plus-erf", lambda: float(actfn.gelu(-5.0)), -1.4e-6, 5e-8),
    # name the function
    ("name-the-dip", lambda: float(actfn.selu(-1e9)), -1.758, 5e-4),
    ("name-the-dip", lambda: float(actfn.selu.derivative(1.0)), 1.0507, 5e-5),
    # curvature
    ("where-curvature-peaks", lambda: np.abs(actfn.sigmoid.second_derivative(X)).max(),
     1 / (6 * math.sqrt(3)), 1e-9),
    ("where-curvature-peaks", lambda: float(actfn.sigmoid.second_derivative(1.317)), -0.0962, 5e-5),
    ("where-curvature-peaks", lambda: math.log(2 + math.sqrt(3)), 1.317, 5e-4),
    ("where-curvature-peaks", lambda: np.abs(actfn.tanh.second_derivative(X)).max(), 0.770, 5e-4),
    ("where-curvature-peaks", lambda: float(actfn.tanh.second_derivative(0.658)), -0.770, 5e-4),
    # log-softmax and losses
    ("log-softmax", lambda: float(np.exp(F64(-746))), 0, 0),
    ("log-softmax", lambda: float(np.exp(F32(-104))), 0, 0),
    ("log-softmax", lambda: float(actfn.log_softmax(np.array([0.0, -800]))[1]), -800, 0),
    ("confident-row", lambda: loss(17), 4.14e-8, 5e-11),
    ("confident-row", lambda: float(np.log(F32(1) + np.exp(F32(-17)))), 0, 0),
    ("confident-row", lambda: float(np.log(F32(1) + np.exp(F32(-16)))) / loss(16), 1.06, 5e-3),
    ("loss-from-probabilities", lambda: -math.log(1e-7), 16.12, 5e-3),
    ("loss-from-probabilities", lambda: -math.log(math.exp(-20) + 1e-7), 16.10, 5e-3),
    ("stable-bce", lambda: float(np.log1p(np.exp(-40.0))), 4.2e-18, 5e-20),
    ("stable-bce", lambda: float(np.log(plain_sigmoid(40.0))), 0, 0),
    ("squared-error-sigmoid", lambda: (1e-4 - 1) * 1e-4 * (1 - 1e-4), -1e-4, 5e-8),
    ("sigmoid-or-softmax", lambda: softmax([1.3, -0.4])[0], float(actfn.sigmoid(1.7)), 1e-15),
    # temperature
    ("temperature-derivatives", lambda: kd_gradient(64) * 64**2 / (kd_gradient(128) * 128**2),
     1, 0.01),
    # initialisation
    ("he-or-xavier", lambda: get("relu").facts.forward_gain, math.sqrt(2), 1e-12),
    ("framework-default-init", lambda: math.sqrt(1 / 3 / 2), 0.408, 5e-4),
    ("framework-default-init", lambda: math.sqrt(1 / 6) ** 12, 2e-5, 2e-6),
    *[
        ("exact-gains", lambda n=name, k=kind: getattr(get(n).facts, k), value, 5e-5)
        for name, *values in (
            ("relu", 1.4142, 1.4142), ("tanh", 1.5925, 1.4674), ("gelu", 1.5335, 1.4811),
            ("silu", 1.6765, 1.6233), ("sigmoid", 1.8462, 4.7226), ("selu", 1.0, 0.9660),
        )
        for kind, value in zip(("forward_gain", "backward_gain"), values, strict=True)
    ],
    # diagnosis
    ("test-for-dead-units", lambda: 0.995**256, 0.28, 5e-3),
    ("test-for-dead-units", lambda: float(actfn.gelu(-8.0)), -5e-15, 5e-17),
    # rows
    ("attention-sinks", lambda: actfn.softmax_with_sink(np.array([-50.0, -50]))[0], 2e-22, 1e-23),
    ("gumbel-softmax", lambda: -math.log(-math.log(1 - 2**-24)), 16.6, 5e-2),
    ("sparsemax", lambda: actfn.sparsemax(np.array([0.3, 0.1, -0.2])),
     (0.567, 0.367, 0.067), 5e-4),
    ("sparsemax", lambda: actfn.sparsemax(np.array([2.0, 1, 0.1])), (1, 0, 0), 0),
    ("masks-and-infinities", lambda: softmax([-1e9, -1e9]), (0.5, 0.5), 0),
    ("sampling-from-logits", lambda: softmax([2, 1, 0]), (0.665, 0.245, 0.090), 5e-4),
    ("sampling-from-logits", lambda: softmax([2, 1, 0], 2), (0.506, 0.307, 0.186), 5e-4),
    ("softmax-jacobian-structure",
     lambda: np.linalg.eigvalsh(actfn.softmax.jacobian(np.zeros(2))).max(), 0.5, 1e-12),
    # half precision
    ("mixed-precision", lambda: float(np.finfo(F16).max), 65504, 0),
    ("mixed-precision", lambda: first(lambda x: np.exp(x), F16, INF), 11.09, 5e-3),
    ("mixed-precision", lambda: float(F16(1e-8)), 0, 0),
    ("mixed-precision", lambda: float(BF16(256) + BF16(1)), 256, 0),
    ("mixed-precision", lambda: float(F16(255) ** 2), 65024, 0),
    ("mixed-precision", lambda: float(actfn.tanh.derivative(3.47)), 4e-3, 2e-4),
    # frameworks
    ("frameworks-disagree", lambda: furthest(actfn.hard_sigmoid(X, 0.2, 0.5),
                                             actfn.hard_sigmoid(X)), 0.083, 5e-4),
    ("frameworks-disagree", lambda: float(actfn.softplus(20.02)) - 20.02, 2e-9, 5e-11),
    # checking gradients
    ("gradient-checking", lambda: difference_error(1e-3), 3e-7, 4e-8),
    ("gradient-checking", lambda: furthest(actfn.gelu.derivative(X) + actfn.gelu.derivative(-X), 1),
     0, 3e-16),
]  # fmt: skip


@pytest.mark.parametrize(
    "question, computed, stated, tolerance", FACTS,
    ids=[f"{fact[0]}-{k}" for k, fact in enumerate(FACTS)],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_fact(question, computed, stated, tolerance):
    assert np.abs(np.asarray(computed(), float) - np.asarray(stated, float)).max() <= tolerance


def test_overflows():
    with np.errstate(over="ignore"):
        assert np.isinf(F16(256) ** 2)
        assert np.isinf(F16(-1e9))


@pytest.mark.parametrize("name", ["gelu", "silu", "mish", "hard_swish"])
def test_what_dips_needs_its_input(name):
    facts = get(name).facts
    assert (facts.monotone, facts.saved) == ("no", "input")


@pytest.mark.parametrize("name", ["relu", "elu", "sigmoid", "tanh"])
def test_what_is_monotone_needs_its_output(name):
    facts = get(name).facts
    assert "creasing" in facts.monotone
    assert facts.saved == "output"


def test_leaky_relu_needs_its_input_for_the_sake_of_negative_slopes():
    assert get("leaky_relu").facts.saved == "input"


def test_the_best_step_of_a_difference_is_in_the_middle():
    assert difference_error(1e-5) < difference_error(1e-3)
    assert difference_error(1e-5) < difference_error(1e-8)


def test_every_fact_belongs_to_a_question():
    from actfn.interview.bank import bundled_topics

    slugs = {q.slug for topic in bundled_topics() for q in topic.questions}
    assert {fact[0] for fact in FACTS} <= slugs
