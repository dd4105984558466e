"""What is exported is the model: features to probabilities, and labels only when asked for."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.served import served
from labelfeed.models.wrapping import as_predictor
from labelfeed.predictors.responses import PredictorError
from labelfeed.strategies import margin, side_label
from tests._core import FINDINGS, fed, rows, stirred

X = rows(FINDINGS, n=5)[0]


def run(network, **feeds) -> np.ndarray:
    return network.predict({"features": X, **feeds}, verbose=0)


def test_labels_are_an_input_only_when_asked_for() -> None:
    model = stirred(fed(FINDINGS))
    assert [i.name for i in served(model).inputs] == ["features"]
    np.testing.assert_allclose(run(served(model)), model.predict(X, verbose=0), atol=1e-6)
    known = np.array([[1, -1, 0]] * 5, np.int32)
    got = run(served(model, True), known=known)
    np.testing.assert_allclose(got, model.predict(X, known=known, verbose=0), atol=1e-6)
    assert np.abs(got - run(served(model)))[:, 1].max() > 1e-4


def test_side_labels_and_a_margin() -> None:
    spec, side = LabelSpec.single(3, "species"), LabelSpec.single(2, "bed no. 1")
    model = stirred(side_label(spec, (4,), [side], width=4, depth=1))
    told = np.array([0, 1, -1, 0, 1], np.int32)
    got = run(served(model, True), side_bed_no_1=told)
    wanted = as_predictor(model).probabilities(X, sides={side.name: told})
    np.testing.assert_allclose(got, wanted, atol=1e-6)
    model = margin(spec, (4,), dimension=3, width=4)
    got = run(served(model))
    np.testing.assert_allclose(got, as_predictor(model).probabilities(X), atol=1e-6)
    with pytest.raises(PredictorError, match="training loss only"):
        served(model, True)
