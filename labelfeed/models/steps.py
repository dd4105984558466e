"""What happens in one step: draw the visibility, feed labels, score what stayed hidden."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.models.checked import CheckedModel
from labelfeed.models.keras_private import loss_tracker, on_state, split_step
from labelfeed.models.scoring import pack_weights
from labelfeed.models.wire import Counted, as_tensors, split_label, to_ids, with_label
from labelfeed.visibility.by_column import draw_columns
from labelfeed.visibility.policies import Visibility

__all__ = ["LabelStepModel"]

_NEEDS_TARGETS = "LabelFedModel needs targets y to train and evaluate; -1 where a label is unknown."
_MEANS = ("sum_over_batch_size", "mean")


class LabelStepModel(CheckedModel):
    """The steps of `LabelFedModel`: one draw of the visibility, shared by reader, loss, metrics.

    The drawn label travels beside x (`with_label`), so whoever sees x knows what was read: under
    JAX the metrics run outside of the traced gradient and could not see a draw made in `call`.

    Attributes:
        network: The functional network with the label input.
        label: `LabelSpec` of the label.
        visibility: The policy that is drawn in training steps.
    """

    visibility: Visibility
    network: Any
    _label_seed: Any
    _counted: Counted | None = None

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        shown_metrics: Any = None,
        **kwargs: Any,
    ) -> None:
        """Configure training as in Keras.

        Args:
            optimizer: As in Keras.
            loss: A loss name, function or object; `None` if the network adds its own losses.
            loss_weights: As in Keras.
            metrics: Metrics over hidden labels, without sample weights.
            weighted_metrics: Metrics over hidden labels, with sample and class weights.
            shown_metrics: Metrics over the labels that the network was shown, reported as
                `shown_...`; they tell how far it copies, not how good it is.
            **kwargs: `run_eagerly`, `steps_per_execution`, `jit_compile`, `auto_scale_loss`.
        """
        given = {"hidden": metrics, "hidden_weighted": weighted_metrics, "shown": shown_metrics}
        further = {"loss": loss, "loss_weights": loss_weights, **kwargs}
        arguments = {
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "shown_metrics": shown_metrics,
            **further,
        }
        binary = self.network.outputs[0].shape[-1] == 1
        self._compile(given, arguments, binary, optimizer=optimizer, **further)

    def train_step(self, *args: Any) -> Any:
        """Run Keras's own step on a batch whose labels one draw has shown or hidden."""
        state, data = split_step(args)
        if state:  # JAX: the state of the draw travels as a value
            state[0], data = self._draw_stateless(state[0], data)
        else:
            data = self._with_label(data)
        return self._weighted_step(super().train_step, state, data)

    def test_step(self, *args: Any) -> Any:
        """Run Keras's own test step; the network reads only a label that the caller put in x."""
        state, data = split_step(args)
        x, y, weight = keras.utils.unpack_x_y_sample_weight(as_tensors(data))
        if y is None:
            raise ValueError(_NEEDS_TARGETS)
        return self._weighted_step(super().test_step, state, (x, y, weight))

    def _weighted_step(self, step: Any, state: list[Any], data: Any) -> Any:
        """Run a step of Keras's with what counts worked out once, for loss and metrics alike."""
        x, y, _ = data
        self._counted = Counted(x, y, self.label)
        loss_tracker(self).weight = self._counted.total
        try:
            return step(*state, data)
        finally:
            self._counted = None
            loss_tracker(self).weight = None

    def _count(self, x: Any, y: Any) -> Counted:
        if y is None:
            raise ValueError(_NEEDS_TARGETS)
        counted = self._counted
        return counted if counted and counted.fits(x, y) else Counted(x, y, self.label)

    def _with_label(self, data: Any) -> tuple[Any, Any, Any]:
        x, y, weight = keras.utils.unpack_x_y_sample_weight(as_tensors(data))
        if y is None:
            raise ValueError(_NEEDS_TARGETS)
        ids = to_ids(y, self.label)
        weight = self._class_weighted(weight, ids)
        if split_label(x)[1] is None:
            shown = draw_columns(self.visibility, ids, self.label, self._label_seed)
            x = with_label(x, ops.where(shown, ids, UNKNOWN))
        return x, y, weight

    def _draw_stateless(self, state: tuple[Any, ...], data: Any) -> tuple[tuple[Any, ...], Any]:
        seeds = ("non_trainable",)
        data, state = on_state(self, state, lambda: self._with_label(data), seeds)
        return state, data

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the loss over the labels that the network did not read, plus added losses."""
        counted = self._count(x, y)
        weight, y = counted.hidden, _for_output(counted.targets, y_pred)
        if getattr(_first(self.loss), "reduction", "sum_over_batch_size") in _MEANS:
            weight = weight * (_size(weight) / ops.maximum(counted.total, 1.0))
        if sample_weight is not None:
            weight = weight * self._weights(sample_weight, weight)
        if self.label.kind == "multi":
            y, y_pred = ops.reshape(y, (-1, 1)), ops.reshape(y_pred, (-1, 1))
            weight = ops.reshape(weight, (-1,))
        return super().compute_loss(x, y, y_pred, weight, training)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the metrics over hidden labels (and over shown ones where asked for)."""
        counted, packed = self._count(x, y), None
        if self._channels:
            hidden = counted.hidden
            weight = None if sample_weight is None else self._weights(sample_weight, hidden)
            packed = pack_weights(self._channels, counted.known, hidden, weight)
        y = _for_output(counted.targets, y_pred)
        return super().compute_metrics(x, y, y_pred, packed)


def _for_output(targets: Any, y_pred: Any) -> Any:
    """Return the second column of one-hot or soft rows where one unit stands for two classes."""
    two = len(targets.shape) == 2 and targets.shape[1] == 2
    return targets[:, 1] if two and y_pred.shape[-1] == 1 else targets


def _size(tensor: Any) -> Any:
    if None not in tensor.shape:
        return float(math.prod(tensor.shape))
    return ops.cast(ops.size(tensor), "float32")


def _first(loss: Any) -> Any:
    """Return the one loss out of whatever structure Keras allows."""
    return next(iter(keras.tree.flatten(loss)), None)
