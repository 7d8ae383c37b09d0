"""The fault benchmark: enough cases, true truths, scores that can be low, and ours that are not."""

import os
import subprocess
import sys

import numpy as np
import pytest

from actfn.commands.faults import WANTED
from actfn.diagnose.faults import CASES, CONVOLUTIONS, build
from actfn.diagnose.judge import judge_units
from actfn.diagnose.published_rules import RULES
from actfn.diagnose.scores import Score, score


def test_scores():
    """All cases: this is the benchmark itself."""
    found = score()
    assert len(found.said) == len(CASES) >= 40
    for ours in (found.networks, found.units):
        assert ours.precision >= WANTED
        assert ours.recall >= WANTED
    false_alarms = [n for n, (said, true) in found.said.items() if "healthy" in n and said - true]
    assert false_alarms == []
    best = max(min(s.precision, s.recall) for s, _ in found.rules.values())
    assert min(found.networks.precision, found.networks.recall) > best


def test_a_judge_that_says_never_fired_scores_badly(monkeypatch):
    def never_fired(layer, bounds=None):
        verdicts = judge_units(layer, bounds)
        verdicts[layer.awake == 0] = "dead"
        return verdicts

    from actfn.diagnose import trials

    monkeypatch.setattr(trials, "judge_units", never_fired)
    found = score(["rare detectors, 0.5 %", "healthy, batch of 16", "healthy, two batches of 16"])
    assert found.units.precision < WANTED


def test_truth_is_measured():
    case = build("30 % dead")
    assert len(case.lost["layer 2"]) == pytest.approx(0.3 * 128, abs=3)
    assert case.kinds == {"dead units"}
    assert build("healthy").kinds == frozenset()


def test_channels_with_known_truth():
    pytest.importorskip("torch", reason="cases with convolution channels are torch modules")
    assert len(CONVOLUTIONS) >= 4
    for name, layer in (
        ("30 % of channels dead by their biases", "2"),
        ("40 % dead by their weights, first convolution", "0"),
    ):
        case = build(name)
        assert case.kinds == {"dead units"}
        assert {n for n, lost in case.lost.items() if lost} == {layer}
    assert build("healthy convolutions").kinds == frozenset()


def test_a_planted_channel_that_is_awake_is_caught():
    faults = pytest.importorskip("actfn.diagnose.frameworks.pytorch_faults", reason="needs torch")
    case = faults._biased(0.3, bias=0.5)(np.random.default_rng(0))
    with pytest.raises(AssertionError, match="awake"):
        case.settle(np.random.default_rng(1))


def test_without_torch_channels_are_left_out_and_it_is_said():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from actfn.diagnose.faults import CASES, LEFT_OUT\n"
        "assert len(CASES) >= 40 and not any('channel' in name for name in CASES)\n"
        "print(LEFT_OUT)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert "need torch" in done.stdout


def test_cases_are_the_same_every_time():
    one, two = build("10 % dead"), build("10 % dead")
    np.testing.assert_array_equal(one.layers[1][0], two.layers[1][0])
    assert one.lost == two.lost


def test_counting():
    found = Score()
    found.add({1, 2}, {2, 3}, "case")
    assert (found.precision, found.recall, found.wrong) == (0.5, 0.5, ["case"])
    assert (Score().precision, Score().recall) == (1, 1)


def test_every_published_rule_has_its_source():
    assert all(rule.source for rule in RULES)
    assert {rule.kind for rule in RULES} == {"dead units", "vanishing gradient"}
