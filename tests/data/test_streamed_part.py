"""The split of a sample, and what is learned from."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.streamed_part import StreamedPart, learned, split_of_sample
from labelfeed.labels.spec import LabelSpec

ROWS = Dataset("arrays", np.eye(5), np.array([0, 1, -1, 1, 0]), LabelSpec.single(2), np.arange(5),
               "rows")  # fmt: skip


def test_unlabelled_rows_are_for_training() -> None:
    split = split_of_sample(ROWS, np.array([0, 1, 1, 2, 0]), 0.2, 0.2)
    assert split.train.tolist() == [0, 2, 4]
    assert split.test.tolist() == [1] and split.validation.tolist() == [3]


def test_an_empty_part_is_refused_only_where_it_is_wanted() -> None:
    part = np.array([0, 0, 1, 2, 0])
    assert len(split_of_sample(ROWS, part, 0.0, 0.2).test) == 0
    with pytest.raises(DataError, match="no labelled row falls to test"):
        split_of_sample(ROWS, part, 0.2, 0.2)


def test_soft_labels_are_learned_from() -> None:
    assert learned(ROWS).tolist() == [True, True, False, True, True]
    soft = np.array([np.nan, np.nan, 0.3, np.nan, np.nan], np.float32)
    assert learned(dataclasses.replace(ROWS, soft=soft)).all()
    with StreamedPart(ROWS, 5).located():
        pass
