"""What a run predicted for its held-out rows, as a file."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.information import METRICS, InformationCurve
from labelfeed.records.held_out import HELD_OUT, HeldOut

SPEC = LabelSpec.multi(["a", "b"])
CURVE = InformationCurve((0.0, 0.5), {m: ((0.5, float("nan")),) for m in METRICS}, (2.0, 1.0))
FOUND = HeldOut(
    labels=np.array([[0, 1], [1, -1]]), blind=np.array([[0.1, 0.9], [0.6, 0.5]]),
    rows=np.array([3, 7]), shown=np.array([[0, -1], [-1, -1]]), told=np.full((2, 2), 0.5),
    groups=np.array([0, 0]), vectors=np.eye(2), vector_names=("a", "b"), curves={"fed": CURVE},
)  # fmt: skip


def test_it_comes_back(tmp_path) -> None:
    FOUND.save(tmp_path / HELD_OUT)
    again = HeldOut.load(tmp_path / HELD_OUT, SPEC)
    assert again.sided is None and again.used is again.blind and again.vector_names == ("a", "b")
    np.testing.assert_allclose(again.blind, FOUND.blind, atol=1e-6)
    np.testing.assert_array_equal(again.hidden, [[-1, 1], [1, -1]])
    assert again.curves["fed"].values["macro_auc"][0][0] == 0.5


@pytest.mark.parametrize(
    "broken",
    [
        {"blind": np.ones((2, 3))}, {"told": np.full((2, 2), np.nan)}, {"rows": np.arange(3)},
        {"vector_names": ("a",)}, {"weights": np.ones(5)}, {"groups": np.array(["a", "b"])},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_an_error(tmp_path, broken) -> None:
    dataclasses.replace(FOUND, **broken).save(tmp_path / HELD_OUT)
    with pytest.raises(ValueError, match="is broken, or of another run"):
        HeldOut.load(tmp_path / HELD_OUT, SPEC)


def test_a_file_of_something_else_is_an_error(tmp_path) -> None:
    for content in (b"", b"PK\x03\x04 nothing", b"\x93NUMPY"):
        (tmp_path / HELD_OUT).write_bytes(content)
        with pytest.raises(ValueError, match=r"another run: it cannot be read whole$"):
            HeldOut.load(tmp_path / HELD_OUT, SPEC)
