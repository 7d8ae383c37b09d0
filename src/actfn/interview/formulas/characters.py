r"""One way of writing: LaTeX commands and Unicode signs become the plain notation that is read.

The result is still a text, in which Greek letters stand for themselves, ``^`` is the power, ``_``
the subscript, ``·`` the dot product, ``⊙`` the product entry by entry, and braces are brackets.
"""

import re
import unicodedata

from actfn.errors import FormulaError
from actfn.interview.formulas.prose import without_prose

MAX_LENGTH = 1500  # characters of one answer, before and after: the longest of ours has about 250

_SIGNS = {
    **dict.fromkeys("\N{MINUS SIGN}–—‐‑﹣", "-"),
    **dict.fromkeys("×∗⋆✕", "*"),
    **dict.fromkeys("⋅•∙", "·"),
    **dict.fromkeys("∘⨀◦", "⊙"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("′’‘`´", "'"),
    "ᵀ": "⊤",
    **dict.fromkeys("∑", "Σ"),
    **dict.fromkeys("≡", "="),
    **dict.fromkeys("⩽≦", "≤"),
    **dict.fromkeys("⩾≧", "≥"),
    **dict.fromkeys("⟨〈", "<<"),
    **dict.fromkeys("⟩〉", ">>"),
    "″": "''",
    "ŷ": " yhat",
    "ℓ": "l",
    "·": "·",
}
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁽⁾ˣⁿᶻᵝ", "0123456789+()xnzβ", strict=True))
_SUPERSCRIPTS |= {"⁻": "-"}
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₓₜ₊", "0123456789ijklmnxt+", strict=True))
_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "lambda": "λ", "mu": "μ", "pi": "π", "sigma": "σ",
    "tau": "τ", "phi": "φ", "varphi": "φ", "Phi": "Φ", "Sigma": "Σ", "Delta": "Δ",
    "Theta": "Θ", "kappa": "κ", "rho": "ρ", "nu": "ν", "omega": "ω", "psi": "ψ",
}  # fmt: skip
# Commands that only dress their argument; \mathbf{1} and \mathbb{1} are an indicator or ones.
_DRESS = (
    "mathrm|mathit|mathsf|mathtt|mathbf|mathbb|mathds|mathcal|boldsymbol|bm|vec|text|textrm"
    "|textit|textbf|operatorname|mbox|tilde|bar|overline|underline"
)
_COMMANDS = {
    **_GREEK,
    **dict.fromkeys(_DRESS.split("|"), ""),
    **dict.fromkeys("left right big Big bigl bigr Bigl Bigr bigg Bigg middle".split(), ""),
    **dict.fromkeys("limits nolimits displaystyle textstyle quad qquad".split(), " "),
    **dict.fromkeys("cdot bullet".split(), "·"),
    **dict.fromkeys("odot circ".split(), "⊙"),
    **dict.fromkeys("lvert rvert vert mid".split(), "|"),
    **dict.fromkeys("le leq leqslant".split(), "≤"),
    **dict.fromkeys("ge geq geqslant".split(), "≥"),
    **dict.fromkeys("ne neq".split(), "≠"),
    **dict.fromkeys("top intercal".split(), "⊤"),
    **dict.fromkeys("to rightarrow Rightarrow implies mapsto".split(), "→"),
    **dict.fromkeys("dfrac tfrac frac".split(), " frac"),
    **dict.fromkeys("land wedge".split(), " and "),
    **dict.fromkeys("lor vee".split(), " or "),
    "sum": "Σ", "times": "*", "ast": "*", "div": "/", "otimes": "⊗", "infty": "∞", "sqrt": "√",
    "partial": "∂", "nabla": "∇", "prime": "'", "langle": "<<", "rangle": ">>", "in": "∈",
    "lt": "<", "gt": ">", "ell": "l", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]",
}  # fmt: skip
_DRESSED = re.compile(rf"\\(?:{_DRESS})\*?\s*\{{([^{{}}]*)\}}")
_HAT = re.compile(r"\\(?:wide)?hat\s*(?:\{\s*(?:\\mathbf\{)?(\w)\}?\s*\}|\s(\w))")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{(\w+\*?)\}(\{[lcr| ]*\})?")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_PUNCTUATION = re.compile(r"\\([,;:!> ])")
_SHORT_FRACTION = re.compile(r"\\[dt]?frac\s*([0-9A-Za-z])\s*([0-9A-Za-z])")
_FAN = re.compile(r"\bfan[\s_-]*(?:\{\s*(in|out)\s*\}|(in|out)\b)")
_REWRITTEN = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\barg[\s,]*max(?![A-Za-z])", "argmax"),
        (r"\^\s*\{\s*⊤\s*\}|\^\s*⊤|⊤", "^⊤"),
        (r"\^\s*\{\s*T\s*\}", "^T"),
        (r"\^\s*\{\s*('+)\s*\}|\^\s*('+)", r"\1\2"),
        (r"\{\s*\{([^{}]*)\}\s*\}", r"{\1}"),
        (r":=", "="),
        (r"_\{\s*(\w)\s*\}", r"_\1"),
        (r"\b([nNd])_\{\s*(in|out)\s*\}", r"\1_\2"),
        (r"(δ|\bdelta)\s?([i-n]{2})(?![A-Za-z0-9])", r"\1_{\2}"),
    )
)
_DELIMITERS = re.compile(r"\$|\\\(|\\\)|\\\[|\\\]")


def plain(text: str) -> str:
    r"""Return an answer in the plain notation.

    Raises
    ------
    FormulaError
        When it is no text, longer than 1500 characters, or holds an unknown sign or command.

    Examples
    --------
    >>> plain(r"\frac{1}{2}\left(1+\tanh\frac{x}{2}\right)")
    'frac{1}{2}(1+ tanh frac{x}{2})'
    >>> plain("σ(x)·(1 − σ(x))²")
    'σ(x)·(1 - σ(x))^(2)'
    """
    if not isinstance(text, str):
        raise FormulaError(f"a formula is a text, received {type(text).__name__}")
    _check_length(text)
    text = without_prose(text)
    written = _without_latex(text) if "\\" in text or "$" in text else text
    written = "".join(_one(written, k) for k in range(len(written)))
    _check_length(written)
    written = _FAN.sub(lambda m: f"fan_{m[1] or m[2]}", _grouped(written))
    for pattern, replacement in _REWRITTEN:
        written = pattern.sub(replacement, written)
    return written.strip().rstrip(".,;")


def _check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            f"the answer has {len(text)} characters, at most {MAX_LENGTH} are read: "
            "write the formula only"
        )


# ---- LaTeX ----------------------------------------------------------------------------------


def _without_latex(text: str) -> str:
    text = _DELIMITERS.sub(" ", text.replace(r"\\", ";"))
    text = _ENVIRONMENT.sub(_bracket_of, text)
    text = text.replace(r"\right.", r"\right\}").replace(r"\{", "{").replace(r"\}", "}")
    text = text.replace(r"\|", "|").replace("&", ", ").replace(r"\_", "_").replace(r"\%", "%")
    text = _HAT.sub(lambda m: f" {m[1] or m[2]}hat", text)
    text = _SHORT_FRACTION.sub(r"\\frac{\1}{\2}", text)
    for _ in range(4):  # dresses in dresses: \mathbf{\hat{p}}
        text = _DRESSED.sub(lambda m: _undressed(m[1]), text)
    text = _PUNCTUATION.sub(lambda m: "" if m[1] == "!" else " ", text)
    return _COMMAND.sub(_command, text).replace("~", " ")


def _bracket_of(match: re.Match) -> str:
    if match[2].rstrip("*") in ("cases", "array", "rcases", "dcases"):
        return "{" if match[1] == "begin" else "}"
    return " "  # equation, align ...


def _undressed(inside: str) -> str:
    # A word keeps its distance from the letters beside it; behind one letter none is needed.
    return f" {inside.strip()}" if len(inside.strip()) == 1 else f" {inside} "


def _command(match: re.Match) -> str:
    name = match[1]
    following = match.string[match.end() : match.end() + 1]
    if name in _COMMANDS:
        return _COMMANDS[name]
    return f" {name}" + (" " if following.isalnum() else "")


# ---- Unicode --------------------------------------------------------------------------------


def _one(text: str, place: int) -> str:
    """Return the plain notation of one character; superscripts are grouped later."""
    character = text[place]
    if character in _SUPERSCRIPTS or character in _SUBSCRIPTS:
        return character
    if character in _SIGNS:
        return _SIGNS[character]
    if character.isascii():
        return character if character.isprintable() or character in "\n\r\t" else _refuse(character)
    if unicodedata.category(character) in ("Zs", "Cf"):  # spaces of all widths, invisible signs
        return " " if unicodedata.category(character) == "Zs" else ""
    simple = unicodedata.normalize("NFKC", character)
    if "⁄" in simple:  # a fraction in one character
        return f"({simple.replace('⁄', '/')})"
    simple = {"ϕ": "φ", "ϵ": "ε", "ς": "σ", "Ф": "Φ", "ф": "φ"}.get(simple, simple)
    known = simple.isascii() or simple in "αβγδεζηθλμπστφΦΣΔΘκρνωψχξ∂∇√∞≤≥≠→·⊙⊗∈⊤"
    return simple if known and simple.isprintable() else _refuse(character)


def _refuse(character: str) -> str:
    shown = repr(character) if character.isprintable() else f"character {ord(character)}"
    raise FormulaError(f"{shown} does not occur in formulas")


def _grouped(text: str) -> str:
    """Turn runs of raised and lowered characters into ``^(...)`` and ``_{...}``."""
    raised, lowered = "".join(_SUPERSCRIPTS), "".join(_SUBSCRIPTS)
    text = re.sub(f"[{raised}]+", lambda m: f"^({_translated(m[0], _SUPERSCRIPTS)})", text)
    return re.sub(f"[{lowered}]+", lambda m: f"_{{{_translated(m[0], _SUBSCRIPTS)}}}", text)


def _translated(text: str, table: dict[str, str]) -> str:
    return "".join(table[character] for character in text)
