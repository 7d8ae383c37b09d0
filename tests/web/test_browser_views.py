"""The views that explore and diagnose, in Chromium; what all views have in common."""

import re
from pathlib import Path

import pytest

from actfn.interview import tasks
from web_browser import AXE, Tab

DIAGNOSIS = Path(__file__).parents[1] / "data" / "diagnosis.json"
LARGEST_TRANSFER = 600_000  # bytes, compressed
VIEWS = {
    "today": "/",
    "questions": "/questions",
    "question": "/question?q=derive-silu",
    "spoken": "/question?q=dying-relu&part=4",
    "mock": "/mock",
    "explore": "/explore?f=gelu,swish&p=swish.beta:2",
    "temperature": "/temperature",
    "dying": "/dying",
    "lab": "/lab",
    "diagnose": "/diagnose",
}


def shares(page) -> list[float]:
    page.wait_for_timeout(150)
    return [float(b.inner_text()) for b in page.query_selector_all("[role=img] .bar b")]


def test_the_temperature_from_zero_to_infinity(tab):
    page = tab.go("/temperature?z=2,1,0").page
    page.wait_for_selector("[role=img] .bar b")
    page.focus("#temperature")
    page.keyboard.press("Home")
    page.wait_for_url(re.compile("t=0$"))
    assert shares(page) == [1, 0, 0]
    page.keyboard.press("End")
    page.wait_for_url(re.compile("t=inf"))
    assert shares(page) == [0.333, 0.333, 0.333]
    assert "uniform" in page.inner_text(".card .quiet")


def test_logits_can_be_dragged_and_moved_by_keys(tab):
    page = tab.go("/temperature?z=2,1,0&t=1").page
    page.wait_for_selector("[role=img] .bar b")
    page.focus("[role=slider] >> nth=2")
    page.keyboard.press("End")
    page.wait_for_url(re.compile("z=2,1,6"))
    assert shares(page)[2] > 0.9
    box = page.query_selector("[role=slider] >> nth=2").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    page.mouse.up()
    page.wait_for_url(re.compile(r"z=2,1,-?0(\.05)?&"))


def test_functions_are_explored(tab):
    page = tab.go("/explore?f=swish").page
    page.wait_for_selector(".chart canvas")
    page.wait_for_selector("article .katex")
    page.fill("#swish-beta", "2.5")
    page.wait_for_url(re.compile(r"p=swish\.beta:2\.5"))
    page.select_option("#add", "gelu")
    page.wait_for_selector("article h2:has-text('gelu')")
    box = page.query_selector(".u-over").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 100, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile("x=-3"))
    page.click("article:has(h2:has-text('gelu')) >> text=Facts")
    page.wait_for_selector("text=derivative lipschitz")
    page.click("article:has(h2:has-text('gelu')) >> text=Accuracy")
    assert page.is_visible("dt:has-text('torch')")
    page.reload()
    page.wait_for_selector("#swish-beta")
    assert page.input_value("#swish-beta").startswith("2.5")
    assert page.inner_text(".key").count("gelu") == 2


def test_units_go_dark_after_a_guess(tab):
    page = tab.go("/dying?rate=2").page
    page.wait_for_selector(".unit")
    born_dark = len(page.query_selector_all(".unit.dark"))
    page.focus("#guess")
    page.keyboard.press("Home")
    page.click("text=Reveal")
    page.wait_for_selector("text=You said 0")
    assert len(page.query_selector_all(".unit.dark")) > born_dark
    page.select_option("#activation", "leaky_relu")
    page.wait_for_url(re.compile("activation=leaky_relu"))
    page.click("text=Reveal")
    page.wait_for_selector("text=You said 0: exactly")


def test_a_diagnosis_is_read_here(tab, tmp_path):
    page = tab.go("/diagnose").page
    other = tmp_path / "other.json"
    other.write_text('{"schema": "something"}')
    page.set_input_files("#file", other)
    page.wait_for_selector("[role=alert]:has-text('no diagnosis')")
    page.set_input_files("#file", DIAGNOSIS)
    page.wait_for_selector("text=4 of 72 units are dead")
    assert page.inner_text("[role=alert]") == ""
    assert "3 certified dead" in page.inner_text("section:has(#units)")
    assert len(page.query_selector_all(".pass:has-text('works')")) == 6
    assert tab.axe() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious(browser, server, view, theme):
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make setup` with Node.js")
    tab = Tab(browser, server, theme=theme).go(VIEWS[view])
    tab.page.wait_for_timeout(300)
    assert tab.axe() == []
    tab.close()


def test_axe_would_find_something(tab):
    tab.go("/")
    tab.page.evaluate(
        "() => document.querySelector('main').append(document.createElement('input'))"
    )
    assert tab.axe()


def test_axe_on_a_graded_answer(tab):
    tab.go("/question?q=implement-all-activations")
    tab.grade("def relu(x):\n    return x\n")
    tab.page.wait_for_selector(".chart canvas")
    assert tab.axe() == []


@pytest.mark.parametrize("width", [390, 820, 1440])
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_wider_than_the_window(browser, server, view, width):
    tab = Tab(browser, server, width=width).go(VIEWS[view])
    tab.page.wait_for_timeout(200)
    assert tab.page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    tab.close()


def test_the_transfer(browser, server):
    tab = Tab(browser, server)
    watch = tab.context.new_cdp_session(tab.page)
    watch.send("Network.enable")
    sizes = []
    watch.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    tab.go("/question?q=gelu-vs-relu")  # the heaviest: an editor, formulas and charts
    tab.grade(tasks.get("gelu").model)
    tab.page.wait_for_selector(".chart canvas")
    tab.part(2)
    tab.page.wait_for_selector(".formula-box")
    tab.page.fill(".formula-box", "x")
    tab.page.wait_for_selector(".katex")
    tab.page.wait_for_timeout(300)
    print(f"transferred: {sum(sizes):.0f} bytes in {len(sizes)} responses")
    assert sum(sizes) <= LARGEST_TRANSFER
    tab.close()


def test_the_token_leaves_the_address(tab):
    tab.go("/questions?difficulty=Hard")
    assert "token" not in tab.page.url
    assert "difficulty=Hard" in tab.page.url


def test_colours_can_be_chosen(tab):
    page = tab.go("/").page
    paper = "() => getComputedStyle(document.documentElement).backgroundColor"
    before = page.evaluate(paper)
    page.select_option(".theme select", "dark")
    assert (
        page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor") != before
    )
    page.reload()
    page.wait_for_selector("html[data-theme='dark']")
