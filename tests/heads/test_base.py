"""The contract of every head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed import heads
from tests.heads._all_heads import CLASSES, EVERY
from tests.heads._gradients import feed, loss_and_gradients, rows_of

X = np.random.default_rng(0).normal(size=(8, 6)).astype(np.float32)
Y = np.array([0, 1, 2, 3, 0, 1, 2, 3], np.int32)
every_head = pytest.mark.parametrize("name", EVERY)


def built(name: str) -> heads.LabelHead:
    head = EVERY[name]()
    head.build((None, X.shape[1]))
    return head


def test_every_public_head_is_tried() -> None:
    bases = {"CosineHead", "LabelHead", "RowLosses", "Suspect"}
    assert set(EVERY) == {name for name in heads.__all__ if name[0].isupper()} - bases


@every_head
def test_the_label_enters_the_loss_and_never_the_scores(name: str) -> None:
    head = built(name)
    free, losses = feed(head, X)
    assert losses == 0
    for label in (Y, (Y + 1) % CLASSES, np.full_like(Y, -1)):
        fed, losses = feed(head, X, label)
        np.testing.assert_allclose(fed, free, rtol=1e-6)
        assert losses == 1
    assert free.dtype == np.float32
    assert free.shape == tuple(head.compute_output_shape(X.shape))


@every_head
def test_unknown_labels_are_skipped(name: str) -> None:
    y = Y.copy()
    y[4:] = -1
    if name == "SupCon":
        y[:4] = [0, 0, 1, 1]
    head, same = built(name), EVERY[name]()
    same.build((None, X.shape[1]))
    same.set_weights(head.get_weights())
    some, by_x, _ = loss_and_gradients(head, X, y)
    few, by_few, _ = loss_and_gradients(same, X[:4], y[:4])
    assert some == pytest.approx(few, rel=1e-5)
    np.testing.assert_allclose(by_x[:4], by_few, rtol=1e-4, atol=1e-5 * np.abs(by_few).max())
    assert np.all(by_x[4:] == 0)
    assert np.any(by_x[:4] != 0)


@every_head
def test_a_batch_of_unknown_labels_has_neither_loss_nor_slope(name: str) -> None:
    value, by_x, by_centres = loss_and_gradients(built(name), X, np.full_like(Y, -1))
    assert value == 0
    assert np.all(by_x == 0)
    assert by_centres is None or np.all(by_centres == 0)


@every_head
def test_a_label_beyond_the_classes_is_not_passed_over(name: str) -> None:
    if name == "SupCon":
        return  # takes any number of classes
    y = Y.copy()
    y[3] = CLASSES
    losses = rows_of(built(name), X, y).losses
    assert np.isnan(losses[3])
    assert np.isfinite(np.delete(losses, 3)).all()


@every_head
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_finite_at_and_near_the_poles(name: str, dtype: str) -> None:
    """Embeddings at, and within rounding of, the centre and its opposite, short and long."""
    head = built(name)
    rng = np.random.default_rng(1)
    centre = rng.normal(size=X.shape[1])
    if hasattr(head, "centres"):
        centres = rng.normal(size=head.centres.shape).astype(np.float32)
        centres[:2] = centre
        head.centres.assign(centres)
    side = rng.normal(size=X.shape[1])
    rows = [
        length * (sign * centre + step * side)
        for sign in (1, -1)
        for step in (0, 1e-7, 1e-5, 1e-4, 1e-3, 1e-2, 0.1)
        for length in (0.02, 1, 100)
    ]
    x = ops.cast(ops.convert_to_tensor(np.array([*rows, 0 * side], np.float32)), dtype)
    label = np.zeros(len(rows) + 1, np.int32)
    value, by_x, by_centres = loss_and_gradients(head, x, label)
    assert np.isfinite(value)
    assert np.isfinite(by_x).all()
    assert by_centres is None or np.isfinite(by_centres).all()


@every_head
def test_a_head_comes_back_from_its_config(name: str) -> None:
    head = EVERY[name]()
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(head))
    assert type(again) is type(head)
    assert again.get_config() == head.get_config()


# A plain head, two that carry state, one without centres: compiling all of them takes long.
@pytest.mark.parametrize("name", ["ArcFace", "AdaFace", "CurricularFace", "CenterLoss"])
def test_an_ordinary_keras_model_trains_saves_and_predicts(name: str, tmp_path: Path) -> None:
    features, label = keras.Input((6,)), keras.Input((), dtype="int32", name="label")
    head = EVERY[name]()
    embedding = keras.layers.Dense(5)(features)
    model = keras.Model([features, label], head(embedding, label))
    model.compile("adam", metrics=["accuracy"])
    fed = [X, Y]
    history = model.fit(fed, Y, validation_data=(fed, Y), epochs=1, verbose=0).history
    assert np.isfinite(history["loss"][0])
    assert history["val_loss"][0] > 0
    label_free = keras.Model(features, head(embedding))
    scores = label_free.predict(X, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(fed, verbose=0), scores, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float16", "bfloat16"])
def test_float32_inside_under_any_policy(policy: str) -> None:
    head = heads.ArcFace(CLASSES, dtype=policy)
    model = keras.Sequential([keras.layers.Dense(5, dtype=policy), head])
    scores = model(X)
    assert keras.backend.standardize_dtype(scores.dtype) == "float32"
    assert keras.backend.standardize_dtype(head.centres.dtype) == "float32"
    embedding = ops.convert_to_numpy(ops.cast(model.layers[0](X), "float32"))
    exact = heads.ArcFace(CLASSES)
    exact.build((None, 5))
    exact.centres.assign(head.centres)
    np.testing.assert_allclose(
        ops.convert_to_numpy(scores), ops.convert_to_numpy(exact(embedding)), atol=1e-6
    )


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="num_classes >= 2, got 1"):
        heads.ArcFace(1)
    head: Any = heads.ArcFace(CLASSES)
    with pytest.raises(ValueError, match=r"\(batch, dimension\)"):
        head(np.ones((2, 3, 4), np.float32))
    with pytest.raises(ValueError, match="one-hot"):
        head(X, np.eye(8, 4, dtype=np.float32))
    with pytest.raises(ValueError, match="scale"):
        heads.CosFace(3, scale=0)
