"""`MarginModel`: the label in the loss only, on every kind of data, saved and label-free."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

import labelfeed
from labelfeed import heads

SPEC = labelfeed.LabelSpec.single(["a", "b", "c"], name="letter")
RNG = np.random.default_rng(0)
Y = np.arange(32, dtype=np.int32) % 3
X = (RNG.normal(size=(32, 5)) + 3 * np.eye(5)[Y]).astype(np.float32)


def make(head: heads.LabelHead | None = None, depth: int = 4) -> labelfeed.MarginModel:
    x = keras.Input((5,))
    embedder = keras.Model(x, keras.layers.Dense(depth)(x))
    return labelfeed.MarginModel(embedder, head or heads.ArcFace(3, scale=16.0), SPEC)


def test_fit_evaluate_predict_save_without_the_label(tmp_path: Path) -> None:
    model = make()
    model.compile(keras.optimizers.Adam(0.05), metrics=["accuracy"])
    history = model.fit(X, Y, epochs=8, batch_size=16, validation_data=(X, Y), verbose=0).history
    assert history["accuracy"][-1] > 0.9
    scores = model.predict(X, verbose=0)
    assert scores.shape == (32, 3)
    assert np.all(np.abs(scores) <= 1 + 1e-6)
    exact = 16 * scores.astype(np.float64)
    loss = np.mean(np.log(np.exp(exact).sum(axis=1)) - exact[np.arange(32), Y])
    report = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert report["loss"] == pytest.approx(loss, rel=1e-4)
    assert history["val_loss"][-1] == pytest.approx(loss, rel=1e-4)
    assert report["accuracy"] == pytest.approx(np.mean(scores.argmax(axis=1) == Y))
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(X, verbose=0), scores, atol=1e-6)
    assert again.label == SPEC
    again.fit(X, Y, verbose=0)
    free = keras.Model(model.embedder.inputs, model(model.embedder.inputs[0]))
    assert len(free.inputs) == 1
    np.testing.assert_allclose(free.predict(X, verbose=0), scores, atol=1e-6)


def test_training_loss_has_the_margin_and_the_weights() -> None:
    model = make()
    model.compile(keras.optimizers.SGD(0.0))
    rows = model.head.row_losses(
        ops.convert_to_tensor(model.embedder.predict(X, verbose=0)),
        ops.convert_to_tensor(Y),
        training=True,
    )
    losses = ops.convert_to_numpy(rows.losses)
    weight = RNG.random(32).astype(np.float32)
    found = model.fit(X, Y, batch_size=32, verbose=0).history
    assert found["loss"][0] == pytest.approx(losses.mean(), rel=1e-5)
    found = model.fit(X, Y, batch_size=32, sample_weight=weight, verbose=0).history
    assert found["loss"][0] == pytest.approx((losses * weight).mean(), rel=1e-5)
    found = model.fit(X, Y, batch_size=32, class_weight={"b": 3.0}, verbose=0).history
    assert found["loss"][0] == pytest.approx((losses * np.where(Y == 1, 3, 1)).mean(), rel=1e-5)
    y = np.where(Y == 2, -1, Y)
    found = model.fit(X, y, batch_size=32, verbose=0).history
    assert found["loss"][0] == pytest.approx(losses[Y != 2].mean(), rel=1e-5)


def test_random_labels_are_not_learnt_by_reading_them() -> None:
    """The control of the naive design, which reaches 1.0 here."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(608, 5)).astype(np.float32), rng.integers(0, 3, 608)
    model = make()
    model.compile("adam")
    history = model.fit(x, y, epochs=2, verbose=0).history
    assert history["accuracy"][-1] < 0.5


def test_further_metrics_see_the_scores_of_known_rows() -> None:
    model = make()
    metric = keras.metrics.SparseTopKCategoricalAccuracy(k=2, name="top2")
    model.compile(keras.optimizers.SGD(0.0), metrics=["accuracy", metric])
    y = np.where(np.arange(32) < 8, -1, Y)
    found = model.fit(X, y, batch_size=16, verbose=0).history
    scores = model.predict(X, verbose=0)[8:]
    top2 = np.mean([y in row.argsort()[-2:] for row, y in zip(scores, Y[8:], strict=True)])
    assert found["top2"][0] == pytest.approx(top2, abs=1e-6)
    assert found["accuracy"][0] == pytest.approx(np.mean(scores.argmax(axis=1) == Y[8:]), abs=1e-6)


def test_names_streams_and_errors() -> None:
    class Stream(keras.utils.PyDataset):
        def __init__(self, y: object) -> None:
            super().__init__()
            self.y = y

        def __len__(self) -> int:
            return 2

        def __getitem__(self, i: int) -> tuple:
            part = slice(16 * i, 16 * i + 16)
            return X[part], self.y[part]

    model = make()
    model.compile("adam")
    names = np.array(["a", "b", "c"])[Y]
    model.fit(Stream(names), verbose=0)
    model.fit(X, names, verbose=0)
    with pytest.raises(labelfeed.LabelError, match="Row 5"):
        model.fit(X, np.where(np.arange(32) == 5, 7, Y), verbose=0)
    with pytest.raises(labelfeed.LabelError, match="unknown"):
        model.fit(X, np.full(32, -1), verbose=0)
    with pytest.raises(labelfeed.LabelError):
        model.fit(Stream(np.full(32, 9)), verbose=0)
    with pytest.raises(TypeError, match="loss"):
        model.compile("adam", loss="mse")


def test_sup_con_trains_an_embedding() -> None:
    model = make(heads.SupCon())
    model.compile("adam")
    history = model.fit(X, Y, verbose=0).history
    assert set(history) == {"loss"}
    assert model.predict(X, verbose=0).shape == (32, 4)


def test_half_precision_trains_with_finite_loss() -> None:
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = make(heads.AdaFace(3))
        model.compile(keras.optimizers.Adam(0.01))
        history = model.fit(X, Y, epochs=3, verbose=0).history
        assert np.isfinite(history["loss"]).all()
        assert model.predict(X, verbose=0).dtype == np.float32
    finally:
        keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize(
    ("head", "label", "says"),
    [
        (heads.ArcFace(4), SPEC, "4 classes"),
        (heads.SupCon(), None, "label="),
        (keras.layers.Dense(3), SPEC, "labelfeed.heads"),
        (heads.ArcFace(3), labelfeed.LabelSpec.multi(3), "single"),
    ],
)
def test_parts_that_do_not_fit(head: object, label: object, says: str) -> None:
    x = keras.Input((5,))
    with pytest.raises(ValueError, match=says):
        labelfeed.MarginModel(keras.Model(x, keras.layers.Dense(4)(x)), head, label)


def test_every_figure_is_reported_once_after_each_compile() -> None:
    model = make()
    for metrics in (["accuracy"], ["sparse_categorical_accuracy"], None):
        model.compile("adam", metrics=metrics)
        model.fit(X, Y, verbose=0)
        names = ["loss", "accuracy"] + [m for m in metrics or [] if m != "accuracy"]
        assert sorted(model.evaluate(X, Y, verbose=0, return_dict=True)) == sorted(names)
        assert len(model.evaluate(X, Y, verbose=0)) == len(names)
