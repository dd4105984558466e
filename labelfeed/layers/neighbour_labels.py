"""Labels of the nearest other rows, read inside a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._filled import filled
from labelfeed.layers._nearest_rows import EMPTY, group_of, marks_of, nearest_rows
from labelfeed.layers._texts import documented
from labelfeed.layers.neighbour_rows import NeighbourRows
from labelfeed.types import ArrayLike, Cells, KerasLayer, Labels, Shape, Shapes, Tensor

__all__ = ["NeighbourLabels"]

_UNSURE = 0.02  # weight of the base rates, where neighbours weigh 1 together
_TINY = 1e-6  # squared distance, where its root has a slope


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class NeighbourLabels(keras.layers.Layer):
    """Read the labels of the k nearest rows of a stored context, never of the row itself.

    `w = softmax(-|key(x) - key(x_i)|)` over the k nearest. With `values="shares"` the output is
    `(sum_i w_i y_i + .02 b) / (sum_i w_i known_i + .02)`, b the base rates: unknown labels of
    neighbours are neither yes nor no. With `values="differences"` it is `sum_i w_i v_i`,
    `v_i = E(y_i) + T(key(x) - key(x_i))`: E has a row for unknown, T is two dense layers.

    A row whose features equal those of a row of the context reads neither that row nor its group,
    in training, evaluation and prediction alike. The context (`adapt`) is held in weights that are
    not trained: 4 bytes x rows x (columns + entries of the label + 2). Put training rows there
    alone: their labels are read.

    Args:
        {spec}
        context_size: Rows that the context has room for, >= 1.
        neighbours: k, >= 1.
        encoder: Keras layer or model, features -> keys, trained with the layer; `None`: the keys
            are the features, or given beside them.
        values: `"shares"` or `"differences"`.
        width: Of the output of `"differences"`, >= 1.
        candidates: Rows of the context, drawn at each step of training, among which neighbours are
            searched, >= 1; `None`: all.
        squared: Whether distances are squared.
        {kwargs}

    Input shape:
        Features `(batch, d)`; or, without an encoder, `[features, keys]` with keys `(batch, e)`.

    Output shape:
        `(batch, num_classes)` of shares, `(batch, width)` of differences; float32.

    Raises:
        ValueError: The inputs do not fit, or an argument is out of its range.

    References:
        Gorishniy et al. 2024, TabR; Ye et al. 2025, Revisiting nearest neighbor for tabular data.

    Example:
        >>> layer = NeighbourLabels(LabelSpec.single(2), context_size=3, neighbours=1)
        >>> layer.adapt(np.array([[0.0], [1.0], [5.0]]), [0, 1, 1])
        >>> keras.ops.convert_to_numpy(layer(np.array([[0.0], [0.1]]))).argmax(1).tolist()
        [1, 0]
    """

    built: bool

    def __init__(
        self,
        spec: LabelSpec,
        context_size: int,
        neighbours: int = 96,
        encoder: KerasLayer | None = None,
        values: Literal["shares", "differences"] = "shares",
        width: int = 32,
        candidates: int | None = None,
        squared: bool = False,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        kwargs["dtype"] = "float32"
        super().__init__(**kwargs)
        self.spec = LabelSpec.from_config(spec)
        sizes = {"context_size": context_size, "neighbours": neighbours, "width": width}
        for name, value in {**sizes, "candidates": candidates or 1}.items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}.")
        if values not in ("shares", "differences"):
            raise ValueError(f"values must be 'shares' or 'differences', got {values!r}.")
        self.context_size, self.neighbours, self.width = context_size, neighbours, width
        self.encoder, self.values, self.squared = encoder, values, squared
        self.candidates = candidates
        self.draws = keras.random.SeedGenerator() if candidates else None
        if values == "differences":
            plain = {"use_bias": False, "dtype": "float32"}
            self.difference_hidden = keras.layers.Dense(
                2 * width, activation="relu", dtype="float32", name="difference_hidden"
            )
            self.difference_out = keras.layers.Dense(width, name="difference_out", **plain)

    def build(self, input_shape: Shapes) -> None:
        """Allocate a context without rows."""
        if self.built:
            return
        features, given = _shapes_of(input_shape)
        if len(features) != 2 or features[1] is None or (given and self.encoder is not None):
            raise ValueError(
                "NeighbourLabels expects features (batch, d), or without an encoder [features, "
                f"keys]; got {input_shape}."
            )
        self.with_keys = given is not None
        key: Any = features[1]
        stored: Any = key
        if given is not None:
            key = stored = given[1]
        elif self.encoder is not None:
            if not self.encoder.built:
                self.encoder.build((None, features[1]))
            key = self.encoder.compute_output_shape((None, features[1]))[-1]
        rows = self.context_size

        def frozen(name: str, shape: tuple[int, ...], dtype: str, value: float = 0.0) -> Any:
            start = filled(keras.initializers.Constant(value))
            exact = {"dtype": dtype, "autocast": False, "trainable": False}
            return self.add_weight(shape, start, name=name, **exact)

        self.context = frozen("context", (rows, stored), "float32")
        self.labels = frozen("labels", (rows, self.spec.num_entries), "int32", -1)
        self.marks = frozen("marks", (rows,), "int32")
        self.groups = frozen("groups", (rows,), "int32", EMPTY)
        self.scale = frozen("scale", (features[1],), "float32", 1.0)
        self.base = frozen("base", (self.spec.num_classes,), "float32", 0.5)
        if self.values == "differences":
            entries, states = self.spec.num_entries, self.spec.entry_states + 1
            self.embeddings = self.add_weight(
                (entries * states, self.width), "glorot_uniform", name="embeddings"
            )
            self.difference_hidden.build((None, None, key))
            self.difference_out.build((None, None, 2 * self.width))
        self.built = True

    def adapt(
        self,
        features: ArrayLike,
        labels: Labels,
        groups: Cells | None = None,
        keys: ArrayLike | None = None,
        seed: int = 0,
    ) -> None:
        """Take training rows as the context, in the place of those that it had.

        Args:
            features: `(n, d)`, finite, exactly as the layer will read them.
            labels: What `spec.encode` takes; rows without any known label are left out.
            groups: `(n,)`, of any type: rows of one group read nothing of each other. Equal rows
                count as one group.
            keys: `(n, e)`, where the layer reads `[features, keys]`.
            seed: Of the draw, where there are more rows than `context_size`.

        Raises:
            ValueError: The arrays do not fit, or no label is known.
        """
        found = NeighbourRows.of(features, labels, self.spec, groups, keys, self.context_size, seed)
        shape, given = (None, len(found.scale)), keys is not None
        if not self.built:
            self.build([shape, (None, found.stored.shape[1])] if given else shape)
        if self.with_keys != given:
            what = "[features, keys]" if self.with_keys else "features alone"
            raise ValueError(f"This layer reads {what}: give adapt the same.")
        if shape[1] != self.scale.shape[0] or found.stored.shape[1] != self.context.shape[1]:
            raise ValueError(
                f"This layer reads {self.scale.shape[0]} features; adapt got {shape[1]}."
            )
        self.put(found)

    def put(self, rows: NeighbourRows) -> None:
        """Take a context that is checked; the layer is built."""
        order = np.argsort(rows.marks, kind="stable")  # marks are looked up by halving
        spare = self.context_size - len(rows.stored)

        def filled_up(array: np.ndarray, value: float) -> np.ndarray:
            array = array[order]
            return np.concatenate([array, np.full((spare, *array.shape[1:]), value, array.dtype)])

        self.context.assign(filled_up(rows.stored, 0))
        self.labels.assign(filled_up(rows.labels, -1))
        self.marks.assign(filled_up(rows.marks, np.iinfo(np.int32).max))
        self.groups.assign(filled_up(rows.groups.astype(np.int32), EMPTY))
        self.scale.assign(rows.scale)
        self.base.assign(rows.base)

    def call(self, inputs: Tensor | Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return what the labels of the neighbours say."""
        x, query = inputs if self.with_keys else (inputs, inputs)
        x, query = ops.cast(x, "float32"), ops.cast(query, "float32")
        marks, groups = (ops.convert_to_tensor(w) for w in (self.marks, self.groups))
        own = group_of(marks_of(x, self.scale), marks, groups)
        table = [ops.convert_to_tensor(w) for w in (self.context, self.labels)]
        if training and self.candidates is not None and self.candidates < self.context_size:
            drawn = keras.random.uniform((self.candidates,), dtype="float32", seed=self.draws)
            held = ops.sum(ops.cast(groups != EMPTY, "int32"))  # they stand first
            at = ops.cast(drawn * ops.cast(held, "float32"), "int32")
            at = ops.minimum(at, ops.maximum(held - 1, 0))
            *table, groups = (ops.take(w, at, axis=0) for w in (*table, groups))
        keys, labels = table
        if self.encoder is not None:
            query, keys = (
                self.encoder(query, training=training),
                self.encoder(keys, training=training),
            )
        k = min(self.neighbours, int(keys.shape[0]))
        at, read = nearest_rows(query, own, keys, groups, k)
        gap = ops.expand_dims(query, 1) - ops.take(keys, at, axis=0)
        far = ops.sum(ops.square(gap), axis=-1)
        far = far if self.squared else ops.sqrt(far + _TINY)
        weight = ops.where(read, ops.softmax(ops.where(read, -far, -1e9), axis=-1), 0.0)
        label = ops.take(labels, at, axis=0)  # (batch, k, entries)
        return (
            self._shares(weight, label)
            if self.values == "shares"
            else self._vectors(weight, label, gap)
        )

    def _shares(self, weight: Tensor, label: Tensor) -> Tensor:
        if self.spec.shape:
            present, known = label == 1, label >= 0
        else:
            known = label >= 0
            present = ops.one_hot(label[:, :, 0], self.spec.num_classes)
        sums = [
            ops.einsum("bk,bkp->bp", weight, ops.cast(part, "float32")) for part in (present, known)
        ]
        return (sums[0] + _UNSURE * self.base) / (sums[1] + _UNSURE)

    def _vectors(self, weight: Tensor, label: Tensor, gap: Tensor) -> Tensor:
        states = self.spec.entry_states + 1
        state = ops.where(label < 0, states - 1, label)
        first = np.arange(self.spec.num_entries, dtype=np.int32) * states
        value = ops.sum(
            ops.take(self.embeddings, state + ops.convert_to_tensor(first), axis=0), axis=2
        )
        value = value + self.difference_out(self.difference_hidden(gap))
        return ops.einsum("bk,bkw->bw", weight, value)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the shares or vectors."""
        width = self.spec.num_classes if self.values == "shares" else self.width
        return (_shapes_of(input_shape)[0][0], width)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        encoder = self.encoder
        names = ("context_size", "neighbours", "values", "width", "candidates", "squared")
        return {
            **super().get_config(),
            "spec": self.spec.get_config(),
            "encoder": None if encoder is None else keras.saving.serialize_keras_object(encoder),
            **{name: getattr(self, name) for name in names},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> NeighbourLabels:
        """Return the layer of a config."""
        encoder = config.get("encoder")
        if isinstance(encoder, dict):
            encoder = keras.saving.deserialize_keras_object(encoder)
        return cls(**{**config, "encoder": encoder})


def _shapes_of(shape: Shapes) -> tuple[Shape, Shape | None]:
    """Return the shape of the features, and that of the keys where they are given."""
    if len(shape) and isinstance(shape[0], (list, tuple)):
        return tuple(shape[0]), tuple(shape[1])
    return tuple(shape), None
