"""Features, labels and weights as the estimators take them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.inputs import checked_features, checked_weight, labels_and_spec
from labelfeed.labels.spec import LabelSpec


def test_a_table_names_its_labels() -> None:
    spec, y = labels_and_spec(pd.DataFrame({"cough": [1, 0], "fever": [np.nan, 1]}), None)
    assert spec.names == ("cough", "fever") and y.tolist() == [[1, -1], [0, 1]]


def test_classes_are_sorted_and_gaps_unknown() -> None:
    spec, y = labels_and_spec(np.array([7, 3, -1, 7]), None)
    assert spec.names == ("3", "7") and y.tolist() == [[0, 1], [1, 0], [-1, -1], [0, 1]]
    assert labels_and_spec([1, 0], LabelSpec.single(3))[1].tolist() == [[0, 1, 0], [1, 0, 0]]


def test_weights_have_a_mean_of_one() -> None:
    assert checked_weight([1, 3], 2).tolist() == [0.5, 1.5] and checked_weight(None, 2) is None


@pytest.mark.parametrize("weight", [[1.0], [1, -1], [np.nan, 1], [0, 0]])
def test_wrong_weights_are_refused(weight: list) -> None:
    with pytest.raises(EstimatorError, match=r"must be \(2,\) finite numbers"):
        checked_weight(weight, 2)


@pytest.mark.parametrize("x", [[1.0], [["a"]], [[np.inf]], [[1e39]]])
def test_wrong_features_are_refused(x: list) -> None:
    with pytest.raises(EstimatorError, match="X "):
        checked_features(x)
