"""What every conditioning layer shares: the spec, label dropout, and the states of a label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.columns import first_places
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._concrete import is_concrete
from labelfeed.layers._texts import documented
from labelfeed.types import KerasLayer, Shapes, Tensor

__all__ = ["LabelLayer", "dropout_rate", "feature_width"]


@documented
class LabelLayer(keras.layers.Layer):
    """A layer that reads a label: its spec, and dropout and corruption of the label in training.

    The states of a single label are its classes and unknown (`num_classes + 1`, unknown last).
    Each of the multi labels is absent, present or unknown (3 states).

    Args:
        {spec}
        {label_dropout}
        {label_kwargs}

    Attributes:
        multi_only: Whether the layer is of yes/no labels and refuses a single one.
    """

    multi_only = False

    def __init__(
        self,
        spec: LabelSpec,
        label_dropout: float = 0.0,
        label_corruption: float = 0.0,
        **kwargs: Any,
    ) -> None:
        """Check and store spec, dropout and corruption."""
        super().__init__(**kwargs)
        self.spec = LabelSpec.from_config(spec)
        if self.multi_only and not self.spec.shape:
            raise ValueError(
                f"{type(self).__name__} reads yes/no labels, but {self.spec.name!r} is single. "
                "Use LabelSpec.multi."
            )
        self.label_dropout = dropout_rate(label_dropout, "label_dropout")
        self.label_corruption = dropout_rate(label_corruption, "label_corruption")
        if self.label_corruption and self.spec.class_columns:
            raise ValueError("label_corruption is not there for columns of classes; use 0.")
        draws = self.label_dropout or self.label_corruption
        self.label_seed = keras.random.SeedGenerator() if draws else None

    @property
    def num_states(self) -> int:
        """States of the label: `num_classes + 1`, or 3 for each multi label."""
        return self.spec.entry_states + 1

    def checked_label(self, label: Tensor, training: bool | None) -> Tensor:
        """Return the label as int32 in the spec's shape, dropped or corrupted in training.

        Float labels that are no ids raise where their values can be seen; inside a traced graph
        they are cut to whole numbers, and ids beyond the spec must not come.
        """
        shape = tuple(label.shape)
        if len(shape) == 2 and shape[1] == 1 and not self.spec.shape:
            label, shape = label[:, 0], shape[:1]
        if len(shape) != 1 + len(self.spec.shape) or shape[1:] != self.spec.shape:
            raise ValueError(
                f"{type(self).__name__} expects labels of shape {(None, *self.spec.shape)} for "
                f"its {self.spec.kind} label, got {shape}. Call it as layer([features, label])."
            )
        label = self._whole(label)
        if training and self.label_corruption:
            label = self._corrupted(label)
        if training and self.label_dropout:
            draw = keras.random.uniform(ops.shape(label), dtype="float32", seed=self.label_seed)
            if self.spec.class_columns:  # whole columns: one class would tell of its siblings
                draw = ops.take(draw, ops.convert_to_tensor(first_places(self.spec)), axis=1)
            label = ops.where(draw < self.label_dropout, UNKNOWN, label)
        return label

    def _whole(self, label: Tensor) -> Tensor:
        """Return a label as int32; floats that are no ids raise where they can be seen."""
        if not keras.backend.is_float_dtype(keras.backend.standardize_dtype(label.dtype)):
            return ops.cast(label, "int32")
        if is_concrete(label):
            found = ops.convert_to_numpy(ops.cast(label, "float32"))
            most = self.num_states - 2  # the last state is unknown
            known = ~np.isnan(found)
            wrong = np.argwhere(known & ~((found >= -1) & (found <= most) & (found % 1 == 0)))
            if len(wrong):
                raise ValueError(
                    f"{type(self).__name__}: row {int(wrong[0][0])} of the label is "
                    f"{found[tuple(wrong[0])]:g}; expected an id in 0 .. {most}, or -1 where "
                    "unknown. LabelSpec.encode makes ids of labels."
                )
        return ops.cast(ops.where(label >= 0, label, -1.0), "int32")  # -1 for NaN

    def _corrupted(self, label: Tensor) -> Tensor:
        shape, states, step = ops.shape(label), self.spec.entry_states, 1
        if states > 2:
            draw = keras.random.uniform(shape, dtype="float32", seed=self.label_seed)
            # 1 .. states - 1 steps further, round the circle: any class but the label's own.
            step = 1 + ops.cast(ops.floor(draw * (states - 1)), "int32")
            step = ops.minimum(step, states - 1)
        other = (label + step) % states
        draw = keras.random.uniform(shape, dtype="float32", seed=self.label_seed)
        wrong = ops.logical_and(draw < self.label_corruption, label >= 0)
        return ops.where(wrong, other, label)

    def states(self, label: Tensor) -> Tensor:
        """Return the index of each label's state, in `0 .. num_states - 1`."""
        return ops.where(label < 0, self.num_states - 1, label)

    def one_hot_states(self, label: Tensor) -> Tensor:
        """Return one-hot states, `(batch, num_classes + 1)`, for multi `(batch, 3 * labels)`."""
        hot = ops.one_hot(self.states(label), self.num_states, dtype=self.compute_dtype)
        return ops.reshape(hot, (-1, self.num_states * self.spec.num_entries))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "spec": self.spec.get_config(),
            "label_dropout": self.label_dropout,
            "label_corruption": self.label_corruption,
        }


def dropout_rate(rate: float, name: str) -> float:
    """Return `rate` as float; raise `ValueError` unless it is in [0, 1)."""
    if not 0 <= rate < 1:
        raise ValueError(f"{name} must be in [0, 1), got {rate!r}.")
    return float(rate)


def feature_width(
    layer: KerasLayer, input_shape: Shapes, labels: Sequence[str] = ("label",)
) -> int:
    """Return the width of the features in `[features, label, ...]`, or raise `ValueError`.

    Args:
        layer: The layer, for the message.
        input_shape: The shapes that it is built with.
        labels: Names of the labels that it reads.
    """
    shapes, expected = list(input_shape), ", ".join(["features", *labels])
    if len(shapes) != 1 + len(labels) or not all(isinstance(s, (list, tuple)) for s in shapes):
        raise ValueError(
            f"{type(layer).__name__} reads a list [{expected}], got the shape {input_shape}."
        )
    if len(shapes[0]) < 2 or shapes[0][-1] is None:
        raise ValueError(
            f"{type(layer).__name__} needs features of shape (batch, ..., d) with a known last "
            f"axis d, got {tuple(shapes[0])}. Call it as layer([{expected}])."
        )
    return int(shapes[0][-1])
