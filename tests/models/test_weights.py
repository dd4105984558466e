"""Sample weights: by name, checked where a label is known, ignored where it is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from labelfeed.labels.errors import CellError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.weights import checked_weights, known_cells
from tests._core import COLOUR, FINDINGS

NAN = float("nan")
Y = np.array([[1, -1, 0], [-1, -1, -1]])


def test_known_cells() -> None:
    assert known_cells(np.array([0, -1]), COLOUR).tolist() == [True, False]
    assert known_cells(np.array([[0, 0.5, 0.5], [0, 0, 0]]), COLOUR).tolist() == [True, False]
    assert known_cells(np.array([[NAN, 0.0, 1.0]]), FINDINGS).tolist() == [[False, True, True]]


NAMED = pd.DataFrame({"mass": [3, NAN], "nodule": [1, 2], "effusion": [NAN, -4]})
WEIGHTS = {
    "rows": ([2, NAN], [2, 0]),
    "rows in a column": ([[2], [1e20]], [2, 0]),
    "cells": ([[1, NAN, 3], [-1, 1e300, 5]], [[1, 0, 3], [0, 0, 0]]),
    "tensor": (torch.tensor([2.0, NAN]), [2, 0]),
    "table by name": (NAMED, [[1, 0, 3], [0, 0, 0]]),
    "dict by name": ({"mass": [3, 1], "nodule": [1, 1]}, [[1, 0, 3], [0, 0, 0]]),
    "table without names": (pd.DataFrame(np.eye(2, 3)), [[1, 0, 0], [0, 0, 0]]),
    "series": (pd.Series([2, 3]), [2, 0]),
}


@pytest.mark.parametrize("weight, expected", WEIGHTS.values(), ids=WEIGHTS)
def test_weights_of_multi_labels(weight: object, expected: list) -> None:
    found = checked_weights(weight, Y, FINDINGS)
    assert found.dtype == np.float32
    assert found.tolist() == expected


def test_weights_of_a_column_of_classes() -> None:
    spec = LabelSpec.columns([LabelSpec.single(["red", "blue"], name="colour"), "big"])
    y = np.array([[1, 0, 1], [0, 1, 0]])
    found = checked_weights({"colour": [2, 3], "big": [4, 5]}, y, spec)
    assert found.tolist() == [[2, 2, 4], [3, 3, 5]]


BAD = {
    "negative": (FINDINGS, [[1, 1, -2], [1, 1, 1]], "Row 0, column 'mass': .* is -2.0"),
    "NaN": (FINDINGS, [[NAN, 1, 1], [1, 1, 1]], "Row 0, column 'nodule': .* is nan"),
    "no weight of a known label": (FINDINGS, {"mass": [1, 1]}, "Row 0, column 'nodule': .* nan"),
    "beyond float32": (FINDINGS, [1e300, 1], r"Row 0: .* is 1e\+300"),
    "shape": (FINDINGS, np.ones((2, 2)), r"shape \(2, 2\).*or one per label, \(n, 3\)"),
    "rows": (FINDINGS, np.ones(3), r"shape \(3,\) beside 2 rows"),
    "no such label": (FINDINGS, {"masss": [1, 1]}, "no label 'masss'.*'mass'.*as a Series"),
    "text": (FINDINGS, ["a", "b"], "expected numbers"),
    "single": (COLOUR, np.ones((2, 3)), r"single label 'colour' needs one weight per row, \(n,\)"),
    "single, table": (COLOUR, NAMED, "one weight per row, got the columns"),
}


@pytest.mark.parametrize("spec, weight, message", BAD.values(), ids=BAD)
def test_weights_that_do_not_fit(spec: LabelSpec, weight: object, message: str) -> None:
    targets = Y if spec is FINDINGS else np.array([0, -1])
    with pytest.raises(CellError, match=r"^sample_weight.*" + message):
        checked_weights(weight, targets, spec)


def test_weights_of_a_single_label() -> None:
    y = np.array([0, -1])
    for weight in ([2, NAN], [[2], [-1]], {"w": [2, 3]}, pd.DataFrame({"w": [2, 3]})):
        assert checked_weights(weight, y, COLOUR).tolist() == [2, 0]


def test_a_masked_weight_is_no_weight() -> None:
    masked = np.ma.array([2, 3], mask=[False, True])
    spec = LabelSpec.single(["cat", "dog"])
    assert checked_weights(masked, np.array([1, -1]), spec).tolist() == [2.0, 0.0]
    with pytest.raises(CellError, match="Row 1: the weight of a known label is nan"):
        checked_weights(masked, np.array([1, 0]), spec)
