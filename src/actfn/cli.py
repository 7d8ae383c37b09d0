"""The command line: `actfn practice`, `grade`, `list`, `show`, `plot`, `certify` and others.

Only the standard library is imported until a command runs, so that --help answers at once.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from actfn import __version__
from actfn.commands import bench_arguments, examine_arguments
from actfn.errors import ActfnError
from actfn.interrupts import uninterrupted

UNUSABLE, FAILED, INTERRUPTED, BROKEN_PIPE = 2, 1, 130, 141
DTYPES = ("float32", "float64", "float16", "bfloat16")
_MODULES = {"import": "importing"}  # a word of Python's own is no name for a module

_EXAMPLES = {
    "bench": bench_arguments.EXAMPLES,
    "examine": examine_arguments.EXAMPLES,
    "": """\
examples:
  actfn practice                   be asked what is due today
  actfn grade gelu answer.py       grade one answer
  actfn list                       every function with its formula
  actfn show gelu                  one of them in detail
  actfn plot relu gelu -o two.svg  a picture
  actfn plot softmax               what temperatures do to a row of scores
  actfn certify silu               measure it at all 2**32 float32 inputs
  actfn examine torch:nn.functional.gelu --as gelu
  actfn bench gelu                 race it against torch, jax, SciPy and NumPy
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
  actfn show softmax               functions of rows too
""",
    "plot": """\
examples:
  actfn plot gelu --derivative -o gelu.svg
  actfn plot relu silu mish --interval -4 4 -o three.png
  actfn plot softmax --temperature 0.25 1 4
  actfn plot softmax --temperature 0.25 1 4 --row 3 1 0 -o ladder.svg
  actfn plot softmax softmin --simplex -o simplex.svg
""",
    "practice": """\
examples:
  actfn practice                          a page in the browser; prints its address
  actfn practice --terminal               what is due, then new questions, in this terminal
  actfn practice --difficulty hard --company google
  actfn practice --question "softmax gradient"
  actfn practice --mock 4                 a mock interview with a report
  actfn practice --interview-date 2027-03-15

Ctrl-C or q stops at any point; what was graded is kept.
""",
    "grade": """\
examples:
  actfn grade sigmoid answer.py
  actfn grade softmax answer.py --function my_softmax
  actfn grade gelu answer.py --watch      again whenever the file is saved
  actfn grade elu - --json < answer.py

exit status: 0 pass, 1 fragile, 2 wrong, 3 where it could not be graded
""",
    "progress": """\
examples:
  actfn progress
  actfn progress --json
""",
    "export": """\
examples:
  actfn export -o practice.json
  actfn import practice.json       on another machine
""",
    "bank": """\
examples:
  actfn bank list --difficulty hard
  actfn bank check                 prove every question

exit status of check: 0 where every question holds, 1 where one does not
""",
    "import": """\
examples:
  actfn import PAGE.md --into questions   a page of questions
  actfn import practice.json              what `actfn export` wrote
""",
    "diagnose": """\
examples:
  actfn diagnose model.py:make --data model.py:batches
  actfn diagnose model.py:make --data model.py:batches --rate 0.1 --html report.html
  actfn diagnose package.nets:Net --data package.data:loader --json
  actfn diagnose --faults          planted faults, ours and published rules' scores

exit status: 0 where nothing is wrong, 1 where something is, 2 where it could not be diagnosed
""",
    "lab": """\
examples:
  actfn lab                        every claim, in two or three minutes
  actfn lab gelu_is_better         one of them, with its card
  actfn lab --list
  actfn lab -o docs                write lab.md and its pictures

exit status: 0 where every verdict is the expected one, 1 where one is not
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
    except KeyboardInterrupt:
        return INTERRUPTED
    try:
        module = _MODULES.get(arguments.command, arguments.command)
        with uninterrupted():
            command = import_module(f"actfn.commands.{module}")
        status = command.run(arguments)
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
    _add_practice(commands)
    _add_grade(commands)
    _add_progress(commands)
    _add_bank(commands)
    _add_import(commands)
    _add_export(commands)
    _add_list(commands)
    _add_show(commands)
    _add_plot(commands)
    _add_certify(commands)
    _add_examine(commands)
    _add_bench(commands)
    _add_diagnose(commands)
    _add_lab(commands)
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


def _add_practice(commands) -> None:
    parser = _command(commands, "practice", "practise interview questions under time")
    parser.add_argument(
        "--terminal", action="store_true", help="in this terminal instead of the browser"
    )
    parser.add_argument(
        "--host", metavar="ADDRESS",
        help="serve the page to other machines too: whoever has its address runs code here",
    )  # fmt: skip
    parser.add_argument("--port", type=_number, metavar="N", help="default: one that is free")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    for name, what in (
        ("topic", "a topic, by part of its title"),
        ("difficulty", "easy, medium or hard"),
        ("tag", "a tag, such as softmax"),
        ("company", "what the question is tagged with, such as Google or Whiteboard"),
        ("question", "one question, by number, name or part of its title"),
    ):
        parser.add_argument(f"--{name}", default="", metavar=name.upper(), help=f"only {what}")
    parser.add_argument(
        "--new", type=_number, default=6, metavar="N", help="at most N new ones (default 6)"
    )
    parser.add_argument("--mock", type=_count, metavar="N", help="a mock interview of N questions")
    parser.add_argument(
        "--interview-date", metavar="DATE", help="bounds the intervals; 'none' forgets it"
    )


def _add_grade(commands) -> None:
    parser = _command(commands, "grade", "grade an answer by what it computes")
    parser.add_argument("task", metavar="TASK", help="what the answer claims to be, such as gelu")
    parser.add_argument("file", metavar="FILE", help="Python source, or - for standard input")
    parser.add_argument("--function", metavar="NAME", help="default: the name of the task")
    parser.add_argument("--watch", action="store_true", help="grade again at every change")
    _add_json(parser)


def _add_progress(commands) -> None:
    _add_json(_command(commands, "progress", "show what has been practised and what is due"))


def _add_bank(commands) -> None:
    parser = _command(commands, "bank", "list the questions, or prove them")
    parser.add_argument("action", choices=("list", "check"), metavar="list|check")
    parser.add_argument("--folder", metavar="DIR", help="check the topic in DIR instead")
    parser.add_argument(
        "--difficulty", type=str.capitalize, choices=("Easy", "Medium", "Hard"),
        help="list only these",
    )  # fmt: skip
    parser.add_argument("--tag", metavar="TAG", help="list only those with this tag")
    _add_json(parser)


def _add_import(commands) -> None:
    parser = _command(commands, "import", "read a page of questions, or what export wrote")
    parser.add_argument("file", metavar="FILE", help="Markdown or JSON, by what it holds")
    parser.add_argument("--into", metavar="DIR", help="a page: where to; default: the data folder")
    parser.add_argument("--force", action="store_true", help="a page: replace what is there")
    _add_json(parser)


def _add_export(commands) -> None:
    parser = _command(commands, "export", "write attempts, cards and settings as JSON")
    parser.add_argument("-o", "--output", metavar="FILE", help="default: standard output")


def _add_list(commands) -> None:
    _add_json(_command(commands, "list", "list all functions with formula and parameters"))


def _add_show(commands) -> None:
    parser = _command(commands, "show", "show formula, derivative, facts and accuracy of one")
    parser.add_argument("name", metavar="NAME", help="its name, an alias or a framework's spelling")
    _add_json(parser)


def _add_plot(commands) -> None:
    parser = _command(commands, "plot", "draw functions, into a file with Matplotlib")
    parser.add_argument("names", metavar="NAME", nargs="+", help="what to draw, in one picture")
    parser.add_argument("--derivative", action="store_true", help="draw f' too")
    parser.add_argument("--second", action="store_true", help="draw f'' too")
    parser.add_argument(
        "--interval", nargs=2, type=float, metavar=("A", "B"), help="the part of the x axis"
    )
    parser.add_argument(
        "--temperature", nargs="+", type=float, metavar="T", help="of functions of rows: the bars"
    )
    parser.add_argument("--row", nargs="+", type=float, metavar="X", help="the scores of the bars")
    parser.add_argument(
        "--simplex", action="store_true", help="where rows of three scores go at all temperatures"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE",
        help=".svg, .png or .pdf; functions of rows are drawn in the terminal without",
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


def _add_diagnose(commands) -> None:
    parser = _command(commands, "diagnose", "find out why a network does not learn")
    parser.add_argument("model", metavar="MODULE:FACTORY", nargs="?", help="or FILE.py:NAME")
    parser.add_argument("--data", metavar="MODULE:BATCHES", help="batches of inputs and targets")
    parser.add_argument(
        "--rate", type=float, metavar="LR", help="replay training, and remedies, at this rate"
    )
    parser.add_argument("--adam", action="store_true", help="with Adam")
    parser.add_argument("--no-remedies", action="store_true", help="try none")
    parser.add_argument("--html", metavar="FILE", help="write the report with pictures")
    parser.add_argument("--faults", action="store_true", help="run the fault benchmark instead")
    _add_json(parser)


def _add_lab(commands) -> None:
    parser = _command(commands, "lab", "run textbook claims and say which hold")
    parser.add_argument("claims", metavar="CLAIM", nargs="*", help="which; all of them by default")
    parser.add_argument("--list", action="store_true", help="list the claims, run none")
    _add_json(parser)
    parser.add_argument("-o", "--output", metavar="DIR", help="write lab.md with pictures there")


def _add_examine(commands) -> None:
    examine_arguments.add(_command(commands, "examine", examine_arguments.SUMMARY), DTYPES)


def _add_bench(commands) -> None:
    bench_arguments.add(_command(commands, "bench", bench_arguments.SUMMARY), _count)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a number such as 4 is wanted, not {text!r}")
    return int(text)


def _count(text: str) -> int:
    if not _number(text):
        raise argparse.ArgumentTypeError("it is at least 1, not 0")
    return int(text)
