"""Metrics and loss mean over the labels that count: hidden ones, or on request the shown ones."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.labels import LabelSpec

__all__ = ["ScoredMean", "ScoredMetric", "pack_weights", "wrap_metrics"]

_CHANNELS = {"hidden": 0, "hidden_weighted": 1, "shown": 2}


def pack_weights(hidden: Any, weights: Any, shown: Any) -> Any:
    """Stack the three weights that `ScoredMetric` chooses from, each `(batch, ...)`."""
    weighted = hidden if weights is None else hidden * weights
    return ops.stack([hidden, weighted, shown], axis=0)


class ScoredMetric(keras.metrics.Metric):
    """A Keras metric that sees one of the packed weights of `LabelFedModel`.

    Multi labels are handed over flat, one row per label (`(batch * num_labels, 1)`), so that any
    binary metric works element-wise; a metric whose `multi_label` attribute is true (as
    `keras.metrics.AUC(multi_label=True)`) gets `(batch, num_labels)` and weights of that shape.

    Args:
        metric: The metric to feed.
        channel: `"hidden"`, `"hidden_weighted"` or `"shown"`.
        flat: Whether labels are multi and go flat.
    """

    def __init__(self, metric: Any, channel: str, flat: bool) -> None:
        """Wrap `metric`, keeping its name (with `shown_` before it for shown labels)."""
        prefix = "shown_" if channel == "shown" else ""
        super().__init__(name=prefix + metric.name, dtype=metric.dtype)
        self.metric = metric
        self.channel = channel
        self.flat = flat and not getattr(metric, "multi_label", False)
        self.seen = self.add_variable((), initializer="zeros", name="seen")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Update the metric with the chosen channel of the packed `sample_weight`."""
        weight = None if sample_weight is None else sample_weight[_CHANNELS[self.channel]]
        count = ops.size(y_true) if weight is None else ops.sum(weight)
        self.seen.assign_add(ops.cast(count, self.seen.dtype))
        if self.flat:
            y_true, y_pred = ops.reshape(y_true, (-1, 1)), ops.reshape(y_pred, (-1, 1))
            weight = None if weight is None else ops.reshape(weight, (-1,))
        self.metric.update_state(y_true, y_pred, sample_weight=weight)

    def result(self) -> Any:
        """Return the wrapped metric's result; NaN if no label counted (Keras would say 0)."""
        result = self.metric.result()
        if isinstance(result, dict):
            return result
        return ops.where(self.seen > 0, result, float("nan"))

    def reset_state(self) -> None:
        """Reset the wrapped metric."""
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


def wrap_metrics(metrics: Any, channel: str, spec: LabelSpec, binary_output: bool) -> list[Any]:
    """Return `ScoredMetric`s for what a user passes as `metrics`.

    Args:
        metrics: Strings, functions or metric objects, nested as Keras allows, or `None`.
        channel: Which labels they see; see `ScoredMetric`.
        spec: The label's spec; it settles what `"accuracy"` means.
        binary_output: Whether the network ends in one sigmoid unit.
    """
    if metrics is None:
        return []
    flat = keras.tree.flatten(metrics)
    resolved = (_resolve(m, spec, binary_output) for m in flat if m is not None)
    return [ScoredMetric(metric, channel, spec.kind == "multi") for metric in resolved]


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
