"""The model answers against mpmath's numerical derivatives of what the questions ask about."""

from collections.abc import Callable

import mpmath as mp
import pytest
from flint import ctx

from actfn.interview import formulas
from actfn.interview.formulas.judge import Judge
from actfn.interview.formulas.points import Point, random_points
from actfn.interview.formulas.values import Budget
from formula_answers.numbers_of import as_mpf

POINTS = 6
DIGITS = 9  # central differences keep about half of the digits they are computed with


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def softmax(z):
    powers = [mp.exp(v) for v in z]
    return [power / mp.fsum(powers) for power in powers]


def dot(a, b):
    return mp.fsum(u * v for u, v in zip(a, b, strict=True))


def softplus(x):
    return mp.log1p(mp.exp(x))


def gelu_tanh(x):
    return x * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + mp.mpf("0.044715") * x**3))) / 2


def over(z, T):
    return [v / T for v in z]


def elu(x, a):
    return x if x > 0 else a * mp.expm1(x)


def entropy(p):
    return -dot(p, [mp.log(v) for v in p])


def binary(y, p):
    return -y * mp.log(p) - (1 - y) * mp.log(1 - p)


def cross_entropy(y, p):
    return -dot(y, [mp.log(v) for v in p])


def smoothed(y, e):
    return [(1 - e) * v + e / len(y) for v in y]


# A function of x whose derivative is asked for; n["α"] and others are the parameters.
OF_X: dict[str, Callable] = {
    "sigmoid_derivative": lambda x, n: sigmoid(x),
    "sigmoid_derivative_from_output": lambda x, n: sigmoid(x),
    "log_sigmoid_derivative": lambda x, n: mp.log(sigmoid(x)),
    "softplus_derivative": lambda x, n: softplus(x),
    "tanh_derivative": lambda x, n: mp.tanh(x),
    "tanh_derivative_from_output": lambda x, n: mp.tanh(x),
    "silu_derivative": lambda x, n: x * sigmoid(x),
    "swish_derivative": lambda x, n: x * sigmoid(n["β"] * x),
    "quick_gelu_derivative": lambda x, n: x * sigmoid(mp.mpf("1.702") * x),
    "gelu_derivative": lambda x, n: x * mp.ncdf(x),
    "gelu_tanh_derivative": lambda x, n: gelu_tanh(x),
    "mish_derivative": lambda x, n: x * mp.tanh(softplus(x)),
    "softsign_derivative": lambda x, n: x / (1 + abs(x)),
    "relu_derivative": lambda x, n: max(x, mp.mpf(0)),
    "leaky_relu_derivative": lambda x, n: x if x > 0 else n["α"] * x,
    "elu_derivative": lambda x, n: elu(x, n["α"]),
    "elu_derivative_from_output": lambda x, n: elu(x, n["α"]),
    "selu_derivative": lambda x, n: n["λ"] * elu(x, n["α"]),
    "hard_sigmoid_derivative": lambda x, n: min(max(x / 5 + 0.5, mp.mpf(0)), mp.mpf(1)),
    "hard_swish_derivative": lambda x, n: x * min(max(x + 3, mp.mpf(0)), mp.mpf(6)) / 6,
}
SECOND = {"sigmoid_second_derivative": sigmoid, "tanh_second_derivative": mp.tanh}

# A function of one other variable, by its name.
OF_ANOTHER: dict[str, tuple[str, Callable]] = {
    "swish_beta_derivative": ("β", lambda b, n: n["x"] * sigmoid(b * n["x"])),
    "prelu_alpha_derivative": ("α", lambda a, n: n["x"] if n["x"] > 0 else a * n["x"]),
    "bce_logits_gradient": ("z", lambda z, n: binary(n["y"], sigmoid(z))),
    "bce_probs_gradient": ("p", lambda p, n: binary(n["y"], p)),
    "squared_error_sigmoid_gradient": ("z", lambda z, n: (sigmoid(z) - n["y"]) ** 2 / 2),
}

# A function of a vector, whose gradient is asked for.
GRADIENTS: dict[str, tuple[str, Callable]] = {
    "logsumexp_gradient": ("z", lambda z, n: mp.log(mp.fsum(mp.exp(v) for v in z))),
    "softmax_backward": ("z", lambda z, n: dot(n["g"], softmax(z))),
    "cross_entropy_gradient": ("z", lambda z, n: cross_entropy(n["y"], softmax(z))),
    "cross_entropy_mean_gradient": (
        "z",
        lambda z, n: cross_entropy(n["y"], softmax(z)) / n["N"],
    ),
    "cross_entropy_temperature_gradient": (
        "z",
        lambda z, n: cross_entropy(n["y"], softmax(over(z, n["T"]))),
    ),
    "label_smoothing_gradient": (
        "z",
        lambda z, n: cross_entropy(smoothed(n["y"], n["ε"]), softmax(z)),
    ),
    "cross_entropy_probs_gradient": ("p", lambda p, n: cross_entropy(n["y"], p)),
    "distillation_gradient": (
        "z",
        lambda z, n: (
            n["T"] ** 2 * cross_entropy(softmax(over(n["v"], n["T"])), softmax(over(z, n["T"])))
        ),
    ),
    "kl_temperature_gradient": (
        "z",
        lambda z, n: cross_entropy(n["p"], softmax(over(z, n["T"]))),
    ),
    "entropy_gradient": ("p", lambda p, n: entropy(p)),
    "entropy_logit_gradient": ("z", lambda z, n: entropy(softmax(z))),
}

# A vector function of z, whose Jacobian is asked for.
JACOBIANS: dict[str, Callable] = {
    "softmax_jacobian_entry": lambda z, n: softmax(z),
    "softmax_jacobian_diagonal": lambda z, n: softmax(z),
    "softmax_jacobian_off_diagonal": lambda z, n: softmax(z),
    "softmax_jacobian": lambda z, n: softmax(z),
    "log_softmax_jacobian": lambda z, n: [mp.log(p) for p in softmax(z)],
    "softmax_temperature_jacobian": lambda z, n: softmax(over(z, n["T"])),
}

# The value itself, by another way than the model answer's.
VALUES: dict[str, Callable] = {
    "sigmoid_from_tanh": lambda n: sigmoid(n["x"]),
    "tanh_from_sigmoid": lambda n: mp.tanh(n["x"]),
    "logit": lambda n: mp.findroot(lambda x: sigmoid(x) - n["s"], 0),
    "softmax_of_two": lambda n: softmax([n["z_1"], n["z_2"]])[0],
    "bce_logits_loss": lambda n: binary(n["y"], sigmoid(n["z"])),
    "sigmoid_derivative_maximum": lambda n: mp.diff(sigmoid, 0),
    "kaiming_variance": lambda n: 1 / (n["fan_in"] * (1 + n["a"] ** 2) / 2),
    "kaiming_bound": lambda n: mp.sqrt(3 * 2 / (n["fan_in"] * (1 + n["a"] ** 2))),
    "xavier_variance": lambda n: 1 / ((n["fan_in"] + n["fan_out"]) / 2),
    "xavier_bound": lambda n: mp.sqrt(3 * 2 / (n["fan_in"] + n["fan_out"])),
}
LIMITS = {"softmax_low_temperature": "1e-3", "softmax_high_temperature": "1e15"}
OF_T = "softmax_temperature_derivative"


@pytest.fixture(autouse=True)
def precise():
    with mp.workdps(40):
        yield


def model_values(name: str):
    """Yield the model answer's entries at random points, with the values of the variables."""
    task = formulas.get(name)
    judge = Judge(task)
    for point in random_points(task, POINTS):
        with ctx.workprec(160):
            entries = judge.calculator.entries(judge.truth, point, Budget())
            values = [mp.mpf(v.str(30, radius=False)) for v in entries.values]
        yield named(point), entries.places, values


def named(point: Point) -> dict:
    return {name: as_mpf(value) for name, value in point.values.items()}


def assert_near(found, true):
    for a, b in zip(found, true, strict=True):
        assert mp.almosteq(a, b, rel_eps=mp.mpf(10) ** -DIGITS, abs_eps=mp.mpf(10) ** -DIGITS)


@pytest.mark.parametrize("name", OF_X)
def test_derivative_by_x(name):
    for names, _, values in model_values(name):
        assert_near(values, [mp.diff(lambda x, n=names: OF_X[name](x, n), names["x"])])


@pytest.mark.parametrize("name", SECOND)
def test_second_derivative(name):
    for names, _, values in model_values(name):
        assert_near(values, [mp.diff(SECOND[name], names["x"], 2)])


@pytest.mark.parametrize("name", OF_ANOTHER)
def test_derivative_by_another_variable(name):
    by, function = OF_ANOTHER[name]
    for names, _, values in model_values(name):
        assert_near(values, [mp.diff(lambda v, n=names: function(v, n), names[by])])


def moved(row: list, place: int, value) -> list:
    return [value if k == place else v for k, v in enumerate(row)]


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradient(name):
    by, function = GRADIENTS[name]
    for names, places, values in model_values(name):
        row = names[by]
        true = [
            mp.diff(lambda v, k=k, n=names, r=row: function(moved(r, k, v), n), row[k])
            for (k,) in places
        ]
        assert_near(values, true)


@pytest.mark.parametrize("name", JACOBIANS)
def test_jacobian(name):
    function = JACOBIANS[name]
    for names, places, values in model_values(name):
        z = names["z"]
        true = [
            mp.diff(lambda v, i=i, j=j, n=names, z=z: function(moved(z, j, v), n)[i], z[j])
            for i, j in places
        ]
        assert_near(values, true)


def test_derivative_by_the_temperature():
    for names, places, values in model_values(OF_T):
        z = names["z"]
        true = [mp.diff(lambda T, i=i, z=z: softmax(over(z, T))[i], names["T"]) for (i,) in places]
        assert_near(values, true)


@pytest.mark.parametrize("name", VALUES)
def test_value(name):
    for names, _, values in model_values(name):
        assert_near(values, [VALUES[name](names)])


@pytest.mark.parametrize("name", LIMITS)
def test_limit(name):
    for names, places, values in model_values(name):
        near = softmax(over(names["z"], mp.mpf(LIMITS[name])))
        assert_near(values, [near[i] for (i,) in places])


def test_every_task_is_compared_with_something():
    known = {*OF_X, *SECOND, *OF_ANOTHER, *GRADIENTS, *JACOBIANS, *VALUES, *LIMITS, OF_T}
    assert known == set(formulas.names())


def test_a_wrong_model_answer_would_be_seen():
    names, _, values = next(model_values("silu_derivative"))
    with pytest.raises(AssertionError):
        assert_near(values, [mp.diff(sigmoid, names["x"])])
