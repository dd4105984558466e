"""Rows whose label and embedding contradict each other."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed import heads
from labelfeed.heads.mislabelled import mislabelled_rows


def built(head: heads.CosineHead, centres: np.ndarray) -> heads.CosineHead:
    head.build((None, centres.shape[1]))
    head.centres.assign(centres)
    return head


def test_swapped_labels_are_found_with_their_score() -> None:
    rng = np.random.default_rng(0)
    head = built(heads.ArcFace(5), 3 * np.eye(5, 6, dtype=np.float32))
    label = np.arange(200) % 5
    x = (np.eye(5, 6)[label] + 0.05 * rng.normal(size=(200, 6))).astype(np.float32)
    given = label.copy()
    given[[7, 120]] = (given[[7, 120]] + 2) % 5
    given[50] = -1
    found = mislabelled_rows(head, x, given, block=64)
    assert sorted(s.row for s in found) == [7, 120]
    for suspect in found:
        unit = x[suspect.row] / np.linalg.norm(x[suspect.row])
        assert suspect.label == given[suspect.row]
        assert suspect.nearest == label[suspect.row]
        expected = unit[suspect.nearest] - unit[suspect.label]
        assert suspect.score == pytest.approx(expected, abs=1e-5)
    assert found[0].score >= found[1].score
    assert len(mislabelled_rows(head, x, given, least=found[0].score - 1e-6)) == 1
    assert mislabelled_rows(head, x, label) == []


def test_the_nearest_of_several_centres_counts() -> None:
    centres = np.array([[1, 0], [0, 1], [-1, 0], [-1, 0.1]], np.float32)
    head = built(heads.SubCenterArcFace(2, sub_centres=2), centres)
    assert mislabelled_rows(head, np.array([[0, 1.0]]), np.array([0])) == []
    assert mislabelled_rows(head, np.array([[0, 1.0]]), np.array([1]))[0].nearest == 0


def test_bad_input_is_named() -> None:
    head = built(heads.ArcFace(2), np.eye(2, dtype=np.float32))
    with pytest.raises(ValueError, match="Row 1: the label is 2"):
        mislabelled_rows(head, np.ones((2, 2)), [0, 2])
    with pytest.raises(ValueError, match=r"\(2, 2\)"):
        mislabelled_rows(head, np.ones((2, 3)), [0, 1])
    with pytest.raises(ValueError, match="build it first"):
        mislabelled_rows(heads.ArcFace(2), np.ones((2, 2)), [0, 1])
    with pytest.raises(ValueError, match=r"Expected label ids, got <U3 such as .*LabelSpec.encode"):
        mislabelled_rows(head, np.ones((2, 2)), ["ant", "bee"])
    with pytest.raises(ValueError, match=r"Row 1: the label is 0\.5"):
        mislabelled_rows(head, np.ones((2, 2)), [0, 0.5])
    with pytest.raises(ValueError, match="Row 0: the label is nan"):
        mislabelled_rows(head, np.ones((2, 2)), [None, 0])
    with pytest.raises(ValueError, match=r"shape \(n,\), got \(2, 2\)"):
        mislabelled_rows(head, np.ones((2, 2)), np.eye(2))
