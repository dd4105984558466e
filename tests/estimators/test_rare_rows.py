"""Which rows of rare classes are repeated, and how often."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.rare_rows import copies_of_classes, rare_rows
from labelfeed.labels.spec import LabelSpec

IDS = np.repeat([0, 1, 2, -1], [900, 100, 9, 5]).astype(np.int32)


def states(ids: np.ndarray, spec: LabelSpec) -> np.ndarray:
    return spec.label_columns[0].labels(ids)


def test_rare_rows_stand_there_as_often_as_half_of_the_way_to_equal_shares_asks() -> None:
    spec = LabelSpec.single(3)
    at = rare_rows(states(IDS, spec), spec, None, seed=0)
    assert at is not None and (np.diff(at) < 0).any(), "not in the order of the classes"
    taken = IDS[at]
    assert [int((taken == c).sum()) for c in (0, 1, 2, -1)] == [900, 300, 90, 5]
    assert set(at.tolist()) == set(range(len(IDS)))


def test_rows_are_never_many_times_what_they_were() -> None:
    counts = np.array([10_000, *[2] * 500])
    copies = copies_of_classes(counts)
    assert counts @ copies <= 2 * counts.sum() and copies.max() > 5
    assert copies_of_classes(np.array([0, 0])).tolist() == [1, 1]


def test_what_has_no_rare_class_stays_as_it_is() -> None:
    spec = LabelSpec.single(3)
    assert rare_rows(states(np.arange(90) % 3, spec), spec, None, 0) is None
    assert rare_rows(np.stack([IDS, IDS], axis=1).clip(-1, 1), LabelSpec.multi(2), None, 0) is None
    at = rare_rows(states(IDS, spec), spec, np.where(IDS == 0, 0.01, 1.0), 0)
    assert at is not None and (IDS[at] == 0).sum() > 900, "weights count as rows"
    one = (IDS[:1000, None] > 0).astype(int)
    assert rare_rows(one, LabelSpec.multi(["ill"]), None, 0) is not None, (
        "one yes/no label is two classes"
    )
