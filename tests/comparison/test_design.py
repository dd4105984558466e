"""Splits: no row of a group on both sides, nothing known that is scored."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from labelfeed.comparison.design import input_kind, split_of
from labelfeed.data.dataset import DataError
from tests.comparison._rows import design_of, findings, turned


def test_every_labelled_row_is_tested_once_in_a_repeat() -> None:
    design = design_of(findings())
    tested = [split_of(design, 1, fold).test for fold in range(5)]
    assert sorted(np.concatenate(tested).tolist()) == list(range(60))
    again = split_of(design, 0, 0).test
    assert not np.array_equal(again, tested[0]), "each repeat deals anew"
    assert np.array_equal(split_of(design, 1, 0).test, tested[0])


def test_a_group_stands_on_one_side_with_its_unlabelled_rows() -> None:
    rows = findings()
    labels = rows.labels.copy()
    labels[::4] = -1
    groups = np.arange(60) // 3
    design = dataclasses.replace(design_of(dataclasses.replace(rows, labels=labels)), groups=groups)
    split = split_of(design, 0, 2)
    assert not (set(split.groups) | set(split.free.groups)) & set(groups[split.test])
    assert (labels[split.test] != -1).any(axis=1).all()
    assert not (split.y == -1).all(axis=1).any()
    assert len(split.free.x) and split.free.x.shape[1] == split.x.shape[1], "to train on, apart"


def test_training_only_columns_are_prepared_beside_the_features() -> None:
    hidden = pd.DataFrame({"minutes": np.arange(60.0), "reader": list("ab") * 30})
    rows = dataclasses.replace(findings(), training_only=hidden)
    split = split_of(design_of(rows), 0, 0)
    assert split.hidden.shape == (48, 3) and np.isfinite(split.hidden).all()
    useless = dataclasses.replace(rows, training_only=pd.DataFrame({"one": ["x"] * 60}))
    with pytest.raises(DataError, match="--training-only"):
        split_of(design_of(useless), 0, 0)


def test_what_is_known_is_not_scored() -> None:
    split = split_of(design_of(findings(), known_share=0.4), 0, 0)
    assert list(split.points) == ["0% known", "25% known", "40% known", "50% known", "75% known"]
    for point in split.points.values():
        assert ((point.known != -1) ^ (point.scored != -1)).all()
    assert (split.points["0% known"].known == -1).all()


def test_side_labels_are_known_or_unknown_and_always_scored() -> None:
    design = design_of(turned())
    split = split_of(design, 0, 0)
    assert design.verdict_point == "known" and input_kind(design.dataset) == "sides"
    assert (split.points["known"].sides >= 0).all() and (split.points["unknown"].sides == -1).all()
    assert all((point.scored >= 0).all() for point in split.points.values())


@pytest.mark.parametrize("known_share", [0.0, 0.25, 0.5])
def test_the_verdict_has_a_point_of_its_own(known_share) -> None:
    design = design_of(findings(), known_share=known_share)
    assert design.verdict_point in split_of(design, 0, 0).points
