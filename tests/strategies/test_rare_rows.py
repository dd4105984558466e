"""Which rows of rare classes are repeated, and how often."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.strategies.rare_rows import copies_of_classes, rare_rows

IDS = np.repeat([0, 1, 2, -1], [900, 100, 9, 5]).astype(np.int32)


def given(labels: np.ndarray, spec: LabelSpec, **more: object) -> Dataset:
    n = len(labels)
    return Dataset("arrays", np.zeros((n, 2)), labels, spec, np.arange(n), "rows", **more)


def test_rare_rows_stand_there_as_often_as_half_of_the_way_to_equal_shares_asks() -> None:
    at = rare_rows(given(IDS, LabelSpec.single(3)), seed=0)
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
    assert rare_rows(given(np.arange(90) % 3, spec), 0) is None
    several = given(np.stack([IDS, IDS], axis=1).clip(-1, 1), LabelSpec.multi(2))
    assert rare_rows(several, 0) is None
    weighed = dataclasses.replace(given(IDS, spec), weights=np.where(IDS == 0, 0.01, 1.0))
    at = rare_rows(weighed, 0)
    assert at is not None and (IDS[at] == 0).sum() > 900, "weights count as rows"
    one = given((IDS[:1000, None] > 0).astype(int), LabelSpec.multi(["ill"]))
    assert rare_rows(one, 0) is not None, "one yes/no label is two classes"
