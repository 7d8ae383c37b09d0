"""Rounded constants: 0.7978845608 is what people type for sqrt(2/π), and is read as that."""

from fractions import Fraction

from actfn.grammar import Call, Constant, Number, Operation, Tree

MIN_DIGITS = 6  # fewer digits say too little about which constant is meant
_PI, _TWO = Constant("pi"), Number(Fraction(2))


def _root(tree: Tree) -> Tree:
    return Call("sqrt", (tree,))


def _over(top: Tree, bottom: Tree) -> Tree:
    return Operation("/", top, bottom)


_ONE = Number(Fraction(1))
# 30 digits each, from mpmath; only constants that formulas of this topic contain.
_KNOWN: dict[str, Tree] = {
    "3.14159265358979323846264338328": _PI,
    "2.71828182845904523536028747135": Constant("e"),
    "0.797884560802865355879892119869": _root(_over(_TWO, _PI)),
    "0.398942280401432677939946059934": _over(_ONE, _root(Operation("*", _TWO, _PI))),
    "2.50662827463100050241576528481": _root(Operation("*", _TWO, _PI)),
    "0.707106781186547524400844362105": _over(_ONE, _root(_TWO)),
    "1.41421356237309504880168872421": _root(_TWO),
    "1.77245385090551602729816748334": _root(_PI),
    "0.564189583547756286948079451561": _over(_ONE, _root(_PI)),
    "1.12837916709551257389615890312": _over(_TWO, _root(_PI)),
    "0.693147180559945309417232121458": Call("log", (_TWO,)),
    "0.886226925452758013649083741671": _over(_root(_PI), _TWO),
    "1.25331413731550025120788264241": _root(_over(_PI, _TWO)),
}


def exact(digits: str) -> Tree:
    """Return the constant that a decimal is a rounding of, or the decimal itself.

    Examples
    --------
    >>> exact("3.14159265")
    Constant(name='pi')
    >>> exact("0.79")
    Number(value=Fraction(79, 100))
    """
    value = Number(Fraction(digits))
    whole, _, places = digits.partition(".")
    if "e" in digits.lower() or len((whole + places).lstrip("0")) < MIN_DIGITS:
        return value
    unit = Fraction(1, 10 ** len(places))
    # Truncated digits are as common as rounded ones, so that one unit of the last place is allowed.
    near = [tree for text, tree in _KNOWN.items() if abs(Fraction(text) - value.value) < unit]
    return near[0] if near else value
