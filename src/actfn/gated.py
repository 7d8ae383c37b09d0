"""The record of a gated unit: activation(gate) * value, on two arrays or on one that is split."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from actfn.activation import FORWARD, Activation, Record, parameter_kernel
from actfn.elementary import where
from actfn.errors import ShapeError
from actfn.formula import Name, Operation, to_text

GATE, VALUE = "gate", "value"
_SECOND = ("second_gate_gate", "second_gate_value", "second_value_value")


@dataclass(eq=False)
class Gated(Record):
    """A gated linear unit: call it with two arrays, or with one and a layout.

    `activation` is the record applied to the gate; the formula and all kernels follow from it,
    unless the file attaches its own. `gate_position` says which argument (or half) is the gate.

    Accuracy is that of the activation, with one limit in float64: where activation(gate) alone is
    subnormal (gate below about -700 for SiLU) its digits are gone before the product is formed.
    """

    formula: str = ""
    source: str = ""
    activation: Activation | None = None
    gate_position: str = "first"

    inputs = (GATE, VALUE)
    KERNELS = (FORWARD, *_SECOND)
    operation_kernels: ClassVar[dict] = {
        "derivative": ((parameter_kernel(GATE), parameter_kernel(VALUE)), False),
        "second_derivative": (_SECOND, False),
        "backward": ((parameter_kernel(GATE), parameter_kernel(VALUE)), True),
    }

    def __post_init__(self):
        if self.activation is not None and not self.formula:
            gate = self.activation.tree.substitute(x=GATE)
            self.formula = to_text(Operation("*", gate.tree, Name(VALUE)))
        super().__post_init__()
        if self.activation is not None:
            self.kernels.update(_product_kernels(self.activation))
            if "derivative" in self.activation.wide:
                self.wide.add(parameter_kernel(GATE))

    def __repr__(self) -> str:
        return f"<gated unit {self.name}: {self.formula}>"

    @property
    def saved(self) -> str:
        """Which tensor the backward pass needs: both inputs."""
        return "input"

    def __call__(
        self, first, second=None, *parameters, axis=-1, layout="halves", gate=None, **options
    ):
        """The unit's value; with one array, `axis` is split as `layout` says.

        Parameters
        ----------
        first, second : array_like
            The two arrays, in the order that `gate` gives; without `second`, `first` is split.
        axis, layout : int, {"halves", "interleaved"}
            How one array holds both: two halves of `axis`, or alternating entries.
        gate : {"first", "last"}
            Which of the two is the gate; by default the convention of the unit's paper.
        """
        pair = self._pair(first, second, axis, layout)
        return self.operations.apply(FORWARD, self._ordered(pair, gate), parameters, options)

    def derivative(
        self, first, second=None, *parameters, axis=-1, layout="halves", gate=None, **options
    ):
        """(df/dfirst, df/dsecond), a number per element."""
        pair = self._pair(first, second, axis, layout)
        results = self.operations.apply(
            "derivative", self._ordered(pair, gate), parameters, options
        )
        return self._ordered(results, gate)

    def second_derivative(
        self, first, second=None, *parameters, axis=-1, layout="halves", gate=None, **options
    ):
        """(d2f/dfirst2, d2f/dfirst dsecond, d2f/dsecond2), a number per element."""
        pair = self._pair(first, second, axis, layout)
        gg, gv, vv = self.operations.apply(
            "second_derivative", self._ordered(pair, gate), parameters, options
        )
        return (gg, gv, vv) if self._gate_first(gate) else (vv, gv, gg)

    def backward(
        self,
        grad_output,
        first,
        second=None,
        *parameters,
        axis=-1,
        layout="halves",
        gate=None,
        **options,
    ):
        """grad_output times both derivatives, in one pass.

        Two arrays, or one laid out as the input.
        """
        if second is not None:
            arrays = (grad_output, *self._ordered((first, second), gate))
            return self._ordered(
                self.operations.apply("backward", arrays, parameters, options), gate
            )
        x = np.asarray(first)
        result = options.pop("out", None)
        result = np.empty_like(x) if result is None else result
        if result.shape != x.shape:
            raise ShapeError(f"{self.name}.backward: out has shape {result.shape}, x has {x.shape}")
        arrays = (grad_output, *self._ordered(self._pair(x, None, axis, layout), gate))
        views = self._ordered(self._pair(result, None, axis, layout), gate)
        self.operations.apply("backward", arrays, parameters, {**options, "out": views})
        return result

    def _gate_first(self, gate) -> bool:
        position = self.gate_position if gate is None else gate
        if position not in ("first", "last"):
            raise ValueError(f"{self.name}: gate must be 'first' or 'last', not {gate!r}")
        return position == "first"

    def _ordered(self, pair, gate):
        """(first, second) as (gate, value), and back: swapping is its own inverse."""
        first, second = pair
        return (first, second) if self._gate_first(gate) else (second, first)

    def _pair(self, first, second, axis, layout):
        if second is not None:
            return first, second
        x = np.asarray(first)
        if x.ndim == 0:
            raise ShapeError(f"{self.name} needs two arrays, or one with an axis to split; got 0-d")
        if not -x.ndim <= axis < x.ndim:
            raise ShapeError(f"{self.name}: axis {axis} of an array with {x.ndim} axes")
        length = x.shape[axis]
        if length % 2:
            raise ShapeError(f"{self.name} splits axis {axis} in two; its length {length} is odd")
        moved = np.moveaxis(x, axis, -1)
        if layout == "halves":
            parts = moved[..., : length // 2], moved[..., length // 2 :]
        elif layout == "interleaved":
            parts = moved[..., 0::2], moved[..., 1::2]
        else:
            raise ValueError(
                f"{self.name}: layout must be 'halves' or 'interleaved', not {layout!r}"
            )
        return tuple(np.moveaxis(part, -1, axis) for part in parts)


def _product_kernels(activation: Activation) -> dict:
    """The kernels of activation(gate) * value from those of the activation."""
    value_of = activation.kernels["forward"]
    slope_of = activation.kernels["derivative"]
    bend_of = activation.kernels["second_derivative"]

    def forward(gate, value):
        return value_of(gate) * value

    def by_gate(gate, value):
        return slope_of(gate) * value

    def by_value(gate, value):
        # Adding 0 * value would carry NaN over, and make NaN of an infinite value.
        return where(value == value, value_of(gate), value)

    def gate_gate(gate, value):
        return bend_of(gate) * value

    def gate_value(gate, value):
        return where(value == value, slope_of(gate), value)

    def value_value(gate, value):
        return where((gate == gate) & (value == value), 0, gate + value)

    return {
        FORWARD: forward,
        parameter_kernel(GATE): by_gate,
        parameter_kernel(VALUE): by_value,
        **dict(zip(_SECOND, (gate_gate, gate_value, value_value), strict=True)),
    }
