"""Supervised contrastive loss as a function; the layer's twin test compares it with its peers."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.losses.supervised_contrastive import supervised_contrastive
from tests.heads import _reference as reference


def test_unknown_rows_are_not_even_negatives() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 3)).astype(np.float32)
    y = np.array([0, 0, 1, 1, 1, -1, -1, -1], np.int32)
    losses, counted = supervised_contrastive(
        ops.convert_to_tensor(x), ops.convert_to_tensor(y), 0.2
    )
    expected = reference.supervised_contrastive(x[:5].astype(np.float64), y[:5], 0.2)
    assert ops.convert_to_numpy(counted).tolist() == [1] * 5 + [0] * 3
    assert float(ops.sum(losses)) / 5 == pytest.approx(expected, rel=1e-5)


def test_a_batch_without_pairs_has_no_loss() -> None:
    for labels in ([0, 1, 2], [-1, -1, -1], [0, -1, 1]):
        losses, counted = supervised_contrastive(
            ops.ones((3, 2)), ops.convert_to_tensor(np.array(labels, np.int32)), 0.1
        )
        assert float(ops.sum(losses)) == float(ops.sum(counted)) == 0.0
