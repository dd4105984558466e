"""`MarginModel`: an embedding network and a head that reads the label in the loss only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.heads.base import LabelHead, RowLosses, fitting_label
from labelfeed.heads.sampling import Drawn
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.checked import CheckedModel
from labelfeed.models.keras_private import loss_tracker, split_step
from labelfeed.models.row_updates import RowUpdates
from labelfeed.models.scored_loss import mean_of_counted, replica_share
from labelfeed.models.scoring import pack_weights
from labelfeed.models.wire import as_tensors, split_label, to_ids, with_label
from labelfeed.scaling.gathered import gathered, is_cut, undistributed
from labelfeed.scaling.shares import mean_over_shares, whole_batch
from labelfeed.types import Features, Identifier, KerasModel, Labels, Logs, SampleWeight, Tensor

__all__ = ["MarginModel"]

_LOSSES = "labelfeed_row_losses"


@keras.saving.register_keras_serializable(package="labelfeed")
class MarginModel(CheckedModel):
    """Train an embedding with a margin head; predict, score and export without the label.

    The embedder is an ordinary Keras model of the features alone. In `fit` the head gets the label
    beside the embedding, for the loss; what is scored (accuracy, further metrics, validation loss)
    comes from the label-free scores. `predict(x)` returns those scores. Rows of unknown label (-1,
    NaN, None) are skipped.

    The loss of a batch is `sum(w_i l_i) / n` over its `n` rows of known label.

    Args:
        embedder: `keras.Model` with one output `(batch, dimension)`.
        head: A head of `labelfeed.heads`.
        label: Single `LabelSpec` of the target; by default the classes "0", "1", ... of the head.
        sparse_update: With a head that samples its classes: train the centres that a step drew,
            and let the optimizer touch no other (`RowUpdates`); for millions of classes.
        name: Name of the model.

    Raises:
        ValueError: Embedder, head and label do not fit together.

    Example:
        >>> import keras, labelfeed, numpy as np
        >>> x = keras.Input((4,))
        >>> embedder = keras.Model(x, keras.layers.Dense(3)(x))
        >>> model = labelfeed.MarginModel(embedder, labelfeed.heads.ArcFace(2))
        >>> model.compile("adam")
        >>> history = model.fit(np.ones((8, 4)), np.array([0, 1] * 4), verbose=0).history
        >>> sorted(history), model.predict(np.ones((8, 4)), verbose=0).shape
        (['accuracy', 'loss'], (8, 2))
    """

    def __init__(
        self,
        embedder: KerasModel,
        head: LabelHead,
        label: LabelSpec | None = None,
        sparse_update: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Check that the parts fit, and build the head."""
        label = fitting_label(embedder, head, label)
        super().__init__(label, embedder, name=name, **kwargs)
        self.embedder = embedder
        self.head = head
        if not head.built:
            head.build(tuple(embedder.output_shape))
            head.built = True
        if hasattr(head, "centres"):
            head.centres.trainable = True
        self._row_updates = RowUpdates(self) if sparse_update else None
        self._accuracy = keras.metrics.Mean("accuracy") if head.num_classes else None
        self._by_row = head.by_row and not sparse_update

    def call(self, x: Features, training: bool | None = None) -> Tensor:
        """Return label-free scores; for `with_label(x, label)` the loss of each row instead."""
        features, label = split_label(as_tensors(x))
        embedding = self.embedder(features, training=training)
        if label is None:
            return self.head(embedding)
        if isinstance(label, tuple):  # the step has drawn its classes
            assert self._row_updates is not None
            label, place = label
            drawn = {"drawn": Drawn(ops.convert_to_tensor(self._row_updates.rows), place)}
        else:
            drawn = {}
        rows = self.head.row_losses(embedding, label, training, **drawn)
        scores = (self.head.scores(embedding),) if self._channels else ()
        return {_LOSSES: tuple(part for part in rows if part is not None), "scores": scores}

    def _feature_structure(self) -> Features:
        inputs = self.embedder.inputs
        return self.embedder.input if len(inputs) > 1 else inputs[0]

    def compile(
        self,
        optimizer: Identifier = "rmsprop",
        metrics: Identifier | None = None,
        weighted_metrics: Identifier | None = None,
        **kwargs: Any,
    ) -> None:
        """Configure training; the head brings the loss.

        Args:
            optimizer: As in Keras.
            metrics: Further metrics of the label-free scores; `"accuracy"` is always there. Any
                other makes training compute the full `(batch, num_classes)` scores.
            weighted_metrics: The same, with sample and class weights.
            **kwargs: `run_eagerly`, `steps_per_execution`, `jit_compile`, `auto_scale_loss`.

        Raises:
            TypeError: A loss is given.
        """
        if kwargs.get("loss") is not None:
            raise TypeError("MarginModel takes no loss=: its head brings it. Choose another head.")
        kwargs.pop("loss", None)
        given = {"hidden": metrics, "hidden_weighted": weighted_metrics}
        further = {
            c: [m for m in keras.tree.flatten(g) if m not in (None, "accuracy", "acc")]
            for c, g in given.items()
        }
        arguments = {"metrics": metrics, "weighted_metrics": weighted_metrics, **kwargs}
        self._compile(further, arguments, False, optimizer=optimizer, **kwargs)
        if self._row_updates is not None:
            self._row_updates.attach(self.optimizer, self.trainable_variables)

    def train_step(self, *args: Any) -> Logs:
        """Run Keras's own step with the label beside the features."""
        return self._step(super().train_step, args, True)

    def test_step(self, *args: Any) -> Logs:
        """Run Keras's own test step with the label beside the features."""
        return self._step(super().test_step, args, False)

    def _step(self, step: Callable[..., Any], args: tuple[Any, ...], training: bool) -> Logs:
        state, data = split_step(args)
        x, y, weight = keras.utils.unpack_x_y_sample_weight(as_tensors(data))
        if y is None:
            raise ValueError("MarginModel needs targets y; -1 where a label is unknown.")
        ids = to_ids(y, self.label)
        weight = None if weight is None else self._weights(weight, ids)
        weight = self._class_weighted(weight, ids) if training else weight
        known = ops.sum(ops.cast(ids >= 0, "float32"))
        loss_tracker(self).weight = mean_over_shares(known)
        try:
            if self._row_updates is None or not training:
                return step(*state, (with_label(x, ids), ids, weight))
            return self._row_updates.step(
                self,
                ids,
                state,
                lambda *s: step(*s[:-1], (with_label(x, (ids, s[-1])), ids, weight)),
            )
        finally:
            loss_tracker(self).weight = None

    def compute_loss(
        self,
        x: Features | None = None,
        y: Tensor | None = None,
        y_pred: Tensor = None,
        sample_weight: SampleWeight | None = None,
        training: bool = True,
    ) -> Tensor:
        """Return the mean loss of the rows of known label, plus regularisation."""
        losses, counted = y_pred[_LOSSES][:2]
        weighted = losses if sample_weight is None else losses * sample_weight
        loss = mean_of_counted(ops.sum(weighted), mean_over_shares(ops.sum(counted)))
        for added in self.losses:
            loss = loss + replica_share(ops.sum(ops.cast(added, loss.dtype)))
        return loss

    def compute_metrics(
        self, x: Features, y: Tensor, y_pred: Tensor, sample_weight: SampleWeight | None = None
    ) -> Logs:
        """Return accuracy and further metrics of the label-free scores."""
        if not isinstance(y_pred, dict):  # Keras builds metrics on what `call(x)` returns
            return self._further_metrics(x, y, y_pred, sample_weight)
        rows = RowLosses(*y_pred[_LOSSES], *[None] * (self._accuracy is None))
        if self._accuracy is not None:
            self._accuracy.update_state(whole_batch(rows.correct), whole_batch(rows.counted))
        if not y_pred["scores"]:
            return self.get_metrics_result()
        return self._further_metrics(x, y, y_pred["scores"][0], sample_weight)

    def _further_metrics(
        self, x: Features, y: Tensor, scores: Tensor, weight: SampleWeight
    ) -> Logs:
        ids = to_ids(y, self.label)
        known = ops.cast(ids >= 0, "float32")
        packed = pack_weights(self._channels, known, known, weight)
        return super().compute_metrics(x, ops.maximum(ids, 0), scores, packed)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save as in Keras; of a model whose classes devices cut, the whole."""
        if is_cut() or self.head.spare_classes:
            with undistributed():
                gathered(self).save(*args, **kwargs)
        else:
            super().save(*args, **kwargs)

    def _encode(self, y: Labels, batch: bool) -> np.ndarray:
        return self.label.encode(y, cells=self.label.id_cells if batch else None)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, serialised."""
        parts = {"dtype": self.dtype_policy, "embedder": self.embedder, "head": self.head}
        serialised = {k: keras.saving.serialize_keras_object(v) for k, v in parts.items()}
        sparse = self._row_updates is not None
        plain = {"name": self.name, "label": self.label.get_config(), "sparse_update": sparse}
        return {**plain, **serialised, **self._remembered()}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> MarginModel:
        """Return the model that `get_config` described."""
        return cls._with_objects(config, ("dtype", "embedder", "head"), custom_objects)
