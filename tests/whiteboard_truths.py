"""True values of the softmax family from mpmath: one row in, for the tests of the model answers."""

import exact

mp = exact.mp


def numbers(row):
    return [mp.mpf(float(x)) for x in row]


def log_softmax(row, T=1):
    total = mp.log(sum(mp.exp(x / T) for x in numbers(row)))
    return [x / T - total for x in numbers(row)]


def with_sink(row, sink):
    return exact.softmax([*row, sink])[:-1]


def threshold(row, share):
    """The τ at which Σ share(x - τ) is 1, by bisection."""
    low, high = max(row) - 1, max(row)
    for _ in range(200):  # steps: 2**-200 is nothing beside the rounding of a float64
        middle = (low + high) / 2
        low, high = (middle, high) if sum(share(x - middle) for x in row) > 1 else (low, middle)
    return low


def sparsemax(row):
    share = lambda x: max(x, mp.mpf(0))
    tau = threshold(numbers(row), share)
    return [share(x - tau) for x in numbers(row)]


def entmax15(row):
    share = lambda x: max(x, mp.mpf(0)) ** 2
    half = [x / 2 for x in numbers(row)]
    tau = threshold(half, share)
    return [share(x - tau) for x in half]


def backward(g, row):
    p = exact.softmax(row)
    inner = sum(a * b for a, b in zip(numbers(g), p, strict=True))
    return [a * (b - inner) for a, b in zip(p, numbers(g), strict=True)]


def cross_entropy(row, y):
    return -sum(a * b for a, b in zip(y, log_softmax(row), strict=True))


def divergence(p_row, q_row, T=1):
    log_p, log_q = log_softmax(p_row, T), log_softmax(q_row, T)
    return sum(mp.exp(a) * (a - b) for a, b in zip(log_p, log_q, strict=True))


def binary(x, y):
    return y * mp.log1p(mp.exp(-x)) + (1 - y) * mp.log1p(mp.exp(x))
