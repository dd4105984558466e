from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.labels.spec import LabelSpec


def dataset(labels: list, spec: LabelSpec) -> Dataset:
    n = len(labels)
    frame = pd.DataFrame({"a": np.arange(n) * 10}, index=range(1, n + 1))
    return Dataset("table", frame, np.array(labels, np.int32), spec, np.arange(1, n + 1), "f.csv")


def test_labelled_rows_of_single_and_multi():
    single = dataset([0, -1, 1], LabelSpec.single(2))
    multi = dataset([[-1, -1], [-1, 0], [1, 1]], LabelSpec.multi(2))
    assert single.labelled.tolist() == [True, False, True]
    assert multi.labelled.tolist() == [False, True, True]
    assert len(single) == 3


@pytest.mark.parametrize("rows", [[2, 0], np.array([True, False, True])])
def test_take_keeps_rows_together(rows):
    taken = dataset([0, -1, 1], LabelSpec.single(2)).take(rows)
    expected = [3, 1] if isinstance(rows, list) else [1, 3]
    assert taken.row_ids.tolist() == expected
    assert taken.features["a"].tolist() == [(i - 1) * 10 for i in expected]
    assert taken.features.index.tolist() == expected
    assert taken.labels.tolist() == [{1: 0, 3: 1}[i] for i in expected]


def test_lengths_must_agree():
    with pytest.raises(DataError, match="2 rows of features, 3 of labels"):
        Dataset("arrays", np.zeros((2, 1)), np.zeros(3), LabelSpec.single(2), np.arange(3), "a.npz")


def test_did_you_mean():
    assert did_you_mean("Clas", ["age", "class"]) == " Did you mean 'class'?"
    assert did_you_mean("AGE", ["age", "class"]) == " Did you mean 'age'?"
    assert did_you_mean("zzz", ["age", "class"]) == " There are: 'age', 'class'."


def test_soft_targets_are_trained_on_and_are_no_labels():
    hard = dataset([[1, -1], [-1, -1], [0, 1]], LabelSpec.multi(2))
    assert hard.targets is hard.labels
    soft = np.array([[np.nan, 0.6], [np.nan, np.nan], [np.nan, np.nan]], np.float32)
    rows = dataclasses.replace(hard, soft=soft).take([2, 0])
    np.testing.assert_array_equal(rows.targets, np.float32([[0, 1], [1, 0.6]]))
    assert rows.labels.tolist() == [[0, 1], [1, -1]]
