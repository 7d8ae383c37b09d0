"""The cases of tasks on rows, with true values at 60 digits. Used by tools/task_truth.py."""

import numpy as np
from mpmath import mp

from actfn.interview.grading.cases import encode

mp.dps = 60
REFERENCES = {}


def reference(function):
    """Register the cases of a task's reference."""
    REFERENCES[function.__name__] = function
    return function


def cases_of(name: str):
    """All cases of a reference, from the plainest to the strangest."""
    yield from REFERENCES[name]()


def made(region, arguments, truth, layout=None, scale=None, **keywords):
    """One case as it is stored; the first argument gets the layout."""
    stored = [encode(a if isinstance(a, np.ndarray) else float(a) if isinstance(a, float) else a)
              for a in arguments]  # fmt: skip
    if layout:
        stored[0]["layout"] = layout
    found = {
        "region": region,
        "arguments": stored,
        "keywords": {k: encode(v) for k, v in keywords.items()},
        "truth": encode(np.asarray(truth, np.float64)),
    }
    return found | ({"scale": encode(np.asarray(scale, np.float64))} if scale is not None else {})


def exact_softmax(row):
    """Probabilities of one row as mpf; -inf counts as nothing."""
    finite = [mp.mpf(float(v)) if v > -np.inf else None for v in row]
    peak = max(v for v in finite if v is not None)
    terms = [mp.exp(v - peak) if v is not None else mp.mpf(0) for v in finite]
    total = mp.fsum(terms)
    return [t / total for t in terms]


def along(function, x, axis=-1):
    """A function of one row applied to every row along an axis."""
    moved = np.moveaxis(np.asarray(x, np.float64), axis, -1)
    found = np.array(
        [[float(v) for v in function(row)] for row in moved.reshape(-1, moved.shape[-1])]
    )
    return np.moveaxis(found.reshape(moved.shape), -1, axis)


def softmax_at(temperature):
    return lambda row: exact_softmax([v / temperature for v in map(float, row)])


rng = np.random.default_rng(11)
ROW = rng.normal(0, 2, 6)
SMALL = np.array([1.0, 2.0, 3.0])
MATRIX = rng.normal(0, 2, (4, 5))
CUBE = rng.normal(0, 2, (2, 3, 4))
COLUMN = np.array([[4.2], [-1.5], [0.0]])


@reference
def softmax():
    f = exact_softmax
    yield made("ordinary", [SMALL], along(f, SMALL))
    yield made("ordinary", [ROW], along(f, ROW))
    yield made("ordinary", [MATRIX], along(f, MATRIX))
    yield made("parameter", [MATRIX], along(f, MATRIX, 0), axis=0)
    for axis in (1, 0, -2):
        yield made("parameter", [CUBE], along(f, CUBE, axis), axis=axis)
    yield made("ordinary", [CUBE], along(f, CUBE))
    yield made("ordinary", [np.array([4.2])], np.array([1.0]))
    yield made("ordinary", [COLUMN], along(f, COLUMN))
    for row in (
        [1000.0, 1000.0],
        [1000.0, 998.0, 0.0],
        [-1000.0, -1001.0],
        [1e4, -1e4],
        [710.0, 0.0],
    ):
        yield made("large", [np.array(row)], along(f, row))
    wide = np.array([[800.0, 801.0], [-900.0, -899.0], [0.5, 1.5]])
    yield made("large", [wide], along(f, wide))
    single = MATRIX.astype(np.float32)
    yield made("float32", [single], along(f, single))
    big = np.float32([[90.0, 100.0, 95.0], [-100.0, -120.0, -110.0]])
    yield made("float32_large", [big], along(f, big))
    whole = np.array([[1, 2, 3], [0, -1, 5]])
    yield made("integer", [whole], along(f, whole))
    yield made("layout", [MATRIX], along(f, MATRIX), "transposed")
    yield made("layout", [ROW], along(f, ROW), "strided")
    yield made("read_only", [MATRIX], along(f, MATRIX), "read_only")
    yield made("float16", [MATRIX.astype(np.float16)], along(f, MATRIX.astype(np.float16)))
    masked = np.array([[1.0, -np.inf, 2.0], [0.0, 0.0, -np.inf]])
    yield made("special", [masked], along(f, masked))
    yield made("special", [np.array([1.0, np.nan])], np.array([np.nan, np.nan]))


@reference
def softmax_with_temperature():
    yield made("ordinary", [SMALL], along(exact_softmax, SMALL))
    yield made("ordinary", [ROW], along(exact_softmax, ROW))
    for t in (0.5, 2.0, 4.0, 10.0, 100.0):
        yield made("parameter", [ROW], along(softmax_at(t), ROW), T=t)
        yield made("parameter", [SMALL, t], along(softmax_at(t), SMALL))
    yield made(
        "large", [np.array([1000.0, 1001.0, 999.0])], along(exact_softmax, [1000, 1001, 999])
    )
    yield made("large", [np.array([-1000.0, -1001.0])], along(exact_softmax, [-1000, -1001]))
    yield made("large", [SMALL], along(softmax_at(0.001), SMALL), T=0.001)
    yield made("large", [ROW], along(softmax_at(0.002), ROW), T=0.002)
    yield made("large", [SMALL], along(softmax_at(1e6), SMALL), T=1e6)
    # Probabilities at T = 1 that are 0 or nearly equal: no power of them is softmax at another T.
    wide, near = np.array([0.0, 1000.0, 600.0]), np.array([0.3, 0.302, 0.299])
    yield made("large", [wide], along(softmax_at(500.0), wide), T=500.0)
    yield made("large", [near], along(softmax_at(0.001), near), T=0.001)
    single = ROW.astype(np.float32)
    yield made("float32", [single], along(softmax_at(2.0), single), T=2.0)
    big = np.float32([100.0, 90.0, 95.0])
    yield made("float32_large", [big], along(exact_softmax, big))
    whole = np.array([1, 2, 5])
    yield made("integer", [whole], along(softmax_at(2.0), whole), T=2.0)
    yield made("layout", [ROW], along(exact_softmax, ROW), "strided")
    yield made("read_only", [ROW], along(exact_softmax, ROW), "read_only")
    rows = np.array([[1.0, 2.0], [3.0, 1.0]])
    yield made("beyond", [rows], along(softmax_at(2.0), rows), T=2.0)
    yield made("beyond", [np.array([1.0, 3.0, 3.0])], np.array([0.0, 0.5, 0.5]), T=0.0)


def exact_log_softmax(row):
    """x - m - log1p(the others) as mpf."""
    finite = [mp.mpf(float(v)) for v in row]
    peak = max(finite)
    log = mp.log(mp.fsum(mp.exp(v - peak) for v in finite))
    return [v - peak - log for v in finite]


def exact_logsumexp(row):
    finite = [mp.mpf(float(v)) for v in row]
    peak = max(finite)
    return peak + mp.log(mp.fsum(mp.exp(v - peak) for v in finite))


def reduced(function, x):
    """A number for every row along the last axis."""
    x = np.asarray(x, np.float64)
    found = [float(function(row)) for row in x.reshape(-1, x.shape[-1])]
    return np.array(found).reshape(x.shape[:-1])


LARGE_ROWS = ([1000.0, 1000.0], [1000.0, 998.0, 0.0], [-1000.0, -1001.0], [1e4, -1e4], [800.0, 0.0])


def row_cases(of, per_row):
    """What every function of the last axis is tried on; `per_row` makes the truth."""
    for x in (SMALL, ROW, MATRIX, CUBE, COLUMN):
        yield made("ordinary", [x], per_row(of, x), scale=1.0)
    for row in LARGE_ROWS:
        yield made("large", [np.array(row)], per_row(of, row), scale=1.0)
    wide = np.array([[800.0, 801.0], [-900.0, -899.0], [0.5, 1.5]])
    yield made("large", [wide], per_row(of, wide), scale=1.0)
    single = MATRIX.astype(np.float32)
    yield made("float32", [single], per_row(of, single), scale=1.0)
    big = np.float32([[90.0, 100.0, 95.0], [-100.0, -120.0, -110.0]])
    yield made("float32_large", [big], per_row(of, big), scale=1.0)
    whole = np.array([[1, 2, 3], [0, -1, 5]])
    yield made("integer", [whole], per_row(of, whole), scale=1.0)
    yield made("layout", [MATRIX], per_row(of, MATRIX), "transposed", scale=1.0)
    yield made("read_only", [MATRIX], per_row(of, MATRIX), "read_only", scale=1.0)
    half = MATRIX.astype(np.float16)
    yield made("float16", [half], per_row(of, half), scale=1.0)


@reference
def log_softmax():
    yield from row_cases(exact_log_softmax, along)


@reference
def logsumexp():
    yield from row_cases(exact_logsumexp, reduced)


def exact_backward(dy, x):
    p = exact_softmax(x)
    mean = mp.fsum(mp.mpf(float(g)) * q for g, q in zip(dy, p, strict=True))
    return [q * (mp.mpf(float(g)) - mean) for g, q in zip(dy, p, strict=True)]


@reference
def softmax_backward():
    noise = np.random.default_rng(5)

    def case(region, x, layout=None):
        x = np.asarray(x)
        dy = noise.normal(size=x.shape)
        dy = dy.astype(x.dtype if x.dtype.kind == "f" else np.float64)
        rows = zip(dy.reshape(-1, x.shape[-1]), x.reshape(-1, x.shape[-1]), strict=True)
        truth = np.array([[float(v) for v in exact_backward(g, r)] for g, r in rows])
        return made(region, [dy, x], truth.reshape(x.shape), layout)

    for x in (SMALL, ROW, MATRIX, CUBE):
        yield case("ordinary", x)
    for row in LARGE_ROWS:
        yield case("large", np.array(row))
    yield case("large", np.array([[800.0, 801.0], [-900.0, -899.0], [0.5, 1.5]]))
    yield case("float32", MATRIX.astype(np.float32))
    yield case("float32_large", np.float32([[90.0, 100.0, 95.0], [-100.0, -120.0, -110.0]]))
    yield case("integer", np.array([[1, 2, 3], [0, -1, 5]]))
    yield case("layout", MATRIX, "transposed")
    yield case("read_only", MATRIX, "read_only")


@reference
def softmax_jacobian():
    def truth(row):
        p = exact_softmax(row)
        return [[float(a * ((i == j) - b)) for j, b in enumerate(p)] for i, a in enumerate(p)]

    for row in (SMALL, ROW, np.array([0.3, -1.2]), np.array([0.5, 0.5, 0.5, -2.0])):
        yield made("ordinary", [row], truth(row))
    yield made("ordinary", [np.array([4.2])], [[0.0]])
    for row in LARGE_ROWS:
        yield made("large", [np.array(row)], truth(row))
    single = ROW.astype(np.float32)
    yield made("float32", [single], truth(single))
    big = np.float32([90.0, 100.0, 95.0])
    yield made("float32_large", [big], truth(big))
    whole = np.array([1, 2, 5])
    yield made("integer", [whole], truth(whole))
    yield made("layout", [ROW], truth(ROW), "strided")
    yield made("read_only", [ROW], truth(ROW), "read_only")


LABELS = {2: [1, 0, 1, 1], 3: [0, 2, 1, 2], 5: [4, 0, 2, 2], 6: [5, 0, 3, 1]}


def logits(rows, classes, spread=2.0):
    return np.random.default_rng(rows * classes).normal(0, spread, (rows, classes))


def logit_batches():
    """(region, z, y, layout) for losses of logits and classes."""
    for rows, classes in ((4, 3), (1, 3), (4, 5), (3, 6), (4, 2)):
        z = logits(rows, classes)
        yield "ordinary", z, np.array(LABELS[classes][:rows]), None
    z, y = logits(4, 5), np.array([4, 0, 2, 2])
    yield "large", np.array([[1000.0, 0.0, -1000.0], [800.0, 801.0, 0.0]]), np.array([0, 1]), None
    yield "large", np.array([[0.0, 1000.0], [-1000.0, -990.0]]), np.array([0, 1]), None
    yield "large", z - 2000.0, y, None
    yield "float32", z.astype(np.float32), y, None
    yield "float32_large", z.astype(np.float32) * 60, y, None
    yield "integer", np.array([[1, 2, 3], [0, -1, 5]]), np.array([2, 0]), None
    yield "layout", z, y, "transposed"
    yield "read_only", z, y, "read_only"


def mean_loss(z, y):
    losses = [-exact_log_softmax(row)[k] for row, k in zip(z, y, strict=True)]
    return float(mp.fsum(losses) / len(losses))


@reference
def cross_entropy():
    for region, z, y, layout in logit_batches():
        yield made(region, [z, y], mean_loss(z, y), layout, scale=1.0)


@reference
def cross_entropy_grad():
    for region, z, y, layout in logit_batches():
        rows = [[(p - (j == k)) / len(y) for j, p in enumerate(exact_softmax(row))]
                for row, k in zip(z, y, strict=True)]  # fmt: skip
        yield made(region, [z, y], np.array(rows, float), layout)


def probability_batches():
    """(region, p, one-hot y, layout)."""
    for rows, classes in ((4, 3), (1, 3), (4, 5), (3, 6)):
        p = along(exact_softmax, logits(rows, classes))
        yield "ordinary", p, np.eye(classes)[LABELS[classes][:rows]], None
    p, y = along(exact_softmax, logits(4, 5)), np.eye(5)[[4, 0, 2, 2]]
    yield "ordinary", p, np.eye(5)[[1, 1, 1, 1]], None
    yield "large", np.array([[1e-30, 1.0 - 1e-9], [1e-12, 1.0]]), np.eye(2)[[0, 0]], None
    yield "float32", p.astype(np.float32), y.astype(np.float32), None
    yield "integer", p, y.astype(int), None
    yield "layout", p, y, "transposed"
    yield "read_only", p, y, "read_only"


@reference
def cross_entropy_probs():
    for region, p, y, layout in probability_batches():
        terms = [-mp.log(mp.mpf(float(v))) for v in p[y == 1]]
        yield made(region, [p, y], float(mp.fsum(terms) / len(p)), layout, scale=1.0)


def binary_batches():
    """(region, p, y, layout)."""
    yield "ordinary", np.array([0.9, 0.2, 0.7, 0.4]), np.array([1.0, 0.0, 1.0, 0.0]), None
    yield "ordinary", np.array([0.31, 0.62]), np.array([0.0, 1.0]), None
    yield "ordinary", np.array([0.8]), np.array([1.0]), None
    noise = np.random.default_rng(3)
    p, y = noise.uniform(0.02, 0.98, 12), noise.integers(0, 2, 12).astype(float)
    yield "ordinary", p, y, None
    yield "batch", p.reshape(3, 4), y.reshape(3, 4), None
    yield "ordinary", np.array([0.3, 0.6]), np.array([0.25, 0.5]), None
    yield "large", np.array([1e-9, 1.0 - 1e-9]), np.array([1.0, 0.0]), None
    yield "float32", p.astype(np.float32), y.astype(np.float32), None
    yield "integer", p, y.astype(int), None
    yield "layout", p, y, "strided"
    yield "read_only", p, y, "read_only"


@reference
def bce_probs():
    for region, p, y, layout in binary_batches():
        terms = [-(mp.mpf(float(t)) * mp.log(mp.mpf(float(v)))
                   + (1 - mp.mpf(float(t))) * mp.log(1 - mp.mpf(float(v))))
                 for v, t in zip(p.ravel(), y.ravel(), strict=True)]  # fmt: skip
        yield made(region, [p, y], float(mp.fsum(terms) / len(terms)), layout, scale=1.0)


@reference
def bce_probs_grad():
    for region, p, y, layout in binary_batches():
        terms = [(mp.mpf(float(v)) - mp.mpf(float(t))) / (mp.mpf(float(v)) * (1 - mp.mpf(float(v))))
                 / p.size for v, t in zip(p.ravel(), y.ravel(), strict=True)]  # fmt: skip
        truth = np.array([float(v) for v in terms]).reshape(p.shape)
        yield made(region, [p, y], truth, layout, scale=1.0)


@reference
def prelu():
    def case(region, x, alpha, layout=None):
        x = np.asarray(x)
        truth = np.where(x > 0, x, np.asarray(alpha, np.float64) * x.astype(np.float64))
        return made(region, [x, alpha], truth, layout, scale=1.0) | {"pointwise": True}

    for alpha in (0.25, 0.0, 1.5, -0.3):
        yield case("ordinary", np.append(np.linspace(-4, 4, 17), ROW), alpha)
    yield case("ordinary", np.array([5e-4, -5e-4, 1e-6, -1e-6]), 0.25)
    yield case("ordinary", MATRIX, 0.1)
    yield case("ordinary", MATRIX, np.array([0.1, 0.2, 0.3, 0.4, 0.5]))
    yield case("ordinary", CUBE, np.array([0.1, 0.2, 0.3]).reshape(3, 1))
    yield case("large", np.array([1e6, -1e6, 1e300, -1e300]), 0.25)
    yield case("float32", MATRIX.astype(np.float32), 0.25)
    yield case("integer", np.array([-3, -1, 0, 2]), 0.25)
    yield case("layout", MATRIX, 0.25, "transposed")
    yield case("read_only", MATRIX, 0.25, "read_only")
    yield case("scalar", -1.5, 0.25)


@reference
def prelu_alpha_grad():
    noise = np.random.default_rng(8)

    def case(region, x, layout=None):
        x = np.asarray(x)
        dy = noise.normal(size=x.shape)
        dy = dy.astype(x.dtype) if x.dtype.kind == "f" else dy
        terms = [mp.mpf(float(g)) * mp.mpf(float(v)) for g, v in zip(dy.ravel(), x.ravel(),
                 strict=True) if v < 0]  # fmt: skip
        return made(region, [dy, x], float(mp.fsum(terms)), layout, scale=1.0)

    yield case("ordinary", np.array([-1.0, 2.0, -3.0, 0.5]))
    yield case("ordinary", ROW)
    yield case("ordinary", np.array([1.0, 2.0]))
    yield case("ordinary", np.array([5e-4, -5e-4, 1e-6, -1e-6]))
    yield case("ordinary", MATRIX)
    yield case("ordinary", CUBE)
    yield case("large", ROW * 1e8)
    yield case("float32", MATRIX.astype(np.float32))
    yield case("integer", np.array([-3, -1, 0, 2]))
    yield case("layout", MATRIX, "transposed")
    yield case("read_only", MATRIX, "read_only")
