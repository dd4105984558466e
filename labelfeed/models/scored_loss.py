"""A Keras loss over the labels that count: `sum(w_i l_i) / n` over the `n` scored ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.keras_private import is_masked
from labelfeed.models.native_ops import at_least, cast, cross_entropy, total
from labelfeed.models.score_kinds import ELEMENT, kind_of_loss
from labelfeed.models.target_forms import in_form, target_form
from labelfeed.scaling.shares import mean_over_shares, share_count
from labelfeed.types import Identifier, SampleWeight, Tensor

__all__ = ["ScoredLoss", "mean_of_counted", "replica_share", "scored_losses"]

_MEANS = ("sum_over_batch_size", "mean")


class ScoredLoss(keras.losses.Loss):
    """A loss that is weighted, and divided by the number of labels that count.

    A Keras loss of a single label gets ids as one-hot rows where it is defined on these.
    Multi labels go to a Keras loss as `(batch, num_labels, 1)`, so that its mean over the last
    axis leaves a value for each label; a loss of the user's gets `(batch, num_labels)` and must
    return that shape.

    Args:
        loss: Name, function or `keras.losses.Loss`.
        label: `LabelSpec` of the label.

    Raises:
        ValueError: The loss has no value for each label, or is unknown to Keras.
    """

    def __init__(self, loss: Identifier, label: LabelSpec) -> None:
        """Resolve the loss as Keras does."""
        multi = label.kind == "multi"
        if isinstance(loss, str) and loss.lower() in ("crossentropy", "ce"):
            loss = "binary_crossentropy" if multi else _crossentropy
        found = keras.losses.get(loss)
        kind = kind_of_loss(found) if multi else None
        self.form = None if multi else target_form(found)
        if multi:
            found = _element_wise(found)
        if not isinstance(found, keras.losses.Loss):
            name = loss if isinstance(loss, str) else getattr(found, "__name__", "loss")
            found = _Function(found, name)
        super().__init__(name=found.name, reduction=found.reduction, dtype=found.dtype)
        self.loss = found
        self.multi = multi
        self.by_label = kind == ELEMENT and not isinstance(found, _BinaryCrossentropy)
        self.has_values = type(found).__call__ is keras.losses.Loss.__call__

    def __call__(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: SampleWeight = None
    ) -> Tensor:
        """Return the loss.

        Args:
            y_true: Targets, finite where unknown.
            y_pred: Output of the network.
            sample_weight: Weights `(batch,)` or `(batch, num_labels)`, 0 where not scored; and
                the number of scored labels.
        """
        weight, counted = sample_weight
        if self.form is not None:
            y_true = in_form(y_true, y_pred, self.form, self.name)
        masked = not self.multi and is_masked(y_pred)
        if self.by_label:
            y_true, y_pred = y_true[..., None], y_pred[..., None]
        if masked or not self.has_values:
            if self.reduction in _MEANS:
                counted = at_least(counted, 1.0 / share_count())
                weight = weight * (ops.cast(ops.size(weight), "float32") / counted)
            return self.loss(y_true, y_pred, sample_weight=weight)
        dtype = self.loss.dtype
        y_pred = ops.convert_to_tensor(y_pred, dtype=dtype)
        y_true = ops.convert_to_tensor(y_true, dtype=dtype)
        values = self._by_weight(self.loss.call(y_true, y_pred), weight)
        weighted = values * cast(weight, dtype)
        if self.reduction in (None, "none"):
            return weighted
        weighted = total(weighted)
        if self.reduction == "sum":
            return weighted if _adds_up() else weighted * share_count()
        if self.reduction in _MEANS:
            wide = dtype if dtype == "float64" else "float32"  # half floats cannot count far
            return mean_of_counted(cast(weighted, wide), cast(counted, wide))
        weights = mean_over_shares(total(weight))
        return replica_share(ops.divide_no_nan(weighted, cast(weights, dtype)))

    def _by_weight(self, values: Tensor, weight: SampleWeight) -> Tensor:
        """Return values in the shape of the weights, or say what is wrong with them."""
        shape = tuple(values.shape)
        if len(shape) == len(weight.shape):
            fits = not self.multi or shape[1:] == tuple(weight.shape)[1:]
            if fits:
                return values
        elif not self.multi and len(shape) > 1:  # Keras takes the mean over whatever is left
            axes = tuple(range(1, len(shape)))
            return ops.sum(values, axes) if self.reduction == "sum" else ops.mean(values, axes)
        needed = "a value for each label, (n, num_labels)" if self.multi else "a value for each row"
        hint = (
            ", without a mean over the last axis: labels are hidden one by one. Around a Keras "
            "loss: keras.losses.binary_crossentropy(y_true[..., None], y_pred[..., None])"
            if self.multi
            else ": rows whose label is shown or unknown must not count"
        )
        raise ValueError(
            f"The loss {self.name!r} returned the shape {shape}; expected {needed}{hint}."
        )


class _Function(keras.losses.Loss):
    """A loss function as Keras wraps it, without its walks through structures."""

    def __init__(self, function: Callable[..., Any], name: str) -> None:
        super().__init__(name=name)
        self.function = function

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        if len(y_true.shape) == 1 and len(y_pred.shape) == 2 and y_pred.shape[1] == 1:
            y_true = y_true[:, None]
        return self.function(y_true, y_pred)


class _BinaryCrossentropy(keras.losses.Loss):
    """Binary cross-entropy before Keras takes its mean.

    Fewer operations; and TensorFlow finds the logits of a sigmoid, which it does not behind a
    reshape.
    """

    def __init__(self, from_logits: bool, label_smoothing: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        if self.label_smoothing:
            y_true = y_true * (1.0 - self.label_smoothing) + 0.5 * self.label_smoothing
        return cross_entropy(y_true, y_pred, self.from_logits)


def _element_wise(loss: Identifier) -> Identifier:
    """Return the loss without its mean over the last axis where that is known, else itself."""
    if loss is keras.losses.binary_crossentropy:
        return _BinaryCrossentropy(False, 0.0, name="binary_crossentropy")
    if type(loss) is keras.losses.BinaryCrossentropy:
        common = {"name": loss.name, "reduction": loss.reduction, "dtype": loss.dtype}
        return _BinaryCrossentropy(loss.from_logits, loss.label_smoothing, **common)
    return loss


def scored_losses(loss: Identifier, label: LabelSpec) -> Identifier:
    """Return each loss of what a user passes to `compile` as a `ScoredLoss`; `None` stays.

    Args:
        loss: A loss, or a list or dict of them as Keras allows for one output; or `None`.
        label: `LabelSpec` of the label.

    Raises:
        ValueError: As `ScoredLoss`.
    """

    def scored(one: Identifier) -> Identifier:
        return None if one is None else ScoredLoss(one, label)

    return keras.tree.map_structure(scored, loss)


def _crossentropy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """What Keras chooses for "crossentropy" by the shapes of a single label."""
    if y_pred.shape[-1] == 1:
        return keras.losses.binary_crossentropy(y_true, y_pred)
    if len(y_true.shape) < len(y_pred.shape):
        return keras.losses.sparse_categorical_crossentropy(y_true, y_pred)
    return keras.losses.categorical_crossentropy(y_true, y_pred)


def mean_of_counted(weighted: Tensor, counted: Tensor) -> Tensor:
    """Return the mean over what counts in the whole batch, `sum(w_i l_i) / n`.

    Devices and processes that share a batch each return their part of it, so that their gradients
    add up (TensorFlow) or average (Torch) to those of one.

    Args:
        weighted: Sum of weighted losses of the rows at hand.
        counted: What counts, its mean over those that share the batch.
    """
    return replica_share(weighted / at_least(counted, 1.0 / share_count()))


def replica_share(loss: Tensor) -> Tensor:
    """Return the share of one replica under `tf.distribute`, where Keras adds them up."""
    return loss / share_count() if _adds_up() and share_count() > 1 else loss


def _adds_up() -> bool:
    """Return whether Keras adds up what devices computed; Torch processes average."""
    return keras.backend.backend() == "tensorflow"
