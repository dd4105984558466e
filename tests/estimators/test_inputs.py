"""Features, labels and weights as the estimators take them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.inputs import checked_features, checked_weight


def test_a_table_of_numbers_is_taken_with_its_names() -> None:
    model = LabelFedClassifier()
    table = pd.DataFrame({"age": [1, 2], "sex": pd.array([True, False], "boolean")})
    x = checked_features(table, model, fitted=False)
    assert x.dtype == np.float32 and x.tolist() == [[1, 1], [2, 0]]
    assert model.feature_names_in_.tolist() == ["age", "sex"] and model.n_features_in_ == 2
    with pytest.raises(ValueError, match="feature names"):
        checked_features(table[["sex", "age"]], model, fitted=True)


def test_weights_have_a_mean_of_one() -> None:
    assert checked_weight([1, 3], 2).tolist() == [0.5, 1.5] and checked_weight(None, 2) is None


@pytest.mark.parametrize("weight", [[1.0], [1, -1], [np.nan, 1], [0, 0]])
def test_wrong_weights_are_refused(weight: list) -> None:
    with pytest.raises(EstimatorError, match=r"must be \(2,\) finite numbers"):
        checked_weight(weight, 2)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0], "Reshape your data"),
        ([["a"]], "X must be numbers"),
        ([[np.inf]], "row 0, column 0"),
        ([[0.0], [1e39]], "row 1, column 0"),
        (pd.DataFrame({"a": pd.array([1.5, None], "Float64")}), "NaN.* row 1, column 0"),
        ([[], []], "0 feature"),
        (csr_matrix([[1.0]]), "[Ss]parse"),
    ],
)
def test_wrong_features_are_refused(x, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        checked_features(x, LabelFedClassifier(), fitted=False)
