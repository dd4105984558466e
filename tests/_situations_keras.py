"""Situations: how Keras compiles, runs, saves and reports a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.labels.input import LabelInput
from labelfeed.layers import LabelBranch
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.wire import with_label
from labelfeed.visibility.policies import Hidden, Masked, Shown
from tests._core import BINARY, COLOUR, FINDINGS, fed, network, randomised, rows, weights_of
from tests._situations import BACKEND, Table, named, same, trains, works

KERAS = Table()


@KERAS.row
def compiled_steps(_: Path) -> None:
    model = fed(FINDINGS, jit_compile=BACKEND != "torch")  # Torch: 100 s of compiling
    trains(model, *rows(FINDINGS))
    works(model)


@KERAS.row
def uncompiled_steps(_: Path) -> None:
    model = fed(FINDINGS, jit_compile=False)
    trains(model, *rows(FINDINGS))
    works(model)


@KERAS.row
def eager_steps(_: Path) -> None:
    model, (x, y) = fed(COLOUR, run_eagerly=True), rows(COLOUR)
    trains(model, x, y, validation_split=0.3)
    assert np.isfinite(float(model.train_on_batch(x, y)[0]))
    assert np.isfinite(float(model.test_on_batch(x, y)[0]))
    works(model)


@KERAS.row
def several_steps_per_execution(_: Path) -> None:
    model, (x, y) = fed(COLOUR, steps_per_execution=2, jit_compile=False), rows(COLOUR)
    if BACKEND == "torch":
        with pytest.raises(ValueError, match="steps_per_execution"):
            model.fit(x, y, verbose=0)
        return
    trains(model, x, y, batch_size=8)  # three batches, the last one partial
    found = model.evaluate(x, y, batch_size=8, verbose=0)
    once = fed(COLOUR)
    once.set_weights(model.get_weights())
    np.testing.assert_allclose(found, once.evaluate(x, y, batch_size=8, verbose=0), rtol=1e-5)


def mixed(policy: str, tmp_path: Path) -> None:
    keras.config.set_dtype_policy(policy)
    try:
        for spec in (COLOUR, FINDINGS):
            model = fed(spec, Masked("uniform"), optimizer=keras.optimizers.Adam(0.01))
            assert model.dtype_policy.name == policy
            scaled = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
            assert scaled == (policy == "mixed_float16")
            x, y = rows(spec)
            trains(model, x, y, sample_weight=np.ones(20), class_weight={0: 2.0})
            assert np.isfinite(model.evaluate(x, y, verbose=0)).all()
            assert np.isfinite(model.predict(x, known=y, verbose=0)).all()
            works(model)
        model.save(tmp_path / "m.keras")
    finally:
        keras.config.set_dtype_policy("float32")
    again = keras.models.load_model(tmp_path / "m.keras")
    assert again.dtype_policy.name == policy
    assert type(again.optimizer) is type(model.optimizer)
    inner = getattr(again.optimizer, "inner_optimizer", again.optimizer)
    assert isinstance(inner, keras.optimizers.Adam)  # scaled once, not twice
    assert int(ops.convert_to_numpy(again.optimizer.iterations)) > 0
    same(model, again, rtol=1e-3, atol=1e-3)
    trains(again, *rows(FINDINGS))


@KERAS.row
def mixed_float16(tmp_path: Path) -> None:
    mixed("mixed_float16", tmp_path)


@KERAS.row
def mixed_bfloat16(tmp_path: Path) -> None:
    mixed("mixed_bfloat16", tmp_path)


class Adds(keras.layers.Layer):
    """Adds the mean square of what passes to the loss."""

    def call(self, inputs: Any) -> Any:
        self.add_loss(ops.mean(ops.square(inputs)))
        return inputs


@KERAS.row
def added_losses_and_regularizers(_: Path) -> None:
    x, label = keras.Input((4,)), LabelInput(COLOUR)
    branch = LabelBranch(COLOUR, (4,), merge="add", kernel_regularizer="l2", dropout=0.1)
    h = branch([Adds()(x), label])
    net = keras.Model([x, label], keras.layers.Dense(3, activation="softmax")(h))
    features, y = rows(COLOUR)
    kernel = ops.convert_to_numpy(branch.dense[0].kernel).astype(np.float64)
    added = (features.astype(np.float64) ** 2).mean() + 0.01 * (kernel**2).sum()
    model = LabelFedModel(net, COLOUR)
    model.compile("sgd", "sparse_categorical_crossentropy")
    with_loss = model.evaluate(features, y, batch_size=20, verbose=0)
    p = model.predict(features, verbose=0)
    scored = -np.log(p[np.arange(20), y])[y >= 0].mean()
    np.testing.assert_allclose(with_loss, scored + added, rtol=1e-4)
    trains(model, features, y)

    kernel = ops.convert_to_numpy(branch.dense[0].kernel).astype(np.float64)
    added = (features.astype(np.float64) ** 2).mean() + 0.01 * (kernel**2).sum()
    model.compile("sgd", loss=None)
    found = model.evaluate(features, y, batch_size=20, verbose=0)
    np.testing.assert_allclose(found, added, rtol=1e-4)
    trains(model, features, y)


@KERAS.row
def callbacks(tmp_path: Path) -> None:
    model, (x, y) = fed(COLOUR, optimizer=keras.optimizers.SGD(0.0)), rows(COLOUR, 30)
    best, ends = weights_of(model), []

    def spoil(epoch: int, logs: dict) -> None:
        ends.append(sorted(logs))
        randomised(model, seed=epoch)
        for weight in model.trainable_variables:
            weight.assign(100 * weight.value)

    model.fit(
        x,
        y,
        validation_data=(x, named(COLOUR, y)),
        epochs=9,
        verbose=0,
        callbacks=[
            keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True),
            keras.callbacks.ModelCheckpoint(
                tmp_path / "best.keras", "val_loss", save_best_only=True
            ),
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
            keras.callbacks.LambdaCallback(on_epoch_end=spoil),
        ],
    )
    assert 3 <= len(ends) < 9
    assert set(ends[0]) == {"accuracy", "loss", "val_accuracy", "val_loss"}
    for a, b in zip(best, weights_of(model), strict=True):
        np.testing.assert_array_equal(a, b)
    same(model, keras.models.load_model(tmp_path / "best.keras"))
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 1 + len(ends)


@KERAS.row
def save_load_and_go_on(tmp_path: Path) -> None:
    arguments = {
        "optimizer": keras.optimizers.Adam(0.05),
        "metrics": ["accuracy", keras.metrics.AUC(multi_label=True, num_labels=3, name="area")],
        "weighted_metrics": ["accuracy"],
        "shown_metrics": ["accuracy"],
    }
    model, (x, y) = fed(FINDINGS, Masked("uniform", seed=4), **arguments), rows(FINDINGS)
    history = trains(model, x, y)
    expected = {"loss", "accuracy", "area", "weighted_accuracy", "shown_accuracy"}
    assert set(history) == expected
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras", safe_mode=True)
    assert again.label == FINDINGS
    assert again.visibility == Masked("uniform", seed=4)
    same(model, again)
    steps, went_on = (int(ops.convert_to_numpy(m.optimizer.iterations)) for m in (model, again))
    assert steps == went_on > 0
    for a, b in zip(model.optimizer.variables, again.optimizer.variables, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(a.value), ops.convert_to_numpy(b.value))
    assert set(again.evaluate(x, y, verbose=0, return_dict=True)) == expected
    # Adam goes on where it was: with everything read, one more step is the same step.
    known = np.where(np.arange(3) == 1, -1, y)
    for m in (model, again):
        m.train_on_batch(with_label(x, known), y)
    same(model, again, rtol=1e-4, atol=1e-5)


@KERAS.row
def save_before_compile(tmp_path: Path) -> None:
    model = LabelFedModel(network(COLOUR), COLOUR, Hidden(), name="plain")
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    assert (again.name, again.visibility, again.compiled) == ("plain", Hidden(), False)
    same(model, again)


@KERAS.row
def weights_clone_and_config(tmp_path: Path) -> None:
    model = randomised(fed(COLOUR, Masked(0.3, seed=2)))
    model.save_weights(tmp_path / "m.weights.h5")
    fresh = randomised(fed(COLOUR), seed=1)
    fresh.load_weights(tmp_path / "m.weights.h5")
    same(model, fresh)
    uncompiled = LabelFedModel(network(COLOUR), COLOUR)
    uncompiled.load_weights(tmp_path / "m.weights.h5")
    same(model, uncompiled)
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    same(model, clone)
    assert (clone.visibility, clone.label) == (model.visibility, model.label)
    config = json.loads(json.dumps(model.get_config()))
    again = LabelFedModel.from_config(config)
    again.set_weights(model.get_weights())
    same(model, again)
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    assert "Total params" in "".join(lines)


@KERAS.row
def names_of_metrics(_: Path) -> None:
    model = fed(
        BINARY,
        units=1,
        metrics={"diagnosis": ["accuracy", "mse", keras.metrics.AUC(name="area")]},
        weighted_metrics=["accuracy", keras.metrics.Recall(name="recall")],
        shown_metrics=["accuracy", keras.metrics.AUC(name="area")],
    )
    x, y = rows(BINARY, 30)
    logs = trains(model, x, y)
    names = "loss accuracy mse area weighted_accuracy recall shown_accuracy shown_area"
    assert set(logs) == set(names.split())
    found = model.evaluate(x, y, verbose=0, return_dict=True)
    assert len(model.evaluate(x, y, verbose=0)) == len(names.split())
    assert np.isnan(found["shown_accuracy"])  # nothing was shown
    assert not np.isnan(found["accuracy"])
    model.compile("sgd", "binary_crossentropy")
    assert set(trains(model, x, y)) == {"loss"}
    assert np.ndim(model.evaluate(x, y, verbose=0)) == 0


@KERAS.row
def losses_of_every_reduction(_: Path) -> None:
    x, y = rows(COLOUR)
    model = fed(COLOUR, metrics=None)
    mean = model.evaluate(x, y, batch_size=20, verbose=0)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy
    wanted = {"sum_over_batch_size": mean, "sum": mean * (y >= 0).sum()}
    wanted["mean_with_sample_weight"] = mean
    for reduction, expected in wanted.items():
        for loss in (cross_entropy(reduction=reduction), [cross_entropy(reduction=reduction)]):
            model.compile("sgd", loss)
            found = model.evaluate(x, y, batch_size=20, verbose=0)
            np.testing.assert_allclose(found, expected, rtol=1e-4)
    model.compile("sgd", keras.losses.sparse_categorical_crossentropy)
    np.testing.assert_allclose(model.evaluate(x, y, batch_size=20, verbose=0), mean, rtol=1e-4)


@KERAS.row
def visibilities(_: Path) -> None:
    x, y = rows(COLOUR)
    for visibility in (Hidden(), Masked(0.0), Masked(1.0), Masked("uniform")):
        model = fed(COLOUR, visibility, shown_metrics=["accuracy"])
        logs = model.fit(x, y, verbose=0).history
        reads = visibility in (Masked(0.0), Masked("uniform"))
        assert np.isnan(logs["shown_accuracy"][0]) != reads
        assert (logs["loss"][0] == 0) == (visibility == Masked(0.0))  # nothing left to score
    with pytest.raises(ValueError, match=r"nothing would be trained.*Masked\(0\.5\)"):
        fed(COLOUR, Shown()).fit(x, y)
    with pytest.raises(TypeError, match="must be Hidden, Shown or Masked"):
        LabelFedModel(network(COLOUR), COLOUR, 0.5)  # type: ignore[arg-type]
