"""nll_loss, the binary losses, Kullback-Leibler divergence and distillation."""

import itertools
from functools import partial

import numpy as np
import pytest
from flint import arb, ctx

import actfn
import row_loss_reference as losses
import row_reference as reference
from row_trials import BOUNDS, dtypes, terms_error

REDUCTIONS = ("none", "mean", "sum")
reductions = pytest.mark.parametrize("reduction", REDUCTIONS)


def judge(name, got, truths, sizes, n=1):
    """Several results against as many truths; the sizes are those of their terms."""
    assert len(got) == len(truths)
    for k, (result, truth, size) in enumerate(zip(got, truths, sizes, strict=True)):
        dtype = np.asarray(result).dtype
        error = terms_error(dtype, n) if np.any(size) else 0.0
        reference.check(result, truth, BOUNDS[dtype], f"{name}, result {k}", size, error)


# ---------------------------------------------------------------- the truth itself


def slopes_agree(function, x, which=0, gradient="gradient"):
    """Whether the gradient that is written down is that of the loss, by finite differences."""
    at = lambda v: [v if k == which else a for k, a in enumerate(x)]
    slopes = reference.finite_difference(lambda v: function(*at(v)).loss, x[which])
    return reference.agree(getattr(function(*x), gradient), slopes)


def test_reference_gradients():
    rng = np.random.default_rng(0)
    with ctx.workprec(reference.DIFFERENCES):
        a, b = map(reference.exact, rng.normal(size=(2, 2, 3)))
        t, w, r = rng.random((3, 2, 3))
        for reduction in ("mean", "sum"):
            options = {"reduction": reduction}
            binary = partial(losses.binary_cross_entropy, t=t, weight=w, pos_weight=r, **options)
            assert slopes_agree(binary, (a,))
            for alpha, gamma in itertools.product((None, 0.25), (0.0, 0.5, 2.0)):
                assert slopes_agree(
                    partial(losses.focal, t=t, alpha=alpha, gamma=gamma, **options), (a,)
                )
            nll = partial(losses.nll_loss, target=[2, 0], class_weight=w[0], **options)
            assert slopes_agree(nll, (a,))
            kl = partial(losses.over_rows, losses.kl_divergence, T=1.5, **options)
            assert slopes_agree(kl, (a, b), 0, "p_gradient")
            assert slopes_agree(kl, (a, b), 1, "q_gradient")
            distilled = partial(losses.over_rows, losses.distillation, T=2.5, **options)
            assert slopes_agree(distilled, (a, b))


# ---------------------------------------------------------------- nll_loss


@reductions
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("ignore", [None, 2, -100])
@dtypes()
def test_nll_loss(dtype, ignore, weighted, reduction):
    log_p = actfn.log_softmax((3 * np.random.default_rng(1).normal(size=(6, 5))).astype(dtype))
    target = np.array([0, 2, 4, 2, 1, 3]) if ignore != -100 else np.array([0, -100, 4, 2, -100, 3])
    weight = np.array([0.5, 2, 1, 0, 3], dtype) if weighted else None
    options = {"ignore_index": ignore, "reduction": reduction, "class_weight": weight}
    truth = reference.true(partial(losses.nll_loss, target=target, **options), log_p)
    got = actfn.nll_loss(log_p, target, with_grad=True, **options)
    judge("nll_loss", got, truth[:2], (0, 0))
    np.testing.assert_array_equal(actfn.nll_loss(log_p, target, **options), got[0])
    turned = actfn.nll_loss(log_p.T, target, axis=0, with_grad=True, **options)
    np.testing.assert_array_equal(turned[0], got[0])
    np.testing.assert_array_equal(turned[1].T, got[1])


def test_nll_loss_of_impossible_classes():
    """A label with log p = -inf costs inf; other entries of -inf cost nothing."""
    log_p = np.float32([[-np.inf, 0], [-np.inf, 0]])
    loss, gradient = actfn.nll_loss(log_p, [0, 1], reduction="none", with_grad=True)
    assert loss.tolist() == [np.inf, 0]
    assert gradient.tolist() == [[-1, 0], [0, -1]]


# ---------------------------------------------------------------- binary losses

LOGITS = np.array(
    [-800, -104, -80, -40, -17, -3.5, -1, -1e-3, 0, 1e-9, 0.5, 2, 16, 17, 40, 95, 800]
)


def clipped(dtype):
    return LOGITS.clip(-700, 700).astype(dtype) if dtype == np.float64 else LOGITS.astype(dtype)


@reductions
@pytest.mark.parametrize("weights", [{}, {"weight": 0.7}, {"pos_weight": 3.25}, "both"], ids=str)
@dtypes()
def test_binary_cross_entropy(dtype, weights, reduction):
    rng = np.random.default_rng(2)
    x = np.tile(clipped(dtype), (3, 1))
    if weights == "both":
        weights = {"weight": rng.random(x.shape).astype(dtype),
                   "pos_weight": (3 * rng.random(x.shape[1])).astype(dtype)}  # fmt: skip
    target = np.stack([np.zeros(len(LOGITS)), np.ones(len(LOGITS)), rng.random(len(LOGITS))])
    for t, hard in ((target[:2].astype(dtype), True), (target.astype(dtype), False)):
        part = {k: v[: len(t)] if np.ndim(v) == 2 else v for k, v in weights.items()}
        y = x[: len(t)]
        truth = reference.true(
            partial(losses.binary_cross_entropy, t=t, reduction=reduction, **part), y
        )
        call = partial(actfn.binary_cross_entropy_with_logits, y, t, reduction=reduction, **part)
        got = call(with_grad=True)
        # With labels of 0 and 1 each number is one term; sums of losses have one sign.
        judge("bce", got, truth[:2], (0, 0 if hard else truth.gradient_size.hi))
        np.testing.assert_array_equal(call(), got[0])


@reductions
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("alpha", [None, 0.25])
@dtypes()
def test_sigmoid_focal_loss(dtype, alpha, gamma, reduction):
    x = np.tile(clipped(dtype), (2, 1))
    target = np.stack([np.zeros(len(LOGITS)), np.ones(len(LOGITS))]).astype(dtype)
    options = {"alpha": alpha, "gamma": gamma, "reduction": reduction}
    truth = reference.true(partial(losses.focal, t=target, **options), x)
    got = actfn.sigmoid_focal_loss(x, target, with_grad=True, **options)
    judge(f"focal {options}", got, truth[:2], (0, 0))


def test_focal_loss_without_focus_is_binary_cross_entropy():
    rng = np.random.default_rng(3)
    x, target = 5 * rng.normal(size=(4, 6)), rng.integers(0, 2, (4, 6))
    focal = actfn.sigmoid_focal_loss(x, target, alpha=None, gamma=0.0, with_grad=True)
    plain = actfn.binary_cross_entropy_with_logits(x, target, with_grad=True)
    for ours, same in zip(focal, plain, strict=True):
        reference.check(ours, (same, np.zeros_like(same)), 2 * BOUNDS[x.dtype], "gamma = 0")


@pytest.mark.parametrize("name", ["binary_cross_entropy_with_logits", "sigmoid_focal_loss"])
def test_binary_mistakes_and_grad_out(name):
    function = getattr(actfn, name)
    x, target = np.float32([[1, -2, 3]]), np.float32([[0, 1, 1]])
    loss, gradient = function(x, target, with_grad=True)
    reused = x.copy()
    again = function(reused, target, grad_out=reused)
    assert again[1] is reused
    assert again[0] == loss
    np.testing.assert_array_equal(reused, gradient)
    out = np.full_like(x, 7)
    for wrong, message in (
        (partial(function, x, target[:, :2]), "shape"),
        (partial(function, x, np.float32([[0, np.nan, 1]])), "(?i)nan"),
        (partial(function, x, target, reduction="all"), "reduction"),
    ):
        with pytest.raises(ValueError, match=message):
            wrong(grad_out=out)
        assert (out == 7).all()
    with pytest.raises((ValueError, TypeError), match="grad_out"):
        function(x, target, grad_out=np.zeros(3))


# ---------------------------------------------------------------- Kullback-Leibler, distillation


def pairs_of_rows(dtype):
    """Far apart, close together, the same, and with impossible classes."""
    a, b = 3 * np.random.default_rng(4).normal(size=(2, 6, 5))
    b[1] = a[1] + 1e-3 * b[1]
    b[2] = a[2]
    a[3], b[3] = [30, 0, 0, 1, 2], [0, 30, 0, 1, 2]
    a[4, 2] = -np.inf
    a[5, 0] = b[5, 0] = -np.inf
    return a.astype(dtype), b.astype(dtype)


@reductions
@pytest.mark.parametrize("T", [1.0, 0.5, 4.0])
@dtypes("float32 float64")
def test_kl_divergence(dtype, T, reduction):
    a, b = pairs_of_rows(dtype)
    options = {"T": T, "reduction": reduction}
    for p, q in ((a, b), (b[[0, 1, 2, 3, 5]], a[[0, 1, 2, 3, 5]])):
        truth = reference.true(partial(losses.over_rows, losses.kl_divergence, **options), p, q)
        call = partial(actfn.kl_divergence, p, q, temperature=T, reduction=reduction)
        got = call(with_grad=True)
        sizes = [part.hi for part in truth[3:]]
        judge(f"kl {options}", got, truth[:3], sizes, p.shape[-1])
        np.testing.assert_array_equal(call(), got[0])


def test_kl_divergence_properties():
    a, b = pairs_of_rows(np.float64)
    loss, by_p, by_q = actfn.kl_divergence(a[:3], b[:3], reduction="none", with_grad=True)
    assert loss.shape == (3,)
    assert (loss >= 0).all()
    assert loss[2] == 0
    assert (by_p[2] == 0).all()
    assert (by_q[2] == 0).all()
    assert (
        actfn.kl_divergence(b[4:5], a[4:5]) == np.inf
    )  # possible for one, impossible for the other
    turned = actfn.kl_divergence(a.T, b.T, axis=0)
    assert turned == actfn.kl_divergence(a, b)


@reductions
@pytest.mark.parametrize("T", [1.0, 2.0, 4.0, 64.0])
@dtypes("float32 float64")
def test_distillation_loss(dtype, T, reduction):
    """T^2 times the divergence of each row; "mean" is over rows, never over entries."""
    student, teacher = (part[:4] for part in pairs_of_rows(dtype))
    options = {"T": T, "reduction": reduction}
    truth = reference.true(
        partial(losses.over_rows, losses.distillation, **options), student, teacher
    )
    call = partial(actfn.distillation_loss, student, teacher, T, reduction=reduction)
    got = call(with_grad=True)
    sizes = truth.loss_size.hi, truth.gradient_size.hi
    judge(f"distillation {options}", got, truth[:2], sizes, student.shape[-1])
    np.testing.assert_array_equal(call(), got[0])


@reductions
@dtypes("float32 float64")
def test_distillation_with_labels(dtype, reduction):
    """mix * distillation + (1 - mix) * cross_entropy, the latter at T = 1."""
    student, teacher = (part[:4] for part in pairs_of_rows(dtype))
    target = np.array([0, 3, 1, 2])

    def mixed(x, y, mix=0.3):
        distilled = losses.over_rows(losses.distillation, x, y, reduction=reduction)
        labelled = losses.cross_entropy(x, target, reduction=reduction)
        parts = zip(distilled, labelled, strict=True)
        return losses.Loss(*(arb(mix) * a + (1 - arb(mix)) * b for a, b in parts))

    truth = reference.true(mixed, student, teacher)
    got = actfn.distillation_loss(
        student, teacher, 4.0, target, 0.3, reduction=reduction, with_grad=True
    )
    sizes = truth.loss_size.hi, truth.gradient_size.hi
    judge("distillation with labels", got, truth[:2], sizes, student.shape[-1])
    alone = actfn.distillation_loss(student, teacher, 4.0, reduction=reduction)
    ignored = actfn.distillation_loss(student, teacher, 4.0, mix=0.1, reduction=reduction)
    np.testing.assert_array_equal(ignored, alone)  # nothing to mix with


def test_distillation_tends_to_matching_logits():
    """With T^2 the gradient has a limit: the centred difference of the logits, over N C."""
    student, teacher = np.random.default_rng(5).normal(size=(2, 8, 10))
    difference = student - teacher
    limit = (difference - difference.mean(axis=1, keepdims=True)) / difference.size
    norms = []
    for T in (1.0, 4.0, 64.0, 1024.0, 2.0**20):
        _, gradient = actfn.distillation_loss(student, teacher, T, with_grad=True)
        norms.append(np.linalg.norm(gradient))
        # Second order in z / T, z being below 8; and T times the rounding of p - q.
        off = np.abs(gradient - limit).max()
        assert T < 64 or off <= (64 / T + T * 2.0**-50) * np.abs(limit).max()
    wanted = np.linalg.norm(limit)
    assert abs(norms[-1] / wanted - 1) < abs(norms[2] / wanted - 1) < abs(norms[0] / wanted - 1)


@pytest.mark.parametrize("name", ["kl_divergence", "distillation_loss"])
def test_divergence_mistakes(name):
    function = getattr(actfn, name)
    a, b = np.ones((2, 3)), np.zeros((2, 3))
    for wrong, message in (
        (partial(function, a, b[:1]), "shape"),
        (partial(function, a, b[:, :2]), "shape"),
        (partial(function, a, b, temperature=-1.0), "temperature"),
        (partial(function, a, b, temperature=np.nan), "temperature"),
        (partial(function, a, b, reduction="batchmean"), "reduction"),
        (partial(function, a[:, :0], b[:, :0]), "empty|length 0|no entries"),
    ):
        with pytest.raises(ValueError, match=message):
            wrong()
