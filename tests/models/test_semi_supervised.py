"""`SemiSupervisedModel`: rows without a label train it, labels are never read."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import labelfeed
from labelfeed.models.semi_supervised import SemiSupervisedModel, _repeated
from labelfeed.strategies import plain

SPEC = labelfeed.LabelSpec.single(2, name="kind")
X = np.random.default_rng(0).normal(size=(48, 4)).astype(np.float32)


def network():
    return plain(SPEC, (4,), width=8, depth=1, dropout=0.0).network


def test_labelled_rows_are_repeated_until_they_are_their_share():
    known = np.zeros(100, bool)
    known[:4] = True
    at = _repeated(known, 0.2)
    assert np.bincount(at).tolist() == [6] * 4 + [1] * 96
    assert _repeated(~known, 0.2).tolist() == list(range(100))


def test_rows_without_a_label_change_the_weights_and_prediction_is_plain(tmp_path):
    y = np.where(np.arange(48) < 8, (X[:, 0] > 0).astype(int), -1)
    keras.utils.set_random_seed(0)
    model = SemiSupervisedModel(network(), SPEC)
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    start = [np.array(w) for w in model.network.get_weights()]
    model.train_on_batch(X[8:], np.full(40, -1))
    moved = [np.abs(a - b).max() for a, b in zip(start, model.network.get_weights(), strict=True)]
    assert max(moved) > 0, "the agreement alone"
    model.fit(X, y, epochs=2, batch_size=16, verbose=0)
    p = model.predict(X, verbose=0)
    np.testing.assert_allclose(p, model.predict(X[::-1], verbose=0)[::-1], atol=1e-6)
    assert float(model.evaluate(X[:8], y[:8], verbose=0)) < 2, "no agreement outside of training"
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(X, verbose=0), p, atol=1e-6)
    assert again.labelled_share == 0.125 and again.weak is None


@pytest.mark.parametrize("wrong", [{"weight": -1.0}, {"labelled_share": 1.0}])
def test_numbers_out_of_range(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SemiSupervisedModel(network(), SPEC, **wrong)
