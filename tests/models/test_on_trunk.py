from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.assembled import assembled
from labelfeed.models.on_trunk import on_trunk, thawed
from labelfeed.models.wrapping import as_predictor
from labelfeed.strategies.margin import margin
from labelfeed.strategies.masked import masked
from labelfeed.strategies.plain import plain

SINGLE, MULTI = LabelSpec.single(3), LabelSpec.multi(2)
X = np.random.default_rng(0).normal(size=(32, 5)).astype(np.float32)


@pytest.fixture
def trunk():
    rows = keras.Input((5,))
    layers = [keras.layers.Dense(4), keras.layers.BatchNormalization()]
    body = keras.Sequential([keras.Input((5,)), *layers])
    body.trainable = False
    return keras.Model(rows, body(rows), name="trunk")


def same(model, trunk, path, **how):
    whole = on_trunk(model, trunk)
    z = trunk.predict(X, verbose=0)
    expected = model.predict(z, verbose=0, **how)
    np.testing.assert_allclose(whole.predict(X, verbose=0, **how), expected, atol=1e-5)
    whole.save(path)
    again = keras.saving.load_model(path)
    np.testing.assert_allclose(again.predict(X, verbose=0, **how), expected, atol=1e-5)
    embedder = as_predictor(model)
    if embedder.embeds or model.label.kind == "single":
        np.testing.assert_allclose(
            as_predictor(again).embedding(X), embedder.embedding(z), atol=1e-5
        )
    return whole


def test_networks(trunk, tmp_path):
    whole = same(plain(SINGLE, (4,), width=3), trunk, tmp_path / "p.keras")
    assert len(whole.trainable_variables) == 6  # the trunk's are none of them
    same(margin(SINGLE, (4,), width=3, dimension=2), trunk, tmp_path / "g.keras")
    known = np.tile([[1, -1]], (32, 1))
    same(masked(MULTI, (4,), width=3), trunk, tmp_path / "m.keras", known=known)


def test_blended_plain_models(trunk, tmp_path):
    z = trunk.predict(X, verbose=0)
    y = np.stack([z[:, 0] > 0, z[:, 1] + z[:, 0] > 0], axis=1).astype(int)
    classifier = LabelFedClassifier(["logistic", "extra-trees"], MULTI).fit(z, y)
    known = np.tile([[1, -1]], (32, 1))
    same(assembled(classifier), trunk, tmp_path / "b.keras", known=known)


def test_a_thawed_trunk_learns_but_for_its_batch_statistics(trunk):
    whole = on_trunk(plain(SINGLE, (4,), width=3), trunk)
    thawed(whole, 1e-3)
    names = [v.path.rsplit("/", 2)[-2:] for v in whole.trainable_variables]
    assert len(names) == 8 and not any("batch_norm" in name[0] for name in names)
    before = whole.network.get_weights()
    whole.fit(X, np.arange(32) % 3, epochs=1, verbose=0)
    after = whole.network.get_weights()
    moved = [not np.array_equal(a, b) for a, b in zip(before, after, strict=True)]
    assert sum(moved) == 8
    assert float(keras.ops.convert_to_numpy(whole.optimizer.learning_rate)) == pytest.approx(1e-3)
