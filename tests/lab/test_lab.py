"""The lab: every claim reaches the verdict that its file expects, and the page says so."""

import re
import sys
from pathlib import Path

import pytest

from actfn import cli, lab
from actfn.errors import UnknownClaimError
from actfn.lab.claim import CONDITIONAL, FALSE, HOLDS, VERDICTS, Claim, Number, Outcome, decide
from actfn.lab.networks import DIGITS, digits
from actfn.lab.page import page
from actfn.lab.running import TIMED

pytest.importorskip("sklearn", reason="claims are run on scikit-learn's digits")

PAGE = Path(__file__).parents[2] / "docs" / "lab.md"
NAMES = lab.names()
UNTIMED = [name for name in NAMES if TIMED not in lab.get(name).tags]


@pytest.mark.parametrize("name", UNTIMED)
def test_verdict(name):
    """Fails when a verdict changes. Claims about time are run by `actfn lab` only."""
    claim = lab.get(name)
    outcome = claim.run()
    assert outcome.verdict == claim.expected, outcome.because
    assert outcome.numbers


@pytest.mark.parametrize("name", NAMES)
def test_record(name):
    claim = lab.get(name)
    assert claim.name == name
    assert claim.expected in VERDICTS
    assert claim.says
    assert claim.source
    assert claim.question.endswith("?")
    assert len(claim.choices) >= 2
    assert claim.right in claim.choices
    assert claim.code


@pytest.mark.parametrize("name", UNTIMED)
def test_claims_that_read_digits_say_so(name, monkeypatch):
    """Without scikit-learn exactly those with the tag fail, in words that say what to install."""
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    digits.cache_clear()
    if DIGITS in lab.get(name).tags:
        with pytest.raises(ImportError, match="pip install scikit-learn"):
            lab.get(name).run()
    else:
        assert lab.get(name).run().numbers


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_the_claim_and_its_verdict(name):
    text = PAGE.read_text(encoding="utf-8")
    claim = lab.get(name)
    card = text[text.index(f"## {name}\n") :].split("\n## ")[0]
    assert claim.says in card
    assert f"**{claim.expected.capitalize()}" in card
    for picture in re.findall(r"\]\((lab/.*?\.svg)\)", card):
        assert (PAGE.parent / picture).is_file()


def test_there_are_all_that_the_page_of_questions_needs():
    assert len(NAMES) >= 25


def test_intervals():
    number = Number("x", (1.0, 2.0, 3.0))
    assert number.mean == 2
    assert number.half_width == pytest.approx(4.303 / 3**0.5)
    assert str(Number("x", (0.5,))) == "0.5"


def test_decide():
    assert decide(True) == HOLDS
    assert decide(False) == FALSE
    assert decide(False, CONDITIONAL) == CONDITIONAL


def test_unknown_claims_get_their_neighbours():
    with pytest.raises(UnknownClaimError, match="gelu_is_better"):
        lab.get("gelu_is_bettr")


def test_list(capsys):
    assert cli.main(["lab", "--list"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in NAMES)


def test_a_changed_verdict_is_an_error(monkeypatch, capsys):
    claim = Claim("gelu_has_a_dip", "s", "b", "q?", ("a", "b"), HOLDS, "c")
    claim.measure(lambda: Outcome(FALSE, "because", (Number("n", (1.0,)),)))
    monkeypatch.setattr(lab, "get", lambda name: claim)
    monkeypatch.setattr("actfn.lab.running.get", lambda name: claim)
    assert cli.main(["lab", "gelu_has_a_dip"]) == 1
    assert "expected: holds" in capsys.readouterr().out


def test_one_claim(capsys, tmp_path):
    assert cli.main(["lab", "gelu_has_a_dip", "-o", str(tmp_path)]) == 0
    assert "-0.17" in capsys.readouterr().out
    assert (tmp_path / "lab" / "gelu_has_a_dip.svg").read_text().startswith("<?xml")
    assert "## gelu_has_a_dip" in (tmp_path / "lab.md").read_text(encoding="utf-8")


def test_page_names_its_generator():
    claim = lab.get("gelu_has_a_dip")
    outcome = Outcome(HOLDS, "because", (Number("n", (1.0,)),))
    assert page({"gelu_has_a_dip": (claim, outcome)}).startswith("<!-- Made by `actfn lab -o docs`")
