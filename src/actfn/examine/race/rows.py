"""Functions of rows in the race: their shapes, their arguments, and the samplers."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from actfn.examine.race.case import BACKWARD, FORWARD, TOGETHER, Case

Shape = tuple[int, int]
_VOCABULARY: Shape = (64, 100_000)


@dataclass(frozen=True)
class RowCase:
    """What is raced of one function of rows.

    Attributes
    ----------
    shapes : rows and columns.
    operations : as in the race of elementwise functions.
    inputs : the distribution of the logits.
    options : of a sampler, the arguments of `actfn.sample`.
    """

    shapes: tuple[Shape, ...] = ((4096, 1000), (64, 50_000))
    operations: tuple[str, ...] = (FORWARD, BACKWARD)
    inputs: str = "normal3"
    options: dict[str, Any] = field(default_factory=dict)


def _sampler(inputs: str = "normal", shape: Shape = _VOCABULARY, **options: Any) -> RowCase:
    return RowCase((shape,), (FORWARD,), inputs, options)


FUNCTIONS = {
    "softmax": RowCase(),
    "log_softmax": RowCase(),
    "logsumexp": RowCase(operations=(FORWARD,)),
    "cross_entropy": RowCase(((4096, 32_000),), (TOGETHER,)),
}
SAMPLERS = {
    "sample": _sampler(),
    "sample_peaked": _sampler("normal3"),
    "sample_thousand": _sampler(shape=(8, 100_000), size=1000),
    "sample_different": _sampler(size=10, replace=False),
    "sample_top_k": _sampler(top_k=50),
    "sample_top_p": _sampler(top_p=0.9),
    "sample_top_p_peaked": _sampler("normal3", top_p=0.9),
    "sample_actions": _sampler(shape=(100_000, 4)),
    "gumbel_softmax": _sampler(temperature=0.7),
}
ROWS = {**FUNCTIONS, **SAMPLERS}
# Few enough for true values, and enough draws to tell a sampler's probabilities.
CHECKED: Shape = (16, 50)
CHECKED_SAMPLES: Shape = (4000, 60)


class Rows:
    """The arguments of a case of rows."""

    def __init__(self, case: Case):
        self.x = case.draw("x")
        self.dy = case.draw("dy")
        self.room = np.empty_like(self.x)
        self.numbers = np.empty(case.shape[0], self.x.dtype)
        self.target = np.random.default_rng(0).integers(0, case.shape[1], case.shape[0])
        self.options = SAMPLERS[case.name].options if case.name in SAMPLERS else {}
