from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.labels.prior import PriorError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.assembled import assembled
from labelfeed.models.prior_shifted import prior_shifted
from labelfeed.models.wrapping import as_predictor
from labelfeed.strategies.margin import margin
from labelfeed.strategies.plain import plain
from labelfeed.strategies.side_label import side_label

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3)).astype(np.float32)


def moved(p, shift):
    odds = p / (1 - p) * np.exp(shift)
    return odds / (1 + odds)


def test_blended_plain_models_with_and_without_known_labels(tmp_path):
    spec = LabelSpec.multi(["cough", "fever"])
    y = np.stack([X[:, 0] > 0, X[:, 1] + X[:, 0] > 0.5], axis=1).astype(int)
    model = assembled(LabelFedClassifier("logistic", spec).fit(X, y))
    share = y[:, 1].mean()
    rare = prior_shifted(model, y, "fever=0.01")
    shift = np.array([0, np.log(0.01 / 0.99) - np.log(share / (1 - share))])
    known = np.tile([[1, -1]], (60, 1))
    rare.save(tmp_path / "rare.keras")
    again = keras.saving.load_model(tmp_path / "rare.keras")
    for told in (None, known):
        expected = moved(model.predict(X, known=told, verbose=0), shift)
        np.testing.assert_allclose(rare.predict(X, known=told, verbose=0), expected, atol=1e-5)
        np.testing.assert_allclose(again.predict(X, known=told, verbose=0), expected, atol=1e-5)
    back = prior_shifted(again, y, {"fever": share})
    np.testing.assert_allclose(back.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-5)


def test_a_network_keeps_its_embedding():
    spec = LabelSpec.single(["ill", "well"])
    y = np.arange(60) % 3 // 2
    model = plain(spec, (3,), width=4)
    rare = prior_shifted(model, y, {"ill": 0.1})
    expected = moved(model.predict(X, verbose=0)[:, 0], np.log(0.1 / 0.9) - np.log(2))
    np.testing.assert_allclose(rare.predict(X, verbose=0)[:, 0], expected, atol=1e-5)
    np.testing.assert_allclose(as_predictor(rare).embedding(X), as_predictor(model).embedding(X))


def test_side_labels_are_read_and_the_shift_holds_without_them():
    spec, site = LabelSpec.single(2), LabelSpec.single(3, name="site")
    y = np.arange(60) % 2
    model = side_label(spec, (3,), sides=[site], width=4)
    rare = prior_shifted(model, y, 0.1)
    for sides in (None, {"site": np.arange(60) % 3}):
        expected = moved(model.predict(X, sides=sides, verbose=0)[:, 1], np.log(1 / 9))
        got = rare.predict(X, sides=sides, verbose=0)[:, 1]
        np.testing.assert_allclose(got, expected, atol=1e-5)


def test_an_embedding_has_no_prior():
    model = margin(LabelSpec.single(2), (3,), width=4, dimension=2)
    with pytest.raises(PriorError, match="this is a MarginModel"):
        prior_shifted(model, np.arange(60) % 2, 0.1)
