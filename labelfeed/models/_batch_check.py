"""One batch of a stream: features looked at, labels encoded, weights checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import keras
import numpy as np

from labelfeed.labels.errors import CellError
from labelfeed.labels.known import hard_ids
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.features import check_finite
from labelfeed.models.weights import checked_weights
from labelfeed.models.wire import split_label, with_label
from labelfeed.types import Batch, Features, Labels, SampleWeight

_T = TypeVar("_T")


class BatchCheck:
    """Encode the y of a batch, and the label beside x if there is one; check features, weights."""

    def __init__(
        self,
        encode: Callable[..., np.ndarray],
        spec: LabelSpec,
        errors: list[CellError],
        reads_y: bool,
        allow_nan: bool,
        sides: Sequence[str],
        what: str,
    ) -> None:
        """Keep how targets are encoded, and what is checked."""
        self.encode = encode
        self.spec = spec
        self.errors = errors
        self.reads_y = reads_y
        self.allow_nan = allow_nan
        self.sides = frozenset(sides)
        self.what = f"{what}: " if what else ""

    def targets(self, y: Labels, number: int | None = None) -> np.ndarray:
        """Return targets to train on."""
        return self._named(lambda: self.encode(y, self.spec, batch=True), number)

    def ids(self, label: Labels, number: int | None = None) -> np.ndarray:
        """Return the ids of a label that stands beside x."""
        return self._named(lambda: hard_ids(label, self.spec), number)

    def weights(self, weight: SampleWeight, y: np.ndarray, number: int | None = None) -> np.ndarray:
        """Return sample weights, 0 where the encoded y is unknown."""
        return self._named(lambda: checked_weights(weight, y, self.spec), number)

    def finite(self, features: Features, number: int | None = None) -> None:
        """Raise unless the features are finite; side labels beside them may be NaN, unknown."""
        if not self.allow_nan:
            self._named(lambda: check_finite(self.features_alone(features)), number)

    def features_alone(self, x: Features) -> Features:
        """Return features without the side labels beside them."""
        if self.sides and isinstance(x, Mapping):
            return {key: value for key, value in x.items() if key not in self.sides}
        return x[:1] if self.sides and isinstance(x, (list, tuple)) else x

    def _named(self, check: Callable[[], _T], number: int | None) -> _T:
        try:
            return check()
        except CellError as error:
            batch = "a batch" if number is None else f"batch {number}"
            named = error.within(f"{self.what}In {batch} of the data (rows counted in the batch)")
            self.errors.append(named)
            raise named from error

    def __call__(self, batch: Batch, number: int | None = None) -> Batch:
        x, y, weight = keras.utils.unpack_x_y_sample_weight(batch)
        features, label = split_label(x)
        self.finite(features, number)
        if label is not None:
            x = with_label(features, self.ids(label, number))
        if y is None or not self.reads_y:
            return batch if label is None else (x,)
        y = self.targets(y, number)
        return (x, y) if weight is None else (x, y, self.weights(weight, y, number))
