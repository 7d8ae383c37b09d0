"""Docstrings and pages: their examples run, and the committed pages are those made today."""

import doctest
import importlib.util
import inspect
import pydoc
from pathlib import Path

import pytest

import actfn
from actfn import catalogue
from actfn.documentation import sections

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "functions"
NAMES = catalogue.names()


def failures(text, name="docstring"):
    """Run the examples of a text, and return the report of what failed."""
    test = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    report = []
    runner = doctest.DocTestRunner(verbose=False)
    result = runner.run(test, out=report.append)
    assert result.attempted
    return "".join(report)


def builder():
    spec = importlib.util.spec_from_file_location("build_docs", ROOT / "tools" / "build_docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_examples_run(name):
    assert failures(catalogue.get(name).__doc__, name) == ""


def test_a_broken_example_is_noticed():
    text = catalogue.get("relu").__doc__
    assert "0.5, 2. ])" in text
    report = failures(text.replace("0.5, 2. ])", "0.5, 2.5])"))
    assert "Expected:" in report
    assert "2.5])" in report


@pytest.mark.parametrize("name", NAMES)
def test_docstrings_are_complete(name):
    record = catalogue.get(name)
    text = record.__doc__
    wanted = "Parameters Returns Derivative Accuracy Raises Source Examples".split()
    assert [h for h in wanted if f"\n{h}\n{'-' * len(h)}\n" not in text] == []
    assert record.title in text
    assert record.formula in text
    for parameter in record.parameters:
        assert f"\n{parameter.name} : " in text
    unbroken = " ".join(text.split())
    for place, kink in record.kinks.items():
        variable = "x" if record.inputs == ("x",) else "gate"
        assert f"At {variable} = {place} " in text
        assert kink.reason in unbroken
    for framework, remark in record.disagreements.items():
        assert framework in text
        assert " ".join(remark.split())[1:] in unbroken


def test_classes_keep_their_own_docstring():
    assert type(catalogue.get("relu")).__doc__.startswith("An elementwise activation")
    assert type(catalogue.get("glu")).__doc__.startswith("A gated linear unit")


def test_help_shows_it():
    assert "f(x) = max(x, 0)" in pydoc.render_doc(catalogue.get("relu"))


@pytest.mark.parametrize(
    "name, expected",
    [
        ("relu", "(x, /, *, out=None, where=True, dtype=None)"),
        ("leaky_relu", "(x, /, negative_slope=0.01, *, out=None, where=True, dtype=None)"),
    ],
)
def test_signature(name, expected):
    assert str(inspect.signature(catalogue.get(name))) == expected


@pytest.mark.parametrize("name", NAMES)
def test_every_signature_can_be_made(name):
    assert inspect.signature(catalogue.get(name)).parameters


def test_a_defined_activation_is_documented():
    record = actfn.define("documented_here", "x / (1 + exp(-beta*x))", beta=1.7)
    assert "beta : array_like, default 1.7" in record.__doc__
    assert failures(record.__doc__) == ""


def test_a_certificate_of_another_kernel_is_left_out(tmp_path, monkeypatch):
    findings = '{"float32": {"forward": {"worst_ulp": 9, "digest": ""}}}'
    (tmp_path / "relu.json").write_text(findings)
    monkeypatch.setattr("actfn.certificate.DIRECTORY", tmp_path)
    accuracy = next(s for s in sections(catalogue.get("relu")) if s.heading == "Accuracy")
    assert not any("measured" in term.text for term in accuracy.body)


def test_a_certificate_is_quoted(tmp_path, monkeypatch):
    from actfn.kernels.digest import digest_of

    record = catalogue.get("relu")
    digest = digest_of(record, "forward", "float32")
    findings = f'{{"float32": {{"forward": {{"worst_ulp": 0.25, "digest": "{digest}"}}}}}}'
    (tmp_path / "relu.json").write_text(findings)
    monkeypatch.setattr("actfn.certificate.DIRECTORY", tmp_path)
    accuracy = next(s for s in sections(record) if s.heading == "Accuracy")
    assert [t.text for t in accuracy.body if "measured at most: value 0.25 ULP" in t.text]


@pytest.mark.parametrize("name", NAMES)
def test_committed_pages_are_today_s(name):
    made = builder().page(catalogue.get(name))
    assert (PAGES / f"{name}.md").read_text() == made, "run: python tools/build_docs.py " + name


def test_the_index_is_today_s():
    made = builder().index([catalogue.get(name) for name in NAMES])
    assert (PAGES / "index.md").read_text() == made, "run: python tools/build_docs.py"


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_small(name):
    if len(catalogue.get(name).inputs) == 1:
        assert (PAGES / f"{name}.svg").stat().st_size < 15_000
