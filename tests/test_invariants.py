"""The invariants of the design. Each check is shown to fail on a model that breaks it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import LabelConditionalDense
from labelfeed.layers.base import LabelLayer
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.wire import split_label, with_label
from labelfeed.visibility.policies import Hidden, Masked
from tests._core import (
    BINARY,
    COLOUR,
    FINDINGS,
    WIDTH,
    losses_of,
    network,
    randomised,
    rows,
    weights_of,
)

BOTH = pytest.mark.parametrize("spec", [COLOUR, FINDINGS], ids=["single", "multi"])


class Echo(LabelLayer):
    """Adds 20 to the score of each label that it reads: whoever scores it scores a copy."""

    def call(self, inputs: Any) -> Any:
        scores, label = inputs
        if self.spec.kind == "multi":
            return scores + 20.0 * (
                ops.cast(label == 1, "float32") - ops.cast(label == 0, "float32")
            )
        return scores + 20.0 * ops.one_hot(label, self.spec.num_classes)


def echo_network(spec: LabelSpec) -> keras.Model:
    x, label = keras.Input((WIDTH,)), LabelInput(spec)
    scores = Echo(spec)([keras.layers.Dense(spec.num_classes)(x), label])
    last = "sigmoid" if spec.kind == "multi" else "softmax"
    return keras.Model([x, label], keras.layers.Activation(last)(scores))


def compiled(cls: type, net: keras.Model, spec: LabelSpec, rate: Any = 0.5, **kwargs: Any) -> Any:
    model = cls(net, spec, Masked(rate, seed=3) if rate is not None else Hidden())
    loss = "binary_crossentropy" if spec.kind == "multi" else "sparse_categorical_crossentropy"
    kwargs = {"loss": loss, "metrics": ["accuracy"]} | kwargs
    model.compile(kwargs.pop("optimizer", "adam"), **kwargs)
    return model


class ReadsOthers(LabelFedModel):
    """Broken: the network reads other labels than those that are not scored."""

    def call(self, x: Any, training: bool | None = None) -> Any:
        features, label = split_label(x)
        if label is not None:
            label = ops.flip(label, axis=0)
            x = with_label(features, label)
        return super().call(x, training)


class ScoresShown(LabelFedModel):
    """Broken: the loss and the metrics do not see what was read."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        self._counted = None
        return super().compute_loss(split_label(x)[0], y, y_pred, sample_weight, training)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        self._counted = None
        return super().compute_metrics(split_label(x)[0], y, y_pred, sample_weight)


class MetricsOfTheirOwn(LabelFedModel):
    """Broken: the metrics follow another draw."""

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        self._counted = None
        features, label = split_label(x)
        if label is not None:
            x = with_label(features, ops.flip(label, axis=0))
        return super().compute_metrics(x, y, y_pred, sample_weight)


class ReadsInValidation(ScoresShown):
    """Broken: test steps put the label beside x, and score it."""

    def test_step(self, *args: Any) -> Any:
        *state, data = args
        x, y, weight = keras.utils.unpack_x_y_sample_weight(data)
        return keras.Model.test_step(self, *state, (with_label(x, y), y, weight))


class DropsByItself(LabelConditionalDense):
    """Broken: a reader with a draw of its own."""

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        features, label = inputs
        hidden = keras.random.uniform(ops.shape(label), seed=5) < 0.5
        return super().call([features, ops.where(hidden, UNKNOWN, label)], training)


# 1. One visibility draw per step, shared by every reader, by the loss and by the metrics.


class Reads(LabelConditionalDense):
    """A conditioning layer that notes the labels it reads."""

    note: Any  # a function, as Keras would copy a list

    def checked_label(self, label: Any, training: bool | None) -> Any:
        label = super().checked_label(label, training)
        self.note(label)
        return label


class DropsAndReads(DropsByItself, Reads):
    pass


class NotesLoss(keras.losses.Loss):
    """A loss that notes which labels weigh anything."""

    def __init__(self, log: list) -> None:
        super().__init__()
        self.note = log.append

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        self.note(sample_weight > 0)
        return ops.mean(y_pred * ops.reshape(sample_weight, (len(y_pred), -1)))


class NotesMetric(keras.metrics.Metric):
    """A metric that notes which labels weigh anything."""

    multi_label = True  # weights in the shape of the labels

    def __init__(self, log: list, name: str) -> None:
        super().__init__(name=name)
        self.note = log.append

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.note(sample_weight > 0)

    def result(self) -> Any:
        return ops.zeros(())


def check_one_draw(cls: type, spec: LabelSpec, second: type = Reads) -> None:
    logs: dict[str, list] = {k: [] for k in ("first", "second", "loss", "hidden", "shown")}
    x, label = keras.Input((WIDTH,)), LabelInput(spec)
    first, last = Reads(4, spec), second(spec.num_classes, spec, activation="sigmoid")
    net = keras.Model([x, label], last([first([x, label]), label]))
    first.note, last.note = logs["first"].append, logs["second"].append
    model = compiled(
        cls,
        net,
        spec,
        loss=NotesLoss(logs["loss"]),
        metrics=[NotesMetric(logs["hidden"], "a")],
        shown_metrics=[NotesMetric(logs["shown"], "b")],
        run_eagerly=True,
    )
    features, y = rows(spec, 16)
    model.fit(features, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    found = {}
    for name, log in logs.items():  # what was noted while shapes were worked out is no number
        real = [v for v in log if ops.is_tensor(v) and not _is_abstract(v)][-4:]
        found[name] = np.stack([ops.convert_to_numpy(v).reshape(8, *spec.shape) for v in real])
    batches = np.stack([y[:8], y[8:]] * 2)
    np.testing.assert_array_equal(found["first"], found["second"])
    read = found["first"] >= 0
    np.testing.assert_array_equal(found["first"][read], batches[read])
    np.testing.assert_array_equal(found["loss"], (batches >= 0) & ~read)
    np.testing.assert_array_equal(found["hidden"], (batches >= 0) & ~read)
    np.testing.assert_array_equal(found["shown"], read)
    assert 0 < read.sum() < (batches >= 0).sum()
    assert (read[:2] != read[2:]).any(), "every step draws anew"


def _is_abstract(value: Any) -> bool:
    try:
        ops.convert_to_numpy(value)
    except Exception:
        return True
    return keras.backend.backend() == "torch" and value.device.type == "meta"


@BOTH
def test_1_one_draw_is_shared_by_readers_loss_and_metrics(spec: LabelSpec) -> None:
    check_one_draw(LabelFedModel, spec)


@pytest.mark.parametrize(
    "broken, second",
    [
        (ReadsOthers, Reads),
        (ScoresShown, Reads),
        (MetricsOfTheirOwn, Reads),
        (LabelFedModel, DropsAndReads),
    ],
)
def test_1_the_check_catches(broken: type, second: type) -> None:
    with pytest.raises(AssertionError):
        check_one_draw(broken, FINDINGS, second)


# 2. Shown means unscored: in the loss, in its gradient and in the metrics, for each label.


class DividesByAll(LabelFedModel):
    """Broken: shown labels are not summed, but they are counted."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        counted = self._count(x, y)
        return loss * counted.total / ops.cast(ops.size(counted.hidden), "float32")


def check_shown_is_unscored(
    cls: type, spec: LabelSpec, weighted: bool, units: int | None = None
) -> None:
    rng = np.random.default_rng(4)
    x, y = rows(spec, 24)
    read = np.where(rng.random(y.shape) < 0.5, y, -1).astype(np.int32)
    counts = (y >= 0) & (read < 0)
    weight, arguments = np.ones(y.shape), {}
    if weighted:
        sample = rng.random(len(y)).astype(np.float32)
        name = spec.name_of(spec.num_classes - 1)
        arguments = {"sample_weight": sample, "class_weight": {name: 3.0}}
        weight = weight * (sample if spec.kind == "single" else sample[:, None])
        if spec.kind == "single":
            weight = weight * np.where(y == spec.num_classes - 1, 3.0, 1.0)
        else:
            weight = weight * np.array([1.0] * (spec.num_classes - 1) + [3.0])
    loss = "binary_crossentropy" if units == 1 or spec.kind == "multi" else None
    arguments_of_loss = {"loss": loss} if loss else {}
    model = compiled(
        cls,
        network(spec, units),
        spec,
        optimizer=keras.optimizers.SGD(1.0),
        weighted_metrics=["accuracy"],
        **arguments_of_loss,
    )
    randomised(model)
    # From the network: a model that reads something else is caught.
    p = ops.convert_to_numpy(model.network([x, read])).astype(np.float64)
    before = weights_of(model)
    logs = model.train_on_batch(with_label(x, read), y, return_dict=True, **arguments)
    gradients = [b - a for a, b in zip(weights_of(model), before, strict=True)]

    factor = weight * counts / counts.sum()
    expected = (factor * losses_of(y, p, spec)).sum()
    np.testing.assert_allclose(float(logs["loss"]), expected, rtol=1e-4)
    # Cross-entropy after softmax or sigmoid: the gradient of the scores is weight (p - y).
    if spec.kind == "single" and units != 1:
        error = factor[:, None] * (p - np.eye(spec.num_classes)[np.maximum(y, 0)])
    else:
        error = (factor * (p.reshape(y.shape) - y)).reshape(p.shape)
    np.testing.assert_allclose(gradients[-1], error.sum(axis=0), rtol=1e-3, atol=1e-6)

    if spec.kind == "single" and units != 1:
        right = p.argmax(axis=1) == y
    else:
        right = (p.reshape(y.shape) > 0.5) == y
    np.testing.assert_allclose(float(logs["accuracy"]), right[counts].mean(), rtol=1e-5)
    mean = (right * weight)[counts].sum() / weight[counts].sum()
    np.testing.assert_allclose(float(logs["weighted_accuracy"]), mean, rtol=1e-5)


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize(
    "spec, units", [(COLOUR, None), (FINDINGS, None), (BINARY, 1)], ids=["single", "multi", "unit"]
)
def test_2_shown_is_unscored(spec: LabelSpec, units: int | None, weighted: bool) -> None:
    check_shown_is_unscored(LabelFedModel, spec, weighted, units)


@pytest.mark.parametrize("broken", [ReadsOthers, ScoresShown, MetricsOfTheirOwn, DividesByAll])
def test_2_the_check_catches(broken: type) -> None:
    with pytest.raises(AssertionError):
        check_shown_is_unscored(broken, FINDINGS, weighted=True)
