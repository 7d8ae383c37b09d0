"""The words of an answer: functions and their spellings, and the names that one task declares."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

# Canonical name: the other spellings.  A word of three letters or more may be capitalised.
_SPELLINGS = {
    "exp": "", "expm1": "", "log": "ln", "log1p": "", "sqrt": "√", "sinh": "", "cosh": "",
    "tanh": "th tgh", "sech": "", "coth": "", "sin": "", "cos": "", "atanh": "artanh arctanh",
    "erf": "", "erfc": "", "sigmoid": "σ sigma sigm sig expit logistic", "logit": "",
    "softplus": "soft_plus ζ", "relu": "", "silu": "swish", "gelu": "", "mish": "",
    "softsign": "", "log_sigmoid": "logsigmoid logsig", "sign": "sgn", "abs": "fabs absolute",
    "Phi": "Φ normcdf norm_cdf ndtr cdf gausscdf", "phi": "φ normpdf norm_pdf npdf pdf varphi",
    "step": "heaviside H Θ θ unit_step unitstep", "max": "maximum fmax amax",
    "min": "minimum fmin", "clip": "clamp", "where": "", "square": "", "pow": "power",
    "piecewise": "", "logsumexp": "lse log_sum_exp", "softmax": "soft_max",
    "log_softmax": "logsoftmax", "onehot": "one_hot", "argmax": "arg_max", "diag": "diagflat diag_embed",
    "outer": "", "dot": "inner vdot", "matmul": "", "sum": "Σ", "mean": "avg average",
    "eye": "identity Id I", "count": "len length dim size numel",
    "delta": "δ kron kroneckerdelta kronecker kronecker_delta", "indicator": "ind iverson",
    "transpose": "", "frac": "", "number": "int float double bool", "ones": "ones_like",
    "zeros": "zeros_like", "prod": "",
}  # fmt: skip
FUNCTIONS = {
    spelling: name for name, others in _SPELLINGS.items() for spelling in (name, *others.split())
}
# Of these an answer may contain the derivative, as in σ(x) + x σ'(x).
DERIVATIVES = frozenset(
    "sigmoid' sigmoid'' tanh' tanh'' softplus' exp' log' Phi' phi' relu' silu' gelu' log_sigmoid' "
    "softsign' abs'".split()
)
CONSTANTS = {
    **{"π": "pi", "pi": "pi", "e": "e", "∞": "inf", "inf": "inf", "infinity": "inf", "oo": "inf"},
    **{"True": "true", "true": "true", "nan": "undefined"},
}
KEYWORDS = {
    **dict.fromkeys("if for when case whenever".split(), "if"),
    **dict.fromkeys("else otherwise elsewhere other".split(), "else"),
    **dict.fromkeys("where with using let".split(), "where"),
    **dict.fromkeys("elif elseif".split(), "elif"),
    **{"and": "and", "or": "or", "then": "then", "in": "in", "∈": "in"},
}
INDEX_LETTERS = frozenset("ijklmnrc")
_GREEK_WORDS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "epsilon": "ε", "eps": "ε", "eta": "η", "mu": "μ",
    "lambda": "λ", "lam": "λ", "lambd": "λ", "tau": "τ", "theta": "θ",
}  # fmt: skip


@dataclass(frozen=True)
class Vocabulary:
    """The names of a task.

    Attributes
    ----------
    names : every spelling of a variable or of a definition, with its canonical name.
    rows : canonical names that stand for a row vector.
    applied : names such as s or f that may also be written s(x), with the function they are.
    variable : the variable that a person may call by another letter; "" when there is none.
    bare : a function without an argument, such as σ in ``σ(1 - σ)``, has this one.
    bare_of : where that differs between functions.
    """

    names: Mapping[str, str]
    rows: frozenset[str] = frozenset()
    applied: Mapping[str, str] = field(default_factory=dict)
    variable: str = "x"
    bare: str = "x"
    bare_of: Mapping[str, str] = field(default_factory=dict)

    def meaning(self, word: str) -> tuple[str, str] | None:
        """Return what a word is, ("name", canonical) or ("function", canonical) ..., or None."""
        if word in self.names:
            return "name", self.names[word]
        if _GREEK_WORDS.get(word.lower()) in self.names:
            return "name", self.names[_GREEK_WORDS[word.lower()]]
        if word in CONSTANTS:
            return "constant", CONSTANTS[word]
        if (lowered := word.lower() if len(word) > 1 else word) in KEYWORDS:
            return "keyword", KEYWORDS[lowered]
        if word in FUNCTIONS:
            return "function", FUNCTIONS[word]
        if len(word) > 2 and word.lower() in FUNCTIONS:
            return "function", FUNCTIONS[word.lower()]
        if word in INDEX_LETTERS:
            return "index", word
        return None

    def with_names(self, more: Mapping[str, str]) -> "Vocabulary":
        """Return a vocabulary with more names."""
        names = {**self.names, **more}
        return replace(self, names=names)

    def defining(self, found: Iterable[str]) -> "Vocabulary":
        """Return a vocabulary in which an answer defines these names itself."""
        found = list(found)
        names = {**self.names, **{name: name for name in found}}
        rows = self.rows | {name for name in found if self.names.get(name) in self.rows}
        applied = {**self.applied, **dict.fromkeys(found, "")}
        return replace(self, names=names, rows=rows, applied=applied)

    def split(self, word: str) -> list[str] | None:
        """Split letters without spaces, as in ``xe`` or ``pipj``, into known words; few first."""
        best: dict[int, list[str] | None] = {len(word): []}
        for start in range(len(word) - 1, -1, -1):
            found: list[str] | None = None
            for end in range(start + 1, len(word) + 1):
                rest = best[end]
                if rest is None or not self._stands(word[start:end], start == 0 and not rest):
                    continue
                if found is None or len(rest) + 1 < len(found):
                    found = [word[start:end], *rest]
            best[start] = found
        return best[0]

    def _stands(self, part: str, alone: bool) -> bool:
        """Tell whether a part of a word means something: a lone index letter does not."""
        if self.is_entry(part):
            return True
        meaning = self.meaning(part)
        if meaning is None or meaning[0] in ("index", "keyword"):
            return False
        return alone or meaning[0] != "function" or len(part) > 1

    def is_entry(self, part: str) -> bool:
        """Tell pi, which is p_i where p is a row, and z1, which is z_1."""
        row = self.names.get(part[:-1])
        return row in self.rows and bool(re.fullmatch(r"[a-z]*?\w[ijkl1-9]", part))
