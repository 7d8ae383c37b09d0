"""Passages of the bank as HTML. Raw HTML in them stays text; formulas are left to the page."""

from functools import cache
from html import escape

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin


def to_html(text: str) -> str:
    """Markdown as HTML; `$...$` becomes an element with the class "math" for KaTeX."""
    return _renderer().render(text)


@cache
def _renderer() -> MarkdownIt:
    found = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    found.use(dollarmath_plugin, renderer=_formula, allow_digits=False)
    found.add_render_rule("math_inline", _inline)
    found.add_render_rule("math_block", _block)
    return found


def _formula(content: str, options: dict) -> str:
    return escape(content)


def _inline(self, tokens, index, options, env) -> str:
    return f'<span class="math">{escape(tokens[index].content)}</span>'


def _block(self, tokens, index, options, env) -> str:
    return f'<div class="math display">{escape(tokens[index].content)}</div>'
