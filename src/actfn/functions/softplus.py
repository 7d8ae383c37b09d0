"""Softplus."""

from actfn.activation import Activation, Parameter
from actfn.elementary import absolute, exp, expm1, log1p, minimum, where
from actfn.functions.sigmoid import beside_log1p

softplus = Activation(
    name="softplus",
    formula="softplus(beta * x) / beta",
    parameters=(Parameter("beta", "1", "sharpness: relu as beta grows", ("0.3", "2.5", "0.01")),),
    limits=("0", "inf"),
    source="Dugas, Bengio, Belisle, Nadeau & Garcia 2000, NIPS 13, section 2",
    same_as={
        "torch": "nn.functional.softplus(threshold=inf)",
        "jax": "nn.softplus",
        "keras": "activations.softplus",
        "onnx": "Softplus",
        "scipy": "special.softplus",
    },
    aliases=("soft_plus", "softrelu", "soft_relu", "log1pexp"),
    disagreements={
        "torch": "threshold=20 returns x itself beyond beta x = 20: 5.8e5 ULP wrong just above it "
        "in float64; inf for large beta (#171249)",
    },
    notes="The derivative is sigmoid(beta x).",
)

# Below it log1p(e) is e to more than 106 bits.
FAINT = 1e-40


@softplus.kernel("forward", short=True)
def forward(x, beta):
    # x itself, not (beta x) / beta: beta x may overflow. The rest has the sign of beta in it, so
    # nothing cancels for a negative one either.
    z = beta * x
    half = exp(-0.5 * absolute(z))
    e = half * half
    # Dividing before the second factor: e / beta may be normal where e is subnormal.
    rest = where(e < FAINT, half / beta * half, log1p(e) / beta)
    return where(z > 0, x, 0) + rest


@softplus.single_kernel("forward")
def forward_single(x, beta):
    z = beta * x
    return where(z > 0, x, 0) + log1p(exp(-absolute(z))) * (1 / beta)


@softplus.kernel("derivative", short=True)
def derivative(x, beta):
    z = beta * x
    e = exp(-absolute(z))
    return where(z < 0, e, 1) / (1 + e)


@softplus.single_kernel("derivative")
def derivative_single(x, beta):
    return beside_log1p(beta * x)


@softplus.kernel("second_derivative")
def second_derivative(x, beta):
    half = exp(-0.5 * absolute(beta * x))
    root = half / (1 + half * half)
    return root * beta * root


@softplus.kernel("derivative", by="beta")
def by_beta(x, beta):
    # (z sigmoid(z) - log(1 + exp(z))) / beta**2 is even in z; written at -|z| both of its terms
    # are negative.
    t = minimum(absolute(beta * x), 1600)
    half = exp(-0.5 * t)
    e = half * half
    near = (t * e / (1 + e) + log1p(e)) / beta / beta
    return -where(e < FAINT, (t + 1) * half / beta / beta * half, near)


@softplus.kernel("derivative_from_output")
def derivative_from_output(y, beta):
    # exp(beta y) = 1 + exp(beta x)
    return absolute(expm1(-beta * y))
