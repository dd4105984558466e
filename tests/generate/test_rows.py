"""Batches of one size."""

from __future__ import annotations

import numpy as np

from labelfeed.generate.rows import FixedNoise, ShuffledRows

X = np.arange(10, dtype=np.float32)[:, None]


def test_every_row_comes_once_before_any_comes_again() -> None:
    rows = ShuffledRows({"clean": X, "kind": X[:, 0]}, X[:, 0], 4, batches=5, seed=0)
    assert len(rows) == 5
    batches = [rows[i] for i in range(5)]
    dealt = np.concatenate([batch["clean"][:, 0] for (batch,) in batches])
    assert sorted(dealt[:10]) == sorted(dealt[10:]) == list(range(10))
    for (batch,) in batches:
        assert batch["clean"].shape == (4, 1)
        assert np.array_equal(batch["kind"], batch["row weight"])
    assert len(ShuffledRows({"clean": X}, None, 64, 1, seed=0)[0][0]["clean"]) == 64


def test_held_out_noise_is_the_same_each_time_and_covers_all_levels() -> None:
    held = FixedNoise({"clean": X}, None, 32, least=100, seed=0)
    assert len(held) == 4
    first, again = ([held[i][0] for i in range(4)] for _ in range(2))
    assert all(np.array_equal(a["noise"], b["noise"]) for a, b in zip(first, again, strict=True))
    normal = np.concatenate([batch["normal"] for batch in first])
    assert len(np.unique(normal)) == 128 and abs(normal.mean()) < 1e-4
    assert abs(normal.std() - 1) < 0.02
    counts = np.unique(np.concatenate([b["clean"] for b in first]), return_counts=True)[1]
    assert counts.max() - counts.min() <= 1
