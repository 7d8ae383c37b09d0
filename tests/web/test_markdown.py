"""Passages of the bank as HTML: formulas are marked, and nothing in them can act."""

import pytest

from actfn.web.markdown import to_html


def test_formulas_are_left_to_the_page():
    assert to_html("where $a < b$.") == '<p>where <span class="math">a &lt; b</span>.</p>\n'
    assert '<div class="math display">x^2</div>' in to_html("$$x^2$$")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "![a](http://elsewhere.example/x.png)",
        "$<script>alert(1)</script>$",
        "a <b onclick=alert(1)>b</b>",
    ],
)
def test_nothing_acts_and_nothing_is_loaded(text):
    found = to_html(text)
    for tag in ("<script", "<img", "<b ", 'href="javascript'):
        assert tag not in found


def test_what_is_meant_is_there():
    found = to_html("**bold** and `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    for tag in ("<strong>", "<code>", "<table>"):
        assert tag in found
