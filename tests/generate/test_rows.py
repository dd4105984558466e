"""Batches of one size."""

from __future__ import annotations

import numpy as np

from labelfeed.generate.rows import CLEAN, NOISE, NORMAL, WEIGHT, EpochOf, FixedNoise, ShuffledRows

X = np.arange(10, dtype=np.float32)[:, None]


def test_every_row_comes_once_before_any_comes_again() -> None:
    rows = ShuffledRows({CLEAN: X, "kind": X[:, 0]}, X[:, 0], 4, batches=5, seed=0)
    assert len(rows) == 5
    batches = [rows[i] for i in range(5)]
    dealt = np.concatenate([batch[CLEAN][:, 0] for (batch,) in batches])
    assert sorted(dealt[:10]) == sorted(dealt[10:]) == list(range(10))
    for (batch,) in batches:
        assert batch[CLEAN].shape == (4, 1)
        assert np.array_equal(batch["kind"], batch[WEIGHT])
    assert len(ShuffledRows({CLEAN: X}, None, 64, 1, seed=0)[0][0][CLEAN]) == 64


def test_the_epoch_and_the_number_tell_a_batch_whatever_was_asked_for_before() -> None:
    rows, later = (ShuffledRows({CLEAN: X}, None, 4, batches=3, seed=0) for _ in range(2))
    dealt = []
    for epoch in range(4):
        EpochOf(rows).on_epoch_begin(epoch)
        dealt.append([rows[i][0][CLEAN].tolist() for i in range(3)])
    for epoch, index in ((3, 2), (0, 1), (2, 0), (2, 2)):
        later.epoch = epoch
        assert later[index][0][CLEAN].tolist() == dealt[epoch][index]
    assert dealt[0] != dealt[1]


def test_held_out_noise_is_the_same_each_time_and_covers_all_levels() -> None:
    held = FixedNoise({CLEAN: X}, None, 32, least=100, seed=0)
    assert len(held) == 4
    first, again = ([held[i][0] for i in range(4)] for _ in range(2))
    assert all(np.array_equal(a[NOISE], b[NOISE]) for a, b in zip(first, again, strict=True))
    normal = np.concatenate([batch[NORMAL] for batch in first])
    assert len(np.unique(normal)) == 128 and abs(normal.mean()) < 1e-4
    assert abs(normal.std() - 1) < 0.02
    counts = np.unique(np.concatenate([b[CLEAN] for b in first]), return_counts=True)[1]
    assert counts.max() - counts.min() <= 1
