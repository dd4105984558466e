"""The strategy `partial-labels`."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from labelfeed.estimators import LabelFedClassifier
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.two_phase import TwoPhaseModel
from labelfeed.strategies import partial_labels
from labelfeed.visibility.policies import Masked
from tests.strategies import _columns as columns
from tests.strategies._findings import SPEC, rows, trained


def test_known_labels_tell_the_unknown_ones() -> None:
    x, _ = rows(50, seed=1)
    plain = trained().predict(x, verbose=0)
    yes = trained().predict(x, known={"rash": 1}, verbose=0)
    no = trained().predict(x, known={"rash": "no"}, verbose=0)
    assert yes[:, 3].mean() > 0.8 > 0.65 > plain[:, 3].mean() > 0.35 > 0.2 > no[:, 3].mean()


def test_labels_known_without_the_features_telling_learn_no_noise() -> None:
    """Labels drawn at random say nothing about each other: knowing them must not raise the sure."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(300, 3)).astype(np.float32), rng.integers(0, 2, (300, 4))
    model = partial_labels(SPEC, (3,), width=8, path_units=(16,), learning_rate=1e-2)
    model.fit(x, y, batch_size=64, epochs=5, verbose=0)
    fresh = rng.integers(0, 2, (400, 4))
    known = Masked(0.5).sample(fresh, seed=0)
    p = model.predict(rng.normal(size=(400, 3)), known=known, verbose=0)
    hidden = known < 0
    assert abs(((p > 0.5) == fresh)[hidden].mean() - 0.5) < 0.06


def test_images_go_through_convolutions() -> None:
    model = partial_labels(SPEC, (8, 8, 1), width=8, path_units=(8,))
    x, y = np.zeros((6, 8, 8, 1), np.float32), rows(6)[1]
    model.fit(x, y, epochs=1, verbose=0)
    assert model.predict(x, known={"cough": 1}, verbose=0).shape == (6, 4)


@pytest.mark.parametrize("end", [None, "sigmoid"])
def test_a_trained_plain_network_is_kept_as_it_is(end: str | None) -> None:
    x, y = rows(40, unknown=0)
    features, dense = keras.Input((3,)), keras.layers.Dense(4, activation=end)
    functional = keras.Model(features, dense(features)) if end is None else None
    plain = functional or keras.Sequential([features, dense])
    before = plain.predict(x, verbose=0)
    model = partial_labels(SPEC, plain, path_units=(8,), calibrate=False)
    model.fit(x, y, epochs=2, plain_epochs=0, verbose=0)
    assert np.array_equal(plain.predict(x, verbose=0), before)
    expected = before if end else 1 / (1 + np.exp(-before))
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=2e-6)


def test_saves_and_loads(tmp_path: object) -> None:
    x, y = rows(20)
    model = trained()
    model.save(f"{tmp_path}/model.keras")
    again = keras.models.load_model(f"{tmp_path}/model.keras")
    known = Masked(0.5).sample(y, seed=0)
    expected = model.predict(x, known=known, verbose=0)
    assert np.allclose(again.predict(x, known=known, verbose=0), expected, atol=1e-6)
    assert again.visibility == Masked("uniform")
    assert type(again) is type(model)


def test_any_classifier_or_network_may_be_the_plain_model() -> None:
    x, y = rows(80)
    bayes = partial_labels(SPEC, plain=GaussianNB(), folds=2, seed=3).fit(x, y)
    same = LabelFedClassifier(GaussianNB(), SPEC, folds=2, seed=3).fit(x, y)
    known = {"rash": 1}
    assert np.array_equal(bayes.predict(x, known=known), same.predict_proba(x, known))
    features = keras.Input((3,))
    network = keras.Model(features, keras.layers.Dense(4)(features))
    assert isinstance(partial_labels(SPEC, plain=network), TwoPhaseModel)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two labels"):
        partial_labels(LabelSpec.single(3), (3,))
    with pytest.raises(ValueError, match="at least two labels"):
        partial_labels(LabelSpec.multi(1), plain="logistic")
    for neither_nor_both in ({}, {"features": (3,), "plain": "logistic"}):
        with pytest.raises(ValueError, match="either features"):
            partial_labels(SPEC, **neither_nor_both)
    with pytest.raises(ValueError, match="width, path_units cannot be used with plain="):
        partial_labels(SPEC, plain="logistic", width=8, path_units=(8,))
    with pytest.raises(ValueError, match="seed cannot be used with a network"):
        partial_labels(SPEC, (3,), seed=1)
    features = keras.Input((3,))
    wide = keras.Model(features, keras.layers.Dense(5)(features))
    with pytest.raises(ValueError, match=r"shape \(batch, 4\)"):
        partial_labels(SPEC, wide)
    tanh = keras.Model(features, keras.layers.Dense(4, activation="tanh")(features))
    with pytest.raises(ValueError, match=r"logits .* sigmoid or ColumnProbabilities, got 'tanh'"):
        partial_labels(SPEC, tanh)


def test_columns_of_classes_are_trained_saved_and_loaded(tmp_path: object) -> None:
    x = columns.rows(40)[0]
    model = columns.trained()
    model.save(f"{tmp_path}/model.keras")
    again = keras.models.load_model(f"{tmp_path}/model.keras")
    known = columns.SPEC.encode([{"colour": "red"}, {"fever": 0}] * 20)
    for given in (None, known):
        np.testing.assert_allclose(
            again.predict(x, known=given, verbose=0), model.predict(x, known=given, verbose=0),
            atol=1e-6,
        )  # fmt: skip
    assert again.label == columns.SPEC
    scale = next(v for v in model.network.layers if v.name == "calibration").scale
    got = keras.ops.convert_to_numpy(scale)
    assert (got[1:4] == 1).all() and (got[[0, 4]] != 1).all()


def test_one_column_alone_and_soft_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="at least two labels"):
        partial_labels(LabelSpec.columns([columns.COLOUR]), (3,))
    model = partial_labels(columns.SPEC, (3,), width=4, path_units=(4,))
    with pytest.raises(ValueError, match="column 'colour=red': got 0"):
        model.fit(np.ones((2, 3)), np.array([[0, 0.5, 0.25, 0.25, 1.0]] * 2), verbose=0)
