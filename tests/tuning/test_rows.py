from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.data.dataset import Dataset, Numbers, Sides
from labelfeed.labels.spec import LabelSpec
from labelfeed.tuning.errors import TuningError
from labelfeed.tuning.rows import tuning_rows
from tests.comparison._rows import findings, turned


def test_every_training_row_is_held_out_once_and_no_test_row_ever():
    dataset = findings(100)
    train = np.arange(0, 100, 2)
    with pytest.raises(TuningError, match=r"40 labelled rows; it needs at least 50\. Keep"):
        tuning_rows(dataset, train[:40], None)
    rows = tuning_rows(dataset, train, None, seed=1)
    held = [rows.split(fold)[1].row_ids for fold in range(rows.folds)]
    assert rows.folds == 5 and sorted(np.concatenate(held)) == train.tolist()
    for fold in range(rows.folds):
        learn, test = rows.split(fold)
        assert set(learn.row_ids) | set(test.row_ids) == set(train)
        assert not set(learn.row_ids) & set(test.row_ids)
    again = [rows.split(rows.folds + fold)[1].row_ids for fold in range(rows.folds)]
    assert sorted(np.concatenate(again)) == train.tolist()
    assert [list(one) for one in again] != [list(one) for one in held]


def test_groups_stay_together_and_rows_without_a_label_with_theirs():
    dataset = findings(120)
    labels = dataset.labels.copy()
    labels[::5] = -1
    dataset = dataclasses.replace(dataset, labels=labels)
    groups = np.arange(120) // 3
    rows = tuning_rows(dataset, np.arange(120), groups, folds=4)
    for fold in range(4):
        learn, held = rows.split(fold)
        assert not set(groups[learn.row_ids]) & set(groups[held.row_ids])
        assert held.labelled.all()
    with pytest.raises(TuningError, match="there are 2"):
        tuning_rows(dataset, np.arange(120), np.arange(120) // 60)


def test_ranges_of_numbers_are_cut_once_by_the_training_rows():
    age = np.arange(100.0)
    spec = LabelSpec.ranges((50.0,), "age")
    dataset = Dataset("arrays", np.eye(100), (age > 50).astype(np.int32), spec, np.arange(100),
                      "rows", numbers={"age": Numbers(age, 2)})  # fmt: skip
    rows = tuning_rows(dataset, np.arange(60), None)
    edges = rows.dataset.spec.label_columns[0].number.edges
    assert rows.dataset.numbers["age"].ranges == edges and 25 < edges[0] < 35
    assert set(rows.dataset.labels) == {0, 1}


def test_side_labels_are_checked_before_anything_is_trained():
    dataset = turned(80)
    rows = tuning_rows(dataset, np.arange(80), None, with_sides=True)
    assert rows.dataset.sides.specs[0].name == "scanner"
    copy = Sides(dataset.sides.specs, dataset.labels[:, None])
    with pytest.raises(ValueError, match="scanner"):
        tuning_rows(dataclasses.replace(dataset, sides=copy), np.arange(80), None, with_sides=True)
