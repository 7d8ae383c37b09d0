"""Generate tests/data/row_cases.json: what ONNX's operators and torch's cross_entropy compute.

Run from the repository's root, where torch is installed:

    python tools/row_cases.py

Softmax (opset 13), LogSoftmax, Hardmax and SoftmaxCrossEntropyLoss follow the text of the ONNX
operators, evaluated by torch in float64; `cross_entropy` is torch.nn.functional.cross_entropy,
with the gradient of its sum. Every input is stored once, by name, and cases refer to the names.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

TARGET = Path("tests/data/row_cases.json")
REDUCTIONS = ("none", "mean", "sum")
CLASSES = 5
NO_CLASS = -100  # torch's default of ignore_index: no label here has it

LOSS_SHAPES = {
    "rows": (4, CLASSES),
    "sequences": (3, CLASSES, 2),
    "images": (2, CLASSES, 3, 2),
    "volumes": (2, CLASSES, 2, 1, 2),
    "five": (2, CLASSES, 1, 2, 1, 2, 1),
}
AS_TORCH = ("rows", "sequences", "images")  # the shapes of which gradients are stored too


def rounded(values) -> list:
    """Few digits: the file stays small and a person can read it."""
    return np.round(values, 3).tolist()


def softmax_inputs(rng) -> dict:
    ties = rng.integers(0, 3, size=(2, 3, 4))
    return {
        "line": [-1.0, 0.0, 1.0],
        "large": [[0.0, 1.0, 2.0, 3.0], [1e4, 10001.0, 10002.0, 10003.0]],
        "ties": ties.astype(float).tolist(),
        "cube": rounded(rng.normal(size=(2, 3, 4)) * 3),
    }


def loss_inputs(rng) -> dict:
    made = {"weights": rounded(rng.uniform(0.1, 2.0, CLASSES))}
    for name, shape in LOSS_SHAPES.items():
        labels = rng.integers(0, CLASSES, size=(shape[0], *shape[2:]))
        labels.flat[:2] = 1, 2  # what is ignored never is everything
        shares = rng.dirichlet(np.ones(CLASSES), size=labels.shape)
        made[f"{name} scores"] = rounded(rng.normal(size=shape) * 3)
        made[f"{name} labels"] = labels.tolist()
        made[f"{name} negative"] = np.where(labels == 2, -7, labels).tolist()
        made[f"{name} beyond"] = np.where(labels == 2, CLASSES + 4, labels).tolist()
        made[f"{name} shares"] = rounded(np.moveaxis(shares, -1, 1))
    return made


def first_maximum(x, axis):
    """Hardmax: 1 at the first of the largest entries."""
    is_largest = (x == x.amax(axis, keepdim=True)).to(torch.int64)
    first = (is_largest.cumsum(axis) == 1) & (is_largest == 1)
    return first.to(x.dtype)


OPERATORS = {"Softmax": torch.softmax, "LogSoftmax": torch.log_softmax, "Hardmax": first_maximum}


def softmax_cases(inputs):
    for operator, function in OPERATORS.items():
        for name in inputs:
            x = torch.tensor(inputs[name], dtype=torch.float64)
            for axis in range(-1, x.ndim):
                result = function(x, axis).tolist()
                yield {"operator": operator, "input": name, "axis": axis, "output": result}


# ignore_index, the labels it is tried with: inside the classes, below them, above them
IGNORED = ((None, "labels"), (2, "labels"), (-7, "negative"), (CLASSES + 4, "beyond"))


def onnx_loss_cases(inputs):
    """SoftmaxCrossEntropyLoss: nll_loss of log_prob, its second output."""
    for shape in LOSS_SHAPES:
        x = torch.tensor(inputs[f"{shape} scores"], dtype=torch.float64)
        log_prob = torch.log_softmax(x, 1)
        yield {"operator": "log_prob", "input": f"{shape} scores", "output": log_prob.tolist()}
        for weighted, (ignore, labels), reduction in itertools.product(
            (False, True), IGNORED, REDUCTIONS
        ):
            loss = functional.nll_loss(
                log_prob,
                torch.tensor(inputs[f"{shape} {labels}"]),
                weight=torch.tensor(inputs["weights"], dtype=torch.float64) if weighted else None,
                ignore_index=NO_CLASS if ignore is None else ignore,
                reduction=reduction,
            )
            yield {
                "operator": "SoftmaxCrossEntropyLoss",
                "input": f"{shape} scores",
                "target": f"{shape} {labels}",
                "class_weight": "weights" if weighted else None,
                "ignore_index": ignore,
                "reduction": reduction,
                "loss": loss.tolist(),
            }


def torch_loss_cases(inputs):
    targets = (*IGNORED, (None, "shares"))
    for shape, weighted, smoothing, (ignore, labels), reduction in itertools.product(
        AS_TORCH, (False, True), (0.0, 0.1), targets, REDUCTIONS
    ):
        case = {
            "operator": "cross_entropy",
            "input": f"{shape} scores",
            "target": f"{shape} {labels}",
            "class_weight": "weights" if weighted else None,
            "ignore_index": ignore,
            "label_smoothing": smoothing,
            "reduction": reduction,
        }
        yield case | torch_loss(inputs, case)


def torch_loss(inputs, case):
    x = torch.tensor(inputs[case["input"]], dtype=torch.float64, requires_grad=True)
    target = torch.from_numpy(np.array(inputs[case["target"]]))
    weight = case["class_weight"] and torch.tensor(inputs["weights"], dtype=torch.float64)
    loss = functional.cross_entropy(
        x,
        target,
        weight=weight,
        ignore_index=NO_CLASS if case["ignore_index"] is None else case["ignore_index"],
        label_smoothing=case["label_smoothing"],
        reduction=case["reduction"],
    )
    loss.sum().backward()
    return {"loss": loss.tolist(), "gradient": x.grad.tolist()}


def document() -> dict:
    """Everything that the file holds."""
    rng = np.random.default_rng(20241113)
    plain, losses = softmax_inputs(rng), loss_inputs(rng)
    cases = [*softmax_cases(plain), *onnx_loss_cases(losses), *torch_loss_cases(losses)]
    return {"made by": "python tools/row_cases.py", "inputs": plain | losses, "cases": cases}


def text(made) -> str:
    """One case a line, so that a change shows where it is."""
    parts = []
    for key, value in made.items():
        if isinstance(value, dict):
            lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in value.items()]
            parts.append(f'"{key}": {{\n' + ",\n".join(lines) + "\n}")
        elif isinstance(value, list):
            parts.append(f'"{key}": [\n' + ",\n".join(map(json.dumps, value)) + "\n]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(text(document()))
