"""A predictor of raw rows: preprocessing in front of the predictor of a model."""

from __future__ import annotations

import numpy as np

from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.seen_rows import SeenRows
from labelfeed.predictors.predictor import Predictor
from labelfeed.types import Features, Labels, SideValues, Tensor

__all__ = ["RawRows", "rows_per_step"]

_NUMBERS = 1 << 20
_MOST_ROWS = 8192


def rows_per_step(shape: tuple[int, ...], num_classes: int) -> int:
    """Return how many rows are predicted in one step: many if they are small.

    Args:
        shape: Shape of one row. A network of pictures makes far more of a row than it is.
        num_classes: Number of outputs.

    Example:
        >>> rows_per_step((20,), 2), rows_per_step((20,), 1000), rows_per_step((32, 32, 3), 10)
        (8192, 1048, 256)
    """
    if len(shape) != 1:
        return Predictor.batch_size
    rows = _NUMBERS // max(*shape, num_classes, 1)
    return min(max(rows, Predictor.batch_size), _MOST_ROWS)


class RawRows(Predictor):
    """Preprocess raw rows, then ask the predictor of what was trained on such rows.

    Args:
        inner: Predictor of preprocessed rows.
        preprocessor: Turns raw rows into what it reads.
        seen: What it was trained on, if that is known.

    Raises:
        DataError: Of every method: a row does not fit what was trained on; names row and column.
    """

    def __init__(
        self, inner: Predictor, preprocessor: Preprocessor, seen: SeenRows | None = None
    ) -> None:
        """Take over what the inner predictor is and takes."""
        super().__init__(inner.spec, inner.reads_label, inner.sides)
        self.inner = inner
        self.preprocessor, self.seen = preprocessor, seen
        self.columns = tuple(column.name for column in preprocessor.columns)
        self.model = inner.model
        self.what, self.visibility, self.product = inner.what, inner.visibility, inner.product
        self.takes_unknown, self.unknown_how = inner.takes_unknown, inner.unknown_how
        self.embeds, self.batch_size = inner.embeds, inner.batch_size
        self.feature_shapes = (preprocessor.shape,)

    def scores(
        self, x: Features, known: np.ndarray | None = None, sides: SideValues | None = None
    ) -> Tensor:
        """Return what the model itself gives for raw rows."""
        return self.inner.scores(self.preprocessor.transform(x), known, sides)

    def probabilities(
        self, x: Features, known: Labels | None = None, sides: SideValues | None = None
    ) -> np.ndarray:
        """Return class probabilities of raw rows: a DataFrame or an array."""
        self.check_known(known)
        return self.inner.probabilities(self.preprocessor.transform(x), known, sides)

    def check_known(self, known: Labels) -> None:
        """Raise `PredictorError` if labels are given to what reads none."""
        self.inner.check_known(known)

    def fed_scores(self, x: Features, ids: np.ndarray) -> np.ndarray:
        """Return raw scores of raw rows with a label fed wherever training has it."""
        return self.inner.fed_scores(self.preprocessor.transform(x), ids)

    def embedding(self, x: Features) -> np.ndarray:
        """Return the embedding of each raw row."""
        return self.inner.embedding(self.preprocessor.transform(x))

    def prepared(self, x: Features) -> tuple[Predictor, Features]:
        """Return the inner predictor and the preprocessed rows."""
        return self.inner, self.preprocessor.transform(x)

    def batched(self, batch_size: int | None) -> Predictor:
        """Return this predictor with another number of rows per step."""
        inner = self.inner.batched(batch_size)
        return self if inner is self.inner else RawRows(inner, self.preprocessor, self.seen)
