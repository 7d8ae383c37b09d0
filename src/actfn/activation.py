"""The record of an activation: what it is, and the kernels that compute it.

Everything else about an activation (ufuncs, derivative as text, facts, oracle, docstring, page,
plot, tests) is derived from this record by the modules above.
"""

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from actfn import contract
from actfn.derived import Derived
from actfn.errors import RecordError
from actfn.formula import Formula
from actfn.record_checks import check


@dataclass(frozen=True)
class Parameter:
    """One parameter of an activation.

    `default` is a formula text such as "0.01" or "1/6", or None where the caller must give one.
    `learned` parameters are trained with the network: `backward` returns their gradient. With a
    `minimum` the parameter is meaningful from there on. `snap` reads a value that is the float64
    nearest to 1/n as exactly 1/n.
    """

    name: str
    default: str | None = None
    doc: str = ""
    test_values: tuple[str, ...] = ()
    minimum: str | None = None
    learned: bool = False
    snap: bool = False

    def exactly(self, value: float) -> Fraction | float:
        """The number that a parameter value stands for; see `snap`."""
        if not self.snap or not math.isfinite(value) or value == 0:
            return value
        nearest = round(1 / value)
        is_reciprocal = 1 <= nearest <= 10**6 and float(Fraction(1, nearest)) == value
        return Fraction(1, nearest) if is_reciprocal else value

    @cached_property
    def value(self) -> float | None:
        """The default as a float64."""
        return None if self.default is None else Formula.parse(self.default, ()).evaluate()


@dataclass(frozen=True)
class Kink:
    """The derivative chosen where the formula has none, and why.

    Both numbers are formula texts and may name parameters.
    """

    derivative: str
    reason: str
    second: str = "0"


FORWARD, DERIVATIVE, SECOND = "forward", "derivative", "second_derivative"
FROM_OUTPUT = "derivative_from_output"


def parameter_kernel(name: str) -> str:
    """The key of the kernel of df/d(parameter)."""
    return f"derivative_by_{name}"


@dataclass(eq=False)
class Record(Derived):
    """What every elementwise function declares, gated ones included.

    Parameters
    ----------
    name : the public name, also the module's.
    formula : text in the grammar of `actfn.formula`, the definition that all truth comes from.
    source : paper and equation.
    parameters, kinks : see `Parameter` and `Kink`; the keys of `kinks` are places as texts.
    limits : the values at the two ends of `domain`.
    domain : outside it the function is NaN.
    same_as : framework -> its spelling, where it computes the same function.
    aliases : further names that `actfn.get` understands.
    variants : framework -> the parameter values that its function of this name uses, as texts,
        where they are not the defaults here: {"onnx": {"slope": "0.2"}}.
    disagreements : framework -> what it does differently and where.
    float32_error : the reason, where float32 is worse than 0.55 ULP.
    uncertified : the reason, where there is no certificate over all 2**32 float32 inputs.
    """

    name: str
    formula: str
    source: str
    parameters: tuple[Parameter, ...] = ()
    kinks: dict[str, Kink] = field(default_factory=dict)
    limits: tuple[str, str] = ("-inf", "inf")
    domain: tuple[str, str] = ("-inf", "inf")
    same_as: dict[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    variants: dict[str, dict[str, str]] = field(default_factory=dict)
    disagreements: dict[str, str] = field(default_factory=dict)
    float32_error: str = ""
    uncertified: str = ""
    notes: str = ""

    inputs: ClassVar[tuple[str, ...]] = ("x",)
    KERNELS = (FORWARD, DERIVATIVE, SECOND, FROM_OUTPUT)

    def __post_init__(self):
        self.kernels: dict[str, Callable] = {}
        self.wide: set[str] = set()  # kernels that need two-float arithmetic even for float32
        self.single: dict[str, Callable] = {}  # kernels that float32 is computed with in float32
        self.short: set[str] = set()  # kernels that do with less than float64's digits for float32
        self.module = _calling_module()
        check(self)

    @cached_property
    def tree(self) -> Formula:
        """The parsed formula."""
        return Formula.parse(self.formula, (*self.inputs, *self.parameter_names))

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(parameter.name for parameter in self.parameters)

    @cached_property
    def defaults(self) -> dict[str, float]:
        """Parameter values used where an example is needed: defaults, else the first test value."""
        values = {}
        for parameter in self.parameters:
            text = parameter.default if parameter.default is not None else parameter.test_values[0]
            values[parameter.name] = Formula.parse(text, ()).evaluate()
        return values

    @property
    def built_in(self) -> bool:
        """Whether it comes with actfn, rather than from `actfn.define`."""
        return self.module.startswith("actfn.functions.")

    def number(self, text: str, /, **parameters: float) -> float:
        """What a text of the record, such as the place of a kink, is at these parameters.

        Missing parameters take their defaults.
        """
        return Formula.parse(text, self.parameter_names).evaluate(**self.defaults | parameters)

    def __reduce__(self):
        from actfn.catalogue import get

        return get, (self.name,)

    @cached_property
    def operations(self):
        """The compiled operations on arrays."""
        from actfn.kernels.operations import Operations

        return Operations(self)

    @property
    def ufunc(self):
        """The forward pass as a plain `numpy.ufunc`."""
        return self.operations.ufunc(FORWARD)

    def oracle(self, **parameters):
        """True values of the formula: an `actfn.oracle.Oracle` for these parameter values.

        A float means exactly that float64; missing parameters take their defaults.
        """
        from actfn.oracle import Oracle

        values = self.defaults | parameters
        exact = {p.name: p.exactly(values[p.name]) for p in self.parameters}
        kinks = {self.number(place, **parameters): kink for place, kink in self.kinks.items()}
        domain = tuple(self.number(end, **parameters) for end in self.domain)
        return Oracle(self.tree, exact, self.inputs[0], kinks, domain, self.limits)

    def ulp_bound(self, dtype: str, key: str = FORWARD) -> float:
        """How far from the true value the kernel may be for this dtype, in ULP."""
        if dtype == "float32" and (self.float32_error or key in self.single):
            return contract.FLOAT32_ULP_WITH_REASON
        return contract.BOUNDS[dtype]

    def kernel(
        self,
        key: str,
        *,
        by: str | None = None,
        wide: bool = False,
        short: bool = False,
        single: bool = False,
    ) -> Callable:
        """Decorator for the activation's own file: attach a scalar kernel.

        Parameters
        ----------
        key : "forward", "derivative", "second_derivative" or "derivative_from_output".
        by : for "derivative", the parameter to differentiate by instead of x.
        wide : use two-float arithmetic for float32 too, where float64 would cancel too much.
        short : for float32, take exp and its like to 2**-32 only, at half the cost.
        single : compute float32 in float32, with the rest that rounding leaves carried along;
            see `actfn.kernels.single`. Where that overflows or gives NaN, float64 is taken.
        """
        if by is not None:
            known = (*self.inputs, *self.parameter_names)
            if by not in known:
                message = f"{self.name} has no input or parameter '{by}'; it has {known}"
                raise RecordError(message)
            key = parameter_kernel(by)
        elif key not in self.KERNELS:
            raise RecordError(f"{self.name}: '{key}' is not one of the kernels {self.KERNELS}")
        if key in self.kernels:
            raise RecordError(f"{self.name}: the kernel '{key}' is already attached")

        def attach(function: Callable) -> Callable:
            self.kernels[key] = function
            if wide:
                self.wide.add(key)
            if short:
                self.short.add(key)
            if single:
                self.single[key] = function
            return function

        return attach

    def single_kernel(self, key: str) -> Callable:
        """Decorator: a text for `single` where the kernel's own would not do in float32."""
        if key not in self.kernels or key in self.single:
            what = "already single" if key in self.single else "not attached"
            raise RecordError(f"{self.name}: the kernel '{key}' is {what}")

        def attach(function: Callable) -> Callable:
            self.single[key] = function
            return function

        return attach


def _calling_module() -> str:
    """The module that creates a record: its own file, whose docstring holds the title."""
    frame = inspect.currentframe()
    while frame and frame.f_globals.get("__name__") in (__name__, "actfn.gated"):
        frame = frame.f_back
    return frame.f_globals.get("__name__", "") if frame else ""


class Activation(Record):
    """An elementwise activation: call it on anything NumPy can make an array of."""

    # operation -> (kernels of its outputs, does it take grad_output first)
    operation_kernels: ClassVar[dict] = {
        "value_and_derivative": ((FORWARD, DERIVATIVE), False),
        "backward": ((DERIVATIVE,), True),
        "backward_from_output": ((FROM_OUTPUT,), True),
    }

    def __repr__(self) -> str:
        return f"<activation {self.name}: {self.formula}>"

    @property
    def saved(self) -> str:
        """Which tensor the backward pass needs at least: "output" where that suffices."""
        return "output" if FROM_OUTPUT in self.kernels else "input"

    def __call__(self, x, *parameters, **options):
        """f(x), elementwise. `out=`, `where=`, `dtype=` and broadcasting as in any ufunc."""
        return self.operations.apply(FORWARD, (x,), parameters, options)

    def derivative(self, x, *parameters, **options):
        """f'(x), one number per element; at a kink the value that the record declares."""
        return self.operations.apply(DERIVATIVE, (x,), parameters, options)

    def second_derivative(self, x, *parameters, **options):
        """f''(x), one number per element."""
        return self.operations.apply(SECOND, (x,), parameters, options)

    def value_and_derivative(self, x, *parameters, **options):
        """(f(x), f'(x)) in one pass over x; backward is then one multiplication."""
        return self.operations.apply("value_and_derivative", (x,), parameters, options)

    def backward(self, grad_output, x, *parameters, **options):
        """grad_output * f'(x) in one pass, rounded once.

        For an activation with learned parameters: (gradient of x, gradient of each of them), the
        latter summed over the axes that the parameter was broadcast along.
        """
        operations, learned = self.operations, [p.name for p in self.parameters if p.learned]
        bound, options = operations.bind(parameters, options)
        gradient = operations.run("backward", (grad_output, x), bound, options)
        if not learned:
            return gradient
        return gradient, *(operations.reduce_gradient(n, grad_output, x, bound) for n in learned)

    def parameter_gradients(self, grad_output, x, *parameters, **named):
        """The gradient of every parameter, each summed to that parameter's shape.

        Returns
        -------
        dict : parameter name -> gradient.
        """
        bound, options = self.operations.bind(parameters, named)
        if options:
            raise TypeError(f"{self.name}.parameter_gradients takes no option {sorted(options)}")
        return {
            name: self.operations.reduce_gradient(name, grad_output, x, bound)
            for name in self.parameter_names
        }

    def derivative_from_output(self, y, *parameters, **options):
        """f'(x) from y = f(x) alone.

        Where y has been rounded to its limit the derivative is lost: the result is then 0 (or the
        limit). Use `value_and_derivative` for training.
        """
        self._needs_output()
        return self.operations.apply(FROM_OUTPUT, (y,), parameters, options)

    def backward_from_output(self, grad_output, y, *parameters, **options):
        """grad_output * f'(x) from y = f(x) alone; see `derivative_from_output`."""
        self._needs_output()
        return self.operations.apply("backward_from_output", (grad_output, y), parameters, options)

    def _needs_output(self):
        if FROM_OUTPUT not in self.kernels:
            raise TypeError(
                f"{self.name}: the output does not determine the derivative; "
                f"use {self.name}.derivative(x) and keep the input"
            )
