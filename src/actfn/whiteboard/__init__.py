"""The model answers: activation functions as you would write them at a whiteboard.

Plain NumPy, a few lines each. Some have the names and signatures of the page of interview
questions that actfn grew from; the others have the names of the library's own functions and take
the same arguments, as far as they take them. Where the page's own code or another usual form
breaks, the code here does not, and a comment at that place says what broke.

Every function

- takes arrays and lists, single numbers too where it needs no row, and never changes its input;
- returns float16 for float16, float32 for float32, float64 for float64, integers and booleans;
- passes NaN on, to its whole row where it works on rows (what draws at random refuses NaN);
- raises no floating-point flag (underflow apart) on finite input whose result is finite.

Where rows share something out, -inf means "not there": no share, and zeros if nothing else is
there. Entries at +inf take everything.

The library's own functions (`actfn.gelu`, `actfn.softmax`, ...) are more accurate and faster.
These are for reading and for learning.
"""

from actfn.whiteboard.elementwise import (
    elu,
    gelu,
    leaky_relu,
    leaky_relu_grad,
    prelu,
    relu,
    relu_grad,
    sigmoid,
    sigmoid_grad,
    tanh,
    tanh_grad,
)
from actfn.whiteboard.losses import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_grad,
    distillation_loss,
    kl_divergence,
)
from actfn.whiteboard.rows import (
    hardmax,
    log_softmax,
    logsumexp,
    masked_softmax,
    softmax,
    softmax_backward,
    softmax_jacobian,
    softmax_with_sink,
    softmax_with_temperature,
    softmin,
)
from actfn.whiteboard.sampling import (
    boltzmann,
    epsilon_greedy,
    gumbel_softmax,
    sample_with_temperature,
)
from actfn.whiteboard.sparse import entmax15, sparsemax
from actfn.whiteboard.start import kaiming_init

__all__ = [
    "binary_cross_entropy_with_logits",
    "boltzmann",
    "cross_entropy",
    "cross_entropy_grad",
    "distillation_loss",
    "elu",
    "entmax15",
    "epsilon_greedy",
    "gelu",
    "gumbel_softmax",
    "hardmax",
    "kaiming_init",
    "kl_divergence",
    "leaky_relu",
    "leaky_relu_grad",
    "log_softmax",
    "logsumexp",
    "masked_softmax",
    "prelu",
    "relu",
    "relu_grad",
    "sample_with_temperature",
    "sigmoid",
    "sigmoid_grad",
    "softmax",
    "softmax_backward",
    "softmax_jacobian",
    "softmax_with_sink",
    "softmax_with_temperature",
    "softmin",
    "sparsemax",
    "tanh",
    "tanh_grad",
]
