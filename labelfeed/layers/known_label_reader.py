"""What the known labels add to plain logits, fitted elsewhere and frozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.columns import same_column
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._filled import filled
from labelfeed.layers._texts import documented
from labelfeed.layers.base import LabelLayer
from labelfeed.layers.column_probabilities import ColumnProbabilities
from labelfeed.types import ArrayLike, Shape, Shapes, Tensor

__all__ = ["KnownLabelReader"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class KnownLabelReader(LabelLayer):
    """Add evidence of the known labels, and a regression on them, to each label's logit.

    `out_j = z_j + r_j (s_j z_j + t_j) + a_j e_j + sum_i (u_i S[i, j] + v_i G[i, j])` with
    `r_j = k_j / (columns - 1)` for the `k_j` known columns besides that of j; the evidence
    `e_j = sum_i T[i, y_i, j] / (1 + q max(k_j - 1, 0))`, cut to `[-cap, cap]`, of which a column of
    classes speaks through its present class alone; the surprise `u_i = y_i - p_i` by the plain
    probability and the sign `v_i = 2 y_i - 1` of what is known, both 0 of what is not. With nothing
    known the logits pass unchanged, to the bit. In float32 at any policy. Nothing is trained:
    `labelfeed.estimators` fits the numbers on out-of-fold logits, and `assign` takes them.

    Args:
        {multi_spec}
        cap: Bound of the evidence, > 0.
        {label_dropout}
        {label_kwargs}

    Input shape:
        {logits_and_label}

    Output shape:
        `(batch, num_labels)`, float32.

    {multi_raises}

    References:
        Maron 1961, Automatic indexing; Dembczynski et al. 2010, Bayes optimal multilabel
        classification via probabilistic classifier chains.

    Example:
        >>> from labelfeed import LabelSpec
        >>> layer = KnownLabelReader(LabelSpec.multi(["cough", "fever"]))
        >>> layer.assign(by_sign=[[0.0, 2.0], [0.0, 0.0]])  # a cough speaks for a fever
        >>> out = layer([np.zeros((2, 2)), np.array([[1, -1], [-1, -1]])])
        >>> keras.ops.convert_to_numpy(out).tolist()
        [[0.0, 2.0], [0.0, 0.0]]
    """

    built: bool

    multi_only = True

    def __init__(
        self, spec: LabelSpec, cap: float = 8.0, label_dropout: float = 0.0, **kwargs: Any
    ) -> None:
        """Check the arguments."""
        kwargs["dtype"] = "float32"
        super().__init__(spec, label_dropout, **kwargs)
        if not cap > 0:
            raise ValueError(f"cap must be > 0, got {cap!r}.")
        self.cap = float(cap)
        self.same = same_column(self.spec)
        self.plain = ColumnProbabilities(self.spec)

    def build(self, input_shape: Shapes | None = None) -> None:
        """Allocate numbers that add nothing."""
        if self.built:
            return
        places = self.spec.num_classes

        def frozen(name: str, *shape: int) -> Any:
            exact = {"dtype": "float32", "autocast": False, "trainable": False}
            return self.add_weight(shape, filled("zeros"), name=name, **exact)

        self.tables = frozen("tables", 2, places, places)
        self.redundancy = frozen("redundancy")
        self.scale, self.shift = frozen("scale", places), frozen("shift", places)
        self.strength = frozen("strength", places)
        self.by_surprise = frozen("by_surprise", places, places)
        self.by_sign = frozen("by_sign", places, places)
        self.built = True

    def assign(self, **values: ArrayLike) -> None:
        """Take numbers by name; those that are not named stay.

        Args:
            **values: `tables` T `(2, labels, labels)`, `redundancy` q `()`, `scale` s, `shift` t,
                `strength` a `(labels,)`, `by_surprise` S, `by_sign` G `(labels, labels)`.
        """
        self.build()
        own = {w.name: w for w in self.non_trainable_weights if w.name != "seed_generator_state"}
        for name, value in values.items():
            array = np.asarray(value, np.float32)
            if name not in own or array.shape != tuple(own[name].shape):
                shapes = ", ".join(f"{n} {tuple(w.shape)}" for n, w in own.items())
                raise ValueError(f"Expected some of {shapes}; got {name} {array.shape}.")
            own[name].assign(array)

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the logits with what the known labels add."""
        logits, label = inputs
        logits = ops.cast(logits, "float32")
        label = self.checked_label(label, training)
        present, absent = ops.cast(label == 1, "float32"), ops.cast(label == 0, "float32")
        known, sign = present + absent, present - absent
        columns = len(self.spec.label_columns)
        counted = known / ops.convert_to_tensor(self.same.sum(axis=1))  # a column counts once
        if self.spec.class_columns:
            absent = absent * (1.0 - ops.matmul(present, self.same))
        others = ops.sum(counted, axis=1, keepdims=True) - known
        share = others / max(columns - 1, 1)
        sums = ops.matmul(absent, self.tables[0]) + ops.matmul(present, self.tables[1])
        evidence = sums / (1.0 + self.redundancy * ops.maximum(others - 1.0, 0.0))
        evidence = ops.clip(evidence, -self.cap, self.cap)
        surprise = known * (present - self.plain(logits))
        return (
            logits
            + share * (self.scale * logits + self.shift)
            + self.strength * evidence
            + ops.matmul(surprise, self.by_surprise)
            + ops.matmul(sign, self.by_sign)
        )

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the logits."""
        return tuple(input_shape[0])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "cap": self.cap}
