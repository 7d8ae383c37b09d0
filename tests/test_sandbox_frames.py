"""Frames that an answer's process may forge: refused, or an outcome like any other."""

import json
import struct

import numpy as np
import pytest

from actfn.interview.sandbox import Call, Limits, Outcome, results, wire
from actfn.interview.sandbox.batch import Batch

GOOD = {
    "status": "ok",
    "kind": "",
    "text": "",
    "line": None,
    "several": False,
    "scalar": False,
    "arrays": [{"dtype": "<f8", "shape": [2]}],
    "flags": ["overflow"],
    "mutated": [False],
    "shares_memory": False,
    "steps": 12,
    "seconds": 0.5,
}


def reader(data):
    """Gives bytes as the channel does; EOFError where it would wait for more."""
    rest = bytearray(data)

    def read(size):
        if size > len(rest):
            raise EOFError
        part = rest[:size]
        del rest[:size]
        return part

    return read


def outcome(data):
    batch = Batch("", "f", [Call((1.0,))], Limits())
    header, buffers = wire.unpack(reader(data), results.MOST_BYTES)
    return batch._outcome(header, buffers, 1)


def test_a_good_frame():
    got = outcome(wire.pack(GOOD, [np.array([1.0, np.nan]).tobytes()]))
    assert (got.status, got.steps, got.flags) == ("ok", 12, {"overflow"})
    assert got.value.tobytes() == np.array([1.0, np.nan]).tobytes()


def layout(dtype, *shape):
    return {"arrays": [{"dtype": dtype, "shape": list(shape)}]}


@pytest.mark.parametrize(
    "change, size",
    [
        (layout("O", 2), 16),
        (layout("|S8", 2), 16),
        (layout("<M8[s]", 2), 16),
        (layout("f8", 2), 16),  # np.dtype would take it; only the spelling of DTYPES counts
        (layout("<f8", 3), 16),
        (layout("<f8", -2), 16),
        (layout("<f8", 2.0), 16),
        (layout("<f8", True, 2), 16),
        (layout("<f8", 1 << 40), 0),
        (layout("<f8", *[1] * 65, 2), 16),
        (layout("<f8", 0, *[1 << 31] * 4), 0),
        (layout("<f8", *[1 << 31] * 2), 0),
        ({"arrays": [{"dtype": ["<f8"], "shape": [2]}]}, 16),
        ({"arrays": [{"dtype": "<f8"}]}, 16),
        ({"arrays": ["<f8"]}, 16),
        ({"arrays": []}, 16),
        ({"arrays": {}}, 16),
        ({"several": 1}, 16),
        ({"status": "pass"}, 16),
        ({"status": "syntax"}, 16),
        ({"status": ["ok"]}, 16),
        ({"status": "raised", "text": 3}, 16),
        ({"mutated": []}, 16),
        ({"mutated": [0]}, 16),
        ({"flags": "overflow"}, 16),
        ({"flags": [["overflow"]]}, 16),
        ({"seconds": float("nan")}, 16),
        ({"seconds": -1.0}, 16),
        ({"seconds": 1}, 16),
        ({"steps": -1}, 16),
        ({"steps": 1.0}, 16),
        ({"steps": 10**400}, 16),
        ({"shares_memory": None}, 16),
    ],
)
def test_headers_that_lie(change, size):
    with pytest.raises(wire.Malformed):
        outcome(wire.pack(GOOD | change, [bytes(size)]))


@pytest.mark.parametrize("text", [b"[]", b"3", b"{", b"\xff\xfe", b"[" * 99_999, b"9" * 9999, b""])
def test_headers_that_are_none(text):
    with pytest.raises(wire.Malformed):
        outcome(struct.pack(">I", len(text)) + text)


@pytest.mark.parametrize("sizes", [[1 << 40], [-1], [1 << 26, 1], ["16"], 16, None, [True]])
def test_announced_sizes_are_not_believed(sizes):
    text = json.dumps(GOOD | {"sizes": sizes}).encode()
    with pytest.raises(wire.Malformed):
        outcome(struct.pack(">I", len(text)) + text)


def test_a_header_s_length_is_limited():
    with pytest.raises(wire.Malformed, match="a header of 4294967295 bytes"):
        outcome(b"\xff" * 4)


def test_damaged_frames_are_refused_or_give_an_outcome():
    """Nothing but an outcome, `Malformed` or waiting for more can come of any bytes."""
    rng = np.random.default_rng(5)
    frame = np.frombuffer(wire.pack(GOOD, [bytes(16)]), np.uint8)
    kinds = {"outcome": 0, "refused": 0}
    for _ in range(3000):
        damaged = frame.copy()
        places = rng.integers(3, frame.size, rng.integers(1, 4))
        damaged[places] = rng.integers(32, 127, places.size)
        try:
            assert isinstance(outcome(damaged.tobytes()), Outcome)
            kinds["outcome"] += 1
        except (wire.Malformed, EOFError):
            kinds["refused"] += 1
    assert min(kinds.values()) > 100, kinds
