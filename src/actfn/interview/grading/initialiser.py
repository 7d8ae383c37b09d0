"""Grading a random initialiser: shape, mean, variance and the generator it draws from."""

from collections.abc import Iterator

import numpy as np

from actfn.findings import FRAGILE, WRONG, Finding
from actfn.interview.sandbox import GENERATOR, Call

SHAPES = ((256, 512), (300, 40), (64, 1024))
SEEDS = (1, 1, 2)
# Chance of a false alarm per check: the sum of n squares is n within 6 sqrt(2 n).
SIGMAS = 6.0
# E v^4 / (E v^2)^2: 1.8 for the uniform distribution, 3 for the normal one, between them for a
# normal one that is cut off; +-s alone has 1, long tails more than 3.
UNIFORM, NORMAL = 1.8, 3.0


def calls() -> list[Call]:
    """Three shapes, and the first one again with the same and with another seed."""
    first = [Call((*shape, GENERATOR), {}, seed=SEEDS[0]) for shape in SHAPES]
    return first + [Call((*SHAPES[0], GENERATOR), {}, seed=seed) for seed in SEEDS[1:]]


def judge(outcomes) -> Iterator[Finding]:
    """What the samples show."""
    for shape, outcome in zip(SHAPES, outcomes, strict=False):
        shown = f"fan_in={shape[0]}, fan_out={shape[1]}"
        if outcome.status != "ok":
            yield Finding("error", WRONG, f"raises: {outcome.message}", shown)
            return
        yield from _sample(np.asarray(outcome.value), shape, shown)
    again, other = (o.value for o in outcomes[len(SHAPES) :])
    if not np.array_equal(outcomes[0].value, again):
        yield Finding("generator", FRAGILE, "the same generator gives other weights: draw from rng")
    elif np.array_equal(again, other):
        yield Finding("generator", WRONG, "another generator gives the same weights: draw from rng")


def _sample(value, shape, shown) -> Iterator[Finding]:
    if value.shape != shape:
        yield Finding("shape", WRONG, "the weights have the wrong shape", shown,
                      f"shape {value.shape}", f"shape {shape}")  # fmt: skip
        return
    variance, n = 2.0 / shape[0], value.size
    squares = value.astype(float) ** 2
    mean, found = float(value.mean()), float(squares.mean())
    if abs(mean) > SIGMAS * np.sqrt(variance / n):
        yield Finding("mean", WRONG, "the mean is not 0", shown, f"{mean:.4g}", "0")
    elif abs(found / variance - 1) > SIGMAS * np.sqrt(2.0 / n):
        yield Finding("variance", WRONG, "the variance is not 2 / fan_in", shown,
                      f"{found:.4g}", f"{variance:.4g}")  # fmt: skip
    elif not _is_normal_or_uniform(squares):
        yield Finding("distribution", WRONG, "the weights are neither normal nor uniform", shown)


def _is_normal_or_uniform(squares: np.ndarray) -> bool:
    """By the fourth moment: of normal numbers its variance is 96 / n, of uniform ones less."""
    kurtosis = float((squares**2).mean() / squares.mean() ** 2)
    error = SIGMAS * np.sqrt(96.0 / squares.size)
    return bool(UNIFORM - error < kurtosis < NORMAL + error)
