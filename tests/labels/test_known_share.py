"""A share of each row's labels is known: exactly, nested, and columns of classes as a whole."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.known_share import leave_known
from labelfeed.labels.spec import LabelSpec


def labels(n: int = 120, unknown: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, (n, 4)).astype(np.int32)
    y[rng.random(y.shape) < unknown] = -1
    return y


def test_only_known_labels_are_given_and_one_stays_hidden() -> None:
    y = labels()
    for share in (0.0, 0.25, 0.5, 0.75, "last", 0.99):
        known = leave_known(y, share, 0)
        given = known >= 0
        assert (known[given] == y[given]).all()
        count = (y >= 0).sum(axis=1)
        wanted = count - 1 if share == "last" else np.floor(count * share + 0.5)
        assert (given.sum(axis=1) == np.clip(wanted, 0, np.maximum(count - 1, 0))).all()


def test_larger_shares_keep_what_smaller_ones_know() -> None:
    y = labels()
    less, more = (leave_known(y, share, 3) for share in (0.25, 0.75))
    assert (more[less >= 0] >= 0).all()
    assert (leave_known(y, 0.5, 3) != leave_known(y, 0.5, 4)).any()
    assert np.array_equal(leave_known(y, 0.5, 3), leave_known(y, 0.5, 3))


def test_each_label_is_as_likely_to_be_given() -> None:
    given = leave_known(np.ones((4000, 4), int), 0.5, 0) >= 0
    assert np.abs(given.mean(axis=0) - 0.5).max() < 4.5 * 0.5 / 4000**0.5


def test_a_share_out_of_range_is_refused() -> None:
    for share in (1.0, -0.1, "half"):
        with pytest.raises(ValueError, match="known_share must be"):
            leave_known(labels(), share, 0)  # type: ignore[arg-type]


def test_a_column_of_classes_is_known_as_a_whole() -> None:
    spec = LabelSpec.columns([LabelSpec.single(["r", "g", "b"], name="colour"), "a", "b"])
    ids = np.random.default_rng(0).integers(0, [3, 2, 2], (80, 3))
    labels = spec.encode(ids)
    labels[:8] = -1
    known = leave_known(labels, 0.5, 0, spec)
    counts = [column.ids(known) >= 0 for column in spec.label_columns]
    assert set(np.sum(counts, axis=0)[8:].tolist()) == {2}
    assert not ((known[:, :3] >= 0).any(1) ^ (known[:, :3] >= 0).all(1)).any()
    last = leave_known(labels, "last", 0, spec)
    assert set(((last < 0) & (labels >= 0)).sum(axis=1)[8:].tolist()) <= {1, 3}


def test_the_draws_of_published_tables_stay() -> None:
    """The benchmarks' tables rest on these draws: another one would make them unrepeatable."""
    known = leave_known(np.ones((3, 6), int), 0.5, seed=1) == 1
    assert ["".join("x" if k else "." for k in row) for row in known] == [
        "..x.xx",
        ".x.x.x",
        "x.x.x.",
    ]
