"""Measures implementations of activations: anybody's, and our own.

    report = actfn.examine(implementation, like="gelu")

The package is callable; see `actfn.examine.examination.examine` for its arguments.
"""

from actfn.callable_package import make_callable

make_callable(__name__, "examination")
