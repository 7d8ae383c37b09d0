"""A higher temperature explores more."""

import numpy as np

import actfn
from actfn.lab.claim import CONDITIONAL, Claim, Curve, Number, Outcome, Picture, decide

ARMS, PULLS, SEEDS = 10, 400, 6
TEMPERATURES = (0.02, 0.05, 0.1, 0.2, 0.5, 2.0)

claim = Claim(
    name="temperature_explores",
    says="A higher temperature means more exploration.",
    source="the page, Q3",
    question="A bandit with ten arms, chosen by softmax over what each has paid so far: does the "
    "reward grow with the temperature?",
    choices=("yes", "no", "up to a point"),
    right="up to a point",
    expected="holds",
    code="arm = rng.choice(10, p=actfn.softmax(means, temperature=T))",
    tags=("softmax", "temperature", "exploration"),
)


def play(seed: int, temperature: float) -> tuple[float, float]:
    """(perplexity of the choices: arms in use, mean reward)."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 0.3, ARMS)
    sums, counts, reward = np.zeros(ARMS), np.zeros(ARMS), 0.0
    for _ in range(PULLS):
        p = actfn.softmax(sums / np.maximum(counts, 1), temperature=temperature)
        arm = rng.choice(ARMS, p=p / p.sum())
        paid = truth[arm] + rng.normal(0, 0.3)
        sums[arm] += paid
        counts[arm] += 1
        reward += paid
    share = counts[counts > 0] / PULLS
    return float(np.exp(-(share * np.log(share)).sum())), reward / PULLS - truth.mean()


@claim.measure
def run() -> Outcome:
    found = {t: np.array([play(seed, t) for seed in range(SEEDS)]) for t in TEMPERATURES}
    used = [float(found[t][:, 0].mean()) for t in TEMPERATURES]
    paid = [float(found[t][:, 1].mean()) for t in TEMPERATURES]
    return Outcome(
        decide(used == sorted(used), CONDITIONAL),
        f"the arms in use grow with T, but the reward is best in between, at T = "
        f"{TEMPERATURES[int(np.argmax(paid))]:g}",
        (
            Number("arms in use at T = 0.02", tuple(found[0.02][:, 0])),
            Number("arms in use at T = 2", tuple(found[2.0][:, 0])),
        ),
        Picture(
            "log10 T",
            "reward over chance",
            (Curve("reward", np.log10(TEMPERATURES).tolist(), paid),),
        ),
    )
