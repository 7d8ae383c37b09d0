"""torch modules: seen rightly, diagnosed, and left bit for bit as they were."""

import numpy as np
import pytest

import actfn
from actfn.diagnose.observe import Observer
from actfn.diagnose.slopes import label
from actfn.errors import DiagnosisError
from diagnose.digits import batches

torch = pytest.importorskip("torch", reason="the front for torch needs torch")
nn, F = torch.nn, torch.nn.functional
from actfn.diagnose.frameworks.pytorch import TorchNetwork  # noqa: E402


class Residual(nn.Module):
    """Convolutions, batch norm, a shortcut, functional activations, one of them in place."""

    def __init__(self):
        super().__init__()
        self.first, self.norm = nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.second = nn.Conv2d(8, 8, 3, padding=1)
        self.third = nn.Conv2d(8, 16, 3, padding=1)
        self.drop, self.head = nn.Dropout(0.1), nn.Linear(256, 10)

    def forward(self, x):
        x = F.relu(self.norm(self.first(x)), inplace=True)
        x = torch.relu(self.second(x) + x)
        x = F.max_pool2d(F.gelu(self.third(x)), 2)
        return self.head(self.drop(x.flatten(1)))


class Block(nn.Module):
    """A block as in GPT, with its embedding and its head."""

    def __init__(self, width=32, words=20):
        super().__init__()
        self.embed, self.norm_1, self.norm_2 = (
            nn.Embedding(words, width),
            nn.LayerNorm(width),
            nn.LayerNorm(width),
        )
        self.attention = nn.MultiheadAttention(width, 4, batch_first=True)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.head = nn.Linear(width, words)

    def forward(self, tokens):
        x = self.embed(tokens)
        h = self.norm_1(x)
        x = x + self.attention(h, h, h, need_weights=False)[0]
        x = x + self.down(F.gelu(self.up(self.norm_2(x)), approximate="tanh"))
        return self.head(x)


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.both, self.gate, self.value = nn.Linear(64, 32), nn.Linear(16, 8), nn.Linear(16, 8)
        self.slope, self.head = nn.PReLU(8), nn.Linear(8, 10)

    def forward(self, x):
        x = F.glu(self.both(x), dim=-1)
        return self.head(self.slope(F.silu(self.gate(x)) * self.value(x)))


def mlp(seed=0, activation=nn.ReLU):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Linear(64, 48), activation(), nn.Linear(48, 48), activation(), nn.Linear(48, 10)
    )


def data(size=128):
    return [(torch.tensor(x), torch.tensor(y)) for x, y in batches(size)]


def images():
    return [(x.reshape(-1, 1, 8, 8), y) for x, y in data()]


def tokens():
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randint(0, 20, (6, 8, 17), generator=generator)
    return [(t[:, :-1], t[:, 1:]) for t in drawn]


def seen(model, given):
    observer = Observer()
    TorchNetwork(model).observe(given, observer)
    return observer.layers


def summary(model, given):
    """(layer, activation without its parameters, units) in order."""
    found = seen(model, given).items()
    return [(name, label(layer.activation).split("(")[0], layer.size) for name, layer in found]


# ---------------------------------------------------------------- what is seen


def test_names_and_activations():
    torch.manual_seed(0)
    assert summary(Residual(), images()) == [
        ("norm", "relu", 8),
        ("second + shortcut", "relu", 8),
        ("third", "gelu", 16),
        ("head", "none", 10),
    ]
    assert summary(Block(), tokens()) == [("up", "gelu_tanh", 128), ("head", "none", 20)]
    assert summary(Gated(), data()) == [
        ("both", "sigmoid", 16),
        ("gate", "silu", 8),
        ("activation", "prelu", 8),
        ("head", "none", 10),
    ]


def test_a_linear_network_is_seen_as_numpy_sees_it():
    """The same layers as a module and as arrays give the same statistics."""
    model = mlp()
    linear = [m for m in model if isinstance(m, nn.Linear)]
    plain = [
        (m.weight.detach().numpy().T, m.bias.detach().numpy(), f)
        for m, f in zip(linear, ("relu", "relu", None), strict=True)
    ]
    ours = actfn.diagnose(plain, batches(), remedies=False)
    theirs = actfn.diagnose(model, data(), remedies=False)
    for one, other in zip(ours.layers, theirs.layers, strict=True):
        for name in (
            "mean",
            "spread",
            "forward_gain",
            "backward_gain",
            "sensitivity",
            "awake",
            "weight_gain",
        ):
            ours_is, theirs_is = getattr(one, name), getattr(other, name)
            assert (ours_is is None) == (theirs_is is None)
            assert (ours_is or 0.0) == pytest.approx(theirs_is or 0.0, rel=1e-4, abs=1e-6)
    for one, other in zip(ours.units.values(), theirs.units.values(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "call",
    [
        F.relu, torch.relu, torch.Tensor.relu, nn.ReLU(), lambda z: F.relu(z.clone(), inplace=True),
        lambda z: torch.clamp(z, min=0), lambda z: z.clone().relu_(),
    ],
    ids=["functional", "torch", "method", "module", "inplace", "clamp", "relu_"],
)  # fmt: skip
def test_every_way_to_write_relu(call):
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(64, 8), nn.Linear(8, 10)

        def forward(self, x):
            return self.b(call(self.a(x)))

    layer = seen(Model(), data())["a"]
    assert layer.activation.name == "relu"
    assert layer.has_gradient


def test_values_that_are_changed_in_place_before_the_next_layer():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(64, 8), nn.Linear(8, 10)

        def forward(self, x):
            x = F.silu(self.a(x))
            x += 1
            return self.b(x)

    model, (x, y) = Model(), data()[0]
    found = seen(model, [(x, y)])
    value = F.silu(model.a(x)).detach().double().numpy()
    assert found["a"].a_squares == pytest.approx((value**2).sum(), rel=1e-6)
    np.testing.assert_allclose(found["b"].inputs.squares, ((value + 1) ** 2).sum(0), rtol=1e-6)
    np.testing.assert_allclose(found["b"].inputs.low, value.min(0) + 1, rtol=1e-6)


@pytest.mark.parametrize(
    "module, name, values",
    [
        (nn.LeakyReLU(0.2), "leaky_relu", {"negative_slope": 0.2}),
        (nn.ELU(0.5), "elu", {"alpha": 0.5}),
        (nn.Hardtanh(-2.0, 3.0), "hard_tanh", {"min": -2.0, "max": 3.0}),
        (nn.Softshrink(0.3), "soft_shrink", {"threshold": 0.3}),
        (nn.Hardswish(), "hard_swish", {}),
        (nn.LogSigmoid(), "log_sigmoid", {}),
        (nn.Mish(), "mish", {}),
        (nn.Tanh(), "tanh", {}),
    ],
    ids=lambda v: type(v).__name__ if isinstance(v, nn.Module) else "",
)
def test_parameters_of_activations(module, name, values):
    layer = seen(nn.Sequential(nn.Linear(64, 8), module, nn.Linear(8, 10)), data())["0"]
    assert layer.activation.name == name
    found = getattr(layer.activation, "parameters", ())
    assert (found if isinstance(found, dict) else {}) == pytest.approx(values)


# ---------------------------------------------------------------- nothing is touched


def state(model):
    return (
        {n: (p.detach().numpy().tobytes(), p.grad) for n, p in model.named_parameters()},
        [p.requires_grad for p in model.parameters()],
        {n: b.numpy().tobytes() for n, b in model.named_buffers()},
        {n: id(b) for n, b in model.named_buffers()},
        [m.training for m in model.modules()],
        [(len(m._forward_hooks), len(m._forward_pre_hooks)) for m in model.modules()],
        [len(m._backward_hooks) for m in model.modules()],
        torch.get_rng_state().numpy().tobytes(),
        torch.is_grad_enabled(),
    )  # fmt: skip


CASES = {
    "mlp": (mlp, data),
    "residual": (Residual, images),
    "block": (Block, tokens),
    "gated": (Gated, data),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_the_model_is_left_as_it_was(name, training):
    make, given = CASES[name]
    torch.manual_seed(0)
    model, loader = make().train(training), given()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    before = state(model)
    actfn.diagnose(model, loader, optimizer=optimizer)
    assert state(model) == before
    assert not optimizer.state


def test_a_shuffling_loader_draws_no_random_numbers_of_yours():
    model, rows = mlp(), torch.utils.data.TensorDataset(*data(1280)[0])
    loader = torch.utils.data.DataLoader(rows, batch_size=128, shuffle=True)
    before = state(model)
    actfn.diagnose(model, loader, remedies=False)
    assert state(model) == before


class Raises(nn.Module):
    """Changes its mode and buffer, then fails in the second batch."""

    def __init__(self):
        super().__init__()
        self.layer, self.norm = nn.Linear(64, 16), nn.BatchNorm1d(16)
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x):
        self.calls += 1
        self.norm.train()
        x = F.relu(self.norm(self.layer(x)))
        if self.calls > 1:
            raise RuntimeError("out of luck")
        return x


def test_a_model_that_raises():
    model = Raises().eval()
    before = state(model)
    with pytest.raises(DiagnosisError, match="raised RuntimeError in batch 1: out of luck"):
        actfn.diagnose(model, data())
    assert state(model) == before


def test_a_model_that_gives_nan():
    model = mlp()
    with torch.no_grad():
        model[2].bias[3] = float("nan")
    before = state(model)
    report = actfn.diagnose(model, data())
    assert report.kinds == ["not finite"]
    assert "2 (relu)" in report.findings[0].title
    assert state(model) == before


class ChangesShape(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers, self.calls = nn.ModuleList([nn.Linear(64, 18), nn.Linear(64, 19)]), 0

    def forward(self, x):
        self.calls += 1
        return F.relu(F.linear(x, self.layers[0 if self.calls < 2 else 1].weight + 0))


class NoWayBack(nn.Module):
    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x + 0

        @staticmethod
        def backward(ctx, gradient):
            raise RuntimeError("one way only")

    def forward(self, x):
        return self.Function.apply(x)


def compiled_in_place(model):
    model.compile(backend="eager")
    return model


def broken_loader():
    yield data()[0]
    raise OSError("no such disk")


@pytest.mark.parametrize(
    "model, given, message",
    [
        (lambda: nn.Linear(64, 10), data, "no activation function was called"),
        (ChangesShape, data, "had 18 units and has 19"),
        (lambda: nn.Sequential(nn.Linear(64, 3), nn.ReLU()), data, "the loss raised IndexError"),
        (mlp, list, "there is no batch"),
        (lambda: mlp().to("meta"), data, "on the meta device, where tensors have no numbers"),
        (mlp, lambda: [(x.to("meta"), y) for x, y in data()], "on cpu and batch 0 on meta"),
        (lambda: nn.Sequential(nn.LazyLinear(4), nn.ReLU()), data, "lazy modules"),
        (mlp, lambda: [()], "a batch is empty"),
        (mlp, lambda: [*data()[:1], (torch.zeros(0, 64),)], "0: batch 1 is empty"),
        (mlp, lambda: broken_loader(), "the loader raised OSError in batch 1: no such disk"),
        (lambda: nn.Sequential(mlp(), NoWayBack()), data, "the backward pass raised RuntimeError"),
        (lambda: torch.compile(mlp(), backend="eager"), data, "the model is compiled"),
        (
            lambda: nn.Sequential(torch.compile(mlp(), backend="eager")),
            data,
            "the model is compiled",
        ),
        (lambda: compiled_in_place(mlp()), data, "the model is compiled"),
    ],
    ids=[
        "no activation",
        "shape",
        "loss",
        "empty",
        "meta",
        "device",
        "lazy",
        "empty batch",
        "no items",
        "loader",
        "backward",
        "compiled",
        "compiled inside",
        "compiled in place",
    ],
)
def test_bad_input(model, given, message):
    model = model()
    with pytest.raises(DiagnosisError, match=message):
        actfn.diagnose(model, given())
    assert not any(m._forward_hooks for m in model.modules())


# ---------------------------------------------------------------- diagnosis and repair


def test_large_bias_in_a_convolution():
    torch.manual_seed(0)
    model = Residual()
    with torch.no_grad():
        model.third.bias[:12] = -50
    report = actfn.diagnose(model, images())
    found = report.findings[0]
    assert found.kind == "dead units"
    assert report.dead("third") == list(range(12))
    assert found.causes[0].name == "bias"
    assert found.remedies[0].works


def test_remedies_are_code_that_runs():
    model = mlp()
    with torch.no_grad():
        model[0].bias -= 30
    found = actfn.diagnose(model, data()).findings[0]
    codes = {remedy.name: remedy.code for remedy in found.remedies}
    assert "replace the activation by prelu" in codes
    inputs = data()[0][0]
    for name, code in codes.items():
        names = {"actfn": actfn, "torch": torch, "model": mlp(), "inputs": inputs}
        exec(code, names)  # noqa: S102 - our own
        if "activation" in name:
            assert names["activation"](inputs).shape == inputs.shape
        else:
            assert not names["model"][0].bias.any()
    exec(TorchNetwork.code_for_inputs, names := {"x": inputs})  # noqa: S102 - our own
    assert names["x"].mean().item() == pytest.approx(0, abs=1e-5)


def trained(model, rate, steps=30):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for step in range(steps):
        x, y = data()[step % 10]
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    return model


def test_large_rate():
    start = {n: v.clone() for n, v in mlp().state_dict().items()}
    model = trained(mlp(), 30.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=30.0)
    report = actfn.diagnose(model, data(), optimizer=optimizer, start=start)
    found = next(f for f in report.findings if f.kind == "dead units")
    assert found.causes[0].name == "learning rate"
    assert found.remedies[0].works
    assert "learning rate" in found.remedies[0].name


def test_bad_initialisation():
    model = mlp()
    with torch.no_grad():
        model[0].weight -= 0.3
    found = actfn.diagnose(model, data(), optimizer=0.1).findings[0]
    assert found.causes[0].name == "initialisation"
    assert found.remedies[0].works


def test_functional_activations_are_replaced_on_the_copy():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(64, 8), nn.Linear(8, 10)

        def forward(self, x):
            return self.b(F.relu(self.a(x)))

    network = TorchNetwork(Model())
    network.replace_activations("elu")
    x = data()[0][0]
    layer = seen_in(network.copy())
    wanted = F.elu(network.model.a(x)).detach().numpy()
    assert layer.a_squares == pytest.approx(float((wanted**2).sum()), rel=1e-4)


def seen_in(network):
    observer = Observer()
    network.observe(data()[:1], observer)
    return observer.layers["a"]


@pytest.mark.parametrize(
    "optimizer, message",
    [
        ("sgd", "the optimizer is a rate"),
        (("rmsprop", 0.1), "the optimizer is a rate"),
        (-0.1, "a learning rate is a positive number"),
        (torch.optim.LBFGS, "the optimizer raised TypeError"),
    ],
)
def test_optimizers_that_cannot_be_used(optimizer, message):
    model = mlp()
    optimizer = optimizer(model.parameters()) if isinstance(optimizer, type) else optimizer
    with pytest.raises(DiagnosisError, match=message):
        actfn.diagnose(model, data(), optimizer=optimizer)


def test_a_frozen_model():
    model = mlp().requires_grad_(False)
    assert actfn.diagnose(model, data()).layers[0].sensitivity is None
    with pytest.raises(DiagnosisError, match="there is no training to replay"):
        actfn.diagnose(model, data(), optimizer=0.1)


def test_a_loss_in_float32_only():
    """The curvature is measured in float64; a network that cannot is diagnosed without it."""
    weight = torch.ones(10)
    report = actfn.diagnose(
        mlp(), data(), optimizer=0.1, loss=lambda z, y: F.cross_entropy(z, y, weight=weight)
    )
    assert report.training["sharpness"] is None
    assert report.training["losses"][-1] < report.training["losses"][0]


def test_without_a_loss_the_report_says_what_is_missing():
    report = actfn.diagnose(mlp(), [x for x, _ in data()])
    assert "no loss: gradients and training were not looked at" in str(report)
    assert "no loss: gradients" in report.html()


@pytest.mark.parametrize("pair", [False, True], ids=["optimizer", "pair"])
def test_adam_is_replayed_as_adam(pair):
    model = mlp()
    optimizer = ("adam", 1e-3) if pair else torch.optim.Adam(model.parameters(), lr=1e-3)
    report = actfn.diagnose(model, data(), optimizer=optimizer)
    assert report.training["optimizer"] == "adam"
    assert report.training["losses"][-1] < report.training["losses"][0]


@pytest.mark.parametrize("scheme", ["kaiming", "xavier", "lecun", "orthogonal", "edge_of_chaos"])
def test_initialise_a_module(scheme):
    torch.manual_seed(0)
    model = Residual()
    same = actfn.initialise(model, scheme, batch=images()[0], rng=0)
    assert same is model
    weight = model.third.weight.detach().numpy()
    gain = {"kaiming": actfn.gain("relu"), "lecun": 1.0}.get(scheme)
    if gain:
        assert weight.std() * np.sqrt(72) == pytest.approx(gain, rel=0.1)
    assert not model.third.bias.any()
