"""The exceptions that actfn raises.

    ActfnError
    ├── UnknownActivationError   a name that nobody knows         (also KeyError, AttributeError)
    ├── UnknownTaskError         no question or task has this name                  (also KeyError)
    ├── UnknownClaimError        no claim of the lab has this name                  (also KeyError)
    ├── RecordError              an activation's record contradicts itself     (also ValueError)
    ├── FormulaError             a formula outside the grammar                 (also ValueError)
    ├── DiagnosisError           a network or data that cannot be diagnosed    (also ValueError)
    ├── ImplementationError      nothing can be examined by this name          (also ValueError)
    ├── DTypeError               complex, object, string ... arrays            (also TypeError)
    └── ShapeError               arrays whose shapes do not fit together       (also ValueError)

Numbers never raise: a bad input value gives NaN. People's mistakes do, with an error that is
also the standard one, so that `except ValueError` keeps working.
"""


class ActfnError(Exception):
    """Base of every error raised on purpose by actfn."""

    def __str__(self) -> str:
        # KeyError would show the message through repr(), with its line breaks escaped.
        return Exception.__str__(self)


class UnknownActivationError(ActfnError, KeyError, AttributeError):
    """No activation has this name; the message lists the nearest ones."""


class UnknownTaskError(ActfnError, KeyError):
    """No question or task has this name; the message lists the nearest ones."""


class UnknownClaimError(ActfnError, KeyError):
    """No claim of the lab has this name; the message lists the nearest ones."""


class RecordError(ActfnError, ValueError):
    """The record of an activation is incomplete or contradicts itself."""


class FormulaError(ActfnError, ValueError):
    """The text of a formula is outside the grammar; the message marks the place."""


class DiagnosisError(ActfnError, ValueError):
    """The network or its data cannot be diagnosed; the message says which part, and why."""


class ImplementationError(ActfnError, ValueError):
    """What is to be examined cannot be loaded or called."""


class DTypeError(ActfnError, TypeError):
    """The array has a type that activations are not defined for."""


class ShapeError(ActfnError, ValueError):
    """The shapes of the arrays do not fit together."""
