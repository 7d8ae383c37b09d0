"""The fault benchmark: enough cases, true truths, scores that can be low, and ours that are not."""

import numpy as np
import pytest

from actfn.commands.faults import WANTED
from actfn.diagnose.faults import CASES, build
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
