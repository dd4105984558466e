"""The pieces of the benchmark on classes, ranks and numbers; the measuring itself takes minutes."""

from __future__ import annotations

import numpy as np

from benchmarks.kinds import _made_up, _smoothed
from labelfeed.labels.known_share import leave_known


def test_smoothing_keeps_distributions_and_moves_to_neighbours() -> None:
    p = np.array([[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0]])
    np.testing.assert_allclose(_smoothed(p, 0.2), [[0, 0.1, 0.8, 0.1], [0.9, 0.1, 0, 0]])
    assert (_smoothed(p, 0.0) == p).all()


def test_made_up_columns_tell_each_other() -> None:
    x, spec, y = _made_up(0, None)
    assert len(x) == len(y) and [c.num_classes for c in spec.label_columns] == [5, 5, 5, 2, 2, 2]
    ids = np.stack([c.ids(y) for c in spec.label_columns[:2]])
    table = np.histogram2d(*ids, bins=5)[0] / len(y)
    chance = np.outer(table.sum(axis=1), table.sum(axis=0))
    assert np.abs(table - chance).sum() > 0.05
    assert (leave_known(y, 0.5, 0, spec) == -1).any()
