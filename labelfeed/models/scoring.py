"""Metrics and loss mean over the labels that count: hidden ones, or on request the shown ones."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.keras_private import is_masked, mean_of
from labelfeed.models.native_ops import cast, flat, total
from labelfeed.models.score_kinds import (
    CUSTOM,
    ELEMENT,
    F_SCORE,
    ONE_COLUMN,
    ROW,
    kind_of_metric,
    needs_hard,
)
from labelfeed.models.target_forms import in_form, target_form
from labelfeed.scaling.shares import OfReplica, whole_batch, whole_loss
from labelfeed.types import Identifier, SampleWeight, Tensor, Variable

__all__ = [
    "CHANNELS",
    "ScoredMean",
    "ScoredMetric",
    "add_f_score",
    "pack_weights",
    "row_weights",
    "wrap_metrics",
]

CHANNELS = ("hidden", "hidden_weighted", "shown")


def pack_weights(
    channels: Sequence[str], known: Tensor, hidden: Tensor, weights: SampleWeight
) -> Tensor:
    """Return the weights of the `channels` that are in use, `(len(channels), batch, ...)`.

    The weights of one channel alone are not stacked: `(batch, ...)`.

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
    return ops.stack(packed, axis=0) if len(packed) > 1 else packed[0]


class ScoredMetric(keras.metrics.Metric):
    """A Keras metric that sees one of the packed weights of `LabelFedModel`.

    Of multi labels it sees what it is defined on (`score_kinds`): each label by itself, columns
    `(batch, num_labels)` with weights of that shape, or the rows that are scored as a whole.

    Args:
        metric: The metric to feed.
        channel: One of `CHANNELS`.
        position: Its place in the packed weights; `None` if it is the only channel.
        kind: What the metric is defined on; `None` for single labels.
    """

    def __init__(
        self, metric: Identifier, channel: str, position: int | None, kind: str | None = None
    ) -> None:
        """Wrap `metric`, keeping its name (with `shown_` before it for shown labels)."""
        prefix = "shown_" if channel == "shown" else ""
        super().__init__(name=prefix + metric.name, dtype=metric.dtype)
        self.metric = metric
        self.channel = channel
        self.position = position
        self.kind = kind
        self.function: Any = _values_of(metric) if kind in (None, ELEMENT, CUSTOM) else None
        self.form = target_form(metric) if kind is None else None
        self.hard = kind is not None and needs_hard(metric)
        self.seen = None
        if channel == "shown":
            self.seen = self.add_variable((), initializer="zeros", name="seen")

    def update_state(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: SampleWeight | None = None
    ) -> None:
        """Update the metric with the chosen channel of the packed `sample_weight`."""
        weight = sample_weight
        if weight is not None and self.position is not None:
            weight = weight[self.position]
        y_true, y_pred, weight = map(whole_batch, (y_true, y_pred, weight))
        if self.seen is not None:
            self.seen.assign_add(ops.size(y_true) if weight is None else ops.sum(weight))
        if self.form is not None:
            y_true = in_form(y_true, y_pred, self.form, self.name)
        if self.hard and weight is not None:
            weight = weight * cast(ops.logical_or(y_true == 0, y_true == 1), weight.dtype)
        kind = self.kind
        masked = is_masked(y_pred)
        if self.function is not None and weight is not None and not masked:
            self._add_mean(y_true, y_pred, weight)
        elif kind == ELEMENT:
            y_true, y_pred = flat(y_true), flat(y_pred)
            weight = None if weight is None else flat(weight)[:, 0]
            self.metric.update_state(y_true, y_pred, sample_weight=weight)
        elif kind == F_SCORE and weight is not None:
            add_f_score(self.metric, y_true, y_pred, weight)
        else:
            if kind == ONE_COLUMN and weight is not None:
                weight = weight[:, self.metric.class_id]
            elif kind == ROW and weight is not None:
                weight = row_weights(weight)
            self.metric.update_state(y_true, y_pred, sample_weight=weight)

    def _add_mean(self, y_true: Tensor, y_pred: Tensor, weight: SampleWeight) -> None:
        """Add weighted values and weights to a `Mean`, as its own `update_state` does."""
        metric = self.metric
        if self.kind == ELEMENT and not _is_binary_accuracy(metric):
            y_true, y_pred = y_true[..., None], y_pred[..., None]
        values = self.function(y_true, y_pred)
        if self.kind == ELEMENT and len(values.shape) == 3:  # no mean, as of `accuracy`
            values = values[..., 0]
        if len(values.shape) != len(weight.shape):
            if self.kind is not None:
                raise ValueError(
                    f"The metric {self.name!r} returned the shape {tuple(values.shape)}; expected "
                    "a value for each label, (n, num_labels), without a mean over the last axis: "
                    "labels are hidden one by one."
                )
            metric.update_state(y_true, y_pred, sample_weight=weight)
            return
        weight = cast(weight, metric.dtype)
        metric.total.assign_add(total(cast(values, metric.dtype) * weight))
        metric.count.assign_add(total(weight))

    def result(self) -> Tensor:
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

    weight = OfReplica[Any](None)

    def __init__(self, name: str = "loss") -> None:
        """Start with Keras's own weighting."""
        super().__init__(name=name)

    def weigh(self, weight: SampleWeight) -> None:
        """Set `weight`, past Keras's tracking of attributes: Torch goes here at every step."""
        object.__setattr__(self, "weight", weight)

    def update_state(self, values: Tensor, sample_weight: SampleWeight | None = None) -> None:
        """Add a batch's mean loss with the weight of its scored labels."""
        weight, values = self.weight, whole_loss(values)
        if weight is None:
            super().update_state(values, sample_weight)
            return
        self.total.assign_add(values * weight)
        self.count.assign_add(weight)


def row_weights(weight: SampleWeight) -> Tensor:
    """Return the mean weight of each row `(n, L)` whose labels all count, 0 for the others."""
    whole = ops.min(weight, axis=1) > 0
    return ops.where(whole, ops.mean(weight, axis=1), 0.0)


def add_f_score(metric: Identifier, y_true: Tensor, y_pred: Tensor, weight: SampleWeight) -> None:
    """Update a `keras.metrics.FBetaScore` with weights `(n, L)`; Keras takes `(n,)` only.

    Args:
        metric: The metric, with a threshold.
        y_true: 0 and 1, `(n, L)`.
        y_pred: Probabilities `(n, L)`.
        weight: Weights `(n, L)`.
    """
    if not hasattr(metric, "true_positives"):  # makes its variables, and adds nothing
        metric.update_state(ops.zeros_like(y_true[:1]), ops.zeros_like(y_pred[:1]))
    y_true, weight = cast(y_true, metric.dtype), cast(weight, metric.dtype)
    found = ops.cast(y_pred > metric.threshold, metric.dtype)

    def add(variable: Variable, values: Tensor) -> None:
        variable.assign_add(ops.sum(values * weight, axis=metric.axis))

    add(metric.true_positives, found * y_true)
    add(metric.false_positives, found * (1 - y_true))
    add(metric.false_negatives, (1 - found) * y_true)
    add(metric.intermediate_weights, y_true)


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
    wrapped = []
    for position, channel in enumerate(channels):
        for identifier in given[channel]:
            metric = _resolve(identifier, spec, binary_output)
            kind = kind_of_metric(metric) if spec.kind == "multi" else None
            place = position if len(channels) > 1 else None
            wrapped.append(ScoredMetric(metric, channel, place, kind))
    plain = {metric.name for metric in wrapped if metric.channel == "hidden"}
    for metric in wrapped:  # evaluate returns a list too long where two have one name
        if metric.channel == "hidden_weighted" and metric.name in plain:
            metric.name = f"weighted_{metric.name}"
    return wrapped, channels


def _resolve(identifier: Identifier, spec: LabelSpec, binary_output: bool) -> Identifier:
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


def _values_of(metric: Identifier) -> Callable[..., Any] | None:
    """Return the function whose weighted mean a metric is; `None` if it is something else."""
    found = mean_of(metric)
    return None if found is None else functools.partial(found[0], **found[1])


def _is_binary_accuracy(metric: Identifier) -> bool:
    """Tell whether a metric's function takes no mean, so that it can have `(n, L)` as it is."""
    found = mean_of(metric)
    return found is not None and found[0] is keras.metrics.binary_accuracy


class _Accuracy(keras.metrics.MeanMetricWrapper):
    """Accuracy of a single label from ids, one-hot or soft targets."""

    def __init__(self, name: str = "accuracy") -> None:
        super().__init__(_match, name=name)


def _match(y_true: Tensor, y_pred: Tensor) -> Tensor:
    if len(y_true.shape) == len(y_pred.shape):
        y_true = ops.argmax(y_true, axis=-1)
    found = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
    return ops.cast(ops.equal(ops.cast(y_true, "int32"), found), "float32")
