"""The defects that are known of other libraries are found in them, and named."""

import numpy as np
import pytest

import actfn

pytest.importorskip("scipy")
FEW = {"speed": False, "points": 40_000}


def causes(report, kernel):
    return {f.cause for f in report.findings if f.kernel == kernel and f.severity != "note"}


def says(report, cause):
    return " ".join(f.message + f.remedy for f in report.findings if f.cause == cause)


def test_torch_gelu():
    pytest.importorskip("torch", reason="PyTorch is not installed")
    report = actfn.examine("torch:nn.functional.gelu", like="gelu", **FEW)
    assert {"cancellation", "NaN at infinity", "length-dependent bits"} <= causes(report, "forward")
    assert "1 + erf" in says(report, "cancellation")
    assert "erfc" in says(report, "cancellation")
    assert "zero of the derivative" in causes(report, "derivative")
    left = next(r for r in report.regions["forward"] if r.name == "left tail")
    assert left.worst > 2**20


def test_torch_sigmoid_derivative_is_zero_at_17():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    report = actfn.examine("torch:sigmoid", like="sigmoid", **FEW)
    assert "y (1 - y)" in says(report, "cancellation")
    x = torch.tensor([17.0], requires_grad=True)
    torch.sigmoid(x).backward()
    assert x.grad == 0


def test_torch_celu_rounds_the_argument():
    pytest.importorskip("torch", reason="PyTorch is not installed")
    report = actfn.examine("torch:nn.functional.celu(alpha=0.3)", like=celu_of(0.3), **FEW)
    assert "rounded argument" in causes(report, "derivative")


def celu_of(alpha):
    from actfn.variant import Variant

    return Variant(actfn.celu, {"alpha": alpha})


def test_torch_callables_get_a_fresh_process():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    report = actfn.examine(torch.nn.functional.relu, like="relu", **FEW)
    assert report.implementation == "torch:nn.functional.relu"
    assert report.framework == "torch"


def test_a_layer_of_ones_own():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")

    class Twice(torch.nn.Module):
        def forward(self, x):
            return 2 * torch.nn.functional.softplus(x)

    report = actfn.examine(Twice(), like="softplus", **FEW)
    assert "wrong factor" in report.causes


def test_jax_elu():
    pytest.importorskip("jax", reason="JAX is not installed")
    report = actfn.examine("jax:nn.elu", like="elu", **FEW)
    assert "cancellation" in causes(report, "derivative")
    assert "expm1(x) + 1" in says(report, "cancellation")
    assert "flush" in causes(report, "forward")


def test_onnx_gelu():
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    pytest.importorskip("onnx", reason="onnx is not installed")
    report = actfn.examine("onnx:Gelu", like="gelu", **FEW)
    assert "1 + erf" in says(report, "cancellation")


def keras_style_elu(x):
    return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)


def thinc_style_sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -20, 20)))


def thinc_style_slope(x):
    y = thinc_style_sigmoid(x)
    return y * (1 - y)


def test_keras_style_elu():
    report = actfn.examine(keras_style_elu, like="elu", **FEW)
    assert report.causes == {"cancellation"}
    assert "expm1" in says(report, "cancellation")


def test_thinc_style_sigmoid():
    report = actfn.examine(thinc_style_sigmoid, like="sigmoid", derivative=thinc_style_slope, **FEW)
    assert "clipped" in causes(report, "forward")
    assert "cancellation" in causes(report, "derivative")
    assert "clipped at 20" in says(report, "clipped")
    assert "y (1 - y)" in says(report, "cancellation")
