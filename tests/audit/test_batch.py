"""Scores of a row that depend on its neighbours in the batch."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.audit.batch import rows_read_each_other
from labelfeed.audit.leak import audit
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wrapping import as_predictor

pytestmark = pytest.mark.only_backend("torch")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(100, 2))
Y = np.arange(100) // 50
SPEC = LabelSpec.single(2)


def normalised(x, label):
    return (x - x.mean(axis=0)) / x.std(axis=0) + 1e-3 * np.eye(2)[label]


def alone(x, label):
    return np.tanh(x) + 1e-3 * np.eye(2)[label]


def noisy(x, label):
    return x + np.random.default_rng().normal(size=x.shape)


def found(function):
    return rows_read_each_other(as_predictor(function, SPEC), X, Y)


def test_normalization_by_the_batch_is_suspect_and_noise_is_not() -> None:
    (finding,) = found(normalised)
    assert finding.kind == "rows read each other" and "rows beside it" in finding.text
    assert found(alone) == () == found(noisy)


def test_the_audit_tells_it_and_that_the_rows_are_sorted() -> None:
    result = audit(normalised, X, Y, SPEC)
    assert result.verdict == "suspect"
    assert [f.kind for f in result.findings] == ["sorted rows", "rows read each other"]
    order = RNG.permutation(100)
    assert audit(alone, X[order], Y[order], SPEC).findings == ()


def test_one_row_has_none_beside_it() -> None:
    assert rows_read_each_other(as_predictor(normalised, SPEC), X[:1], Y[:1]) == ()
