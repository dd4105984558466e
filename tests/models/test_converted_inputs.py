"""Transformers of scikit-learn as layers: the same numbers."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)

from labelfeed.estimators.errors import EstimatorError
from labelfeed.models.converted_inputs import TRANSFORMERS, transformed
from labelfeed.models.converted_scores import joined

RNG = np.random.default_rng(0)
X = (RNG.normal(size=(50, 4)) * [1, 5, 0.1, 1] + [0, 500, 0, -3]).astype(np.float32)
X[:, 3] = 2.0
GAPS = X.copy()
GAPS[::7, 1] = GAPS[::5, 2] = np.nan
Y = (X[:, 0] > 0).astype(int)

GIVEN: list[tuple[Any, np.ndarray]] = [
    (StandardScaler(), X),
    (StandardScaler(with_mean=False), X),
    (MinMaxScaler((-1, 2)), X),
    (MinMaxScaler(clip=True), X),
    (MaxAbsScaler(), X),
    (RobustScaler(), X),
    (SimpleImputer(strategy="median", add_indicator=True), GAPS),
    (SelectKBest(k=2), X),
    (VarianceThreshold(), X),
    (PCA(2, whiten=True), X),
    (TruncatedSVD(2), X),
    ("passthrough", X),
]


@pytest.mark.filterwarnings("ignore")
def test_features_become_what_scikit_learn_makes_of_them() -> None:
    features, wide = keras.Input((4,)), GAPS * 1.5
    outputs, wanted = [], []
    for transformer, x in GIVEN:
        outputs.append(
            transformed(transformer, features)
            if transformer == "passthrough"
            else transformed(transformer.fit(x, Y), features)
        )
        wanted.append(wide if transformer == "passthrough" else _told(transformer, wide))
    model = keras.Model(features, joined(outputs))
    again = keras.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    expected = np.hstack(wanted)
    for network in (model, again):
        found = ops.convert_to_numpy(network(wide))
        there = ~np.isnan(expected)
        np.testing.assert_allclose(found[there], expected[there], rtol=2e-5, atol=2e-5)


def _told(transformer: Any, x: np.ndarray) -> np.ndarray:
    """Return what scikit-learn says of rows, NaN in the rows that it would not take."""
    try:
        return np.asarray(transformer.transform(x))
    except ValueError:
        there = ~np.isnan(x).any(axis=1)
        some = transformer.transform(x[there])
        out = np.full((len(x), some.shape[1]), np.nan)
        out[there] = some
        return out


def test_what_cannot_be_layers_is_refused_with_what_can() -> None:
    assert StandardScaler in TRANSFORMERS
    with pytest.raises(EstimatorError, match=r"PolynomialFeatures .*StandardScaler"):
        transformed(PolynomialFeatures().fit(X), keras.Input((4,)))
    lost = GAPS.copy()
    lost[:, 0] = np.nan
    with pytest.raises(EstimatorError, match="at least one value"):
        transformed(SimpleImputer().fit(lost), keras.Input((4,)))
