"""One new file is a new activation: ufuncs, tests, documentation and plot follow from it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

NEW_FILE = '''"""Bent identity: a line that bends smoothly from slope 1/2 to slope 3/2."""

from actfn.activation import Activation
from actfn.elementary import absolute, maximum, minimum, sqrt, where

bent_identity = Activation(
    name="bent_identity",
    formula="(sqrt(x**2 + 1) - 1) / 2 + x",
    limits=("-inf", "inf"),
    source="common in surveys of activations, for example arXiv:2109.14545, table 2",
)


def root(x):
    # Beyond 2^60 the 1 is far below the last bit, and x^2 could overflow.
    v = minimum(maximum(x, -1.2e18), 1.2e18)
    return where(absolute(x) > 1.2e18, absolute(x), sqrt(v * v + 1))


@bent_identity.kernel("forward")
def forward(x):
    # sqrt(x^2 + 1) - 1 = x^2 / (sqrt(x^2 + 1) + 1): no cancellation near 0.
    r = root(x)
    small = x * (x / (r + 1)) * 0.5
    return where(x == 0, x, where(absolute(x) > 1.2e18, where(x > 0, 1.5, 0.5) * x, small + x))


@bent_identity.kernel("derivative")
def derivative(x):
    slope = where(absolute(x) > 1.2e18, where(x > 0, 1, -1), x / root(x))
    return where(x == x, slope * 0.5 + 1, x)


@bent_identity.kernel("second_derivative")
def second_derivative(x):
    inverse = 1 / root(x)
    return inverse * inverse * inverse * 0.5
'''


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A copy of the working tree with one file more."""
    folder = tmp_path_factory.mktemp("scratch")
    ignore = shutil.ignore_patterns("__pycache__", "node_modules")
    for part in ("src", "tests", "tools", "docs"):
        if (ROOT / part).exists():
            shutil.copytree(ROOT / part, folder / part, ignore=ignore)
    for part in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / part, folder / part)
    (folder / "src/actfn/functions/bent_identity.py").write_text(NEW_FILE)
    return folder


def run(folder, *arguments):
    environment = os.environ | {
        "PYTHONPATH": str(folder / "src"),
        "ACTFN_CACHE_DIR": str(folder / "cache"),
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment,
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


def test_ufuncs_names_and_facts(scratch):
    code = (
        "import numpy as np, actfn\n"
        "assert 'bent_identity' in actfn.names()\n"
        "f = actfn.bent_identity\n"
        "assert isinstance(f.ufunc, np.ufunc)\n"
        "x = np.float32([-2, 0, 2])\n"
        "assert np.allclose(f(x), (np.sqrt(x**2 + 1) - 1) / 2 + x)\n"
        "assert np.array_equal(f.backward(x, x), x * f.derivative(x))\n"
        "assert 'sqrt' in f.latex and f.facts.monotone == 'increasing'\n"
        "assert 'Bent identity' in f.__doc__\n"
    )
    result = run(scratch, "-c", code)
    assert result.returncode == 0, result.stderr


def test_its_tests_exist_and_pass(scratch):
    result = run(
        scratch, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
        "tests/test_accuracy.py", "tests/test_contract.py", "tests/test_ufuncs.py",
        "-k", "bent_identity",
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-3000:]
    assert "passed" in result.stdout
    # Only the certificate is a command away, and its test says which.
    result = run(
        scratch, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
        "tests/test_certificates.py", "-k", "bent_identity and certificate",
    )  # fmt: skip
    assert "actfn certify bent_identity --dtype float32" in result.stdout


def test_a_wrong_kernel_is_caught(scratch):
    wrong = NEW_FILE.replace("slope * 0.5 + 1", "slope * 0.5 + 0.9999999")
    path = scratch / "src/actfn/functions/bent_identity.py"
    path.write_text(wrong)
    result = run(
        scratch, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
        "tests/test_accuracy.py", "-k", "bent_identity-float32 and value",
    )  # fmt: skip
    path.write_text(NEW_FILE)
    assert result.returncode == 1
    assert "bent_identity() derivative" in result.stdout


def test_page_and_plot(scratch):
    result = run(scratch, "tools/build_docs.py", "bent_identity")
    assert result.returncode == 0, result.stderr
    page = (scratch / "docs/functions/bent_identity.md").read_text()
    assert "sqrt" in page
    result = run(scratch, "-m", "actfn", "plot", "bent_identity", "-o", "bent.svg")
    assert result.returncode == 0, result.stderr
    assert (scratch / "bent.svg").read_text().lstrip().startswith("<?xml")
