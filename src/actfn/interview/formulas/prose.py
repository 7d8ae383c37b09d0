"""Words around a formula: "return", "the answer is", "for all i", "where δ is the Kronecker delta"."""

import re

_BEFORE = re.compile(
    r"^\s*(?:return\b|hence\b|so\b|thus\b|therefore\b|∴"
    r"|(?:the\s+)?(?:final\s+)?(?:answer|result|solution|derivative|gradient|jacobian)\b"
    r"(?:\s+of\s+[\w ()]+?)?(?:\s+is\b\s*:?|\s*:))\s*",
    re.IGNORECASE,
)
_AFTER = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"\s*#.*$",
        r"[,;(]?\s*[i-n]\s*=\s*1\s*,?\s*(?:\.{2,}|…).*$",
        r"[,;(]?\s*(?:\bfor\s+(?:all|each|every|any)\b|∀).*$",
        r"[,;(]?\s*\b(?:where|with)\b[^=≠]*\b(?:is|are|denotes?|being|the)\b.*$",
        r"[,;(]?\s*\bat\s+[A-Za-z]\s*=\s*[-+\d./]+\s*\)?\s*$",
    )
)
_QUOTES = '`"“”'
_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"\bone-hot\b", "onehot"),
        (r"\b(?:is\s+not\s+equal\s+to|does\s+not\s+equal|differs\s+from)\b", "≠"),
        (r"\b(?:is\s+equal\s+to|equals)\b", "="),
        (r"\bis\s+(?:positive|greater\s+than\s+(?:0|zero))\b", "> 0"),
        (r"\bis\s+(?:negative|less\s+than\s+(?:0|zero))\b", "< 0"),
        (r"\b(?:the\s+)?uniform(?:\s+distribution)?\b", "uniform"),
        (r"\.\s+(?=(?:case|if|for|when|else|otherwise)\b)", "; "),
    )
)


def without_prose(text: str) -> str:
    """Return the formula of an answer without the words around it.

    Examples
    --------
    >>> without_prose("The answer is p_i(δ_ij - p_j), where δ_ij is the Kronecker delta")
    'p_i(δ_ij - p_j)'
    """
    text = text.strip().strip(_QUOTES)
    text = _BEFORE.sub("", text, count=1)
    for pattern in _AFTER:
        text = pattern.sub("", text)
    for pattern, replacement in _WORDS:
        text = pattern.sub(replacement, text)
    return text
