"""Rectified linear unit clipped at 6 (ReLU6)."""

from actfn.activation import Activation, Kink
from actfn.elementary import where

relu6 = Activation(
    name="relu6",
    formula="clip(x, 0, 6)",
    kinks={
        "0": Kink("0", "the flat side, as for relu"),
        "6": Kink("0", "the flat side, as in PyTorch, JAX, TensorFlow, Paddle and MLX"),
    },
    limits=("0", "6"),
    source="Sandler et al. 2018, arXiv:1801.04381, section 4",
    same_as={
        "torch": "nn.functional.relu6",
        "jax": "nn.relu6",
        "keras": "activations.relu6",
        "hf": "relu6",
    },
    disagreements={
        "torch": "the derivative at NaN is not NaN",
        "jax": "the derivative at NaN is 0",
        "onednn": "eltwise_clip has derivative 1 at 6, eltwise_clip_v2 has 0",
    },
)


@relu6.kernel("forward", single=True)
def forward(x):
    return where(x > 0, where(x < 6, x, 6), where(x <= 0, 0, x))


@relu6.kernel("derivative", single=True)
def derivative(x):
    return where(x > 0, where(x < 6, 1, 0), where(x <= 0, 0, x))


@relu6.kernel("second_derivative")
def second_derivative(x):
    return where(x == x, 0, x)  # NaN stays NaN


@relu6.kernel("derivative_from_output")
def derivative_from_output(y):
    return where(y > 0, where(y < 6, 1, 0), where(y <= 0, 0, y))
