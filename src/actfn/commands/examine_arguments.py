"""The arguments of `actfn examine`; only the standard library, as in `actfn.cli`."""

import argparse
from collections.abc import Sequence

SUMMARY = "measure anybody's implementation of an activation"
EXAMPLES = """\
examples:
  actfn examine torch:nn.functional.gelu --as gelu
  actfn examine jax:nn.elu --as elu --plot elu.svg
  actfn examine onnx:Gelu --as gelu --json
  actfn examine mine.py:swish --as silu --derivative mine.py:swish_grad
  actfn examine mine:sigmoid --as sigmoid --bound 1 --exhaustive
  actfn examine --peers            every installed library: docs/scoreboard.md

What is examined runs in a process of its own; a call that takes longer than --patience hangs, and
that, a crash or an exception is a finding. Without --derivative the framework's automatic
differentiation is examined, where there is one.

exit status: 0 pass, 1 fragile, 2 wrong, 3 where it could not be examined
"""


def add(parser: argparse.ArgumentParser, dtypes: Sequence[str]) -> None:
    """Give the parser the arguments."""
    parser.add_argument(
        "implementation", metavar="WHAT", nargs="?",
        help="torch:PATH, jax:PATH, onnx:OPERATOR, FILE.py:FUNCTION or MODULE:FUNCTION",
    )  # fmt: skip
    parser.add_argument("--as", dest="like", metavar="NAME", help="what it claims to be")
    parser.add_argument("--dtype", choices=dtypes, default="float32", help="default: %(default)s")
    parser.add_argument("--derivative", metavar="WHAT", help="a function of x that returns f'(x)")
    parser.add_argument("--framework", choices=("numpy", "torch", "jax"), help="whose arrays")
    parser.add_argument("--bound", type=_bound, metavar="ULP", help="what it claims; default: 4")
    parser.add_argument("--exhaustive", action="store_true", help="all 2**32 float32 inputs")
    parser.add_argument("--no-speed", action="store_true", help="leave the timings out")
    parser.add_argument(
        "--patience", type=_bound, default=10.0, metavar="SECONDS", help="default: %(default)g"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.add_argument("--plot", metavar="FILE", help="error over x: .svg, .png, .pdf or .html")
    parser.add_argument("--peers", action="store_true", help="examine the installed libraries")
    parser.add_argument("-o", "--output", metavar="DIR", help="of --peers; default: docs")


def _bound(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"a positive number is wanted, not {text!r}")
    return value
