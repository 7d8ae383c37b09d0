"""The page in Chromium: questions answered, wrongly and rightly, by mouse and by keyboard."""

import re

from actfn.interview import formulas, tasks
from actfn.interview.bank import bundled_topics
from actfn.interview.store import open_store
from web_browser import Tab
from web_server import Server

ALL = "/question?q=implement-all-activations"
RELU = "import numpy as np\n\ndef relu(x):\n    return np.maximum(x, 0)\n"
NAIVE = """\
import numpy as np

def softmax(x, axis=-1):
    e = np.exp(x)
    return e / e.sum(axis, keepdims=True)
"""
LOOP = "def relu(x):\n    while True:\n        pass\n"
SIX = [q.slug for q in bundled_topics()[0].questions[:6]]


def answer_all(tab, slug) -> None:
    """Give the model answer to every part of the question that is shown."""
    question = next(q for q in bundled_topics()[0].questions if q.slug == slug)
    number = 0
    for name in question.code:
        tab.part(number)
        assert "pass" in tab.grade(tasks.get(name).model), name
        number += 1
    for name in question.formulas:
        tab.part(number)
        tab.page.fill(".formula-box", formulas.get(name).expected)
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_selector(".verdict .pass")
        number += 1
    tab.part(number)
    tab.page.fill("textarea", "All that the rubric asks for.")
    tab.page.click("text=Compare with the rubric")
    tab.page.wait_for_selector(".rubric input")
    for box in tab.page.query_selector_all(".rubric input"):
        box.check()
    tab.page.click("#part >> text=Done")
    tab.page.wait_for_selector(".verdict .pass")


def test_the_session_of_the_six_questions(browser, tmp_path):
    with Server(tmp_path, built=True) as server:
        tab = Tab(browser, server).go("/")
        tab.page.click("text=Begin")
        for slug in SIX:
            tab.page.wait_for_url(re.compile(f"q={slug}"))
            tab.page.wait_for_selector(".tabs button")
            answer_all(tab, slug)
            tab.page.click("button:has-text('Finish')")
            tab.page.wait_for_selector("text=it comes back")
            if slug != SIX[-1]:
                tab.page.click("a.primary")
        tab.page.click("text=Back to today")
        tab.page.wait_for_selector("text=6 of 62")
        tab.close()
    with open_store(f"sqlite:///{tmp_path / 'practice.db'}") as store:
        assert [(a.question, a.verdict) for a in store.attempts()] == [(s, "pass") for s in SIX]


def test_a_wrong_a_fragile_and_a_right_answer(tab):
    tab.go(f"{ALL}&part=6")
    page = tab.page
    assert "wrong" in tab.grade("def softmax(x, axis=-1):\n    return x\n")
    assert "fragile" in tab.grade(NAIVE)
    remark = page.inner_text(".cm-remark >> nth=1")
    assert "[1000., 1000.]" in remark
    # Beside the line that it concerns: directly below it.
    assert "return" in page.evaluate(
        "() => document.querySelector('.cm-remark').previousElementSibling.textContent"
    )
    assert "subtract the row's maximum" in page.inner_text(".findings")
    assert page.is_enabled("text=Model answer")
    assert "pass" in tab.grade(tasks.get("softmax").model)
    page.wait_for_selector("h3:has-text('Model answer')")
    assert not page.query_selector(".cm-remark")


def test_the_curve_beside_the_truth(tab):
    tab.go(ALL)
    tab.grade("def relu(x):\n    return x * (x > 0.5)\n")
    tab.page.wait_for_selector("text=Your function against the truth")
    assert len(tab.page.query_selector_all(".chart canvas")) == 2
    label = tab.page.get_attribute(".chart >> nth=1", "aria-label")
    assert re.search(r"largest shown is .+, at x = 0\.", label)


def test_an_endless_loop_ends(tab):
    tab.go(ALL)
    words = tab.grade(LOOP)
    assert "ungraded" in words
    assert re.search("line [23]", tab.page.inner_text(".findings"))
    assert "pass" in tab.grade(RELU)


def test_reload_in_the_middle(tab):
    tab.go(ALL)
    tab.page.click("text=Show a hint")
    tab.page.wait_for_selector(".hints li")
    tab.grade("def relu(x):\n    return x  # half\n")
    tab.part(2)
    tab.write("# a draft of sigmoid\n")
    tab.page.wait_for_timeout(900)  # drafts are saved when the typing stops
    tab.page.reload()
    tab.page.wait_for_selector("#tab-2[aria-selected='true']")
    tab.page.wait_for_selector("text=a draft of sigmoid")
    tab.part(0)
    tab.page.wait_for_selector(".verdict .wrong")
    assert "half" in tab.page.inner_text(".cm-content")
    assert len(tab.page.query_selector_all(".hints li")) == 1


def test_two_tabs_have_two_visits(browser, server, tab):
    tab.go("/question?q=dying-relu")
    other = Tab(browser, server, context=tab.context).go("/question?q=dying-relu")
    visits = [t.page.evaluate("() => sessionStorage['visit:dying-relu']") for t in (tab, other)]
    assert visits[0] != visits[1]
    assert "wrong" in tab.grade("def leaky_relu(x, alpha=0.01):\n    return x\n")
    assert "pass" in other.grade(tasks.get("leaky_relu").model)
    for t in (tab, other):
        t.page.click("button:has-text('Finish')")
        t.page.wait_for_selector("text=it comes back")
    other.page.wait_for_selector("summary:has-text('Your attempts (2)')")
    assert other.errors == []


def test_differences_to_the_attempt_before(tab):
    for value in ("1", "2"):
        tab.go("/question?q=tanh-from-output")
        name = tab.page.inner_text("#tab-0")
        tab.grade(f"def {name.strip()}(*args):\n    return {value}\n")
        tab.page.click("button:has-text('Finish')")
        tab.page.wait_for_selector("text=it comes back")
    tab.page.click("summary:has-text('Your attempts (2)')")
    tab.page.click("summary:has-text('What changed')")
    assert tab.page.inner_text(".diff .add").strip() == "+     return 2"
    assert tab.page.inner_text(".diff .del").strip() == "-     return 1"


def test_the_clock_can_be_paused(tab):
    tab.go("/question?q=softmax-gradient")
    tab.page.click("text=Pause")
    tab.page.wait_for_selector(".timer >> text=paused")
    shown = tab.page.inner_text(".timer b")
    tab.page.wait_for_timeout(1200)
    assert tab.page.inner_text(".timer b") == shown
    tab.page.click("text=Resume")
    tab.page.wait_for_selector(".timer >> text=of 8:00")


def test_a_formula_is_shown_while_it_is_typed(tab):
    tab.go("/question?q=derive-silu&part=1")
    tab.page.type(".formula-box", "x/(1+exp(-x)")
    tab.page.wait_for_selector(".preview .quiet")
    tab.page.type(".formula-box", ")")
    tab.page.wait_for_selector(".preview .katex")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector(".verdict .wrong")
    assert "yours is" in tab.page.inner_text(".verdict")


def test_by_keyboard_alone(tab):
    page = tab.go("/").page
    page.keyboard.press("Tab")
    for _ in range(30):
        if page.evaluate("() => document.activeElement.classList.contains('primary')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cm-content")
    for _ in range(30):
        if page.evaluate("() => document.activeElement.classList.contains('cm-content')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("relu = lambda x: x * (x > 0)\n")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".verdict .badge")
    # Chromium wants to give typed characters a style of its own, which is refused.
    tab.errors = [e for e in tab.errors if not e.startswith("Applying inline style")]
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent").startswith("Grade")
    page.focus("#tab-0")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#tab-1[aria-selected='true']")
    assert page.evaluate("() => document.activeElement.id") == "tab-1"
    page.focus("button:has-text('Finish')")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=it comes back")
    assert page.evaluate("() => document.activeElement.tagName") == "H1"


def test_questions_are_narrowed_down_and_shared(tab):
    page = tab.go("/questions").page
    everything = len(page.query_selector_all(".questions li"))
    page.select_option("#difficulty", "Hard")
    page.fill("#search", "softmax")
    page.wait_for_url(re.compile("search=softmax"))
    found = page.query_selector_all(".questions li")
    assert 0 < len(found) < everything
    page.reload()
    page.wait_for_selector(".questions li")
    assert len(page.query_selector_all(".questions li")) == len(found)
    assert page.input_value("#difficulty") == "Hard"


def test_a_mock_interview_and_its_report(tab):
    page = tab.go("/mock?number=2&seed=5&kind=code").page
    page.click("button:has-text('Begin')")
    page.wait_for_selector(".cm-content")
    assert not page.query_selector("text=Show a hint")
    name = page.inner_text("#tab-0").strip()
    tab.write(tasks.get(name).model)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=the result comes at the end")
    page.reload()
    page.wait_for_selector("text=question 1 of 2")
    page.click("text=Next question")
    page.wait_for_selector("text=question 2 of 2")
    page.click("text=End, and show the report")
    page.wait_for_selector("h1:has-text('of 2 passed')")
    assert len(page.query_selector_all("tbody tr")) == 2
    page.emulate_media(media="print")
    assert not page.is_visible(".top")
    assert page.is_visible("table")


def test_a_server_that_is_gone_is_said(browser, tmp_path):
    with Server(tmp_path, built=True) as server:
        tab = Tab(browser, server).go(ALL)
        tab.page.wait_for_selector(".cm-content")
    tab.page.click("text=Show a hint")
    tab.page.wait_for_selector("[role=alert]:has-text('actfn practice')")
    assert tab.axe() == []
    tab.page.click("text=Dismiss")
    assert not tab.page.query_selector(".banner")
    tab.context.close()
