"""Verdicts: the counterexample, the mistake's name, and how sure the judge is."""

import dataclasses
import subprocess
import sys

import pytest

from actfn.errors import FormulaError, RecordError
from actfn.interview import formulas
from actfn.interview.formulas.judge import Judge
from actfn.interview.formulas.points import nice_points, random_points
from actfn.interview.formulas.shapes import readings
from actfn.interview.formulas.values import Budget

SIGMOID = "sigmoid_derivative"
SOFTMAX = "softmax_jacobian_entry"
SILU = "silu_derivative"


# ---- counterexamples ------------------------------------------------------------------------


def test_a_counterexample_can_be_checked_by_hand():
    result = formulas.check(SIGMOID, "1/(1+e^-x)")
    assert result.counterexample.point == {"x": 1}
    assert result.message.startswith("Not equal: at x = 1 yours is 0.7311, true is 0.1966.")


def test_a_counterexample_has_the_values_of_the_names_that_are_used():
    example = formulas.check(SOFTMAX, "p_i(1-p_i)").counterexample
    assert example.point == {"p": (0.5, 0.5), "i": 1, "j": 2}
    assert (example.got, example.expected) == (0.25, -0.25)


def test_a_counterexample_shows_the_digits_that_differ():
    assert (
        "yours is 0.196614, true is 0.196612" in formulas.check(SIGMOID, "1.00001 s(1-s)").message
    )


def test_a_point_without_a_value_is_a_counterexample():
    result = formulas.check(SIGMOID, "log(x)/log(x) s(1-s)")
    assert result.counterexample.got is None
    assert "yours is undefined" in result.message


def test_a_removable_hole_is_forgiven():
    assert formulas.check(SIGMOID, "x s(1-s)/x").accepted


def test_a_case_far_out_is_found():
    for edge in (20, 100, 1000):
        result = formulas.check(SIGMOID, f"s(1-s) if x < {edge} else 0")
        assert not result.accepted
        assert result.counterexample.point["x"] > edge


@pytest.mark.parametrize(
    "extra",
    [
        "max(x - 50, 0)",
        "relu(3x - 500)",
        "1{70 < x < 70.1}",
        "(|x - 400| - x + 400)",
        "(x + 600 - sqrt((x + 600)^2))",
        "1{x^2 > 5000}",
        "1{1/x > 90}",
    ],
)
def test_something_far_from_the_origin_is_found(extra):
    assert not formulas.check(SIGMOID, f"s(1-s) + {extra}").accepted


def test_a_case_of_one_logit_is_found():
    text = "p_i(δ_ij - p_j) if z_i < 40 else 0"
    assert not formulas.check(SOFTMAX, text).accepted


@pytest.mark.parametrize("text", ["1 if relu(x) > 0 else 0", "1 if log(x) < 100 else 0"])
def test_a_condition_that_is_at_its_edge_for_half_the_line(text):
    assert not formulas.check("elu_derivative", text).accepted


def test_any_value_at_a_kink_is_accepted():
    for relation in (">", ">="):
        assert formulas.check("relu_derivative", f"1 if x {relation} 0 else 0").accepted
    assert formulas.check("relu_derivative", "1 if x > 0 else (7 if x == 0 else 0)").accepted


# ---- how equality is decided ----------------------------------------------------------------


@pytest.mark.parametrize("text", ["s(1-s)", "e^x/(1+e^x)^2", "sech(x/2)^2/4", "σ(x)σ(-x)"])
def test_algebra_proves_what_is_rational_in_exponentials(text):
    assert formulas.check(SIGMOID, text).proved


def test_numbers_decide_where_algebra_does_not():
    result = formulas.check("softsign_derivative", "1/(1+sqrt(x^2))^2")
    assert (result.accepted, result.proved) == (True, False)


def test_algebra_alone_does_not_accept_what_has_no_value():
    assert not formulas.check(SIGMOID, "s(1-s) + log(-1-x^2) - log(-1-x^2)").accepted


@pytest.mark.parametrize("error", ["1e-9", "1e-30", "1e-38"])
def test_a_difference_far_below_double_precision_is_seen(error):
    assert not formulas.check(SIGMOID, f"s(1-s)(1 + {error})").accepted
    assert not formulas.check(SIGMOID, f"s(1-s) + {error} sin(x)").accepted


def test_cancellation_is_no_difference():
    # At x = 25, 1 - tanh² has lost 22 digits: the precision is raised until 40 are left.
    assert formulas.check("tanh_derivative", "1 - |tanh(x)|^2").accepted


def test_a_rounded_constant_is_recognised():
    task = "gelu_derivative"
    assert formulas.check(task, "Φ(x) + 0.3989422804 x e^(-x²/2)").accepted
    result = formulas.check(task, "Φ(x) + 0.39894 x e^(-x²/2)")
    assert (result.accepted, result.mistake) == (False, "rounded_constant")


@pytest.mark.parametrize(
    "name, text",
    [
        ("gelu_derivative", "Φ(x) + x/√(2π) e^-x²/2"),
        ("bce_probs_gradient", "(p-y)/p(1-p)"),
        ("tanh_derivative", "1 - ((e^2x-1)/(e^2x+1))^2"),
        ("kaiming_variance", "2/(1+a²)fan_in"),
    ],
)
def test_missing_brackets_are_asked_for(name, text):
    result = formulas.check(name, text)
    assert (result.accepted, result.readable) == (False, False)
    assert "brackets" in result.message


@pytest.mark.parametrize(
    "name, text", [("gelu_derivative", "Φ + φ x"), ("silu_derivative", "f + σ(1-f)")]
)
def test_a_function_without_its_argument_is_understood(name, text):
    assert formulas.check(name, text).accepted


# ---- mistakes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, text, mistake",
    [
        (SIGMOID, "x(1-x)", "output_for_input"),
        (SIGMOID, "σ'(x)", "names_the_derivative"),
        (SIGMOID, "3 s(1-s)", "factor"),
        (SIGMOID, "s(1-s) - 1/2", "constant"),
        (SIGMOID, "1 - s(1-s)", "complement"),
        (SIGMOID, "1/(s(1-s))", "reciprocal"),
        (SIGMOID, "s^2(1-s)^2", "square"),
        (SIGMOID, "sqrt(s(1-s))", "root"),
        (SIGMOID, "s = s(1-s) + s", None),
        (SILU, "σ(1-σ)", "no_product_rule"),
        (SILU, "σ + xσ²", "sigmoid_for_complement"),
        ("sigmoid_derivative_from_output", "e^-x/(1+e^-x)^2", "not_as_asked"),
        ("tanh_from_sigmoid", "tanh(x)", "not_as_asked"),
        (SOFTMAX, "p_i(1-p_i) if i=j else p_i p_j", "sign_off_diagonal"),
        (SOFTMAX, "p - p^2", "another_kind"),
        ("softmax_temperature_jacobian", "p_i(δ_ij - p_j)", "missing_temperature"),
        ("softmax_temperature_jacobian", "T^2 p_i(δ_ij - p_j)/T", "multiplied"),
        ("distillation_gradient", "T^3 (q - p)", "missing_factor"),
        ("cross_entropy_mean_gradient", "-(p-y)/N^2", "missing_factor"),
        ("kaiming_variance", "sqrt(2/((1+a²) fan_in))", "standard_deviation"),
        ("xavier_variance", "2/(fan_in + fan_out)^2", None),
        ("bce_logits_gradient", "y - p", "sign"),
    ],
)
def test_a_mistake_is_named(name, text, mistake):
    result = formulas.check(name, text)
    assert not result.accepted
    assert result.mistake == mistake


def test_a_factor_is_shown_as_people_write_it():
    assert "Yours is 1/2 times the true one" in formulas.check(SIGMOID, "s(1-s)/2").message
    message = formulas.check("distillation_gradient", "T^3 (q-p)").message
    assert "T² times the true one" in message


def test_every_step_of_a_chain_has_to_hold():
    result = formulas.check(SIGMOID, "dσ/dx = e^-x/(1+e^-x) = s(1-s)")
    assert (result.accepted, result.mistake) == (False, "wrong_step")
    assert formulas.check(SIGMOID, "dσ/dx = e^-x/(1+e^-x)^2 = s(1-s)").accepted


# ---- the judge itself -----------------------------------------------------------------------


def test_points_are_the_same_every_time_and_have_several_lengths():
    task = formulas.get(SOFTMAX)
    assert random_points(task, 9) == random_points(task, 9)
    assert {point.length for point in random_points(task, 9)} == {2, 3, 4}
    assert next(nice_points(task)).values == {"z": (0, 0)}


def test_a_task_with_another_answer_is_another_task():
    task = formulas.get(SIGMOID)
    other = dataclasses.replace(task, name="double", expected="2 sigmoid(x) (1 - sigmoid(x))")
    assert formulas.check(other, "2s(1-s)").accepted
    assert not formulas.check(other, "s(1-s)").accepted
    assert formulas.check(task, "s(1-s)").accepted


def test_the_budget_ends_a_long_computation():
    judge = Judge(formulas.get(SIGMOID))
    with pytest.raises(FormulaError, match="too long"):
        judge.difference(judge.form("s(1-s)"), Budget(steps=20))


@pytest.mark.parametrize(
    "text, refused",
    [
        ("p + diag(p)", "cannot be added"),
        ("p_i + i", "an index stands where"),
        ("Σ_k p", "without its index"),
        ("p_k - z_j", "runs nowhere"),
        ("p_i + p", "stands beside a whole vector"),
        ("argmax(z)", "not a formula"),
        ("p_{ijk}", "takes 1 index"),
    ],
)
def test_shapes_that_do_not_go_together(text, refused):
    assert refused in formulas.check("softmax_jacobian", text).message


def test_a_dot_is_read_in_both_ways():
    task = formulas.get("softmax_backward")
    judge = Judge(task)
    form = judge.form("p ⊙ (g - p·g)")
    assert form.shape == "column"
    assert formulas.check(task, "p·(g - p·g)").accepted
    assert len(list(readings(form.tree, task.shapes))) == 1


@pytest.mark.parametrize(
    "change, message",
    [
        ({"hints": ("a", "", "c")}, "three hints"),
        ({"wrong": {}}, "no known mistakes"),
        ({"indices": "i"}, "do not fit"),
        ({"variables": (formulas.Variable("x", "complex"),)}, "unknown kind"),
    ],
)
def test_a_task_refuses_a_record_that_contradicts_itself(change, message):
    with pytest.raises(RecordError, match=message):
        dataclasses.replace(formulas.get(SIGMOID), **change)


def test_neither_sympy_nor_numba_is_needed():
    code = (
        "import sys; from actfn.interview import formulas; "
        "assert formulas.check('silu_derivative', 'σ + xσ(1-σ)').accepted; "
        "assert not {'sympy', 'numba', 'mpmath'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
