"""Claims of the lab through the server: asked, run by `actfn lab`, and what is missing."""

import sys

import pytest

from actfn import lab
from actfn.web.claims import asked
from web_server import Server

QUICK = "gelu_has_a_dip"  # reads no digits
READER = "elu_is_centred"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("data")) as started:
        yield started


def test_questions_give_nothing_away(plain):
    found = plain.call("GET", "/api/claims")["claims"]
    assert [claim["name"] for claim in found] == lab.names()
    assert all(set(claim) == {"name", "question", "choices", "missing"} for claim in found)


def test_a_claim_is_run_and_its_outcome_kept(plain):
    found = plain.call("POST", f"/api/claims/{QUICK}/run", {})
    claim = lab.get(QUICK)
    assert found["verdict"] == claim.expected
    assert found["right"] == claim.right
    assert found["says"] == claim.says
    assert found["numbers"][0]["mean"] == pytest.approx(-0.17, abs=1e-3)
    events = plain.send(
        "POST", f"/api/claims/{QUICK}/run", {}, {"Authorization": f"Bearer {plain.token}"}
    )[2]
    assert events.startswith(b"event: result")  # at once: nothing is run again


def test_an_unknown_claim(plain):
    error = plain.call("POST", "/api/claims/gelu_has_a_dipp/run", {}, status=404)["error"]
    assert QUICK in error


def test_a_package_that_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    found = asked()
    assert found["missing"] == "scikit-learn"
    able = {claim["name"] for claim in found["claims"] if not claim["missing"]}
    assert QUICK in able
    assert READER not in able


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A server whose scikit-learn cannot be imported."""
    folder = tmp_path_factory.mktemp("broken")
    (folder / "sklearn.py").write_text("raise ImportError('no digits here')\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder), prepend=":")
        with Server(folder) as started:
            yield started


def test_a_package_that_cannot_be_imported(broken):
    """The server runs without it, and says what the claim wants; other claims run."""
    error = broken.call("POST", f"/api/claims/{READER}/run", {})["error"]
    assert "pip install scikit-learn" in error
    assert broken.call("POST", f"/api/claims/{QUICK}/run", {})["verdict"] == "holds"


def test_predicted_then_revealed(tab):
    page = tab.go(f"/lab?claim={QUICK}").page
    claim = lab.get(QUICK)
    assert page.locator("article").count() == 1
    assert claim.says not in page.inner_text("main")
    page.focus(f"button:has-text('{claim.choices[1]}')")
    page.keyboard.press("Enter")
    page.wait_for_selector("article .badge:has-text('not right')")
    words = page.inner_text("article")
    for part in (claim.says, claim.right, claim.code, "-0.7518", "holds"):
        assert part in words
    assert tab.axe() == []
    page.click("text=All 28 claims")
    page.wait_for_selector("article >> nth=1")
    card = page.locator("article", has_text=claim.question)
    card.get_by_text(claim.right).click()
    card.locator(".badge.pass", has_text="right").wait_for()


def test_a_package_that_is_missing_is_named(tab):
    """Which claims still run, and how to get the others."""
    page = tab.page
    found = asked()
    for claim in found["claims"]:
        claim["missing"] = "scikit-learn" if claim["name"] == READER else ""
    found["missing"] = "scikit-learn"
    page.route("**/api/claims", lambda route: route.fulfill(json=found))
    tab.go("/lab")
    assert "pip install scikit-learn" in page.inner_text("[role=note]")
    assert page.locator(f"[aria-labelledby=claim-{READER}] button:enabled").count() == 0
    assert page.locator(f"[aria-labelledby=claim-{QUICK}] button:enabled").count() == 3
    assert tab.axe() == []
