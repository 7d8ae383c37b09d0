"""Names: what `get` finds, what `import actfn` costs, and descriptions that survive JSON."""

import copy
import json
import pickle
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import actfn
from actfn import catalogue
from actfn.activation import Activation
from actfn.errors import RecordError, UnknownActivationError
from actfn.variant import Variant

NAMES = actfn.names()
RECORDS = {name: actfn.get(name) for name in NAMES}
ALIASES = [(alias, name) for name in NAMES for alias in RECORDS[name].aliases]
SPELLINGS = [(f, text, name) for name in NAMES for f, text in RECORDS[name].same_as.items()]
VARIANTS = [(f, name) for name in NAMES for f in RECORDS[name].variants]

FRAMEWORK_NAMES = [
    # every key of Hugging Face's ACT2FN that is offered here
    *[("hf", key, key) for key in "gelu leaky_relu mish quick_gelu relu relu6 silu tanh".split()],
    *[("hf", key, key) for key in "laplace prelu sigmoid xielu".split()],
    *[("hf", f"gelu_{key}", "gelu_tanh") for key in "new fast accurate python_tanh".split()],
    ("hf", "gelu_pytorch_tanh", "gelu_tanh"),
    ("hf", "gelu_python", "gelu"),
    ("hf", "hardswish", "hard_swish"),
    ("hf", "linear", "identity"),
    ("hf", "relu2", "relu_squared"),
    ("hf", "sqrtsoftplus", "sqrt_softplus"),
    ("hf", "swish", "swish"),  # beta is 1 by default
    # modules and functions
    ("torch", "nn.ReLU6", "relu6"),
    ("torch", "nn.functional.hardswish", "hard_swish"),
    ("torch", "nn.Hardtanh", "hard_tanh"),
    ("torch", "nn.LogSigmoid", "log_sigmoid"),
    ("torch", "nn.Tanhshrink", "tanh_shrink"),
    ("torch", "nn.GELU", "gelu"),
    ("torch", "nn.GELU(approximate='tanh')", "gelu_tanh"),
    ("jax", "nn.soft_sign", "softsign"),
    ("jax", "nn.gelu", "gelu_tanh"),
    ("jax", "nn.gelu(approximate=False)", "gelu"),
    ("jax", "nn.hard_silu", "hard_swish"),
    ("keras", "activations.hard_silu", "hard_swish"),
    ("keras", "activations.linear", "identity"),
    ("keras", "activations.gelu", "gelu"),
    ("keras", "ops.gelu", "gelu_tanh"),
    ("onnx", "HardSwish", "hard_swish"),
    ("onnx", "ThresholdedRelu", "thresholded_relu"),
    ("onnx", "Elu", "elu"),
]


def record_of(found):
    return found.activation if isinstance(found, Variant) else found


def in_a_new_process(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


class TestNames:
    def test_one_for_each_file(self):
        files = Path(catalogue.functions.__file__).parent.glob("[a-z]*.py")
        assert sorted(path.stem for path in files) == NAMES

    @pytest.mark.parametrize("name", NAMES)
    def test_record_has_the_name_of_its_file(self, name):
        assert RECORDS[name].name == name
        assert getattr(actfn, name) is RECORDS[name]

    def test_no_key_means_two_functions(self):
        keys = {}
        for name in NAMES:
            for text in {name, *RECORDS[name].aliases}:
                assert keys.setdefault(catalogue._key(text), name) == name, text

    def test_names_are_not_submodules(self):
        package = Path(actfn.__file__).parent
        assert not {path.stem for path in package.iterdir()} & set(NAMES)


class TestGet:
    @pytest.mark.parametrize("alias, name", ALIASES)
    def test_alias(self, alias, name):
        assert actfn.get(alias) is RECORDS[name]

    @pytest.mark.parametrize("framework, text, name", SPELLINGS)
    def test_spelling_of_a_framework(self, framework, text, name):
        found = record_of(actfn.get(text, like=framework))
        # ONNX's Shrink is both shrink and, with its defaults, hard_shrink.
        claimed = {n for f, t, n in SPELLINGS if (f, t) == (framework, text)}
        assert found.name in claimed

    @pytest.mark.parametrize("framework, text, name", FRAMEWORK_NAMES)
    def test_table_of_known_spellings(self, framework, text, name):
        assert actfn.get(text, like=framework).name == name

    @pytest.mark.parametrize("text", ["Leaky_ReLU", "leaky-relu", "LeakyRelu", " leakyrelu "])
    def test_case_and_underscores_do_not_matter(self, text):
        assert actfn.get(text) is RECORDS["leaky_relu"]

    @pytest.mark.parametrize(
        "text, name",
        [
            ("torch.nn.ReLU6", "relu6"),
            ("torch.nn.GELU", "gelu"),
            ("jax.nn.gelu", "gelu_tanh"),
            ("keras.ops.gelu", "gelu_tanh"),
            ("flax.nnx.gelu", "gelu_tanh"),
            ("nn.gelu", "gelu_tanh"),  # written like this only in JAX
            ("gelu", "gelu"),
        ],
    )
    def test_dotted_name_says_which_framework(self, text, name):
        assert actfn.get(text).name == name

    @pytest.mark.parametrize("like", ["torch", "PyTorch", "pytorch"])
    def test_frameworks_have_short_names(self, like):
        assert actfn.get("SiLU", like=like) is RECORDS["silu"]

    def test_name_is_a_text(self):
        with pytest.raises(TypeError, match="text, not ufunc"):
            actfn.get(np.sin)


class TestUnknown:
    @pytest.mark.parametrize(
        "text, nearest",
        [("geluu", "gelu"), ("mihs", "mish"), ("Leaky_Rellu", "leaky_relu"), ("swich", "swish")],
    )
    def test_message_names_the_nearest(self, text, nearest):
        with pytest.raises(
            UnknownActivationError, match=rf"'{text}'.* nearest are .*\b{nearest}\b"
        ):
            actfn.get(text)

    def test_nothing_near(self):
        with pytest.raises(UnknownActivationError, match=r"'qqqqq'; actfn.names\(\) lists them"):
            actfn.get("qqqqq")

    def test_clipped_gelu_says_what_to_write(self):
        with pytest.raises(
            UnknownActivationError, match=r"numpy\.clip\(actfn\.gelu\(x\), -10, 10\)"
        ):
            actfn.get("gelu_10")

    def test_unknown_framework(self):
        with pytest.raises(UnknownActivationError, match=r"'caffe'; known are .*torch"):
            actfn.get("relu", like="caffe")

    def test_attribute_of_the_package(self):
        assert not hasattr(actfn, "geluu")
        with pytest.raises(AttributeError, match=r"is called actfn\.hard_swish here"):
            _ = actfn.hardswish


class TestVariants:
    @pytest.mark.parametrize("framework, name", VARIANTS)
    def test_defaults_are_the_frameworks(self, framework, name):
        found = actfn.get(name, like=framework)
        expected = {
            p: catalogue._number(text) for p, text in RECORDS[name].variants[framework].items()
        }
        assert isinstance(found, Variant)
        assert found.parameters == expected
        assert expected != {p: RECORDS[name].defaults[p] for p in expected}

    def test_hard_sigmoid_of_onnx_has_knees_at_two_and_a_half(self):
        f = actfn.get("HardSigmoid", like="onnx")
        assert f(np.array([-2.5, 0.0, 2.5])).tolist() == [0.0, 0.5, 1.0]
        assert f.derivative(1.0) == 0.2
        assert actfn.get("HardSigmoid(alpha=1/6)", like="onnx") is RECORDS["hard_sigmoid"]

    def test_everything_uses_the_parameters(self):
        f = Variant(actfn.leaky_relu, {"negative_slope": 0.5})
        assert f(-2.0) == -1.0
        assert f.derivative(-2.0) == 0.5
        assert f.value_and_derivative(-2.0) == (-1.0, 0.5)
        assert f.backward(3.0, -2.0) == 1.5
        assert f.parameter_gradients(3.0, -2.0) == {"negative_slope": -6.0}
        assert f.formula == actfn.leaky_relu.formula

    def test_a_value_in_the_call_wins(self):
        f = Variant(actfn.leaky_relu, {"negative_slope": 0.5})
        assert f(-2.0, negative_slope=0.25) == -0.5
        assert f.derivative(-2.0, negative_slope=0.25) == 0.25

    def test_copies_are_equal(self):
        f = Variant(actfn.leaky_relu, {"negative_slope": 0.5})
        assert f == copy.deepcopy(f) == pickle.loads(pickle.dumps(f))
        assert hash(f) == hash(copy.copy(f))
        assert f != Variant(actfn.leaky_relu, {"negative_slope": 0.25})

    def test_parameter_that_does_not_exist(self):
        with pytest.raises(TypeError, match=r"leaky_relu has no parameter slope; .*negative_slope"):
            Variant(actfn.leaky_relu, {"slope": 0.5})


class TestSpec:
    @pytest.mark.parametrize("name", NAMES)
    def test_activation(self, name):
        described = json.loads(json.dumps(actfn.spec(RECORDS[name])))
        assert described == {"name": name, "parameters": {}}
        assert actfn.from_spec(described) is RECORDS[name]

    @pytest.mark.parametrize("value", [0.1, np.float32(0.1), 2, np.array([0.1, 0.3])])
    def test_variant(self, value):
        f = Variant(actfn.leaky_relu, {"negative_slope": value})
        again = actfn.from_spec(json.loads(json.dumps(actfn.spec(f))))
        x = np.array([-1.5, -3.0])
        assert again(x).tolist() == f(x).tolist()

    @pytest.mark.parametrize("wrong", [{}, {"parameters": {}}, "gelu", {"name": 3}])
    def test_something_else(self, wrong):
        with pytest.raises(RecordError, match="a spec looks like"):
            actfn.from_spec(wrong)

    def test_unknown_name(self):
        with pytest.raises(UnknownActivationError, match="gelu"):
            actfn.from_spec({"name": "geluu", "parameters": {}})


class TestDefined:
    @pytest.fixture
    def ramp(self):
        yield actfn.define("my_ramp", "slope * x + x**3", slope=0.25)
        catalogue._defined.clear()

    def test_found_by_name(self, ramp):
        assert actfn.my_ramp is actfn.get("my_ramp") is actfn.get("MyRamp") is ramp
        assert "my_ramp" in actfn.names()
        assert "my_ramp" in dir(actfn)

    def test_attribute_is_the_latest_definition(self, ramp):
        assert actfn.my_ramp is ramp
        again = actfn.define("my_ramp", "2 * x", replace=True)
        assert actfn.my_ramp is again

    def test_nearest_names_include_it(self, ramp):
        with pytest.raises(UnknownActivationError, match=r"nearest are my_ramp"):
            actfn.get("my_rump")

    @pytest.mark.parametrize("forget", [False, True])
    def test_spec_defines_it_again(self, ramp, forget):
        f = Variant(ramp, {"slope": 0.75})
        described = json.loads(json.dumps(actfn.spec(f)))
        assert described["name"] == "my_ramp"
        assert described["definition"]["formula"] == ramp.formula
        if forget:
            catalogue._defined.clear()
        again = actfn.from_spec(described)
        assert (again == f) is not forget
        assert again(2.0) == f(2.0) == 9.5
        assert again.activation(2.0) == ramp(2.0) == 8.5

    @pytest.mark.parametrize("name", ["gelu", "swish", "hardswish"])
    def test_name_is_taken(self, name):
        with pytest.raises(RecordError, match=f"'{name}' is taken"):
            catalogue.register(Activation(name, "2 * x", "this test"))


class TestImport:
    def test_imports_neither_numpy_nor_a_function(self):
        code = """
import sys, actfn
print([m for m in sys.modules if m.startswith(("actfn", "numpy"))])
"""
        assert in_a_new_process(code) == "['actfn']"

    def test_names_import_no_function(self):
        code = """
import sys, actfn
actfn.names(), dir(actfn)
print([m for m in sys.modules if m.startswith(("actfn.functions.", "numpy"))])
"""
        assert in_a_new_process(code) == "[]"

    def test_a_name_imports_one_file(self):
        code = """
import sys, actfn
actfn.gelu
print([m for m in sys.modules if m.startswith(("actfn.functions.", "numpy"))])
"""
        assert in_a_new_process(code) == "['actfn.functions.gelu']"

    def test_star(self):
        code = "from actfn import *; print(gelu.name, get('hardswish').name, sorted(names())[:1])"
        assert in_a_new_process(code) == f"gelu hard_swish {NAMES[:1]}"

    def test_submodules(self):
        assert actfn.whiteboard.__name__ == "actfn.whiteboard"
        assert set(dir(actfn)) >= {"whiteboard", "catalogue", "get", "gelu", "set_num_threads"}

    def test_threads(self):
        before = actfn.get_num_threads()
        actfn.set_num_threads(before)
        assert actfn.get_num_threads() == before

    def test_version_is_the_projects(self):
        project = Path(__file__).parent.parent / "pyproject.toml"
        assert tomllib.loads(project.read_text())["project"]["version"] == actfn.__version__
