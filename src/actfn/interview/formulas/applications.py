"""Functions and their arguments: what follows a word."""

from collections.abc import Callable

from actfn.interview.formulas.lexer import Token
from actfn.interview.formulas.subscripts import Subscripts
from actfn.interview.formulas.sums import is_axis, over
from actfn.interview.formulas.tree import (
    ONE,
    TWO,
    Call,
    Comparison,
    Index,
    Indexed,
    Name,
    Negative,
    Number,
    Operation,
    Transposed,
    Tree,
    as_value,
    free_letters,
    is_truth,
)
from actfn.interview.formulas.vocabulary import DERIVATIVES

_INVERSES = {"sigmoid": "logit", "tanh": "atanh"}
_FUNCTION_OF_LETTER = frozenset({"sum", "max", "min", "argmax", "mean", "logsumexp", "prod"})
_ROWWISE = frozenset({"softmax", "log_softmax"})
_KEYWORD_ARGUMENTS = frozenset({"axis", "dim", "keepdims", "keepdim"})
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_BINARY = {"outer": "⊗", "matmul": "@", "frac": "/"}
_MINUS_ONE = (Negative(ONE), Number(-ONE.value))


class Applications(Subscripts):
    """Reads a function with its argument, and what only looks like a function."""

    def application(self) -> Tree:
        token = self.take()
        special: dict[str, Callable[[Token], Tree]] = {
            "frac": self.fraction,
            "delta": self.delta,
            "eye": self.eye,
            "indicator": self.eye,
            "piecewise": self.piecewise,
        }
        if token.text in special:
            return special[token.text](token)
        if token.text in _FUNCTION_OF_LETTER:
            return over(self, token)
        return self.function(token)

    # ---- functions --------------------------------------------------------------------------

    def function(self, token: Token) -> Tree:
        name, exponent = token.text, None
        inner = self.letters_below() if self.token.kind == "lower" else None
        while self.accept("'"):
            name += "'"
        if name.endswith("'") and name not in DERIVATIVES:
            self.refuse("write this derivative out", token)
        if self.accept("^"):
            exponent = self.exponent(Name(name))
            if exponent in _MINUS_ONE and name in _INVERSES:
                name, exponent = _INVERSES[name], None
        if inner is None:
            return self.with_argument(name, token, exponent)
        if self.at(*_CLOSERS):
            before, uses = self.position, len(self.bare_uses)
            arguments = self.arguments()
            inside = name in self.bare_uses[uses:] or any(map(free_letters, arguments))
            if not inside:
                return Indexed(self.call(name, arguments, token), tuple(inner))
            self.position = before  # softmax_i (δ_ij - softmax_j) is a product
        return Indexed(self.bare(name, token), tuple(inner))

    def with_argument(self, name: str, token: Token, exponent: Tree | None) -> Tree:
        before = len(self.bare_uses)
        if self.at(*_CLOSERS):
            arguments = self.arguments()
            if name not in self.bare_uses[before:] and not self.is_product(arguments, token):
                return self.to_power(self.call(name, arguments, token), exponent)
            # In σ(1 - σ) the bracket holds no argument: σ is short for σ(x) throughout.
            bare = self.to_power(self.bare(name, token), exponent)
            return Operation(" ", bare, arguments[0])
        if self.takes_operand(name, token):
            return self.to_power(self.call(name, [self.side_by_side()], token), exponent)
        return self.to_power(self.bare(name, token), exponent)

    def is_product(self, arguments: list[Tree], token: Token) -> bool:
        """In σ(1 - f) the bracket may hold a factor, when it is no plain multiple of x."""
        sums = any(isinstance(a, Operation) and a.symbol in "+-" for a in arguments)
        short = len(token.written) == 1 and not token.written.isascii()
        return sums and short and bool(self.words.bare) and self.meets("bracket")

    def to_power(self, tree: Tree, exponent: Tree | None) -> Tree:
        return tree if exponent is None else self.raised(tree, exponent)

    def takes_operand(self, name: str, token: Token) -> bool:
        """Tell whether an argument without brackets follows: ``tanh x``, ``exp -x``."""
        if name == "exp" and self.at("-"):
            return True
        if not self.starts_operand():
            return False
        short = len(token.written) == 1 and not token.written.isascii()
        return not (short and self.words.bare) or self.meets("bare")

    def side_by_side(self) -> Tree:
        """Read the argument of a function without brackets: ``2x``, ``βx``, ``p_i``."""
        negative = self.accept("-")
        tree = self.power()
        while self.starts_operand() and not self.token.spaced and self.token.kind != "function":
            if self.at("(", "[", "{", "|"):
                break
            tree = Operation(" ", tree, self.power())
        return Negative(tree) if negative else tree

    def call(self, name: str, arguments: list[Tree], token: Token) -> Tree:
        """Build a call; the functions that only rename an operation disappear here."""
        wanted = {"where": 3, "clip": 3, "pow": 2, "dot": 2, **dict.fromkeys(_BINARY, 2)}
        if name in _ROWWISE and len(arguments) == 2 and is_axis(arguments[1:]):
            arguments = arguments[:1]
        if len(arguments) != wanted.get(name, 1):
            count = wanted.get(name, 1)
            self.refuse(f"{token.written} takes {count} argument{'s' * (count > 1)}", token)
        if name in _BINARY:
            return Operation(_BINARY[name], *arguments)
        if name == "pow":
            return self.raised(*arguments)
        if name == "where" and not is_truth(arguments[0]):
            self.refuse("where() starts with a condition, such as x > 0", token)
        values = [a if name == "where" and k == 0 else as_value(a) for k, a in enumerate(arguments)]
        simple = {
            "square": lambda a: Operation("**", a, TWO),
            "number": lambda a: a,
            "transpose": Transposed,
        }
        return simple[name](*values) if name in simple else Call(name, tuple(values))

    def arguments(self) -> list[Tree]:
        """Read ``(a, b, ...)``, without keyword arguments such as ``axis=-1``."""
        if not self.at(*_CLOSERS):
            self.refuse("a bracket with the argument is missing here")
        closer = _CLOSERS[self.take().text]
        found = []
        with self.inside_brackets(), self.deeper():
            while not self.at(closer):
                if self.token.written in _KEYWORD_ARGUMENTS and self.ahead().text == "=":
                    self.skip_keyword(closer)
                else:
                    found.append(self.value())
                if self.is_generator():
                    found.append(self.generator(closer))
                if not self.accept(","):
                    break
            self.expect(closer)
        return found

    def is_generator(self) -> bool:
        """Tell ``for k in`` from the condition of a case."""
        return self.token.written == "for" and self.ahead(2).text == "in"

    def generator(self, closer: str) -> Tree:
        self.take()
        letter = self.take()
        while not self.at(closer) and self.token.kind != "end":
            self.take()
            if self.at("("):
                self.arguments()
        return Index(letter.text)

    def skip_keyword(self, closer: str) -> None:
        while not self.at(",", closer) and self.token.kind != "end":
            self.take()

    def is_simple_argument(self) -> bool:
        """Tell (x), (-x), (2x) after a name that may also be written s(x)."""
        named = False
        for k, token in enumerate(self.tokens[self.position + 1 : self.position + 8]):
            if token.text == ")" and token.kind == "symbol":
                return named
            named |= token.kind == "name"
            sign = token.text in ("*", "/", "·") or (k == 0 and token.text == "-")
            if token.kind not in ("number", "name") and not sign:
                return False
        return False

    def applied(self, name: Name, function: str) -> Tree:
        """Read s(x): the name itself, or its function at another argument."""
        (argument,) = self.arguments()
        if function:
            return Call(function, (argument,))
        if not isinstance(argument, Name) or argument == name:
            self.refuse(f"{name.name} is not a function of that")
        return name

    # ---- indicators, fractions, cases -------------------------------------------------------

    def fraction(self, token: Token) -> Tree:
        top = self.operand()
        return Operation("/", top, self.operand())

    def delta(self, token: Token) -> Tree:
        """Read the Kronecker delta: δ_ij, δ(i, j), δ_{i=j}."""
        if self.token.kind == "lower":
            below = self.token.text
            if any(sign in below for sign in "=≠<>"):
                return self.indicator_below()
            letters = self.letters_below()
        else:
            letters = self.arguments() if self.at(*_CLOSERS) else []
            if len(letters) == 1 and is_truth(letters[0]):
                return as_value(letters[0])
        if len(letters) == 1 and self.accept("^"):  # δ_i^j
            letters.append(self.operand())
        if len(letters) != 2:
            self.refuse("the Kronecker delta has two indices: δ_ij", token)
        return as_value(Comparison("==", *letters))

    def eye(self, token: Token) -> Tree:
        """Read the identity matrix I, its entry I_ij, or the indicator I(x > 0)."""
        if self.token.kind == "lower":
            below = self.token.text
            if any(sign in below for sign in "=≠<>≤≥"):
                return self.indicator_below()
            letters = self.letters_below()
            return as_value(Comparison("==", *letters)) if len(letters) == 2 else Call("eye", ())
        before = self.position
        if self.at(*_CLOSERS):
            inside = self.arguments()
            if len(inside) == 1 and is_truth(inside[0]):
                return as_value(inside[0])
            if token.written == "I":
                self.position = before
        return Call("eye", ())

    def indicator_below(self) -> Tree:
        """Read the condition of ``1_{x > 0}``."""
        token = self.take()
        reader = type(self)(token.text, self.words, self.loose)
        reader.equal_is_condition = True
        return as_value(reader.whole())

    def piecewise(self, token: Token) -> Tree:
        """Read ``Piecewise((value, condition), (value, True))``."""
        self.expect("(")
        pairs = []
        while self.at("("):
            pairs.append(self.arguments())
            self.accept(",")
        self.expect(")")
        if not pairs or any(len(p) != 2 or not is_truth(p[1]) for p in pairs):
            self.refuse("Piecewise takes pairs: (value, condition)", token)
        return self.cases([(condition, value) for value, condition in pairs], None)

    def exponent(self, base: Tree) -> Tree:
        raise NotImplementedError

    def raised(self, base: Tree, exponent: Tree) -> Tree:
        raise NotImplementedError

    def operand(self) -> Tree:
        raise NotImplementedError

    def cases(self, rows: list[tuple[Tree, Tree]], otherwise: Tree | None) -> Tree:
        raise NotImplementedError
