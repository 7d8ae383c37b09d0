"""Generated files are what their generators make today."""

import importlib.util
from pathlib import Path

from actfn.elementary import coefficients

ROOT = Path(__file__).parent.parent


def generator(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_coefficients():
    """Also from another directory: only the text is compared, nothing is written."""
    made = "\n".join(generator("coefficients").lines())
    assert made == Path(coefficients.__file__).read_text(), "run: python tools/coefficients.py"


def test_performance():
    build = generator("build_performance")
    assert build.page(build.races()) == (ROOT / build.TARGET).read_text(), f"run: {build.COMMAND}"


def test_ln2_parts_are_exact():
    """n * LN2[0] and n * LN2[1] have no rounding for every n that occurs."""
    from fractions import Fraction

    for part in coefficients.LN2[:2]:
        for n in (1, 1077, 4095, 8191):
            assert Fraction(n * part) == n * Fraction(part)
