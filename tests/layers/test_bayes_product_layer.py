"""Twin of labelfeed/layers/bayes_product_layer.py."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import BayesProductLayer
from labelfeed.sides.bayes_product import BayesProduct
from tests.layers._reference import call

Y, SITE = LabelSpec.single(3), LabelSpec.single(2, "site")
SIGNS = LabelSpec.multi(2, "signs")
RNG = np.random.default_rng(0)
PLAIN = RNG.dirichlet(np.ones(3), 20).astype("float32")
SIDES = [RNG.integers(-1, 2, 20).astype("int32"), RNG.integers(-1, 2, (20, 2)).astype("int32")]


def _product(mode: str = "counts") -> BayesProduct:
    return BayesProduct(Y, [SITE, SIGNS], mode=mode).fit(RNG.integers(0, 3, 20), SIDES)


@pytest.mark.parametrize("mode", ["counts", "hard", "soft"])
def test_probabilities_and_logits_equal_the_object(mode: str) -> None:
    product = _product(mode)
    expected = product.predict_proba(PLAIN, SIDES)
    found = call(BayesProductLayer(product), [PLAIN, *SIDES])
    fits = np.isfinite(product.log_factor(SIDES)).any(1)  # the object has its own way out
    np.testing.assert_allclose(found[fits], expected[fits], atol=1e-5)
    logits = call(BayesProductLayer(product, from_logits=True), [np.log(PLAIN), *SIDES])
    again = ops.convert_to_numpy(ops.softmax(ops.convert_to_tensor(logits)))
    np.testing.assert_allclose(again[fits], expected[fits], atol=1e-5)
    unknown = [np.full_like(side, -1) for side in SIDES]
    np.testing.assert_allclose(
        call(BayesProductLayer(product), [PLAIN, *unknown]), PLAIN, atol=1e-6
    )


def test_it_stands_behind_a_model_and_its_strength_learns(tmp_path: Path) -> None:
    x = keras.Input((3,))
    sides = [keras.Input(s.shape, dtype="int32", name=s.name) for s in (SITE, SIGNS)]
    offset = BayesProductLayer(_product(), from_logits=True, train_strength=True)
    out = offset([keras.layers.Dense(3)(x), *sides])
    model = keras.Model([x, *sides], out)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.1), loss)
    model.fit([PLAIN, *SIDES], RNG.integers(0, 3, 20), epochs=3, verbose=0)
    strength = ops.convert_to_numpy(offset.strength)
    assert np.all(strength >= 0) and np.all(strength != 1)
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    expected = model.predict([PLAIN, *SIDES], verbose=0)
    np.testing.assert_allclose(again.predict([PLAIN, *SIDES], verbose=0), expected, atol=1e-5)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a fitted BayesProduct"):
        BayesProductLayer(BayesProduct(Y, SITE))
    with pytest.raises(ValueError, match=r"reads \[scores of shape \(batch, 3\), site, signs\]"):
        BayesProductLayer(_product())([PLAIN, SIDES[0]])
