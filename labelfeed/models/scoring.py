"""Metrics and loss mean over the labels that count: hidden ones, or on request the shown ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from labelfeed.labels.spec import LabelSpec

__all__ = ["CHANNELS", "ScoredMean", "ScoredMetric", "pack_weights", "wrap_metrics"]

CHANNELS = ("hidden", "hidden_weighted", "shown")


def pack_weights(channels: Sequence[str], known: Any, hidden: Any, weights: Any) -> Any:
    """Stack the weights of the `channels` that are in use, `(len(channels), batch, ...)`.

    Args:
        channels: Some of `CHANNELS`.
        known: float32 1 where a label is known.
        hidden: float32 1 where it is known and was hidden from the network.
        weights: Sample weights in the shape of `hidden`, or `None`.
    """
    packed = []
    for channel in channels:
        if channel == "shown":
            packed.append(known - hidden)
        elif channel == "hidden_weighted" and weights is not None:
            packed.append(hidden * weights)
        else:
            packed.append(hidden)
    return ops.stack(packed, axis=0) if len(packed) > 1 else packed[0][None]


class ScoredMetric(keras.metrics.Metric):
    """A Keras metric that sees one of the packed weights of `LabelFedModel`.

    Multi labels are handed over flat, one row per label (`(batch * num_labels, 1)`), so that any
    binary metric works element-wise; a metric whose `multi_label` attribute is true (as
    `keras.metrics.AUC(multi_label=True)`) gets `(batch, num_labels)` and weights of that shape.

    Args:
        metric: The metric to feed.
        channel: One of `CHANNELS`.
        position: Its place in the packed weights.
        flat: Whether labels are multi and go flat.
    """

    def __init__(self, metric: Any, channel: str, position: int, flat: bool) -> None:
        """Wrap `metric`, keeping its name (with `shown_` before it for shown labels)."""
        prefix = "shown_" if channel == "shown" else ""
        super().__init__(name=prefix + metric.name, dtype=metric.dtype)
        self.metric = metric
        self.channel = channel
        self.position = position
        self.flat = flat and not getattr(metric, "multi_label", False)
        self.seen = None
        if channel == "shown":
            self.seen = self.add_variable((), initializer="zeros", name="seen")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Update the metric with the chosen channel of the packed `sample_weight`."""
        weight = None if sample_weight is None else sample_weight[self.position]
        if self.seen is not None:
            self.seen.assign_add(ops.size(y_true) if weight is None else ops.sum(weight))
        if self.flat:
            y_true, y_pred = ops.reshape(y_true, (-1, 1)), ops.reshape(y_pred, (-1, 1))
            weight = None if weight is None else ops.reshape(weight, (-1,))
        self.metric.update_state(y_true, y_pred, sample_weight=weight)

    def result(self) -> Any:
        """Return the wrapped metric's result; NaN if no label was shown (Keras would say 0)."""
        result = self.metric.result()
        if self.seen is None or isinstance(result, dict):
            return result
        return ops.where(self.seen > 0, result, float("nan"))

    def reset_state(self) -> None:
        """Reset the wrapped metric."""
        if self.seen is not None:
            self.seen.assign(0.0)
        self.metric.reset_state()


class ScoredMean(keras.metrics.Mean):
    """Mean loss over the labels that counted, not over the rows that passed by.

    Keras weights each batch by its number of rows. `weight`, set before a step, replaces that by
    the number of scored labels, so that the mean over batches is the mean over labels.
    """

    def __init__(self, name: str = "loss") -> None:
        """Start with Keras's own weighting."""
        super().__init__(name=name)
        self.weight: Any = None

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add a batch's mean loss with the weight of its scored labels."""
        super().update_state(values, sample_weight if self.weight is None else self.weight)


def wrap_metrics(
    metrics: Mapping[str, Any], spec: LabelSpec, binary_output: bool
) -> tuple[list[ScoredMetric], tuple[str, ...]]:
    """Return `ScoredMetric`s for what a user passes to `compile`, and the channels in use.

    Args:
        metrics: For each of `CHANNELS`: strings, functions or metric objects, nested as Keras
            allows, or `None`.
        spec: The label's spec; it settles what `"accuracy"` means.
        binary_output: Whether the network ends in one sigmoid unit.
    """
    given = {c: [m for m in keras.tree.flatten(metrics.get(c)) if m is not None] for c in CHANNELS}
    channels = tuple(c for c in CHANNELS if given[c])
    flat = spec.kind == "multi"
    wrapped = [
        ScoredMetric(_resolve(m, spec, binary_output), channel, position, flat)
        for position, channel in enumerate(channels)
        for m in given[channel]
    ]
    plain = {metric.name for metric in wrapped if metric.channel == "hidden"}
    for metric in wrapped:  # evaluate returns a list too long where two have one name
        if metric.channel == "hidden_weighted" and metric.name in plain:
            metric.name = f"weighted_{metric.name}"
    return wrapped, channels


def _resolve(identifier: Any, spec: LabelSpec, binary_output: bool) -> Any:
    if isinstance(identifier, str) and identifier.lower() in ("accuracy", "acc"):
        if spec.kind == "multi" or binary_output:
            return keras.metrics.BinaryAccuracy(name=identifier)
        return _Accuracy(name=identifier)
    metric = keras.metrics.get(identifier)
    if isinstance(metric, keras.metrics.Metric):
        if isinstance(identifier, str):
            metric.name = identifier
        return metric
    name = identifier if isinstance(identifier, str) else getattr(metric, "__name__", "metric")
    return keras.metrics.MeanMetricWrapper(metric, name=name)


class _Accuracy(keras.metrics.MeanMetricWrapper):
    """Accuracy of a single label from ids, one-hot or soft targets."""

    def __init__(self, name: str = "accuracy") -> None:
        super().__init__(_match, name=name)


def _match(y_true: Any, y_pred: Any) -> Any:
    if len(y_true.shape) == len(y_pred.shape):
        y_true = ops.argmax(y_true, axis=-1)
    found = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
    return ops.cast(ops.equal(ops.cast(y_true, "int32"), found), "float32")
