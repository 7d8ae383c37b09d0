"""The command line: `actfn list`, `show`, `plot`, `certify`.

Only the standard library is imported until a command runs, so that --help answers at once.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from actfn import __version__
from actfn.errors import ActfnError

UNUSABLE, FAILED, INTERRUPTED, BROKEN_PIPE = 2, 1, 130, 141
DTYPES = ("float32", "float64", "float16", "bfloat16")

_EXAMPLES = {
    "": """\
examples:
  actfn list                       every activation with its formula
  actfn show gelu                  one of them in detail
  actfn plot relu gelu -o two.svg  a picture
  actfn certify silu               measure it at all 2**32 float32 inputs
""",
    "list": """\
examples:
  actfn list
  actfn list --json | jq -r '.[].name'
""",
    "show": """\
examples:
  actfn show gelu
  actfn show torch.nn.Hardswish    a framework's spelling works too
  actfn show swish --json
""",
    "plot": """\
examples:
  actfn plot gelu --derivative -o gelu.svg
  actfn plot relu silu mish --interval -4 4 -o three.png
""",
    "certify": """\
examples:
  actfn certify silu
  actfn certify gelu mish --dtype bfloat16 --derivative-only
  actfn certify --threads 8 -o certificates   every activation
  actfn certify silu --dask tcp://10.0.0.1:8786

exit status: 0 where every kernel is within its bound, 1 where one is not
""",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; by default those of the process.

    Returns
    -------
    int
        0, 1 where something was found wanting, 2 for a name or argument that cannot be used, 130
        after Ctrl-C, 141 when the reader of the output went away.
    """
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as stop:  # --help, --version, a usage error: argparse has said it all
        return stop.code if isinstance(stop.code, int) else UNUSABLE
    try:
        status = import_module(f"actfn.commands.{arguments.command}").run(arguments)
        sys.stdout.flush()
        return status
    except (ActfnError, ValueError) as error:
        return _told(error, UNUSABLE)
    except (OSError, ImportError) as error:
        return _reader_gone() if isinstance(error, BrokenPipeError) else _told(error, FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED


def _told(error: Exception, status: int) -> int:
    print(f"actfn: {error}", file=sys.stderr)
    return status


def _reader_gone() -> int:
    # Python flushes stdout once more when it exits, which would complain again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="actfn",
        description="Activation functions and their derivatives, right to the last bit.",
        epilog=_EXAMPLES[""],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"actfn {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_list(commands)
    _add_show(commands)
    _add_plot(commands)
    _add_certify(commands)
    return parser


def _command(commands, name: str, summary: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=_EXAMPLES[name],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_json(parser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")


def _add_list(commands) -> None:
    _add_json(_command(commands, "list", "list all activations with formula and parameters"))


def _add_show(commands) -> None:
    parser = _command(commands, "show", "show formula, derivative, facts and accuracy of one")
    parser.add_argument("name", metavar="NAME", help="its name, an alias or a framework's spelling")
    _add_json(parser)


def _add_plot(commands) -> None:
    parser = _command(commands, "plot", "draw activations into a file (needs Matplotlib)")
    parser.add_argument("names", metavar="NAME", nargs="+", help="what to draw, in one picture")
    parser.add_argument("--derivative", action="store_true", help="draw f' too")
    parser.add_argument("--second", action="store_true", help="draw f'' too")
    parser.add_argument(
        "--interval", nargs=2, type=float, metavar=("A", "B"), help="the part of the x axis"
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help=".svg, .png or .pdf"
    )  # fmt: skip


def _add_certify(commands) -> None:
    parser = _command(commands, "certify", "measure kernels against the true values")
    parser.add_argument("names", metavar="NAME", nargs="*", help="which; all of them by default")
    parser.add_argument("--dtype", choices=DTYPES, default="float32", help="default: %(default)s")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--forward-only", action="store_true", help="leave the derivative out")
    only.add_argument("--derivative-only", action="store_true", help="leave the function out")
    parser.add_argument("--threads", type=_count, metavar="N", help="default: every processor")
    parser.add_argument("--dask", metavar="ADDRESS", help="spread the inputs over a Dask cluster")
    _add_json(parser)
    parser.add_argument("-o", "--output", metavar="DIR", help="add to the certificates in DIR")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"a number of threads is at least 1, not {number}")
    return number
