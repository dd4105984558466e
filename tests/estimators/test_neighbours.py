"""Neighbours' labels as a plain model: own labels are not read, and it learns what is near."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.column_math import column_losses
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.neighbours import NeighbourLogits, NeighbourMember
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 6)).astype(np.float32)
Y = np.stack([X[:, 0] * X[:, 1] > 0, RNG.random(200) > 0.5], axis=1).astype(int)
Y[:20, 0] = -1
SPEC, FOLDS = LabelSpec.multi(2), np.arange(200) % 4
SMALL = NeighbourMember(steps=40, k=16)


def test_it_learns_what_is_near_and_says_little_of_noise() -> None:
    found = SMALL.cross_fit(X, Y, SPEC, FOLDS)
    loss = column_losses(Y, found.oof, SPEC).sum(axis=0) / (Y >= 0).sum(axis=0)
    assert loss[0] < 0.55
    assert loss[1] < 1.1
    new = RNG.normal(size=(300, 6)).astype(np.float32)
    told = found.final.logits(new)[:, 0] > 0
    assert (told == (new[:, 0] * new[:, 1] > 0)).mean() > 0.75


def test_a_row_reads_neither_itself_nor_equal_rows_nor_its_group() -> None:
    x = np.concatenate([X, X[:50]])
    groups = np.arange(250) // 2
    y = np.concatenate([Y, 1 - Y[:50]])
    y[:20], y[200:220] = 0, 1
    keys = SMALL.cross_fit(X, Y, SPEC, FOLDS).final.keys  # type: ignore[union-attr]
    member = SMALL.grouped(groups).cross_fit(x, y, SPEC, np.arange(250) // 2 % 3)
    final = member.final
    assert isinstance(final, NeighbourLogits)
    row = 7
    own = final.groups == final.groups[row]
    assert own.sum() >= 4  # rows 6, 7, and their copies 206, 207
    before = final.logits(x[row : row + 1])
    final.labels[own] = 1 - final.labels[own]
    np.testing.assert_array_equal(final.logits(x[row : row + 1]), before)
    final.labels[~own] = 1
    assert (final.logits(x[row : row + 1]) != before).any()
    assert keys.weights["direct"].shape == (6, 32)


def test_held_out_labels_are_not_read() -> None:
    changed = Y.copy()
    changed[FOLDS == 0] = 1 - np.maximum(changed[FOLDS == 0], 0)
    first, second = (SMALL.cross_fit(X, y, SPEC, FOLDS).oof for y in (Y, changed))
    inside = FOLDS == 0
    np.testing.assert_array_equal(first[inside], second[inside])
    assert (first[~inside] != second[~inside]).any()


def test_unknown_rows_and_few_rows() -> None:
    y = np.full((12, 2), -1)
    y[0], y[5] = 1, 0
    found = NeighbourMember(steps=2).cross_fit(X[:12], y, SPEC, np.arange(12) % 2)
    assert np.isfinite(found.oof).all()
    assert len(found.final.key) == 2  # type: ignore[union-attr]
    few = NeighbourMember(steps=2, context=10).cross_fit(X, Y, SPEC, FOLDS)
    assert few.note == "10 rows are kept"


def test_wrong_sizes() -> None:
    with pytest.raises(EstimatorError, match="k must be a whole number"):
        NeighbourMember(k=0)
    with pytest.raises(EstimatorError, match="3 groups of 200 rows"):
        NeighbourMember(np.arange(3)).cross_fit(X, Y, SPEC, FOLDS)
