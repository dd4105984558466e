"""What happens in one step: draw the visibility, feed labels, score what stayed hidden."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.models.checked import CheckedModel
from labelfeed.models.keras_private import loss_tracker, on_state, set_untracked, split_step
from labelfeed.models.native_ops import pick
from labelfeed.models.scored_loss import scored_losses
from labelfeed.models.scoring import pack_weights
from labelfeed.models.wire import Counted, as_tensors, split_label, sure_ids, to_ids, with_label
from labelfeed.scaling.shares import OfReplica
from labelfeed.types import (
    Batch,
    Features,
    Identifier,
    KerasModel,
    Logs,
    SampleWeight,
    SeedGenerator,
    State,
    Tensor,
)
from labelfeed.visibility.by_column import draw_columns
from labelfeed.visibility.policies import Visibility

__all__ = ["LabelStepModel"]

_NEEDS_TARGETS = "LabelFedModel needs targets y to train and evaluate; -1 where a label is unknown."


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
    network: KerasModel
    _label_seed: SeedGenerator
    _counted = OfReplica[Counted | None](None)
    _in_step = OfReplica[bool](False)

    def compile(
        self,
        optimizer: Identifier = "rmsprop",
        loss: Identifier | None = None,
        loss_weights: float | Sequence[float] | Mapping[str, float] | None = None,
        metrics: Identifier | None = None,
        weighted_metrics: Identifier | None = None,
        shown_metrics: Identifier | None = None,
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
        scored = scored_losses(loss, self.label)
        self._compile(given, arguments, binary, optimizer=optimizer, **{**further, "loss": scored})
        self.loss = loss

    def train_step(self, *args: Any) -> Logs:
        """Run Keras's own step on a batch whose labels one draw has shown or hidden."""
        state, data = split_step(args)
        if state:  # JAX: the state of the draw travels as a value
            state[0], data, counted = self._draw_stateless(state[0], data)
        else:
            data, counted = self._with_label(data)
        return self._counted_step(super().train_step, state, data, counted)

    def test_step(self, *args: Any) -> Logs:
        """Run Keras's own test step; the network reads only a label that the caller put in x."""
        state, data = split_step(args)
        x, y, weight = _unpacked(data)
        return self._counted_step(
            super().test_step, state, (x, y, weight), Counted(x, y, self.label)
        )

    def predict_step(self, *args: Any) -> Logs:
        """Run Keras's own step; `predict` has checked the label beside x, if there is one."""
        set_untracked(self, "_in_step", True)
        try:
            return super().predict_step(*args)
        finally:
            set_untracked(self, "_in_step", False)

    def _counted_step(
        self, step: Callable[..., Any], state: list[State], data: Batch, counted: Counted
    ) -> Logs:
        """Run a step of Keras's with what counts worked out once, for loss and metrics alike."""
        # Past Keras's tracking of attributes: Torch goes through here at every step.
        set_untracked(self, "_counted", counted)
        set_untracked(self, "_in_step", True)
        tracker = loss_tracker(self)
        tracker.weigh(counted.total)
        try:
            return step(*state, data)
        finally:
            set_untracked(self, "_counted", None)
            set_untracked(self, "_in_step", False)
            tracker.weigh(None)

    def _count(self, x: Features, y: Tensor) -> Counted:
        if y is None:
            raise ValueError(_NEEDS_TARGETS)
        counted = self._counted
        return counted if counted and counted.fits(x, y) else Counted(x, y, self.label)

    def _with_label(self, data: Batch) -> tuple[tuple[Features, Tensor, SampleWeight], Counted]:
        x, y, weight = _unpacked(data)
        ids = to_ids(y, self.label)
        weight = self._class_weighted(weight, ids)
        if split_label(x)[1] is not None:
            return (x, y, weight), Counted(x, y, self.label)
        shown = draw_columns(self.visibility, ids, self.label, self._label_seed)
        x = with_label(x, pick(shown, sure_ids(y, ids, self.label), UNKNOWN))
        return (x, y, weight), Counted(x, y, self.label, ids)

    def _draw_stateless(self, state: State, data: Batch) -> tuple[State, Batch, Counted]:
        seeds = ("non_trainable",)
        found, state = on_state(self, state, lambda: self._with_label(data), seeds)
        return state, *found

    def compute_loss(
        self,
        x: Features | None = None,
        y: Tensor | None = None,
        y_pred: Tensor = None,
        sample_weight: SampleWeight | None = None,
        training: bool = True,
    ) -> Tensor:
        """Return the loss over the labels that the network did not read, plus added losses."""
        counted = self._count(x, y)
        weight, y = counted.hidden, _for_output(counted.targets, y_pred)
        if sample_weight is not None:
            weight = weight * self._weights(sample_weight, weight)
        return super().compute_loss(x, y, y_pred, (weight, counted.total), training)

    def compute_metrics(
        self, x: Features, y: Tensor, y_pred: Tensor, sample_weight: SampleWeight | None = None
    ) -> Logs:
        """Return the metrics over hidden labels (and over shown ones where asked for)."""
        counted, packed = self._count(x, y), None
        if self._channels:
            hidden = counted.hidden
            weight = None if sample_weight is None else self._weights(sample_weight, hidden)
            packed = pack_weights(self._channels, counted.known, hidden, weight)
        y = _for_output(counted.targets, y_pred)
        return super().compute_metrics(x, y, y_pred, packed)


def _for_output(targets: Tensor, y_pred: Tensor) -> Tensor:
    """Return the second column of one-hot or soft rows where one unit stands for two classes."""
    two = len(targets.shape) == 2 and targets.shape[1] == 2
    return targets[:, 1] if two and y_pred.shape[-1] == 1 else targets


def _unpacked(data: Batch) -> tuple[Features, Tensor, SampleWeight]:
    x, y, weight = keras.utils.unpack_x_y_sample_weight(as_tensors(data))
    if y is None:
        raise ValueError(_NEEDS_TARGETS)
    return x, y, weight
