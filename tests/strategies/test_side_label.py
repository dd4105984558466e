"""The strategy `side-label`."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import BayesProductLayer
from labelfeed.sides.bayes_product import BayesProduct
from labelfeed.strategies import SIDE_LAYERS, choose_layers, side_label
from tests.strategies._sides import TARGET, TURN, accuracy, rows, trained


def test_a_side_label_that_changes_what_features_mean_pays():
    x, y, turn = rows(400, seed=1)
    model = trained()
    plain = accuracy(model, x, y)
    assert accuracy(model, x, y, sides={"turn": turn}) > 0.9 > 0.85 > plain > 0.65
    assert accuracy(model, x, y, sides={"turn": 1 - turn}) < plain


def test_unknown_is_the_plain_network_to_the_bit():
    x, _, turn = rows(40, seed=2)
    model = trained()
    blind = model.predict(x, verbose=0)
    some = np.where(np.arange(40) < 20, turn, -1)
    mixed = model.predict(x, sides={"turn": some}, verbose=0)
    np.testing.assert_allclose(mixed[20:], blind[20:], atol=1e-6)
    assert np.abs(mixed[:20] - blind[:20]).max() > 0.1
    network = model.network
    logits = network.get_layer("plain").predict(x, verbose=0)
    expected = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    np.testing.assert_allclose(blind, expected, atol=1e-5)


def test_corruption_in_training_makes_wrong_side_labels_harmless():
    """Trained on side labels that are always replaced evenly, the model has to ignore them."""
    x, y, turn = rows(400)
    model = side_label(TARGET, (4,), [TURN], width=8, depth=1, side_corruption=0.5, dropout=0.0,
                       learning_rate=1e-2)  # fmt: skip
    model.fit(x, y, sides=[turn], batch_size=32, epochs=8, plain_epochs=0, verbose=0)
    right, wrong = (model.predict(x, sides=[s], verbose=0) for s in (turn, 1 - turn))
    trusting = trained()
    gap = np.abs(right - wrong).mean()
    full = trusting.predict(x, sides=[turn], verbose=0) - trusting.predict(
        x, sides=[1 - turn], verbose=0
    )
    assert gap < np.abs(full).mean() / 2


@pytest.mark.parametrize("layer", SIDE_LAYERS)
def test_every_layer_reads_several_side_labels(layer):
    view, signs = LabelSpec.single(3, name="view"), LabelSpec.multi(2, name="signs")
    model = side_label(TARGET, (4,), [view, signs], layer=layer, width=6)
    x, y, _ = rows(24)
    sides = {"view": np.arange(24) % 4 - 1, "signs": [[0, 1], [-1, 1], [-1, -1]] * 8}
    model.fit(x, y, sides=sides, validation_data=(x, y), validation_sides=sides, epochs=1,
              verbose=0)  # fmt: skip
    for tensor in model.network.trainable_variables:
        if tensor.shape and "plain" not in tensor.path:  # zero at the start: make it matter
            tensor.assign(
                tensor + 0.3 * np.cos(np.arange(np.prod(tensor.shape))).reshape(tensor.shape)
            )
    blind = model.predict(x, verbose=0)
    for name in sides:
        assert np.abs(model.predict(x, sides={name: sides[name]}, verbose=0) - blind).max() > 1e-4


def test_images_and_several_targets():
    findings = LabelSpec.columns([LabelSpec.single(["r", "g", "b"], name="colour"), "fever"])
    model = side_label(findings, (8, 8, 1), [TURN], width=4, side_corruption=0.2)
    x = np.zeros((6, 8, 8, 1), np.float32)
    y = {"colour": ["r", "g", "b"] * 2, "fever": [0, 1, None] * 2}
    model.fit(x, findings.encode(y), sides={"turn": "a"}, epochs=1, verbose=0)
    out = model.predict(x, sides={"turn": "b"}, verbose=0)
    assert out.shape == (6, 4)
    np.testing.assert_allclose(out[:, :3].sum(1), 1, atol=1e-5)


def test_the_bayes_product_is_an_offset_and_a_peer():
    _, y, turn = rows(40)
    product = BayesProduct(TARGET, [TURN]).fit(y, [turn])
    model = side_label(TARGET, (4,), [TURN], width=4, product=product, offset=True)
    assert any(isinstance(v, BayesProductLayer) for v in model.network.layers)
    assert model.product is product
    free = side_label(TARGET, (4,), [TURN], width=4, product=product)
    assert not any(isinstance(v, BayesProductLayer) for v in free.network.layers)


def test_auto_takes_kernels_of_classes_with_enough_rows():
    sides = [LabelSpec.single(3), LabelSpec.single(60)]
    assert choose_layers(sides, "auto", rows=6000) == ["conditional-dense"] * 2
    assert choose_layers(sides, "auto", rows=400) == ["conditional-dense", "ada-ln-zero"]
    assert choose_layers(sides, "auto", rows=None) == ["conditional-dense", "ada-ln-zero"]
    assert choose_layers(sides, "film", rows=None) == ["film"] * 2


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="layer must be one of 'auto', 'conditional-dense'"):
        side_label(TARGET, (4,), [TURN], layer="dense")
    with pytest.raises(ValueError, match="needs a single target and a fitted BayesProduct"):
        side_label(TARGET, (4,), [TURN], offset=True)
    with pytest.raises(ValueError, match="need different names"):
        side_label(TARGET, (4,), [TARGET])
    with pytest.raises(ValueError, match="at least one side label"):
        side_label(TARGET, (4,), [])
    with pytest.raises(ValueError, match="label_dropout must be"):
        side_label(TARGET, (4,), [TURN], side_dropout=1.0)
    assert isinstance(side_label(TARGET, (4,), TURN), keras.Model)
