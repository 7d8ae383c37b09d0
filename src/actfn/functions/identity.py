"""Identity: the input itself."""

from actfn.activation import Activation
from actfn.elementary import where

identity = Activation(
    name="identity",
    formula="x",
    disagreements={
        "torch": "the derivative at NaN is 1",
        "jax": "the derivative at NaN is 1",
    },
    source="the linear unit; no paper",
    same_as={
        "torch": "nn.Identity",
        "jax": "nn.identity",
        "keras": "activations.linear",
        "onnx": "Identity",
        "hf": "linear",
    },
    aliases=("linear",),
)


@identity.kernel("forward", single=True)
def forward(x):
    return x


@identity.kernel("derivative", single=True)
def derivative(x):
    return where(x == x, 1, x)  # NaN stays NaN


@identity.kernel("second_derivative")
def second_derivative(x):
    return where(x == x, 0, x)


@identity.kernel("derivative_from_output")
def derivative_from_output(y):
    return where(y == y, 1, y)
