"""Real ufuncs: every way of calling one, every container, every refusal."""

import io
import pickle

import dask.array
import ml_dtypes
import numpy as np
import pandas
import pytest
import xarray

import actfn
from actfn.errors import ActfnError, DTypeError
from derived import DTYPES, ELEMENTWISE, parametrize

X = np.linspace(-4.0, 4.0, 24, dtype=np.float32).reshape(4, 6)


def call(record, x, **options):
    return record(x, *record.defaults.values(), **options)


@parametrize("record", ELEMENTWISE)
def test_it_is_a_ufunc(record):
    assert isinstance(record.ufunc, np.ufunc)
    assert record.ufunc.nin == 1 + len(record.parameters)
    with np.errstate(all="ignore"):
        expected = call(record, X)
        assert np.array_equal(record.ufunc(X, *record.defaults.values()), expected, equal_nan=True)


@pytest.mark.parametrize("dtype", DTYPES)
@parametrize("record", ELEMENTWISE)
def test_dtype_in_is_dtype_out(record, dtype):
    x = np.array([0.25, 0.5, 0.75], DTYPES[dtype])
    for operation in (record, record.derivative, record.second_derivative):
        assert operation(x, *record.defaults.values()).dtype == DTYPES[dtype]
    y, d = record.value_and_derivative(x, *record.defaults.values())
    assert y.dtype == d.dtype == DTYPES[dtype]
    learned = [p.name for p in record.parameters if p.learned]
    back = record.backward(x, x, *record.defaults.values())
    assert (back[0] if learned else back).dtype == DTYPES[dtype]


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int16", "int32", "int64", "uint64"])
@parametrize("record", ELEMENTWISE)
def test_integers_and_bool_promote_as_in_numpy(record, dtype):
    x = np.array([0, 1, 1], dtype)
    with np.errstate(all="ignore"):
        y = call(record, x)
        assert y.dtype == np.tanh(x).dtype
        assert np.array_equal(y, call(record, x.astype(y.dtype)), equal_nan=True)


@pytest.mark.parametrize(
    "bad",
    [np.ones(2, complex), np.ones(2, object), np.array(["a"]), np.array([b"a"]),
     np.ones(2, np.longdouble), np.array(["2020-01-01"], "M8[D]"), "text", 1j, None],
    ids=["complex", "object", "str", "bytes", "longdouble", "datetime", "text", "1j", "None"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["gelu", "leaky_relu"])
def test_other_types_are_refused(name, bad):
    with pytest.raises(
        DTypeError, match=f"{name} is defined for real numbers .* received"
    ) as caught:
        actfn.get(name)(bad)
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, ActfnError)


def test_out_where_and_dtype():
    x = X.copy()
    expected = actfn.gelu(x)
    out = np.empty_like(x)
    assert actfn.gelu(x, out=out) is out
    assert np.array_equal(out, expected)
    assert actfn.gelu(x, out=x) is x, "in place"
    assert np.array_equal(x, expected)
    out = np.full_like(X, 7)
    actfn.gelu(X, out=out, where=X > 0)
    assert (out[X <= 0] == 7).all()
    assert np.array_equal(out[X > 0], expected[X > 0])
    assert actfn.gelu(X, dtype=np.float64).dtype == np.float64
    assert actfn.leaky_relu(X, dtype=np.float64).dtype == np.float64
    wide = np.empty(X.shape, np.float64)
    actfn.gelu(X, out=wide)
    assert np.array_equal(wide.astype(np.float32), expected)


def test_nothing_is_modified_but_out():
    x = X.copy()
    g = np.ones_like(x)
    for operation in (actfn.gelu, actfn.gelu.derivative, actfn.gelu.value_and_derivative):
        operation(x)
    actfn.gelu.backward(g, x)
    assert np.array_equal(x, X)
    assert (g == 1).all()
    read_only = X.copy()
    read_only.flags.writeable = False
    assert np.array_equal(actfn.gelu(read_only), actfn.gelu(X))
    with pytest.raises(ValueError, match="read-only"):
        actfn.gelu(X, out=read_only)


@pytest.mark.parametrize("size", [3, 100_000])
def test_overlapping_out(size):
    x = np.linspace(-5, 5, size + 1, dtype=np.float32)
    expected = actfn.gelu(x[:-1].copy())
    actfn.gelu(x[:-1], out=x[1:])
    assert np.array_equal(x[1:], expected)


@pytest.mark.parametrize("size", [5, 50_000])
def test_backward_in_place(size):
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=(2, size)).astype(np.float32)
    expected = actfn.gelu.backward(g, x)
    gradient, inputs = g.copy(), x.copy()
    assert actfn.gelu.backward(gradient, x, out=gradient) is gradient
    assert np.array_equal(gradient, expected)
    actfn.gelu.backward(g, inputs, out=inputs)
    assert np.array_equal(inputs, expected)


@pytest.mark.parametrize("name", ["gelu", "leaky_relu"])
def test_shapes(name):
    f = actfn.get(name)
    assert f(np.float32(1.5)).dtype == np.float32
    assert np.ndim(f(np.array(1.5))) == 0
    assert isinstance(f(1.5), np.float64)
    assert f(np.empty((0, 3), np.float32)).shape == (0, 3)
    assert f([[1.0, -1.0]]).shape == (1, 2)
    big_endian = X.astype(X.dtype.newbyteorder())
    assert np.array_equal(f(big_endian), f(X))
    unaligned = np.frombuffer(b"\0" + X.tobytes(), np.uint8)[1:].view(np.float32).reshape(X.shape)
    assert np.array_equal(f(unaligned), f(X))
    assert np.array_equal(f(np.asfortranarray(X)), f(X))
    large = np.linspace(-5, 5, 90_000, dtype=np.float32).reshape(300, 300)
    for view in (large.T, large[::2, ::3], large[:, ::-1], np.asfortranarray(large)):
        assert np.array_equal(f(view), f(view.copy()))


def test_parameters_broadcast():
    slopes = np.array([0.1, 0.2, 0.3, 0.4], np.float32)[:, None]
    expected = np.where(X > 0, X, (X.astype(np.float64) * slopes).astype(np.float32))
    assert np.array_equal(actfn.leaky_relu(X, slopes), expected)
    assert np.array_equal(actfn.leaky_relu(X, negative_slope=slopes), expected)
    assert np.array_equal(actfn.prelu(X, slopes), expected)
    large = np.tile(X, (2000, 3))
    many = np.linspace(0, 1, len(large))[:, None]
    assert np.array_equal(actfn.leaky_relu(large, many)[5], actfn.leaky_relu(large[5], many[5]))


def test_a_float_parameter_is_not_rounded_to_the_arrays_type():
    # 0.01 is not a float32: through float32(0.01) this result would be another one.
    x = np.float32(-0.007)
    exact = np.float32(np.float64(x) * 0.01)
    assert actfn.leaky_relu(x) == exact
    assert actfn.leaky_relu(x, np.float32(0.01)) != exact or np.float32(0.01) * x == exact


def test_prelu_gradients():
    x = np.array([[-1.0, 2.0, -3.0], [4.0, -5.0, 6.0]], np.float32)
    g = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], np.float32)
    weight = np.array([0.1, 0.2, 0.3], np.float32)
    gx, gw = actfn.prelu.backward(g, x, weight)
    assert np.array_equal(
        gx, np.where(x > 0, g, (g * weight.astype(np.float64)).astype(np.float32))
    )
    assert np.array_equal(gw, np.array([-1.0, -25.0, -9.0], np.float32))
    assert gw.dtype == np.float32
    gx, gw = actfn.prelu.backward(g, x, 0.25)
    assert gw == -35.0
    column = np.array([[0.1], [0.2]], np.float32)
    assert actfn.prelu.backward(g, x, column)[1].shape == (2, 1)
    assert actfn.leaky_relu.parameter_gradients(g, x)["negative_slope"] == -35.0


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((1.0, 0.1, 0.2), {}, "takes 1 parameters"),
        ((1.0, 0.1), {"negative_slope": 0.2}, "given twice"),
        ((1.0,), {"slope": 0.2}, "has no option 'slope'; it takes negative_slope, out"),
    ],
)
def test_wrong_calls(arguments, options, message):
    with pytest.raises(TypeError, match=message):
        actfn.leaky_relu(*arguments, **options)
    with pytest.raises(TypeError, match="threshold needs threshold, value"):
        actfn.threshold(1.0)
    with pytest.raises(ValueError, match="broadcast"):
        actfn.leaky_relu(np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match=r"broadcast|shape"):
        actfn.gelu(np.ones(3), out=np.ones(4))
    with pytest.raises(TypeError, match="output does not determine the derivative"):
        actfn.gelu.derivative_from_output(1.0)


def test_dask_xarray_and_pandas():
    x = np.linspace(-3, 3, 1000, dtype=np.float32).reshape(10, 100)
    expected = actfn.gelu(x)
    lazy = actfn.gelu(dask.array.from_array(x, chunks=(5, 50)))
    assert isinstance(lazy, dask.array.Array)
    assert np.array_equal(lazy.compute(), expected)
    lazy = actfn.leaky_relu.derivative(dask.array.from_array(x, chunks=(5, 50)))
    assert np.array_equal(lazy.compute(), actfn.leaky_relu.derivative(x))
    labelled = actfn.gelu(xarray.DataArray(x, dims=("batch", "unit"), name="h"))
    assert labelled.dims == ("batch", "unit")
    assert np.array_equal(labelled.values, expected)
    frame = pandas.DataFrame(x[:, :3], columns=list("abc"))
    result = actfn.gelu(frame)
    assert list(result.columns) == list("abc")
    assert np.array_equal(result.values, expected[:, :3])
    series = actfn.silu.derivative(pandas.Series(x[0], name="s"))
    assert series.name == "s"
    assert np.array_equal(series.values, actfn.silu.derivative(x[0]))


def test_errstate_reaches_the_threads():
    x = np.full(100_000, 200.0, np.float32)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        actfn.exponential(x)
    with np.errstate(over="ignore"):
        assert np.isinf(actfn.exponential(x)).all()
    with pytest.warns(RuntimeWarning, match="overflow"):
        actfn.exponential(np.float32(200.0))


def test_pickle_and_repr():
    for record in ELEMENTWISE:
        assert pickle.loads(pickle.dumps(record)) is record
        assert record.name in repr(record)
    stream = io.BytesIO()
    pickle.Pickler(stream).dump({"activation": actfn.gelu})


def test_bfloat16_scalars_and_mixed_types():
    one = ml_dtypes.bfloat16(1)
    assert actfn.gelu(one).dtype == DTYPES["bfloat16"]
    mixed = actfn.gelu.backward(np.ones(3, np.float32), np.ones(3, np.float64))
    assert mixed.dtype == np.float64
