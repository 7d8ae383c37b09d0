"""Pictures: what is drawn, how it is saved, and the plot for the terminal."""

import sys

import numpy as np
import pytest

from actfn import catalogue
from actfn.terminal_plot import terminal_plot

BLANK = chr(0x2800)


def curves(figure):
    """Label -> (x, y) of every labelled line."""
    (axes,) = figure.axes
    lines = (line for line in axes.get_lines() if not line.get_label().startswith("_"))
    return {line.get_label(): line.get_xydata().T for line in lines}


@pytest.fixture
def plot():
    pytest.importorskip("matplotlib")
    from actfn.plot import plot

    return plot


def test_curves_are_the_function_and_its_derivatives(plot):
    drawn = curves(plot("tanh", derivative=True, second=True))
    assert list(drawn) == ["tanh", "f'", "f''"]
    x, y = drawn["tanh"]
    # One unit in the last place for NumPy's tanh, one for its cosh and the square.
    np.testing.assert_array_max_ulp(y, np.tanh(x), maxulp=4)
    x, y = drawn["f'"]
    np.testing.assert_array_max_ulp(y, np.cosh(x) ** -2, maxulp=8)


def test_several_functions_are_told_apart(plot):
    figure = plot(["relu", catalogue.get("gelu"), "silu"], derivative=True)
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["relu", "relu'", "gelu", "gelu'", "silu", "silu'"]
    lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
    assert lines["gelu"].get_color() == lines["gelu'"].get_color() != lines["silu"].get_color()
    assert lines["gelu"].get_linestyle() != lines["gelu'"].get_linestyle()


def test_a_kink_shows_both_sides_and_the_choice(plot):
    axes = plot("leaky_relu", derivative=True, parameters={"negative_slope": 0.25}).axes[0]
    dots = [line for line in axes.get_lines() if line.get_marker() == "o"]
    sides, chosen = dots
    assert sides.get_markerfacecolor() == "white"
    assert list(sides.get_ydata()) == [0.25, 1.0]
    assert list(chosen.get_ydata()) == [0.25]


def test_no_line_is_drawn_across_a_jump(plot):
    axes = plot("thresholded_relu").axes[0]
    pieces = [line.get_xdata() for line in axes.get_lines() if len(line.get_xdata()) > 2]
    assert [x[-1] < 1 or x[0] > 1 for x in pieces] == [True, True]


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_saved_files_are_the_same_every_time(plot, kind, tmp_path):
    paths = [tmp_path / f"{k}.{kind}" for k in "ab"]
    for path in paths:
        plot("hard_tanh", derivative=True, path=path)
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert len(first) > 1000


def test_another_kind_of_file_is_refused(plot, tmp_path):
    with pytest.raises(ValueError, match=r"\.svg, \.png or \.pdf"):
        plot("relu", path=tmp_path / "relu.txt")


@pytest.mark.parametrize("what", ["glu", []])
def test_what_is_no_curve_is_refused(plot, what):
    with pytest.raises(ValueError, match=r"2 inputs|nothing to draw"):
        plot(what)


def test_an_interval_and_a_domain_are_kept(plot):
    x, _ = curves(plot("silu", interval=(-2, 1)))["silu"]
    assert -2 <= x.min() < x.max() <= 1
    x, _ = curves(plot("logit"))["logit"]
    assert 0 <= x.min() < x.max() <= 1
    with pytest.raises(ValueError, match="smaller to a larger"):
        plot("silu", interval=(1, 1))


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install 'actfn\[plot\]'"):
        catalogue.get("relu").plot()


# ---- the terminal ---------------------------------------------------------------------------


def test_terminal_plot_has_the_size_that_was_asked_for():
    lines = terminal_plot(catalogue.get("gelu"), width=40, height=9).splitlines()
    assert len(lines) == 11
    left = lines[0].index("│") + 1
    assert max(map(len, lines)) <= left + 40


def test_terminal_plot_goes_up_where_the_function_does():
    text = terminal_plot(catalogue.get("sigmoid"), width=30, height=8, derivative=False)
    rows = [line.split("│")[1].ljust(30, BLANK) for line in text.splitlines() if "│" in line]
    tops = [next(k for k, row in enumerate(rows) if row[column] != BLANK) for column in range(30)]
    assert tops == sorted(tops, reverse=True)
    assert tops[0] - tops[-1] >= 6


def test_terminal_plot_shows_the_derivative():
    relu = catalogue.get("relu")
    assert terminal_plot(relu) != terminal_plot(relu, derivative=False)


@pytest.mark.parametrize("name", ["logit", "exponential", "snake", "hard_shrink"])
def test_terminal_plot_of_awkward_functions(name):
    assert "│" in terminal_plot(catalogue.get(name))


def test_terminal_plot_refuses_what_is_too_small():
    with pytest.raises(ValueError, match="8 by 3"):
        terminal_plot(catalogue.get("relu"), width=4)
