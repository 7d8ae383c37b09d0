"""Temperature makes sampled text dull or wild."""

import numpy as np

import actfn
from actfn.diagnose.plain import PlainNetwork
from actfn.lab.claim import Claim, Curve, Number, Outcome, Picture, decide

TEXT = (
    "a unit that never fires gets no gradient and a unit that gets no gradient never learns. "
    "the slope of the sigmoid is at most a quarter and the slope of the tangent is at most one. "
    "a layer that keeps the size of its signal keeps the size of its gradient too. "
    "when the temperature falls the largest score takes all and when it grows all are equal. "
)
SEEN, LENGTH, STEPS = 4, 300, 500  # letters that the next one is guessed from
TEMPERATURES = (0.2, 0.5, 1.0, 2.0)

claim = Claim(
    name="temperature_in_text",
    says="In sampling, temperature controls randomness: low is repetitive, high is varied.",
    source="the page, Q3",
    question="A small model of letters writes at T = 0.2 and at T = 2: at which does it write more "
    "groups of letters that its text never had?",
    choices=("at 0.2", "at 2", "at neither"),
    right="at 2",
    expected="holds",
    code="letter = actfn.sample(logits, temperature=T, rng=rng)",
    tags=("softmax", "temperature", "sampling"),
)
LETTERS = sorted(set(TEXT))


def learned() -> PlainNetwork:
    """A network that guesses the next letter from the last four."""
    rng = np.random.default_rng(0)
    n = len(LETTERS)
    network = PlainNetwork(
        [
            (rng.normal(0, 0.5, (SEEN * n, 64)).astype(np.float32), np.zeros(64), "tanh"),
            (rng.normal(0, 1 / 8, (64, n)).astype(np.float32), np.zeros(n), None),
        ],
        optimizer=("adam", 0.01),
    )
    codes = np.array([LETTERS.index(c) for c in TEXT])
    windows = np.stack([codes[i : len(codes) - SEEN + i] for i in range(SEEN)], axis=1)
    for _ in range(STEPS):
        rows = rng.integers(0, len(windows), 64)
        network.step((one_hot(windows[rows]), codes[SEEN:][rows]), 0.01)
    return network


def one_hot(codes: np.ndarray) -> np.ndarray:
    """Letters as rows of zeros with one 1 each, side by side."""
    return np.eye(len(LETTERS), dtype=np.float32)[codes].reshape(len(codes), -1)


def write(network: PlainNetwork, temperature: float, seed: int) -> str:
    """A text of 300 letters, begun like the one that was learned."""
    rng, codes = np.random.default_rng(seed), [LETTERS.index(c) for c in TEXT[:SEEN]]
    for _ in range(LENGTH):
        logits = network.forward(one_hot(np.array([codes[-SEEN:]])))[1][0]
        p = actfn.softmax(logits.astype(np.float64), temperature=temperature)
        codes.append(int(rng.choice(len(p), p=p / p.sum())))
    return "".join(LETTERS[c] for c in codes)


def strange(text: str) -> float:
    """The share of five letters in a row that the learned text does not have."""
    known = {TEXT[i : i + 5] for i in range(len(TEXT))}
    groups = [text[i : i + 5] for i in range(len(text) - 4)]
    return float(np.mean([g not in known for g in groups]))


@claim.measure
def run() -> Outcome:
    network = learned()
    found = {t: [strange(write(network, t, seed)) for seed in range(3)] for t in TEMPERATURES}
    means = [float(np.mean(found[t])) for t in TEMPERATURES]
    low, high = (
        Number("new groups of letters at T = 0.2", tuple(found[0.2])),
        Number("at T = 2", tuple(found[2.0])),
    )
    return Outcome(
        decide(means == sorted(means) and low.mean < 0.5 * high.mean),
        "low temperatures repeat what was learned, high ones leave it",
        (low, high),
        Picture("temperature", "new groups of letters", (Curve("letters", TEMPERATURES, means),)),
    )
