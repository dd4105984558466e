"""Peers of other packages in the benchmark of partly known labels."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from benchmarks.outside_peers import OUTSIDE, Outside
from benchmarks.partial_data import split
from benchmarks.partial_outside import outside_naive_bayes


def test_odds_of_features_times_those_of_known_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OUTSIDE, "one", Outside("sklearn", lambda seed, w: LogisticRegression()))
    parts = split("breast-cancer", None, seed=1)
    predict = outside_naive_bayes(parts, 0, "one", {})
    x, y = parts.test
    nothing, known = np.full(y.shape, -1), np.where(np.arange(y.shape[1]) > 0, y, -1)
    blind, fed = predict(x, nothing)[:, 0], predict(x, known)[:, 0]
    own = LogisticRegression().fit(
        np.concatenate([parts.train[0], parts.validation[0]]),
        np.concatenate([parts.train[1], parts.validation[1]])[:, 0],
    )
    np.testing.assert_allclose(blind, own.predict_proba(x)[:, 1], atol=1e-6)
    assert ((fed > 0.5) == y[:, 0]).mean() > 0.8 and np.abs(fed - blind).max() > 0.1
