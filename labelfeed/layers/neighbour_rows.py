"""Training rows whose labels others may read, checked: the context of `NeighbourLabels`."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.data.folds import whole_groups
from labelfeed.estimators.nearest import RowMarks, joined_units
from labelfeed.estimators.neighbour_keys import base_rates
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import ArrayLike, Cells, Labels

__all__ = ["NeighbourRows"]


@dataclasses.dataclass(frozen=True, eq=False)
class NeighbourRows:
    """Rows of a context.

    Args:
        scale: float32 `(d,)`, of `RowMarks`.
        marks: int32 `(n,)`, those of the rows' features.
        stored: float32 `(n, e)`, what is compared: keys, or features where there are none.
        labels: int32 `(n, entries)`, -1 unknown.
        groups: int32 `(n,)`, >= 0.
        base: float32 `(classes,)`, base rates.
    """

    scale: np.ndarray
    marks: np.ndarray
    stored: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    base: np.ndarray

    @classmethod
    def of(
        cls,
        features: ArrayLike,
        labels: Labels,
        spec: LabelSpec,
        groups: Cells | None = None,
        keys: ArrayLike | None = None,
        most: int | None = None,
        seed: int = 0,
    ) -> NeighbourRows:
        """Return rows, checked; those without a known label are left out.

        Args:
            features: `(n, d)`, finite.
            labels: What `spec.encode` takes.
            spec: What they are.
            groups: `(n,)`; a row with a missing group is one of its own.
            keys: `(n, e)`, finite, or `None`.
            most: Rows at most, drawn by the seed.
            seed: Of the draw.

        Raises:
            ValueError: Shapes do not fit, numbers are not finite, or no label is known.

        Example:
            >>> rows = NeighbourRows.of([[1.0], [1.0], [2.0]], [0, 1, None], LabelSpec.single(2))
            >>> rows.groups.tolist(), rows.labels.ravel().tolist()
            ([0, 0], [0, 1])
        """
        ids = np.asarray(spec.encode(labels), np.int32).reshape(-1, spec.num_entries)
        x = _numbers(features, "features", len(ids))
        stored = x if keys is None else _numbers(keys, "keys", len(ids))
        kept = np.flatnonzero((ids >= 0).any(axis=1))
        if not len(kept):
            raise ValueError(
                "The context has no row with a known label: give training rows and their labels."
            )
        marks = RowMarks.fitting(x)
        own = marks.of(x)
        units = joined_units(own, whole_groups(groups, len(ids)))
        if most is not None and len(kept) > most:
            kept = np.sort(np.random.default_rng(seed).choice(kept, most, replace=False))
        ids, units = ids[kept], np.unique(units[kept], return_inverse=True)[1]
        places = ids if spec.shape else spec.label_columns[0].labels(ids[:, 0])
        groups, base = units.astype(np.int32), base_rates(places, spec)
        return cls(marks.scale, own[kept], stored[kept], ids, groups, base)


def _numbers(values: ArrayLike, name: str, rows: int) -> np.ndarray:
    array = np.asarray(values, np.float32)
    if array.ndim != 2 or len(array) != rows:
        raise ValueError(
            f"Expected {name} ({rows}, width), a row for each label; got {array.shape}."
        )
    if not np.isfinite(array).all():
        row = int(np.argwhere(~np.isfinite(array))[0][0])
        raise ValueError(
            f"The {name} of row {row} have a value that is not finite: no distance can be taken "
            "from it. Fill gaps first."
        )
    return array
