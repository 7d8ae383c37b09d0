"""What is derived from the record of a function of rows: oracle, Jacobian as text, facts, LaTeX."""

import inspect
import pickle
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

import actfn
import exact
import row_reference as reference
from actfn import contract, rowwise, ulp
from actfn.errors import FormulaError, RecordError
from actfn.formula import Formula
from actfn.grammar import Call, Number, walk
from actfn.rowwise._formula import parse, replaced
from actfn.rowwise._oracle import RowOracle
from actfn.rowwise._record import RowFunction

RECORDS = {
    name: found for name in rowwise.names() if isinstance(found := rowwise.get(name), RowFunction)
}
TRUE = {name: record for name, record in RECORDS.items() if record.oracle() is not None}
INF = np.inf
# A pair of float64 carries 106 bits, and what is compared with it has as many.
SAME = Fraction(1, 2**100)

every = pytest.mark.parametrize("name", TRUE)


def oracle(formula, threshold="", number=False, **parameters):
    return RowOracle(parse(formula, threshold), parameters, number)


def fractions(pair):
    """hi + lo, exactly."""
    both = zip(np.ravel(pair.hi), np.ravel(pair.lo), strict=True)
    return np.array([Fraction(h) + Fraction(t) for h, t in both]).reshape(np.shape(pair.hi))


def rows(dtype=np.float64, size=1.0, shape=(12, 6)):
    return (size * np.random.default_rng(8).normal(size=shape)).astype(dtype)


def arguments_for(record, x):
    """What the function must be given beside the scores; nothing is masked."""
    return {"mask": np.ones(x.shape, bool)} if "mask" in record.arguments else {}


# ---- the oracle -----------------------------------------------------------------------------


@pytest.mark.parametrize("T", [1.0, 0.25])
@pytest.mark.parametrize("name", ["softmax", "softmin", "log_softmax", "logsumexp"])
def test_closed_forms(name, T):
    """Values and Jacobians that are written down elsewhere, to all digits of a pair."""
    x = np.array([[0.5, -1.25, 3.0], [40.0, 0.0, -700.0], [2.0, 2.0, 2.0]])
    found, record = actfn.get(name).oracle(temperature=T), reference
    for got, function in ((found.value(x), name), (found.jacobian(x), f"{name}_jacobian")):
        truth = [reference.true(partial(getattr(record, function), T=T), row) for row in x]
        wanted = fractions(reference.Pair(*(np.stack(part) for part in zip(*truth, strict=True))))
        assert got.hi.shape == wanted.shape
        assert np.all(abs(fractions(got) - wanted) <= SAME * abs(wanted))


def test_values_of_mpmath():
    """Not through ball arithmetic at all."""
    row = [1.0, -2.0, 0.75, 3.5]
    hi, lo = actfn.softmax.oracle(temperature=0.5).value(row)
    # Half an ULP at most, and not zero: the float64 values are not exact.
    assert 0 < max(exact.distances(hi, exact.softmax(row, T=0.5))) <= 0.5
    for h, t, truth in zip(hi, lo, exact.softmax(row, T=0.5), strict=True):
        assert abs((exact.mp.mpf(h) + exact.mp.mpf(t)) / truth - 1) < 2.0**-100


def test_the_far_tail_keeps_its_digits():
    hi, lo = actfn.log_softmax.oracle().value([700.0, 0.0])
    assert hi[0] == -np.exp(-700.0) or abs(hi[0] / np.exp(-700.0) + 1) < 2.0**-51
    assert (hi[1], lo[1]) == (-700.0, hi[0])


def test_shapes_and_edges():
    softmax, lse = actfn.softmax.oracle(), actfn.logsumexp.oracle()
    x = rows(shape=(2, 3, 4))
    assert softmax.value(x).hi.shape == (2, 3, 4)
    assert softmax.jacobian(x).hi.shape == (2, 3, 4, 4)
    assert lse.value(x).hi.shape == (2, 3)
    assert lse.jacobian(x).hi.shape == (2, 3, 4)
    assert list(softmax.value([0.0, -INF]).hi) == [1.0, 0.0]
    assert list(actfn.log_softmax.oracle().value([0.0, -INF]).hi) == [0.0, -INF]
    assert np.isnan(softmax.value([[1.0, np.nan], [0.0, 0.0]]).hi).tolist() == [
        [True] * 2,
        [False] * 2,
    ]
    assert softmax.jacobian([5.0]).hi.tolist() == [[0.0]]
    with pytest.raises(ValueError, match="at least one entry"):
        softmax.value([])


@pytest.mark.parametrize("row, T", [([1.0, 2.0], 0.0), ([INF, 1.0], 1.0), ([-INF, -INF], 1.0)])
def test_where_there_is_a_limit_only_the_oracle_says_so(row, T):
    with pytest.raises(ArithmeticError, match=r"is undecided|has no value"):
        actfn.softmax.oracle(temperature=T).value(row)


def test_parameters_are_checked():
    with pytest.raises(TypeError, match="no parameter alpha; it has temperature"):
        actfn.softmax.oracle(alpha=2)
    made = RowFunction("made", "exp(beta * x) / sum(exp(beta * x))", "nowhere")
    with pytest.raises(TypeError, match="needs a value for beta"):
        made.oracle()
    assert made.oracle(beta=0.0).value([1.0, 7.0]).hi.tolist() == [0.5, 0.5]


def test_without_a_formula_there_is_no_oracle():
    without = {name: record for name, record in RECORDS.items() if name not in TRUE}
    assert set(without) == {"hardmax", "gumbel_softmax"}
    for record in without.values():
        assert record.facts is None
        assert record.in_words or record.tree.drawn
    assert "no oracle: which of several" in actfn.hardmax.__doc__


def test_a_formula_that_is_no_formula_is_refused():
    with pytest.raises(FormulaError):
        RowFunction("words", "the largest entry", "nowhere").oracle()


def test_reductions_can_be_nested():
    """The formula that does not overflow is the same function."""
    stable = oracle("exp(x - max(x)) / sum(exp(x - max(x)))")
    x = [[1.0, 2.0, 4.0], [3.0, 3.0, 0.0]]
    for got, wanted in (
        (stable.value(x), actfn.softmax.oracle().value(x)),
        (stable.jacobian(x), actfn.softmax.oracle().jacobian(x)),
    ):
        assert np.all(abs(fractions(got) - fractions(wanted)) <= SAME)


# ---- thresholds -----------------------------------------------------------------------------


def projection(row):
    """The nearest point of the simplex, by sorting, in rational numbers."""
    scores = sorted(map(Fraction, row), reverse=True)
    heads = [(sum(scores[:k]) - 1, k) for k in range(1, len(scores) + 1)]
    tau = max(total / k for total, k in heads)
    return [max(Fraction(x) - tau, Fraction(0)) for x in row]


@pytest.mark.parametrize("row", [[1.0, 0.5, -3.0], [1.0, 0.0], [0.1, 0.3, 0.2, 0.15], [7.0]])
def test_sparsemax_is_the_projection(row):
    got = fractions(actfn.sparsemax.oracle().value(row))
    assert all(abs(g - w) <= SAME for g, w in zip(got, projection(row), strict=True))


@pytest.mark.parametrize("alpha", [1.125, 1.5, 2.0, 3.0, 4.75])
def test_entmax_meets_its_conditions(alpha):
    """It sums to 1, and p**(alpha - 1) - (alpha - 1) x is the same wherever p > 0, larger else."""
    x = rows(size=0.75, shape=(6, 4))
    p = fractions(actfn.entmax.oracle(alpha=alpha).value(x))
    assert all(abs(total - 1) <= SAME for total in p.sum(axis=-1))
    for scores, row in zip(x, p, strict=True):
        levels = [exact.mp.mpf(q.numerator) / q.denominator for q in row]
        levels = [
            q ** (alpha - 1) - (alpha - 1) * exact.mp.mpf(v)
            for q, v in zip(levels, scores, strict=True)
        ]
        inside = [level for level, q in zip(levels, row, strict=True) if q > 0]
        assert max(inside) - min(inside) < 2.0**-90
        assert all(level >= min(inside) - 2.0**-90 for level in levels)


@pytest.mark.parametrize("alpha, row", [(2.0, [1.0, 0.0]), (1.5, [2.0, 0.0]), (3.0, [0.5, 0.0])])
def test_an_entry_exactly_at_the_threshold_is_zero(alpha, row):
    found = actfn.entmax.oracle(alpha=alpha)
    assert found.value(row).hi.tolist() == [1.0, 0.0]
    assert not found.jacobian(row).hi.any()


@pytest.mark.parametrize("alpha", [1.25, 1.5, 2.0, 3.0])
def test_slopes_at_a_threshold_are_differences(alpha):
    found, row, step = actfn.entmax.oracle(alpha=alpha), np.array([0.3, 0.1, 0.25, -2.0]), 2.0**-30
    slopes = found.jacobian(row).hi
    for j in range(row.size):
        beside = step * (np.arange(row.size) == j)
        rise = fractions(found.value(row + beside)) - fractions(found.value(row - beside))
        # Central differences miss step**2 times a third derivative, which is below 100 here.
        assert abs(rise.astype(float) / (2 * step) - slopes[:, j]).max() < 100 * step**2


def test_a_threshold_needs_its_max():
    with pytest.raises(RecordError, match=r"one max\(\.\.\. - tau, 0\)"):
        oracle("exp(x - tau)", threshold="tau").value([1.0])


# ---- formula and function -------------------------------------------------------------------


def distance(record, dtype, size, formula=None, **parameters):
    x = rows(dtype, size)
    truth = (formula or record).oracle(**parameters).value(x)
    y = record(x, **arguments_for(record, x), **parameters)
    assert y.dtype == dtype
    return ulp.distance(y, *truth, np.dtype(dtype)).max()


@pytest.mark.parametrize("size", [0.25, 1.0, 20.0])
@pytest.mark.parametrize("dtype", contract.ROW_BOUNDS)
@every
def test_function_and_formula_agree(name, dtype, size):
    record = TRUE[name]
    if dtype == "float64" and record.float64_error:
        return
    for parameters in ({}, *({key: 1.25} for key in record.defaults)):
        assert distance(record, dtype, size, **parameters) <= contract.ROW_BOUNDS[dtype]


@pytest.mark.parametrize("name", [name for name, r in TRUE.items() if r.float64_error])
def test_excuses_are_needed(name):
    assert distance(TRUE[name], "float64", 20.0) > contract.ROW_BOUNDS["float64"]


BROKEN = {
    "without temperature": ("softmax", "exp(x) / sum(exp(x))"),
    "one too many": ("softmax", "exp(x / temperature) / (1 + sum(exp(x / temperature)))"),
    "half a temperature": ("log_softmax", "x - log(sum(exp(x / temperature)))"),
    "the sign": ("softmin", "exp(x / temperature) / sum(exp(x / temperature))"),
    "times temperature": ("logsumexp", "temperature * log(sum(exp(x / temperature)))"),
    "without the sink": ("softmax_with_sink", "exp(x / temperature) / sum(exp(x / temperature))"),
    "without the length": ("scaled_softmax", "exp(scale * x) / sum(exp(scale * x))"),
}


@pytest.mark.parametrize("name, formula", BROKEN.values(), ids=BROKEN)
def test_a_wrong_formula_is_caught(name, formula):
    record = TRUE[name]
    wrong = RowFunction(name, formula, "nowhere", returns=record.returns)
    known = {key: 1.25 for key in record.defaults if key in wrong.tree.parameters}
    x = rows()
    truth = wrong.oracle(**known).value(x)
    y = record(x, **dict.fromkeys(record.defaults, 1.25))
    assert ulp.distance(y, *truth, np.dtype("float64")).max() > 1000


def test_a_wrong_function_is_caught():
    """The way of all frameworks: the winner's entry is lost from a lead of 17 on, in float32."""
    x = np.float32([17.0, 0.0])
    usual = (x - x.max()) - np.log(np.exp(x - x.max()).sum())
    assert ulp.distance(usual, *actfn.log_softmax.oracle().value(x), x.dtype).max() > 1000


@pytest.mark.parametrize("name", [n for n, r in TRUE.items() if "jacobian" in r.operations])
def test_jacobians_are_the_oracle_s(name):
    x = rows(shape=(6, 4))
    truth = TRUE[name].oracle().jacobian(x)
    # Relative to the size of the whole Jacobian: entries of entmax's cancel.
    error = abs(TRUE[name].jacobian(x) - truth.hi).max()
    assert error <= 2.0**-50 * abs(truth.hi).max()


# ---- the Jacobian as text -------------------------------------------------------------------


def evaluated(tree, values, entries):
    """A tree with indices as a number; `entries` holds the names that have an index k."""
    for node in [n for n in walk(tree) if isinstance(n, Call) and n.function == "sum_k"]:
        terms = [evaluated(node.arguments[0], {**values, **e}, ()) for e in entries]
        tree = replaced(tree, node, Number(Fraction(sum(terms))))
    return Formula("", tree, ()).evaluate(**values)


@every
def test_the_derivative_s_text_is_the_jacobian(name):
    record, row = TRUE[name], np.array([0.3, 0.1, 0.25])
    assert record.derivative_formula
    found, values = record.oracle(), {**record.defaults, "n": row.size}
    f = np.broadcast_to(found.value(row).hi, row.shape)
    named = [{"x": x, "f": y} for x, y in zip(row, f, strict=True)]
    if record.threshold:
        from actfn.rowwise._jacobian import slope_tree

        slope = slope_tree(record.tree)
        for entry in named:
            at_i = {f"{key}_i": value for key, value in entry.items()}
            entry["s"] = evaluated(slope, {**values, **at_i}, ())
    at = lambda k, index: {f"{key}_{index}": value for key, value in named[k].items()}
    wanted = found.jacobian(row).hi.reshape(-1, row.size)
    for i, j in np.ndindex(wanted.shape):
        known = {**values, **at(i, "i"), **at(j, "j"), "delta_ij": float(i == j)}
        got = evaluated(record.derivative_tree, known, [at(k, "k") for k in range(row.size)])
        # A dozen operations of float64 on numbers up to 1.
        assert abs(got - wanted[i, j]) < 2.0**-48


@pytest.mark.parametrize(
    "name, text",
    [
        ("softmax", "f_i*(delta_ij - f_j)/temperature"),
        ("logsumexp", "exp(x_j/temperature)/(sum_k(exp(x_k/temperature))*temperature)"),
        ("gumbel_softmax", "f_i*(delta_ij - f_j)/temperature"),
        ("sparsemax", "s_i*(delta_ij - s_j/sum_k(s_k))"),
        ("hardmax", ""),
    ],
)
def test_derivative_formula(name, text):
    assert RECORDS[name].derivative_formula == text


def test_slope_formula():
    assert actfn.entmax.slope_formula == "where(f_i > 0, f_i**(2 - alpha), 0)"
    assert actfn.softmax.slope_formula == ""


def test_no_jacobian_is_written_where_sums_are_nested():
    made = RowFunction("made", "exp(x - max(x)) / sum(exp(x - max(x)))", "nowhere")
    assert made.derivative_formula == made.derivative_latex == ""


@pytest.mark.parametrize(
    "name, latex, derivative",
    [
        (
            "softmax",
            r"\frac{e^{\frac{x_{i}}{T}}}{\sum_{j} e^{\frac{x_{j}}{T}}}",
            r"\frac{f_{i} \left(\delta_{ij} - f_{j}\right)}{T}",
        ),
        (
            "logsumexp",
            r"\log\left(\sum_{j} e^{\frac{x_{j}}{T}}\right)",
            r"\frac{e^{\frac{x_{j}}{T}}}{\left(\sum_{k} e^{\frac{x_{k}}{T}}\right) \, T}",
        ),
        (
            "sparsemax",
            r"\max\left(x_{i} - \tau, 0\right), \quad \sum_{j} f_{j} = 1",
            r"s_{i} \left(\delta_{ij} - \frac{s_{j}}{\sum_{k} s_{k}}\right), \quad s_{i} = "
            r"\begin{cases} 1 & f_{i} > 0 \\ 0 & \text{otherwise} \end{cases}",
        ),
        ("hardmax", r"\text{1 at the first entry equal to max(x), else 0}", ""),
    ],
)
def test_latex(name, latex, derivative):
    assert RECORDS[name].latex == latex
    assert RECORDS[name].derivative_latex == derivative


# ---- facts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, expected",
    [
        ("softmax", {"range": "(0, 1)", "row_sum": "1", "shift": "no change", "lipschitz": "0.5",
                     "by_own_score": "increasing", "by_other_scores": "decreasing",
                     "permutation": "equivariant", "symmetric_jacobian": True,
                     "entropy": "0 to log(n)", "saved": "output"}),
        ("softmin", {"by_own_score": "decreasing", "by_other_scores": "increasing"}),
        ("log_softmax", {"range": "(-inf, 0)", "row_sum": None, "symmetric_jacobian": False,
                         "lipschitz": ("1.4142136", "1.7320508", "2")}),
        ("logsumexp", {"range": "(-inf, inf)", "shift": "adds 1 c", "permutation": "invariant",
                       "lipschitz": "1", "saved": "input"}),
        ("softmax_with_sink", {"row_sum": "(0, 1)", "shift": "changes the result"}),
        ("sparsemax", {"range": "[0, 1]", "by_own_score": "non-decreasing", "lipschitz": "1"}),
        ("entmax", {"range": "[0, 1]", "row_sum": "1", "shift": "no change"}),
    ],
)  # fmt: skip
def test_facts(name, expected):
    facts = TRUE[name].facts
    found = {key: getattr(facts, key) for key in expected}
    assert {**found, "range": str(facts.range)} == {"range": str(facts.range), **expected}


@pytest.mark.parametrize("name", [n for n, r in TRUE.items() if "temperature" in r.arguments])
def test_limits_are_what_the_function_does_there(name):
    record, row = TRUE[name], np.array([1.0, 3.0, 3.0])
    for T, texts in zip((0.0, INF), record.facts.limits["temperature"], strict=True):
        y = np.atleast_1d(record(row, **arguments_for(record, row), temperature=T))
        assert [f"{v:.6g}" for v in y] == list(texts)


def test_no_row_is_steeper_than_the_steepest_found():
    for name in ("softmax", "sparsemax", "logsumexp"):
        record = TRUE[name]
        bound = float(record.facts.lipschitz)
        slopes = record.jacobian(rows(size=2.0, shape=(50, 5)))
        # The bound is written with eight digits.
        assert max(np.linalg.norm(slope, 2) for slope in slopes) <= bound * (1 + 1e-8)


# ---- the record -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECORDS)
def test_signature_is_the_function_s(name):
    record = RECORDS[name]
    assert inspect.signature(record) == inspect.signature(record.operations["forward"])
    assert record.title
    assert pickle.loads(pickle.dumps(record)) is record


def test_get_finds_functions_of_rows():
    assert actfn.get("softmax") is actfn.get("LogSoftmax".replace("Log", "")) is actfn.softmax
    assert actfn.get("torch.nn.LogSoftmax") is actfn.log_softmax
    with pytest.raises(KeyError, match="the nearest are softmax, "):
        actfn.get("sofmax")
    with pytest.raises(AttributeError, match=r"'LogSoftmax' is called actfn\.log_softmax here"):
        _ = actfn.LogSoftmax
    with pytest.raises(RecordError, match="'softmax' is taken"):
        actfn.define("softmax", "x")
