"""Functions of rows as people meet them: docstrings, pages, pictures and commands."""

import doctest
import importlib.util
import inspect
import json
import re
import shlex
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

import actfn
from actfn import cli, rowwise
from actfn.rowwise._docstrings import arguments, read
from actfn.rowwise._ladder import terminal_ladder
from actfn.rowwise._record import RowFunction

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "rowwise"
FOUND = {name: rowwise.get(name) for name in rowwise.names()}
RECORDS = {name: f for name, f in FOUND.items() if isinstance(f, RowFunction)}
FUNCTIONS = {name: f for name, f in FOUND.items() if name not in RECORDS}


def builder():
    spec = importlib.util.spec_from_file_location("build_docs", ROOT / "tools" / "build_docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def failures(text, name="docstring", **known):
    """Run the examples of a text, and return the report of what failed."""
    test = doctest.DocTestParser().get_doctest(text, known, name, name, 0)
    report = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert result.attempted
    return "".join(report)


def run(capsys, *argv):
    """(exit status, standard output, standard error)."""
    status = cli.main(argv)
    return status, *capsys.readouterr()


# ---- docstrings -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", FOUND)
def test_examples_run(name):
    own = {name: FOUND[name]} if name in FUNCTIONS else {}  # its module's own examples
    assert failures(inspect.getdoc(FOUND[name]), name, **own) == ""


def test_a_broken_example_is_noticed():
    text = actfn.hardmax.__doc__
    assert "[0., 0., 1.]])" in text
    assert "Expected:" in failures(text.replace("[0., 0., 1.]])", "[0., 1., 0.]])"))


@pytest.mark.parametrize("name", RECORDS)
def test_docstrings_are_complete(name):
    record, text = RECORDS[name], RECORDS[name].__doc__
    wanted = "Parameters Returns Derivative Raises Source Examples".split()
    assert [h for h in wanted if f"\n{h}\n{'-' * len(h)}\n" not in text] == []
    assert record.title in text
    assert record.formula in text
    unbroken = " ".join(text.split())
    assert " ".join(record.notes.split()) in unbroken
    for operation in set(record.operations) - {"forward"}:
        assert f"{name}.{operation}(" in text
    for remark in record.disagreements.values():
        assert " ".join(remark.split())[1:] in unbroken


@pytest.mark.parametrize("name", RECORDS)
def test_every_argument_is_explained(name):
    record = RECORDS[name]
    for argument in record.arguments:
        entry = re.search(rf"^{argument} : \S.*\n    \S", record.__doc__, re.MULTILINE)
        assert entry, argument
    explained = {*record.arguments, *(record.tree.drawn if record.tree else ())}
    assert set(record.parameters) <= explained


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_argument_of_a_loss_or_sampler_is_explained(name):
    text = inspect.getdoc(FUNCTIONS[name])
    for argument in inspect.signature(FUNCTIONS[name]).parameters:
        assert re.search(rf"\b{argument}\b", text), argument


def test_docstrings_are_read_back():
    def made(x, y):
        """What it does.

        More about it.

        Parameters
        ----------
        x, y : array_like
            Two of them,
            on two lines.

        Raises
        ------
        ValueError
            Sometimes.

        Examples
        --------
        >>> 1
        1
        """

    title, paragraphs, sections = read(made)
    assert (title, paragraphs) == ("What it does", ["More about it."])
    assert [section.heading for section in sections] == ["Parameters", "Raises", "Examples"]
    assert arguments(made) == dict.fromkeys("xy", ("array_like", "Two of them, on two lines."))
    assert sections[-1].code == ">>> 1\n1"


def test_special_values_are_those_of_the_function():
    text = " ".join(actfn.softmax.__doc__.split())
    for written in (
        "f([-inf, -inf]) = [0, 0]",
        "f([inf, 0, inf]) = [0.5, 0, 0.5]",
        "f([1, 3, 3], temperature=0) = [0, 0.5, 0.5]",
    ):
        assert written in text


# ---- pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FOUND)
def test_committed_pages_are_today_s(name):
    tool, found = builder(), FOUND[name]
    made = tool.row_page(found) if name in RECORDS else tool.function_page(found)
    assert (PAGES / f"{name}.md").read_text() == made, "run: python tools/build_docs.py " + name


def test_the_index_is_today_s():
    made = builder().row_index(FOUND.values())
    assert (PAGES / "index.md").read_text() == made, "run: python tools/build_docs.py"


@pytest.mark.parametrize("name", RECORDS)
def test_pictures_are_there_and_small(name):
    for file, _, _ in builder().row_pictures(RECORDS[name]):
        text = (PAGES / file).read_text()
        assert ElementTree.fromstring(text).tag.endswith("svg")
        assert len(text) < 20_000


# ---- pictures -------------------------------------------------------------------------------


@pytest.fixture
def plot():
    pytest.importorskip("matplotlib")
    from actfn.rowwise._plots import plot

    return plot


def heights(axes):
    """Label -> the heights of its bars."""
    return {bars.get_label(): [bar.get_height() for bar in bars] for bars in axes.containers}


def test_the_ladder_is_the_function_at_each_temperature(plot):
    row = [2.0, 1.0, -0.5]
    (axes,) = actfn.softmax.plot(temperatures=(0.0, 1.0, np.inf), row=row).axes
    drawn = heights(axes)
    assert list(drawn) == ["temperature = 0", "temperature = 1", "temperature = inf"]
    for found, T in zip(drawn.values(), (0.0, 1.0, np.inf), strict=True):
        assert found == actfn.softmax(row, temperature=T).tolist()
    assert [text.get_text() for text in axes.get_xticklabels()] == ["2", "1", "-0.5"]


@pytest.mark.parametrize("name", RECORDS)
def test_every_function_has_a_ladder(plot, name):
    (axes,) = RECORDS[name].plot().axes
    assert len(axes.patches) >= 1
    assert axes.get_title() == name


def test_several_functions_are_drawn_side_by_side(plot):
    figure = plot([actfn.softmax, actfn.logsumexp])
    assert [axes.get_title() for axes in figure.axes] == ["softmax", "logsumexp"]
    assert len(figure.axes[1].patches) == 3


def test_the_simplex_goes_from_the_middle_to_corners_and_edges(plot):
    (axes,) = actfn.softmax.plot(simplex=True).axes
    middle, corners = np.array([0.5, 0.75**0.5 / 3]), [(0, 0), (1, 0), (0.5, 0.75**0.5)]
    paths = [line.get_xydata() for line in axes.get_lines() if len(line.get_xdata()) > 2]
    assert len(paths) == 12
    ends = set()
    for path in paths:
        assert np.allclose(path[0], middle)  # both are drawn, not computed with
        ends.add(tuple(np.round(path[-1], 6)))
    assert {tuple(np.round(corner, 6)) for corner in corners} <= ends
    assert len(ends) == 6  # three corners, and the middles of three edges: two equal scores


def test_what_has_no_such_picture_is_refused(plot):
    with pytest.raises(ValueError, match="log_softmax has no simplex"):
        actfn.log_softmax.plot(simplex=True)
    with pytest.raises(ValueError, match="hardmax has no temperature"):
        actfn.hardmax.plot(temperatures=(1.0,))
    with pytest.raises(ValueError, match="all temperatures at once"):
        actfn.softmax.plot(temperatures=(1.0,), simplex=True)
    from actfn.plot import plot as plot_curves

    with pytest.raises(ValueError, match="no curve"):
        plot_curves("softmax")


def test_a_terminal_ladder_shows_sizes():
    lines = terminal_ladder(actfn.softmax, [1.0, 1.0], [1.0]).splitlines()
    assert lines == ["temperature = 1"] + ["     1 │" + "█" * 40 + " 0.5"] * 2
    assert "-inf" in terminal_ladder(actfn.log_softmax, [0.0, 1.0], [0.0])


# ---- commands -------------------------------------------------------------------------------


def test_list(capsys):
    status, out, _ = run(capsys, "list")
    assert status == 0
    head, _, rows = out.partition("functions of rows")
    assert "gelu" in head
    for name in FOUND:
        assert name in rows
    assert "temperature=1.0" in rows


def test_list_as_json(capsys):
    rows = {row["name"]: row for row in json.loads(run(capsys, "list", "--json")[1])}
    assert rows["softmax"]["kind"] == "rowwise"
    assert rows["softmax"]["parameters"] == {"temperature": "1.0"}
    assert rows["masked_softmax"]["parameters"]["mask"] is None
    assert rows["silu"]["kind"] == "elementwise"
    assert rows["swiglu"]["kind"] == "gated"


@pytest.mark.parametrize("name", FOUND)
def test_show(capsys, name):
    status, out, error = run(capsys, "show", name)
    assert (status, error) == (0, "")
    assert "\x1b" not in out
    assert json.loads(run(capsys, "show", name, "--json")[1])["name"] == name


def test_show_softmax(capsys):
    _, out, _ = run(capsys, "show", "Softmax")
    for text in (
        "f_i*(delta_ij - f_j)/temperature", "(0, 1)", "0 to log(n)", "arXiv:1503.02531",
        "temperature = 0.25", "█", "nn.functional.softmax", "backward_jacobian",
    ):  # fmt: skip
        assert text in out
    described = json.loads(run(capsys, "show", "softmax", "--json")[1])
    assert described["facts"]["row_sum"] == "1"
    assert described["derivative"] == actfn.softmax.derivative_formula


def test_plot_in_the_terminal(capsys):
    status, out, _ = run(capsys, "plot", "softmax", "--temperature", "0.25", "4", "--row", "1", "0")
    assert status == 0
    assert out.count("temperature = ") == 2
    assert out.count("│") == 4


def test_plot_into_a_file(capsys, tmp_path):
    pytest.importorskip("matplotlib")
    for k, options in enumerate((["--temperature", "0.25", "1", "4"], ["--simplex"])):
        file = tmp_path / f"{k}.svg"
        assert run(capsys, "plot", "softmax", *options, "-o", str(file)) == (0, "", "")
        assert ElementTree.parse(file).getroot().tag.endswith("svg")


@pytest.mark.parametrize(
    "argv, said",
    [
        ("plot softmax relu -o a.svg", "do not fit into one picture"),
        ("plot softmax --derivative -o a.svg", "--derivative: only for curves, not for softmax"),
        ("plot relu --temperature 1 -o a.svg", "--temperature: only for rows, not for relu"),
        ("plot hardmax --temperature 1", "hardmax has no temperature"),
        ("plot softmax --temperature -1", "temperature must be 0 or more"),
        ("plot softmax --simplex", "usage: actfn plot softmax"),
        ("plot cross_entropy", "cross_entropy is drawn nowhere"),
        ("plot softmax --row 1 x", "invalid float value"),
        ("show sofmax", "the nearest are softmax"),
        ("certify softmax", "softmax: only functions of one number"),
    ],
)
def test_errors(capsys, argv, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, error = run(capsys, *argv.split())
    assert (status, out) == (2, "")
    assert said in error
    assert not list(tmp_path.iterdir())


def help_examples():
    """The commands in --help that are about functions of rows."""
    for command in ("", "list", "show", "plot"):
        for line in cli._EXAMPLES[command].splitlines():
            if "softmax" in line:
                yield re.split(r"\s{2,}", line.strip())[0]


@pytest.mark.parametrize("line", dict.fromkeys(help_examples()))
def test_examples_of_help_run(capsys, tmp_path, monkeypatch, line):
    if "-o" in line:
        pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    assert run(capsys, *shlex.split(line)[1:])[0] == 0
