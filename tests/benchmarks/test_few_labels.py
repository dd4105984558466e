"""The benchmark of few labels: who sees which rows."""

from __future__ import annotations

import numpy as np

from benchmarks.few_labels import WAYS, draw


def test_rows_that_score_are_in_no_training_and_every_class_is_labelled() -> None:
    x = np.arange(300.0)[:, None] * np.ones(2)
    y = (np.arange(300) % 50 == 0).astype(int)
    rows = draw(x, y, 10, 100, seed=0)
    assert len(rows.y) == 110 and (rows.y >= 0).sum() == 10 and (rows.y == 1).sum() >= 2
    assert not set(rows.x[:, 0].tolist()) & set(rows.test[:, 0].tolist())
    assert len(rows.test) == 90 == len(rows.target)


def test_peers_give_probabilities_of_all_classes() -> None:
    x = np.random.default_rng(0).normal(size=(120, 2))
    rows = draw(x, (x[:, 0] > 0).astype(int), 20, 40, seed=1)
    for way in list(WAYS)[2:3] + list(WAYS)[4:]:
        p = WAYS[way](rows)
        assert p.shape == (36, 2) and np.mean(p.argmax(axis=1) == rows.target) > 0.6
