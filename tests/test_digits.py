"""The example that reads digits: it learns, its derivatives are right, and the page quotes it."""

import ast
import importlib.util
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import actfn

DOCS = Path(__file__).parents[1] / "docs"
SCRIPT = DOCS / "examples" / "digits.py"
PAGE = (DOCS / "digits.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
WANTED = 0.95


def example():
    spec = importlib.util.spec_from_file_location("digits", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def digits():
    return example()


def test_it_reads_digits(digits, capsys):
    results = digits.main()
    assert list(results) == ["softmax regression", "64-64-10 with GELU"]
    assert min(results.values()) >= WANTED
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 1 + len(results)
    assert_shown(printed, PAGE)


def numbers(line):
    return [float(number.rstrip("%")) for number in re.findall(r"[\d.]+%?", line.replace(",", ""))]


def assert_shown(printed, page):
    """The page has the table, up to what another rounding of the matrix product may change."""
    shown = page[page.index(printed[0]) :].split("\n```")[0].splitlines()
    assert len(shown) == len(printed)
    for ours, theirs in zip(printed[1:], shown[1:], strict=True):
        assert ours[:18] == theirs[:18]
        *losses, accuracy = numbers(ours[18:])
        *losses_shown, accuracy_shown = numbers(theirs[18:])
        assert losses == pytest.approx(losses_shown, rel=0.1)  # the smallest has two digits
        assert accuracy == pytest.approx(accuracy_shown, abs=1)  # four or five images


def test_another_table_is_noticed():
    header = "model               parameters  first loss  last loss  test accuracy"
    assert header in PAGE
    shown = PAGE[PAGE.index(header) :].split("\n```")[0].splitlines()
    assert_shown(shown, PAGE)
    with pytest.raises(AssertionError):
        assert_shown([*shown[:2], shown[2].replace("97.8%", "90.1%")], PAGE)
    with pytest.raises(AssertionError):
        assert_shown(shown[:2], PAGE)


def test_untrained_models_do_not_read(digits):
    x, _, test_x, test_target = digits.load()
    parameters = digits.layer(np.random.default_rng(1), 64, 10)
    assert digits.accuracy(digits.regression_logits(parameters, test_x), test_target) < WANTED / 2
    assert len(x) == 1347
    assert len(test_x) == 450


def test_no_image_is_in_both_sets(digits):
    x, _, test_x, _ = digits.load()
    assert len({row.tobytes() for row in x} & {row.tobytes() for row in test_x}) == 0


# ---------------------------------------------------------------- derivatives

STEP = np.finfo(np.float64).eps ** (1 / 3)  # balances the formula's error against the rounding


def differences(parameters, loss):
    """(loss(w + STEP) - loss(w - STEP)) / (2 STEP) for some of the numbers of each parameter."""
    for parameter in parameters:
        flat = parameter.reshape(-1)
        for i in range(0, flat.size, 1 + flat.size // 20):
            kept = flat[i]
            flat[i] = kept + STEP
            up = loss()
            flat[i] = kept - STEP
            down = loss()
            flat[i] = kept
            yield (up - down) / (2 * STEP)


def some(gradients):
    for gradient in gradients:
        yield from gradient.reshape(-1)[:: 1 + gradient.size // 20]


def models(digits):
    rng = np.random.default_rng(4)
    regression = digits.layer(rng, 64, 10)
    network = digits.layer(rng, 64, 64) + digits.layer(rng, 64, 10)
    return [(regression, digits.regression_gradients), (network, digits.network_gradients)]


def worst_difference(digits, which):
    parameters, gradients = models(digits)[which]
    parameters = [parameter.astype(np.float64) for parameter in parameters]
    x, target, _, _ = digits.load()
    x, target = x[:50].astype(np.float64), target[:50]
    loss = lambda: gradients(parameters, x, target)[0]
    by_hand = list(some(gradients(parameters, x, target)[1]))
    measured = list(differences(parameters, loss))
    return np.abs(np.subtract(by_hand, measured)).max()


# STEP² times a sixth of the third derivative by one weight, which is below 6 for inputs of at most
# 1, weights of size 1 and a mean; the rounding is STEP² times the loss, below 6 too.
DIFFERENCE = 12 * STEP**2


@pytest.mark.parametrize("which", [0, 1], ids=["regression", "network"])
def test_derivatives(digits, which):
    assert worst_difference(digits, which) <= DIFFERENCE


class GeluWithoutDerivative:
    """GELU whose derivative is taken for 1."""

    __call__ = staticmethod(actfn.gelu)

    def backward(self, grad_output, z):
        return grad_output


def test_a_forgotten_derivative_is_noticed(digits, monkeypatch):
    wrong = SimpleNamespace(gelu=GeluWithoutDerivative(), cross_entropy=actfn.cross_entropy)
    monkeypatch.setattr(digits, "actfn", wrong)
    assert worst_difference(digits, 1) > 1000 * DIFFERENCE


# ---------------------------------------------------------------- what the page says


def is_quoted(block):
    return f"\n\n\n{block}\n\n" in SCRIPT.read_text(encoding="utf-8") + "\n\n"


def test_the_page_quotes_the_script():
    assert len(BLOCKS) > 5
    assert [block for block in BLOCKS if not is_quoted(block)] == []
    assert not is_quoted(BLOCKS[0].replace("/ 16", "/ 255"))


def test_the_page_quotes_all_that_computes(digits):
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    quoted = set(re.findall(r"^def (\w+)", "".join(BLOCKS), flags=re.MULTILINE))
    assert quoted == functions - {"main"}


def test_nothing_but_actfn_and_numpy():
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    imports = [ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert imports == [
        "import numpy as np",
        "from sklearn.datasets import load_digits",
        "import actfn",
    ]
