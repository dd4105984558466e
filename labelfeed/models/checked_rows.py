"""Rows at the door of a model: features, targets and weights checked once and made arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.checks import any_known
from labelfeed.models.features import check_finite, feature_arrays, ordered_tables, unlisted
from labelfeed.models.keras_private import set_untracked
from labelfeed.models.shared_fit import settle_means
from labelfeed.models.sources import encode_targets
from labelfeed.models.weights import checked_weights
from labelfeed.models.wire import split_label, with_label
from labelfeed.predictors.known import encode_known
from labelfeed.predictors.rows import same_rows
from labelfeed.types import Features, Labels, Logs, SampleWeight, Tensor

__all__ = ["CheckedRows"]


class CheckedRows(keras.Model):
    """A Keras model that knows its label, and what earlier rows were like.

    A subclass says in `_feature_structure` what an export takes, and calls `_remember` once.
    """

    label: LabelSpec
    _by_row = True  # whether its loss is a mean over rows, each by itself
    _class_weight: np.ndarray | None
    _columns: dict[str, list[str]]
    _nan_allowed: bool

    def train_step(self, *args: Any) -> Logs:
        """Run Keras's own step; processes that share the rows agree on moving means too."""
        logs = super().train_step(*args)
        settle_means(self)
        return logs

    def _arrays(
        self,
        x: Features,
        y: Labels,
        weight: SampleWeight | None = None,
        what: str = "",
        some_known: bool = True,
        allow_nan: bool | None = None,
    ) -> tuple[Features, np.ndarray, np.ndarray | None]:
        """Return features, targets and weights of rows, checked once and made arrays."""
        same_rows(**{"x": split_label(x)[0], what or "y": y, "sample_weight": weight})
        y = self._targets(y, what or "y", some_known)
        x = self._features(x, what, allow_nan)
        return x, y, None if weight is None else checked_weights(weight, y, self.label)

    def _validation(self, data: Sequence[Any]) -> tuple[Any, ...]:
        """Return `(x, y)` or `(x, y, weight)` of validation rows, checked and made arrays."""
        x, y, *rest = data
        x, y, weight = self._arrays(x, y, rest[0] if rest else None, "validation_data")
        return (x, y) if weight is None else (x, y, weight)

    def _features(self, x: Features, what: str = "", allow_nan: bool | None = None) -> Features:
        """Return features as arrays, and a label beside them as ids."""
        features, label = split_label(x)
        names = [tensor.name for tensor in keras.tree.flatten(self._feature_structure())]
        features = unlisted(features, len(names))
        if label is not None:
            label = encode_known(label, features, self.label)
        features, columns = ordered_tables(features, names, self._columns)
        if columns != self._columns:
            self._remember(columns, self._nan_allowed)
        if not (self._nan_allowed if allow_nan is None else allow_nan):
            check_finite(features, what)
        features = feature_arrays(features)
        return features if label is None else with_label(features, label)

    def _remember(self, columns: dict[str, list[str]], allow_nan: bool) -> None:
        """Keep what later rows are held against: columns of tables, whether NaN may come."""
        set_untracked(self, "_columns", columns)
        set_untracked(self, "_nan_allowed", allow_nan)

    def _remembered(self) -> dict[str, Any]:
        """Return what `_remember` keeps, for `get_config`; nothing where there is nothing."""
        if not self._columns and not self._nan_allowed:
            return {}
        return {"features": {"columns": self._columns, "allow_nan": self._nan_allowed}}

    def _encode(self, y: Labels, batch: bool) -> np.ndarray:
        return encode_targets(y, self.label, batch=batch)

    def _targets(self, y: Labels, what: str, some_known: bool = True) -> np.ndarray:
        try:
            targets = self._encode(y, batch=not some_known)
        except LabelError as error:
            raise error.within(what) from error
        if some_known and not any_known(targets, self.label):
            raise LabelError(f"{what}: every label of {self.label.name!r} is unknown.")
        return targets

    def _class_weighted(self, weight: SampleWeight, ids: Tensor) -> SampleWeight:
        """Return sample weights times class weights; as they are without class weights."""
        if self._class_weight is None:
            return weight
        table = ops.convert_to_tensor(self._class_weight)
        index = ops.maximum(ids, 0)
        if self.label.kind == "single":
            of_class = ops.take(table, index, axis=0)
        else:
            of_class = ops.where(index == 1, table[:, 1], table[:, 0])
        return of_class if weight is None else of_class * self._weights(weight, of_class)

    def _weights(self, weight: SampleWeight, like: Tensor) -> Tensor:
        """Return sample weights as float32 in a shape that multiplies with `like`."""
        weight = ops.cast(weight, "float32")
        if len(weight.shape) == 2 and len(like.shape) == 1:
            if weight.shape[1] != 1:
                raise ValueError(
                    f"sample_weight has the shape {tuple(weight.shape)}; the single label "
                    f"{self.label.name!r} needs one weight per row, (n,)."
                )
            return weight[:, 0]
        return weight[:, None] if len(weight.shape) < len(like.shape) else weight

    def _feature_structure(self) -> Features:
        """Return symbolic features in the structure that `call` takes."""
        raise NotImplementedError
