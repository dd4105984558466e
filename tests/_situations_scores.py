"""Situations: what is scored, with which weights."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.input import LabelInput
from labelfeed.layers import LabelConditionalDense, LabelEmbedding
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.visibility.policies import Hidden, Masked
from tests._core import BINARY, COLOUR, FINDINGS, fed, losses_of, randomised, rows
from tests._situations import Batches, Table, loader, named, tf_data, trains, works

SCORES = Table()


@SCORES.row
def last_partial_batch_weighs_by_its_labels(_: Path) -> None:
    for spec in (COLOUR, FINDINGS):
        x, y = rows(spec, 19, unknown=0.6)
        model = fed(spec)
        loss = losses_of(y, model.predict(x, verbose=0), spec)[y >= 0].mean()
        for size in (4, 7, 19):
            found = model.evaluate(x, y, batch_size=size, verbose=0)[0]
            np.testing.assert_allclose(found, loss, rtol=1e-4)


@SCORES.row
def sample_weight_in_all_its_shapes(_: Path) -> None:
    rng = np.random.default_rng(0)
    for spec in (COLOUR, FINDINGS):
        x, y = rows(spec)
        shapes = [(20,), (20, 1)] + ([(20, 3)] if spec.kind == "multi" else [])
        for shape in shapes:
            model = fed(spec)  # TensorFlow: one traced function cannot take several ranks
            losses = losses_of(y, model.predict(x, verbose=0), spec)
            weight = rng.random(shape).astype(np.float32)
            wide = weight.reshape(20, -1) if spec.kind == "multi" else weight.reshape(20)
            expected = (wide * losses).sum() / (y >= 0).sum()
            found = model.evaluate(x, y, batch_size=20, sample_weight=weight, verbose=0)[0]
            np.testing.assert_allclose(found, expected, rtol=1e-4)
    with pytest.raises(ValueError, match=r"sample_weight has the shape"):
        fed(COLOUR).evaluate(*rows(COLOUR), sample_weight=np.ones((20, 3)), verbose=0)


@SCORES.row
def class_weight_by_id_and_name_in_fit_and_on_batch(_: Path) -> None:
    x, y = rows(COLOUR)
    frozen = keras.optimizers.SGD(0.0)
    model = fed(COLOUR, Hidden(), optimizer=frozen)
    losses = losses_of(y, model.predict(x, verbose=0), COLOUR)
    # Several fits in a row, each with weights of its own: none may be remembered.
    for weights in ({0: 3.0, 2: 0.5}, {"blue": 7.0}, None, {"red": 0.0, "green": 0.0, "blue": 0}):
        table = np.ones(3)
        for key, value in (weights or {}).items():
            table[COLOUR.names.index(key) if isinstance(key, str) else key] = value
        expected = (table[np.maximum(y, 0)] * losses).sum() / (y >= 0).sum()
        history = model.fit(x, y, class_weight=weights, batch_size=20, verbose=0).history
        np.testing.assert_allclose(history["loss"][0], expected, rtol=1e-4)
        found = model.train_on_batch(x, y, class_weight=weights, return_dict=True)["loss"]
        np.testing.assert_allclose(float(found), expected, rtol=1e-4)
    with pytest.raises(ValueError, match="the key 'bleu'"):
        model.fit(x, y, class_weight={"bleu": 1})


@SCORES.row
def class_weight_in_streams_with_sample_weight(_: Path) -> None:
    x, y = rows(FINDINGS)
    weight = np.linspace(0.1, 1, 20, dtype=np.float32)
    model = fed(FINDINGS, Hidden(), optimizer=keras.optimizers.SGD(0.0))
    losses = losses_of(y, model.predict(x, verbose=0), FINDINGS)
    table = np.where(y == 1, [1, 5, 2], [1, 3, 2]) * weight[:, None]
    expected = (table * losses).sum() / (y >= 0).sum()
    class_weight = {"effusion": {0: 3, 1: 5}, 2: 2}
    for data in (tf_data(x, y, weight, size=20), Batches((x, y, weight), 20)):
        history = model.fit(data, class_weight=class_weight, verbose=0).history
        np.testing.assert_allclose(history["loss"][0], expected, rtol=1e-4)


@SCORES.row
def one_hot_and_soft_labels(_: Path) -> None:
    x, y = rows(COLOUR)
    hot = np.where(y[:, None] < 0, 0, np.eye(3)[y]).astype(np.float32)
    model = fed(COLOUR, loss="categorical_crossentropy")
    expected = losses_of(y, model.predict(x, verbose=0), COLOUR).sum() / (y >= 0).sum()
    for data in ((x, hot), (tf_data(x, hot.astype(int)),), (loader(x, hot),)):
        np.testing.assert_allclose(model.evaluate(*data, verbose=0)[0], expected, rtol=1e-4)
    soft = 0.7 * hot + 0.1 * hot.sum(axis=1, keepdims=True)
    p = model.predict(x, verbose=0)
    known = y >= 0
    expected = -(soft * np.log(p))[known].sum() / known.sum()
    np.testing.assert_allclose(model.evaluate(x, soft, verbose=0)[0], expected, rtol=1e-4)
    trains(model, x, soft, validation_split=0.3)


@SCORES.row
def binary_single_label_with_one_unit(_: Path) -> None:
    x, y = rows(BINARY)
    model = fed(BINARY, units=1, metrics=["accuracy", keras.metrics.AUC(name="auc")])
    p = model.predict(x, verbose=0)
    known = y >= 0
    expected = losses_of(y, p, BINARY)[known].mean()
    hot = np.where(y[:, None] < 0, 0, np.eye(2)[y])
    for labels in (y, named(BINARY, y), y[:, None], hot, hot.astype(int)):
        found = model.evaluate(x, labels, verbose=0, return_dict=True)
        np.testing.assert_allclose(found["loss"], expected, rtol=1e-4)
        right = ((p[:, 0] > 0.5) == y)[known].mean()
        np.testing.assert_allclose(found["accuracy"], right, rtol=1e-5)
        assert 0 <= found["auc"] <= 1
    trains(model, x, y)
    works(model)


@SCORES.row
def features_of_rank_one_images_and_ints(_: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(-1, 3, 12)
    for shape, dtype in (((), "float32"), ((4, 4, 1), "float32"), ((3,), "int32"), ((), "int32")):
        x, label = keras.Input(shape, dtype=dtype), LabelInput(COLOUR)
        h = keras.layers.Reshape((1,))(x) if shape == () else x
        h = LabelConditionalDense(3, COLOUR)([h, label])
        h = LabelEmbedding(2, COLOUR)([h, label])
        h = keras.layers.Flatten()(h)
        net = keras.Model([x, label], keras.layers.Dense(3, activation="softmax")(h))
        model = LabelFedModel(net, COLOUR)
        model.compile("sgd", "sparse_categorical_crossentropy")
        values = rng.integers(0, 5, (12, *shape)).astype(dtype)
        trains(model, values, y)
        assert model.predict(values, verbose=0).shape == (12, 3)


@SCORES.row
def unlabelled_rows_change_nothing(_: Path) -> None:
    x, y = rows(FINDINGS, 12, unknown=0)
    more = np.concatenate([x, 100 * np.ones_like(x)])
    labels = np.concatenate([y, np.full_like(y, -1)])
    results = []
    for features, targets in ((x, y), (more, labels)):
        model = randomised(fed(FINDINGS, Hidden()))
        loss = model.train_on_batch(features, targets)[0]
        results.append((float(loss), model.predict(x, verbose=0)))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-5)
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-4, atol=1e-6)


@SCORES.row
def a_batch_without_any_label(_: Path) -> None:
    model, (x, y) = fed(COLOUR, Masked(0.5)), rows(COLOUR)
    y[:8] = -1
    trains(model, Batches((x, y)))
    before = model.predict(x, verbose=0)
    assert float(model.train_on_batch(x[:8], y[:8])[0]) == 0
    assert float(model.test_on_batch(x[:8], y[:8])[0]) == 0
    np.testing.assert_array_equal(before, model.predict(x, verbose=0))
    with pytest.raises(LabelError, match="every label of 'colour' is unknown"):
        model.fit(x[:8], y[:8])


@SCORES.row
def no_targets(_: Path) -> None:
    model, (x, _y) = fed(COLOUR), rows(COLOUR)
    with pytest.raises(ValueError, match=r"needs targets y .*; -1 where"):
        model.fit(x, verbose=0)
    with pytest.raises(ValueError, match=r"needs targets y .*; -1 where"):
        model.evaluate(x, verbose=0)


@SCORES.row
def features_that_are_not_finite(_: Path) -> None:
    model, (x, y) = fed(COLOUR), rows(COLOUR)
    x[3, 1] = np.nan
    with pytest.raises(ValueError, match="Row 3, column 1: the feature is nan"):
        model.fit(x, y)
    model.fit(x, y, allow_nan=True, verbose=0)
