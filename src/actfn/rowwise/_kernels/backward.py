"""Backward of softmax and log_softmax from their outputs: products and one sum per row."""

from actfn.kernels.lanes import WIDTH, as_lanes, multiply_add
from actfn.kernels.row_math import add_lanes, exact_exp, lanes_at, put, total
from actfn.kernels.two_float import inlined


@inlined
def _dot(a, b, base, n):
    sums, errors = as_lanes(0.0), as_lanes(0.0)
    for i in range(0, n, WIDTH):
        u, v = lanes_at(a, base + i, n - i, 0.0), lanes_at(b, base + i, n - i, 0.0)
        product = u * v
        errors = errors + multiply_add(u, v, product * -1.0)
        sums, errors = add_lanes(sums, errors, product)
    return total(sums, errors)


@inlined
def _softmax_row(gradient, p, base, n, out, temperature):
    mean = _dot(gradient, p, base, n)
    for i in range(0, n, WIDTH):
        g, v = lanes_at(gradient, base + i, n - i, 0.0), lanes_at(p, base + i, n - i, 0.0)
        put(out, base + i, n - i, v * ((g - mean.hi) - mean.lo) / temperature)


@inlined
def _log_softmax_row(gradient, log_p, base, n, out, temperature):
    sums, errors = as_lanes(0.0), as_lanes(0.0)
    for i in range(0, n, WIDTH):
        sums, errors = add_lanes(sums, errors, lanes_at(gradient, base + i, n - i, 0.0))
    whole = total(sums, errors).hi
    for i in range(0, n, WIDTH):
        g, v = lanes_at(gradient, base + i, n - i, 0.0), lanes_at(log_p, base + i, n - i, 0.0)
        put(out, base + i, n - i, (g - exact_exp(v, as_lanes(0.0)) * whole) / temperature)


def softmax_backward_float32(first, last, n, gradient, p, out, temperature):
    for row in range(first, last):
        _softmax_row(gradient, p, row * n, n, out, temperature)


softmax_backward_float64 = softmax_backward_float32  # one text: the sums are in float64 for both


def log_softmax_backward_float32(first, last, n, gradient, log_p, out, temperature):
    for row in range(first, last):
        _log_softmax_row(gradient, log_p, row * n, n, out, temperature)


log_softmax_backward_float64 = log_softmax_backward_float32
