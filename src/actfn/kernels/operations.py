"""The operations of one activation on arrays: ufuncs, binding of parameters, threads, errors."""

from itertools import chain

import numpy as np

from actfn.activation import FORWARD, parameter_kernel
from actfn.errors import DTypeError
from actfn.kernels import machine_code, threads
from actfn.kernels.digest import digest_of, file_digest

_UFUNC_OPTIONS = {"out", "where", "dtype", "casting", "order", "subok", "signature"}
FLOATS = "float16, bfloat16, float32, float64, integers and bool"


class Operations:
    """Built on first use; each ufunc is compiled when it is first needed."""

    def __init__(self, record):
        self.record = record
        self.names = record.parameter_names
        self.default_values = tuple(parameter.value for parameter in record.parameters)
        self.complete = None not in self.default_values
        # NumPy takes a 0-d array at less than half the cost of a Python float.
        self._default_arrays = tuple(np.array(v) for v in self.default_values)
        self._ufuncs = {}

    def core(self, key: str, arithmetic: str, element: str) -> int:
        """The address of the compiled kernel `key`, as loops for this element type need it."""
        return self._load((key,), arithmetic, element, with_gradient=False)

    def _plan(self, keys, element: str, with_gradient: bool) -> list[int]:
        """What a ufunc's loop needs to be told of its outputs: see `actfn.kernels.loops`."""
        record = self.record
        if element != "float32" or any(key in record.wide - record.single.keys() for key in keys):
            return [0, *chain.from_iterable((*self._cores(key, element), 0, 0) for key in keys)]
        forms = ["single" if key in record.single else "direct" for key in keys]
        joint = len(set(forms)) == 1
        plan = [int(joint)]
        for key, form in zip(keys, forms, strict=True):
            direct = self._load(keys if joint else (key,), form, element, with_gradient)
            plan += [*self._cores(key, element), direct, int(form == "single")]
        return plan

    def _cores(self, key: str, element: str) -> tuple[int, int]:
        """The core with buffers, and the fallback behind it, if it is two-float."""
        plain = self.core(key, "float64", element)
        if element == "float32" and key not in self.record.wide:
            return plain, 0
        return self.core(key, "two-float", element), plain

    def _load(self, keys, arithmetic, element, with_gradient) -> int:
        """The address of a core, compiled unless it is on disk."""
        record = self.record
        short = element == "float32" and any(key in record.short for key in keys)
        parts = (record.name, *keys, arithmetic, "gradient" * with_gradient, "short" * short)
        symbol = "_".join(("actfn", *filter(None, parts))).replace("-", "_")

        def make_ir():
            from actfn.kernels.cores import compile_core

            functions = [self._function(key, arithmetic, element) for key in keys]
            sizes = len(record.inputs), len(self.names)
            return compile_core(functions, *sizes, arithmetic, symbol, with_gradient)

        digest = "".join(digest_of(record, key, element) for key in keys)
        return machine_code.load(digest + file_digest(), symbol, make_ir)

    def _function(self, key, arithmetic, element):
        """The text of a kernel in the forms that this arithmetic computes with."""
        record = self.record
        if arithmetic == "single":
            from actfn.kernels.single_forms import in_singles

            return in_singles(record.single[key])
        if element == "float32" and key in record.short:
            from actfn.kernels.short_forms import shortened

            return shortened(record.kernels[key])
        return record.kernels[key]

    def ufunc(self, operation: str) -> np.ufunc:
        """The ufunc of an operation or of a kernel."""
        try:
            return self._ufuncs[operation]
        except KeyError:
            pass
        from actfn.kernels.ufuncs import make_ufunc

        keys, with_gradient = self._shape_of(operation)
        found = {}

        def plan_for(element):
            kind = "float32" if element == "float32" else "wide"
            if kind not in found:
                found[kind] = self._plan(keys, element, with_gradient)
            return found[kind]

        record = self.record
        name = record.name if operation == FORWARD else f"{record.name}_{operation}"
        doc = f"{operation} of {record.name}: {record.formula}"
        made = make_ufunc(
            name, doc, len(record.inputs), len(self.names), plan_for,
            with_gradient=with_gradient, outputs=len(keys),
        )  # fmt: skip
        self._ufuncs[operation] = made
        return made

    def _shape_of(self, operation: str):
        if operation.startswith("backward_by_"):
            return (parameter_kernel(operation.removeprefix("backward_by_")),), True
        return self.record.operation_kernels.get(operation, ((operation,), False))

    def bind(self, parameters, options):
        """Parameter values in order, and the options that are the ufunc's own."""
        if not parameters and not options and self.complete:
            return self.default_values, options
        names, values = self.names, list(self.default_values)
        if len(parameters) > len(names):
            raise TypeError(
                f"{self.record.name} takes {len(names)} parameters {names}, "
                f"{len(parameters)} were given by position"
            )
        values[: len(parameters)] = parameters
        rest = {}
        for name, value in options.items():
            if name in names:
                if names.index(name) < len(parameters):
                    raise TypeError(f"{self.record.name}: '{name}' was given twice")
                values[names.index(name)] = value
            elif name in _UFUNC_OPTIONS:
                rest[name] = value
            else:
                known = ", ".join((*names, "out", "where", "dtype"))
                raise TypeError(f"{self.record.name} has no option '{name}'; it takes {known}")
        missing = [n for n, v in zip(names, values, strict=True) if v is None]
        if missing:
            raise TypeError(f"{self.record.name} needs {', '.join(missing)}")
        return tuple(values), rest

    def apply(self, operation, arrays, parameters, options):
        """Bind and run."""
        # The common calls, kept short: for small arrays the call itself is most of the time.
        out = options.get("out")
        if parameters or not self.complete or len(options) > (out is not None):
            bound, options = self.bind(parameters, options)
            return self.run(operation, arrays, bound, options)
        ufunc, first = self._ufuncs.get(operation), arrays[-1]
        if ufunc is not None and type(first) is np.ndarray and first.size < threads.MINIMUM:
            try:
                return ufunc(*arrays, *self._default_arrays, out=out)
            except TypeError:
                pass  # told properly below
        return self.run(operation, arrays, self.default_values, options)

    def run(self, operation, arrays, bound, options):
        """Call the ufunc; plain large arrays are split over threads."""
        ufunc = self._ufuncs.get(operation) or self.ufunc(operation)
        try:
            first = arrays[-1]
            if type(first) is np.ndarray and first.size >= threads.MINIMUM:
                outputs = self._outputs_for_threads(ufunc, arrays, bound, options)
                if outputs is not None:
                    threads.run(ufunc, (*arrays, *bound), outputs)
                    return outputs if len(outputs) > 1 else outputs[0]
            return ufunc(*arrays, *bound, **options)
        except TypeError as error:
            refused = self._refused(arrays)
            if refused is None:
                raise
            raise DTypeError(
                f"{self.record.name} is defined for real numbers ({FLOATS}); "
                f"received an array of {refused}"
            ) from error

    def _refused(self, arrays):
        for array in arrays:
            dtype = getattr(array, "dtype", None)
            dtype = np.asarray(array).dtype if dtype is None else dtype
            if (dtype.kind not in "fiub" and dtype.name != "bfloat16") or dtype.char in "gO":
                return dtype
        return None

    def _outputs_for_threads(self, ufunc, arrays, bound, options):
        """Where the result goes, or None where the call is not one for threads."""
        if threads.get_num_threads() == 1 or not options.keys() <= {"out"}:
            return None
        everything = (*arrays, *bound)
        if any(type(a) is not np.ndarray and not isinstance(a, (float, int)) for a in everything):
            return None
        dtype = arrays[-1].dtype
        floats = dtype.kind == "f" or dtype.name == "bfloat16"
        # One type for all arrays and one shape: otherwise NumPy's own promotion decides.
        if not floats or dtype.char == "g" or any(a.dtype != dtype for a in arrays):
            return None
        given = options.get("out")
        if given is not None:
            given = given if isinstance(given, tuple) else (given,)
            if any(type(o) is not np.ndarray or o.dtype != dtype for o in given):
                return None
        shape = np.broadcast_shapes(*(np.shape(a) for a in everything))
        if given is None:
            return tuple(
                np.empty_like(arrays[-1]) if arrays[-1].shape == shape else np.empty(shape, dtype)
                for _ in range(ufunc.nout)
            )
        if any(o.shape != shape or not o.flags.writeable for o in given):
            return None
        # A shifted overlap must be read whole before it is written: NumPy's buffering does that.
        inputs = [a for a in everything if type(a) is np.ndarray]
        if any(np.may_share_memory(o, a) and not _same(o, a) for o in given for a in inputs):
            return None
        return given

    def reduce_gradient(self, name, grad_output, x, bound):
        """The gradient of one parameter, summed in float64 over the axes it was broadcast along."""
        value = bound[self.names.index(name)]
        each = np.asarray(self.run(f"backward_by_{name}", (grad_output, x), bound, {}))
        shape = np.shape(value)
        extra = tuple(range(each.ndim - len(shape)))
        ones = tuple(
            k for k, n in enumerate(shape, start=len(extra)) if n == 1 and each.shape[k] != 1
        )
        total = np.sum(each, axis=extra + ones, keepdims=True, dtype=np.float64)
        total = total.reshape(shape)
        dtype = getattr(value, "dtype", None)
        return total.astype(each.dtype if dtype is None or dtype.kind in "iub" else dtype)[()]


def _same(a, b) -> bool:
    return a.ctypes.data == b.ctypes.data and a.shape == b.shape and a.strides == b.strides
