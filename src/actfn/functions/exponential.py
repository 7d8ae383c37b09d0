"""Exponential."""

from actfn.activation import Activation
from actfn.elementary import exp

exponential = Activation(
    name="exponential",
    formula="exp(x)",
    limits=("0", "inf"),
    source="Keras, activations.exponential; Euler 1748, Introductio in analysin infinitorum, 1.7",
    same_as={
        "torch": "exp",
        "jax": "numpy.exp",
        "keras": "activations.exponential",
        "onnx": "Exp",
    },
    aliases=("exp",),
    disagreements={"jax": "flushes subnormal results to 0 on the CPU; #16200"},
)


@exponential.kernel("forward", short=True, single=True)
def forward(x):
    return exp(x)


@exponential.kernel("derivative", short=True, single=True)
def derivative(x):
    return exp(x)


@exponential.kernel("second_derivative")
def second_derivative(x):
    return exp(x)


@exponential.kernel("derivative_from_output")
def derivative_from_output(y):
    return y
