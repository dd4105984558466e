"""Situations: how data, labels and weights come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from keras import ops

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.input import LabelInput
from labelfeed.layers import LabelEmbedding
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.wire import with_label
from labelfeed.visibility.policies import Masked
from tests._core import COLOUR, FINDINGS, fed, randomised, rows
from tests._situations import Batches, Table, forever, loader, named, tf_data, trains, works

DATA = Table()


def equal_fits(make_data: Any, expected_y: Any = None, **kwargs: Any) -> None:
    """Check that a stream trains to the weights that arrays train to."""
    x, y = rows(COLOUR, 20)
    runs = []
    for data in ((x, y), make_data(x, y)):
        keras.utils.set_random_seed(2)
        model = fed(COLOUR, Masked(0.5, seed=1), metrics=None)
        arguments = {"batch_size": 8} if isinstance(data, tuple) else kwargs
        given = data if isinstance(data, tuple) else (data,)
        trains(model, *given, epochs=1, shuffle=False, **arguments)
        runs.append(model.predict(x, verbose=0))
    np.testing.assert_allclose(runs[0], runs[1], rtol=1e-5, atol=1e-6)


@DATA.row
def tf_data_set(_: Path) -> None:
    equal_fits(lambda x, y: tf_data(x, y))


@DATA.row
def tf_data_set_of_names(_: Path) -> None:
    equal_fits(lambda x, y: tf_data(x, np.array(named(COLOUR, y))))


@DATA.row
def py_dataset_one_worker(_: Path) -> None:
    equal_fits(lambda x, y: Batches((x, y)))


@DATA.row
def py_dataset_two_workers(_: Path) -> None:
    # No comparison of weights: Keras itself starts at the second batch here.
    model, (x, y) = fed(COLOUR), rows(COLOUR)
    trains(model, Batches((x, y), workers=2), validation_data=Batches((x, y), workers=2))
    expected = model.evaluate(x, y, verbose=0)
    found = model.evaluate(Batches((x, y), workers=2), verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@DATA.row
def generator_of_names(_: Path) -> None:
    equal_fits(lambda x, y: forever(x, np.array(named(COLOUR, y), object)), steps_per_epoch=3)


@DATA.row
def torch_data_loader(_: Path) -> None:
    equal_fits(lambda x, y: loader(x, y))


@DATA.row
def pandas_and_tensors(_: Path) -> None:
    model, (x, y) = fed(COLOUR), rows(COLOUR)
    trains(model, pd.DataFrame(x), pd.Series(named(COLOUR, y)))
    trains(model, ops.convert_to_tensor(x), ops.convert_to_tensor(y))
    with pytest.raises(LabelError, match=r"y: Row 1, column 'colour': got 'bleu'.*mean 'blue'"):
        model.fit(x[:2], ["red", "bleu"])
    with pytest.raises(LabelError, match=r"validation_data: Row 0.*got 7"):
        model.fit(x, y, validation_data=(x[:1], [7]))


@DATA.row
def every_stream_of_dicts_multi_with_weights(_: Path) -> None:
    a, b, label = keras.Input((4,), name="a"), keras.Input((), name="b"), LabelInput(FINDINGS)
    joined = keras.layers.Concatenate()([a, keras.layers.Reshape((1,))(b)])
    h = LabelEmbedding(3, FINDINGS)([joined, label])
    net = keras.Model([a, label, b], keras.layers.Dense(3, activation="sigmoid")(h))
    model = LabelFedModel(net, FINDINGS, Masked("uniform"))
    model.compile("sgd", "binary_crossentropy")
    x, y = rows(FINDINGS, 20)
    x, weight = {"a": x, "b": x[:, 0]}, np.linspace(0, 1, 20, dtype=np.float32)
    trains(model, x, y, sample_weight=weight)
    for data in (tf_data(x, y, weight), Batches((x, y, weight)), loader(x, y, weight)):
        trains(model, data)
        assert np.isfinite(model.evaluate(data, verbose=0)).all()
    trains(model, forever(x, y, weight), steps_per_epoch=3)
    trains(model, [x["a"], x["b"]], y)
    assert model.predict(x, verbose=0).shape == (20, 3)
    told = model.predict(x, known={"mass": 1}, verbose=0)
    assert abs(told - model.predict([x["a"], x["b"]], verbose=0)).max() > 0
    with pytest.raises(ValueError, match=r"Expected features named \['a', 'b'\], got \['a'\]"):
        model({"a": x["a"]})
    with pytest.raises(ValueError, match=r"takes 2 feature inputs .*got 3.*known="):
        model([x["a"], x["b"], y])


@DATA.row
def streams_in_validation_evaluate_and_predict(_: Path) -> None:
    model, (x, y) = fed(COLOUR), rows(COLOUR)
    for data in (tf_data(x, y), Batches((x, y)), loader(x, y)):
        trains(model, data, validation_data=data)
        expected = model.evaluate(x, y, batch_size=8, verbose=0)
        np.testing.assert_allclose(model.evaluate(data, verbose=0), expected, rtol=1e-5)
        p = model.predict(x, verbose=0)
        np.testing.assert_allclose(model.predict(data, verbose=0), p, rtol=1e-5, atol=1e-6)
    history = trains(
        model, x, y, validation_data=forever(x, np.array(named(COLOUR, y))), validation_steps=3
    )
    assert np.isfinite(history["val_loss"]).all()


@DATA.row
def bad_labels_in_streams(_: Path) -> None:
    model, (x, _y) = fed(COLOUR), rows(COLOUR)
    y = np.full(20, 1)
    y[9] = 4
    for data in (tf_data(x, y), Batches((x, y)), loader(x, y)):
        with pytest.raises(LabelError, match=r"In (a )?batch.*Row 1, column 'colour': got 4"):
            model.fit(data, verbose=0)
        with pytest.raises(LabelError, match="Row 1, column 'colour': got 4"):
            model.evaluate(data, verbose=0)
    works(model)  # the weights outlive the errors


@DATA.row
def known_labels_beside_x_in_streams(_: Path) -> None:
    model, (x, y) = randomised(fed(FINDINGS)), rows(FINDINGS)
    known = y.copy()
    known[:, 0] = -1
    expected = model.evaluate(x, y, known=known, batch_size=8, verbose=0)
    data = tf_data(x, y).map(lambda a, b: (with_label(a, b * [0, 1, 1] - [1, 0, 0]), b))
    np.testing.assert_allclose(model.evaluate(data, verbose=0), expected, rtol=1e-5)
    told = model.predict(x, known=known, verbose=0)
    for data in (tf_data(with_label(x, known), y), Batches((with_label(x, known), y))):
        np.testing.assert_allclose(model.evaluate(data, verbose=0), expected, rtol=1e-5)
        np.testing.assert_allclose(model.predict(data, verbose=0), told, rtol=1e-5, atol=1e-6)
        trains(model, data)
        randomised(model)
    with pytest.raises(LabelError, match="no label 'mas'"):
        model.predict(x, known={"mas": 1}, verbose=0)


@DATA.row
def known_labels_as_people_write_them(_: Path) -> None:
    model, (x, y) = randomised(fed(COLOUR)), rows(COLOUR)
    told = model.predict(x, known=named(COLOUR, y), verbose=0)
    np.testing.assert_allclose(model.predict_on_batch(x, known=y), told, rtol=1e-4, atol=1e-5)
    floats = np.where(y < 0, np.nan, y).astype(np.float32)
    for label in (y, y[:, None], floats, np.eye(4, dtype=np.float32)[:, :3][y]):
        direct = ops.convert_to_numpy(model(with_label(x, label)))
        np.testing.assert_allclose(direct, told, rtol=1e-4, atol=1e-5)
    assert abs(told - model.predict(x, verbose=0))[y >= 0].max() > 0.01
    np.testing.assert_allclose(
        told[y < 0], model.predict(x[y < 0], verbose=0), rtol=1e-4, atol=1e-5
    )
