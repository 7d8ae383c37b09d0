"""`actfn.diagnose` on plain layers: the three causes of the page, remedies, reports, bad input."""

import copy
import json

import numpy as np
import pytest

import actfn
from actfn.diagnose.observe import Observer
from actfn.diagnose.run import report_of
from actfn.errors import DiagnosisError
from diagnose.digits import RATE, TOO_LARGE, bad_weights, batches, large_bias, layers, trained


def finding(report, kind="dead units"):
    return next(f for f in report.findings if f.kind == kind)


def test_a_healthy_network_is_called_healthy():
    report = actfn.diagnose(trained(layers()), batches(), optimizer=RATE)
    assert report.healthy
    assert all(f.severity == "note" for f in report.findings)


# ---------------------------------------------------------------- the page's three causes


def test_killed_by_a_large_learning_rate():
    start = layers()
    killed = trained(start, TOO_LARGE)
    report = actfn.diagnose(killed, batches(), optimizer=TOO_LARGE, start=start)
    found = finding(report)
    assert found.severity == "serious"
    assert found.causes[0].name == "learning rate"
    assert "times 2/λmax" in found.causes[0].evidence
    assert report.training["rate_over_limit"] > 1
    best = found.remedies[0]
    assert best.works
    assert best.name.startswith("lower the learning rate")
    assert best.before.lost > 10 * best.after.lost


def test_a_rate_that_will_kill_is_seen_before_it_does():
    report = actfn.diagnose(layers(), batches(), optimizer=TOO_LARGE)
    found = finding(report)
    assert "after 20 steps" in found.title
    assert found.causes[0].name == "learning rate"
    assert found.remedies[0].works


def test_killed_by_a_bad_initialisation():
    report = actfn.diagnose(bad_weights(), batches(), optimizer=RATE)
    found = finding(report)
    assert found.causes[0].name == "initialisation"
    assert found.remedies[0].works
    assert found.remedies[0].name == "initialise with the exact gain"
    assert found.remedies[0].before.lost > 50


def test_killed_by_a_large_negative_bias():
    report = actfn.diagnose(large_bias(), batches(), optimizer=RATE)
    found = finding(report)
    assert found.causes[0].name == "bias"
    assert found.causes[0].score > 0.9
    assert found.remedies[0].works
    assert found.remedies[0].name == "set the biases to 0"
    assert report.dead("layer 2") == list(range(64))


@pytest.mark.parametrize(
    "given, shift",
    [(large_bias(), 0), (bad_weights(), 0), (layers(activation="sigmoid", sizes=(64,) * 9), 0),
     (layers(), 90)],
    ids=["bias", "weights", "sigmoid", "inputs"],
)  # fmt: skip
def test_remedies_are_code_that_runs(given, shift):
    data = [(x - np.float32(shift), y) for x, y in batches()]
    remedies = actfn.diagnose(given, data).findings[0].remedies
    assert remedies
    for remedy in remedies:
        names = {"actfn": actfn, "np": np, "layers": given, "x": data[0][0]}
        exec(remedy.code, names)  # noqa: S102 - our own
        if remedy.works and "initialise" not in remedy.name:
            repaired = [(names["x"] if shift else x, y) for x, y in data]
            again = actfn.diagnose(names["layers"], repaired, remedies=False)
            assert 10 * len(again.dead("layer 1")) <= remedy.before.lost


def test_a_remedy_that_does_not_help_is_said_not_to():
    """No slope of 0.01 outweighs a bias of -20 within 20 steps."""
    report = actfn.diagnose(large_bias(), batches(), optimizer=RATE)
    by_name = {r.name: r for r in finding(report).remedies}
    leaky = by_name["replace the activation by leaky_relu"]
    assert not leaky.works
    assert leaky.after.idle > 60


# ---------------------------------------------------------------- other findings


def deep(activation, depth=10, gain=1.0):
    made = layers(0, (64, *[64] * depth, 10), activation)
    for layer in made:
        layer[0] *= gain / np.sqrt(2)
    return made


def test_sigmoid_vanishes_because_of_its_slope():
    report = actfn.diagnose(deep("sigmoid"), batches())
    found = finding(report, "vanishing gradient")
    assert found.causes[0].name == "activation"
    assert found.remedies[0].works


def test_frameworks_default_fades_because_of_its_gain():
    rng = np.random.default_rng(0)
    made = layers(0, (64, *[64] * 10, 10))
    for layer in made:
        edge = 1 / np.sqrt(layer[0].shape[0])
        layer[0][...] = rng.uniform(-edge, edge, layer[0].shape)
        layer[1][...] = rng.uniform(-edge, edge, layer[1].shape)
    found = finding(actfn.diagnose(made, batches()), "fading signal")
    assert found.causes[0].name == "initialisation"
    assert "default" in found.causes[0].evidence
    assert found.remedies[0].works


def test_tanh_saturates_when_its_weights_are_large():
    found = finding(actfn.diagnose(deep("tanh", 3, gain=40.0), batches()), "saturated units")
    assert found.causes[0].name == "initialisation"
    assert found.remedies[0].works


def test_inputs_far_from_zero():
    data = [(x + 100, y) for x, y in batches()]
    report = actfn.diagnose(layers(), data)
    found = finding(report)
    assert found.causes[0].name == "input shift"
    assert found.remedies[0].works
    assert found.remedies[0].name == "standardise the inputs"


def test_a_box_of_ones_own():
    made = large_bias()
    made[1][1][:] = -300
    proven = actfn.diagnose(made, batches(), box=(0, 1), remedies=False)
    assert (proven.units["layer 2"] == "certified dead").all()
    wide = actfn.diagnose(made, batches(), box=(-1e5, 1e5), remedies=False)
    assert (wide.units["layer 2"] == "dead").all()


def test_a_network_that_overflows():
    made = layers()
    made[1][0][:] = np.float32(3e38)
    report = actfn.diagnose(made, batches(), optimizer=RATE)
    assert report.kinds[0] == "not finite"
    assert "layer 2" in report.findings[0].title


def test_what_other_frameworks_computed():
    observer = Observer()
    z = np.random.default_rng(0).normal(size=(2000, 8)) - np.linspace(0, 30, 8)
    observer.add("hidden", "relu", z, gradient=np.ones_like(z))
    report = report_of(observer)
    assert report.kinds == ["dead units"]
    assert report.dead("hidden") == [1, 2, 3, 4, 5, 6, 7] or 7 in report.dead("hidden")


# ---------------------------------------------------------------- nothing is touched


def test_layers_stay_as_they_are():
    made = layers()
    before = copy.deepcopy(made)
    actfn.diagnose(made, batches(), optimizer=TOO_LARGE)
    for one, other in zip(made, before, strict=True):
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])


# ---------------------------------------------------------------- the report


@pytest.fixture(scope="module")
def report():
    return actfn.diagnose(large_bias(), batches(), optimizer=RATE)


def test_text(report):
    text = str(report)
    for wanted in (
        "66 of 128 units are dead",
        "because of bias",
        "0 * b",
        "layers: layer 1, layer 2",
        "█",
    ):
        assert wanted in text
    assert "\x1b" not in text


def test_json(report):
    found = json.loads(report.json())
    assert found["schema"] == "actfn-diagnosis/1"
    assert list(found) == [
        "schema", "model", "batches", "samples", "loss", "healthy", "verdicts", "findings",
        "layers", "units", "rates", "training",
    ]  # fmt: skip
    assert list(found["findings"][0]) == [
        "kind", "severity", "title", "number", "why", "layers", "causes", "remedies",
    ]  # fmt: skip
    assert len(found["units"]["layer 2"]) == 64
    assert set(found["units"]["layer 2"]) <= set(found["verdicts"])


def test_json_has_no_nan():
    made = layers()
    made[0][0][0, 0] = np.nan
    json.loads(actfn.diagnose(made, batches()).json(), parse_constant=pytest.fail)


def test_html(report, tmp_path):
    page = report.save(tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 3
    assert page.count("<title>unit ") == 128
    assert "<p>Layers: layer 1, layer 2</p>" in page
    assert "f/z and dz/da: what the activation makes" in page  # the columns are explained
    for remote in ("http://", "https://", "<script"):
        assert remote not in page


# ---------------------------------------------------------------- bad input

X = np.zeros((4, 64))


@pytest.mark.parametrize(
    "model, data, message",
    [
        ("net", [X], "torch.nn.Module or a list"),
        ([], [X], "layers are \\[\\(weight, bias, activation\\), ...\\], not \\[\\]"),
        ([(np.ones((64, 3)), None)], [X], "not \\(weight, bias, activation\\)"),
        ([(np.ones(64), None, "relu")], [X], "a matrix"),
        ([(np.ones((64, 3)), np.ones(4), "relu")], [X], "there are 3 units"),
        ([(np.ones((64, 3)), None, "rellu")], [X], "relu"),
        ([(np.ones((64, 3)), None, "relu"), (np.ones((4, 2)), None, None)], [X], "takes 4"),
        ([(np.ones((64, 3)), None, None)], [X], "no activation function was called"),
        ([(np.ones((64, 3)), None, "relu")], [], "there is no batch"),
        ([(np.ones((64, 3)), None, "relu")], 7, "cannot be iterated"),
        ([(np.ones((64, 3)), None, "relu")], [np.zeros((4, 5))], "takes 64 numbers"),
        ([(np.ones((64, 3)), None, "relu")], [np.zeros(64)], "a batch is \\(items, numbers\\)"),
        ([(np.ones((64, 3)), None, "relu")], [X, np.zeros((4, 65))], "takes 64 numbers"),
    ],
)
def test_bad_input(model, data, message):
    with pytest.raises(DiagnosisError, match=message):
        actfn.diagnose(model, data)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"box": (1, 0)}, "low <= high"),
        ({"box": 3}, "box= is"),
        ({"box": (np.zeros(3), np.ones(3))}, "for each"),
        ({"loss": lambda output, target: 1.0}, "gives \\(loss, gradient by the output\\)"),
        ({"steps": 0}, "at least one step"),
        ({"start": 3}, "layers are"),
        ({"optimizer": 0}, "a positive number"),
    ],
    ids=["box", "box of nothing", "box of others", "loss", "steps", "start", "rate"],
)
def test_bad_options(options, message):
    with pytest.raises(DiagnosisError, match=message):
        actfn.diagnose(layers(), batches(), **options)


def test_targets_of_another_size():
    with pytest.raises(DiagnosisError, match="targets have the shape"):
        actfn.diagnose(layers(), [(X.astype("f"), np.zeros((4, 3)))])


@pytest.mark.parametrize("name", ["logit", "exponential"])
def test_what_leaves_the_domain_or_overflows_warns_of_nothing(name):
    """All of it is in the report; pytest makes errors of warnings."""
    report = actfn.diagnose(layers(activation=name), batches(), optimizer=RATE, steps=2)
    assert not report.healthy


def test_a_generator_that_is_used_up():
    loader = (batch for batch in batches())
    list(loader)
    with pytest.raises(DiagnosisError, match="used up"):
        actfn.diagnose(layers(), loader)


@pytest.mark.parametrize("optimizer", [("rmsprop", 0.1), "adam"])
def test_unknown_optimizers(optimizer):
    with pytest.raises(DiagnosisError, match="optimizer"):
        actfn.diagnose(layers(), batches(), optimizer=optimizer)


def test_a_start_of_another_shape():
    with pytest.raises(DiagnosisError, match="start="):
        actfn.diagnose(layers(), batches(), start=layers(0, (64, 32, 10)))
