"""Distillation needs the factor T²."""

import numpy as np

import actfn
from actfn.lab.claim import Claim, Curve, Number, Outcome, Picture, decide

TEMPERATURES = (1.0, 2.0, 4.0, 8.0, 16.0, 64.0)

claim = Claim(
    name="distillation_needs_t_squared",
    says="The soft-target loss must be multiplied by T², or its gradient fades as T grows.",
    source="Hinton, Vinyals & Dean 2015, section 2",
    question="Without T², how much smaller is the gradient at T = 16 than at T = 1?",
    choices=("the same", "16 times", "about 256 times"),
    right="about 256 times",
    expected="holds",
    code="loss = T**2 * kl(softmax(teacher / T), softmax(student / T))",
    tags=("distillation", "temperature"),
)


def size(temperature: float, squared: bool) -> float:
    """The norm of the gradient by the student's logits."""
    rng = np.random.default_rng(0)
    student, teacher = rng.normal(0, 2, (2, 64, 10))
    _, gradient = actfn.distillation_loss(student, teacher, temperature=temperature, with_grad=True)
    return float(np.linalg.norm(gradient)) / (1.0 if squared else temperature**2)


@claim.measure
def run() -> Outcome:
    with_factor = [size(t, True) for t in TEMPERATURES]
    without = [size(t, False) for t in TEMPERATURES]
    steady = max(with_factor[2:]) / min(with_factor[2:]) < 1.5
    return Outcome(
        decide(steady and without[0] / without[4] > 100),
        "both softmaxes flatten with T, which divides the gradient by T²; the factor puts it back",
        (
            Number("gradient, T = 1 over T = 16, without T²", (without[0] / without[4],)),
            Number("gradient, T = 1 over T = 16, with T²", (with_factor[0] / with_factor[4],)),
        ),
        Picture("log2 T", "size of the gradient", (
            Curve("with T²", np.log2(TEMPERATURES).tolist(), with_factor),
            Curve("without", np.log2(TEMPERATURES).tolist(), without),
        ), log=True),
    )  # fmt: skip
