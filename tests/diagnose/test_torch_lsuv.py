"""LSUV for torch modules: every layer's output has variance 1, and nothing else changes."""

import random

import numpy as np
import pytest

import actfn
from actfn.errors import DiagnosisError

torch = pytest.importorskip("torch", reason="LSUV for modules needs torch")
nn, F = torch.nn, torch.nn.functional
from actfn.diagnose.frameworks import pytorch_initialise  # noqa: E402

TOLERANCE = 0.02  # of the variance; LSUV itself stops at 0.01


class Mixed(nn.Module):
    """Convolutions, one of them grouped, a norm, a shortcut, dropout, and weights used directly."""

    def __init__(self):
        super().__init__()
        self.first, self.norm = nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.second = nn.Conv2d(8, 8, 3, padding=1, groups=4, bias=False)
        self.drop, self.middle = nn.Dropout(0.3), nn.Linear(512, 40)
        self.head = nn.Linear(40, 10)
        self.outputs = {}

    def keep(self, name, z):
        self.outputs[name] = float(z.detach().double().var(correction=0))
        return z

    def forward(self, x):
        x = F.gelu(self.norm(self.keep("first", self.first(x))))
        x = torch.tanh(self.keep("second", self.second(x)) + x)
        x = self.keep("middle", F.linear(self.drop(x.flatten(1)), self.middle.weight))
        return self.keep("head", self.head(F.silu(x)))


def batch(n=256):
    """Images that are neither centred nor of unit size."""
    generator = torch.Generator().manual_seed(3)
    return torch.randn(n, 1, 8, 8, generator=generator) * 7 + 4, torch.zeros(n, dtype=torch.long)


def model(training=False):
    made = Mixed().train(training)
    with torch.no_grad():
        made.first.bias += 3
        made.norm.bias += 0.5
    return made


def variances(made, given):
    with torch.no_grad():
        made(given[0])
    return np.array(list(made.outputs.values()))


def test_every_output_has_variance_1():
    made = model()
    assert actfn.initialise(made, "lsuv", batch=batch(), rng=0) is made
    np.testing.assert_allclose(variances(made, batch()), np.ones(4), atol=TOLERANCE)
    assert not made.first.bias.any()
    assert not made.head.bias.any()


def test_while_training_too():
    """With the norm's statistics of the batch, and with dropout as it was drawn for it."""
    made = model(training=True)
    state = torch.get_rng_state()
    actfn.initialise(made, "lsuv", batch=batch(), rng=0)
    torch.set_rng_state(state)
    np.testing.assert_allclose(variances(made, batch()), np.ones(4), atol=TOLERANCE)


@pytest.mark.parametrize("broken", ["never scaled", "scaled by the variance"])
def test_what_does_not_scale_is_caught(monkeypatch, broken):
    def scale(variance, shrink):
        if broken == "scaled by the variance":
            shrink(variance())

    monkeypatch.setattr(pytorch_initialise, "to_unit_variance", scale)
    made = model()
    actfn.initialise(made, "lsuv", batch=batch(), rng=0)
    assert (np.abs(variances(made, batch()) - 1) > 10 * TOLERANCE).any()


@pytest.mark.parametrize("training", [True, False])
def test_nothing_else_changes(training):
    made = model(training)
    made.middle.eval()
    kept = {n: v.clone() for n, v in made.state_dict().items() if "norm" in n}
    modes = [m.training for m in made.modules()]
    torch_state, python, numpy = torch.get_rng_state(), random.getstate(), np.random.get_state()
    parameters = list(map(id, made.parameters()))
    actfn.initialise(made, "lsuv", batch=batch(), rng=0)
    after = made.state_dict()
    assert len(kept) == 5
    assert all(torch.equal(after[name], value) for name, value in kept.items())
    assert [m.training for m in made.modules()] == modes
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert random.getstate() == python
    np.testing.assert_array_equal(np.random.get_state()[1], numpy[1])
    assert list(map(id, made.parameters())) == parameters
    assert all(p.requires_grad and p.grad is None for p in made.parameters())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in made.modules())


def test_the_same_seed_gives_the_same_weights():
    one, two, other = (
        actfn.initialise(model(), "lsuv", batch=batch(), rng=seed).head.weight for seed in (1, 1, 2)
    )
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


class Breaks(Mixed):
    def forward(self, x):
        super().forward(x)
        raise RuntimeError("after all layers")


@pytest.mark.parametrize(
    "make, given, message",
    [
        (model, None, "needs batch="),
        (model, torch.zeros(16, 1, 8, 8), "same number"),
        (model, torch.full((16, 1, 8, 8), torch.nan), "not finite"),
        (model, torch.zeros(16, 3, 8, 8), "raised RuntimeError in batch 0"),
        (Breaks, batch(), "after all layers"),
        (lambda: nn.Sequential(nn.BatchNorm2d(1)), batch(), "no linear or convolutional"),
    ],
)
def test_bad_input_leaves_the_model_as_it_was(make, given, message):
    made = make()
    before = {name: value.clone() for name, value in made.state_dict().items()}
    with pytest.raises(DiagnosisError, match=message):
        actfn.initialise(made, "lsuv", batch=given, rng=0)
    after = made.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
