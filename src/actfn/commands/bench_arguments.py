"""The arguments of `actfn bench`; only the standard library, as in `actfn.cli`."""

import argparse
from collections.abc import Callable

SUMMARY = "race actfn against other libraries on this machine"
EXAMPLES = """\
examples:
  actfn bench gelu silu
  actfn bench gelu --inputs normal,normal3 --operations all --threads 1,2
  actfn bench --against torch,jax --sizes 1e5,1e7 -o race.json   every elementwise function
  actfn bench rows samplers --against torch
  actfn bench cross_entropy --shape 4096x32000 --against torch,torch+thp,numpy

NAME is a function or a group: elementwise (the default), gated, rows, samplers. Every library has
a process of its own and computes the function before it is timed; one that computes something else
is reported and not timed. The lanes take turns; times are the best, with quartiles. torch+thp is
torch with THP_MEM_ALLOC_ENABLE=1. Ctrl-C stops; what was measured is in the file of -o.

exit status: 0, or 1 where actfn itself failed
"""


def add(parser: argparse.ArgumentParser, count: Callable[[str], int]) -> None:
    """Give the parser the arguments; `count` reads a number of at least 1."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="which; see below")
    for name, default, what in (
        ("against", "torch,jax,scipy,numpy", "libraries; torch+thp is torch with huge pages"),
        ("operations", "forward,forward_backward", "or derivative, backward, value_and_derivative"),
        ("inputs", "normal", "distributions: normal, normal3, uniform, tails"),
        ("dtype", "float32", "or float64, float16, bfloat16"),
    ):
        parser.add_argument(
            f"--{name}", type=_list, default=default, metavar="LIST", help=f"{what}; {default}"
        )
    parser.add_argument(
        "--sizes", type=_sizes, default="1e3,1e5,1e7", metavar="LIST", help="elements; %(default)s"
    )
    parser.add_argument(
        "--shape", type=_shape, action="append", metavar="ROWSxCOLUMNS", help="of functions of rows"
    )
    parser.add_argument(
        "--threads", type=lambda text: [count(part) for part in _list(text)], default="1",
        metavar="LIST", help="default: %(default)s",
    )  # fmt: skip
    parser.add_argument("--rounds", type=count, default=11, metavar="N", help="%(default)s turns")
    parser.add_argument(
        "--limit", type=count, default=120, metavar="SECONDS", help="a lane that hangs is ended"
    )
    parser.add_argument("--every-way", action="store_true", help="not only a library's fastest")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.add_argument("-o", "--output", metavar="FILE", help="keep the figures as JSON")


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _sizes(text: str) -> list[int]:
    try:
        sizes = [int(float(part)) for part in _list(text)]
    except (ValueError, OverflowError):
        sizes = []
    if not sizes or min(sizes) < 1:
        raise argparse.ArgumentTypeError(f"sizes such as 1e3,1e5 are wanted, not {text!r}")
    return sizes


def _shape(text: str) -> tuple[int, ...]:
    parts = text.split("x")
    if len(parts) != 2 or not all(part.isdecimal() and int(part) for part in parts):
        raise argparse.ArgumentTypeError(f"a shape such as 4096x1000 is wanted, not {text!r}")
    return tuple(map(int, parts))
