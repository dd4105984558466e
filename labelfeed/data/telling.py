"""Features that tell the label, or which rows belong together: looked at before training."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.labels.words import MISSING

__all__ = ["area", "telling_columns", "telling_notes", "told_by"]

_LEAST_ROWS = 50  # labelled, and of these a fifth in each class: fewer say nothing
_CELLS = 4_000_000  # looked at in all: wide tables by fewer rows
_EQUAL = 0.98
_RISING = 0.9  # of an identifier


def area(values: np.ndarray, positive: np.ndarray) -> float:
    """Return the area under the ROC curve of values for a yes/no label; 0.5 says nothing.

    Args:
        values: Numbers `(n,)`, finite.
        positive: Booleans `(n,)`, some of each.

    Example:
        >>> area(np.array([1, 2, 2, 3]), np.array([False, False, True, True]))
        0.875
    """
    return _area(pd.Series(values).rank().to_numpy(), positive)


def _area(ranks: np.ndarray, positive: np.ndarray) -> float:
    count = int(positive.sum())
    above = ranks[positive].sum() - count * (count + 1) / 2
    return float(above / (count * (len(ranks) - count)))


def telling_notes(features: pd.DataFrame, labels: np.ndarray, spec: LabelSpec) -> tuple[str, ...]:
    """Return a line for each feature that alone tells a label nearly always; see `told_by`.

    Args:
        features: Raw columns.
        labels: As encoded, `(n,)` or `(n, num_labels)`.
        spec: Their spec.

    Example:
        >>> y = np.tile([0, 1], 40)
        >>> rows = pd.DataFrame({"copy": y + 1, "age": np.arange(80) % 7})
        >>> telling_notes(rows, y, LabelSpec.single(2, name="ill"))[0]
        "column 'copy' tells 'ill' by itself (AUC 1.000): is it known before the label?"
    """
    return tuple(
        f"column {name!r} {text}" for name, text in told_by(features, labels, spec).items()
    )


def told_by(features: pd.DataFrame, labels: np.ndarray, spec: LabelSpec) -> dict[str, str]:
    """Return how each feature that alone tells a label nearly always does so, by its name.

    A sample of the rows is looked at, evenly spread. A number tells a yes/no label by the area
    under its ROC curve, any other pair by how often the most frequent label of each value (of a
    number: of its 50 ranges) is right.

    Args:
        features: Raw columns.
        labels: As encoded, `(n,)` or `(n, num_labels)`.
        spec: Their spec.

    Example:
        >>> y = np.tile([0, 1], 40)
        >>> rows = pd.DataFrame({"copy": y + 1, "age": np.arange(80) % 7})
        >>> list(told_by(rows, y, LabelSpec.single(2)))
        ['copy']
    """
    found = telling_columns(features, labels, spec)
    return {name: text for name, (_, text) in found.items()}


def telling_columns(
    features: pd.DataFrame, labels: np.ndarray, spec: LabelSpec
) -> dict[str, tuple[float, str]]:
    """Return the features of `told_by`, each with how well it tells, in [0, 1], and the text."""
    targets = {column.name: column.ids(labels) for column in spec.label_columns}
    best: dict[str, tuple[float, str]] = {}
    key, seen, whole, ranks = b"", [], [], np.zeros((0, 0))
    for target, all_ids in targets.items():
        rows = _sample(np.flatnonzero(all_ids != UNKNOWN), features.shape[1] * len(targets))
        ids = all_ids[rows]
        counts = np.bincount(ids) if len(ids) else np.zeros(1, int)
        if len(rows) < _LEAST_ROWS or np.sort(counts)[-2:].min() < _LEAST_ROWS // 5:
            continue
        if key != rows.tobytes():  # labels known in the same rows share the work
            seen = [_Seen(features[name], rows) for name in features.columns]
            key = rows.tobytes()
            whole = [cells for cells in seen if cells.filled is not None and cells.known.all()]
            ranks = np.stack([c.ranks for c in whole] or [np.zeros(0)], axis=1)
        quiet = {c.name for c in _telling_nothing(whole, ranks, ids, counts)}
        for cells in seen:
            if cells.name in quiet:
                continue
            found = _told(cells, ids, counts)
            if found is not None and found[0] > best.get(cells.name, (0.0, ""))[0]:
                score, what = found
                best[cells.name] = (score, f"{what.format(target=repr(target))}")
    return best


def _sample(rows: np.ndarray, columns: int) -> np.ndarray:
    most = int(np.clip(_CELLS / max(columns, 1), 500, 5000))
    step = max(len(rows) // most, 1)
    if step == 1:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


class _Seen:
    """The cells of a feature in the rows that are looked at, for any number of labels."""

    def __init__(self, column: pd.Series, rows: np.ndarray) -> None:
        cells = column.iloc[rows]
        self.name = str(column.name)
        self._column = column
        numbers = _numbers(cells)
        if numbers is None:
            self.filled = None
            texts = cells.astype(object).where(cells.notna(), "").map(str)
            self.codes, self.different = _codes(texts.to_numpy())
            return
        self.filled = np.where(np.isfinite(numbers), numbers, np.nan)
        self.known = ~np.isnan(self.filled)
        self.ranks = pd.Series(self.filled[self.known]).rank().to_numpy()

    @functools.cached_property
    def ranges(self) -> tuple[np.ndarray, int]:
        """Codes of the ranges of numbers, and how many there are."""
        assert self.filled is not None
        return _codes(_ranges(self.filled))

    @functools.cached_property
    def counts_something(self) -> bool:
        """Whether every row of the whole column holds another whole number."""
        assert self.filled is not None
        whole = bool(np.all(self.filled[self.known] % 1 == 0))
        return whole and _all_different(self._column)


def _telling_nothing(
    whole: Sequence[_Seen], ranks: np.ndarray, ids: np.ndarray, counts: np.ndarray
) -> list[_Seen]:
    """Return columns of numbers, none missing, that tell a yes/no label far too badly."""
    if not whole or (counts > 0).sum() != 2:
        return []
    positive = ids == int(np.flatnonzero(counts)[-1])
    count = int(positive.sum())
    above = ranks[positive].sum(axis=0) - count * (count + 1) / 2
    scores = above / (count * (len(ids) - count))
    return [c for c, score in zip(whole, scores, strict=True) if abs(score - 0.5) < _RISING - 0.5]


def _told(cells: _Seen, ids: np.ndarray, counts: np.ndarray) -> tuple[float, str] | None:
    """Return how well a column tells a label, and the end of the line that says it."""
    if cells.filled is None:
        return _agreed(_agreement(cells.codes, cells.different, ids), counts)
    filled, known = cells.filled, cells.known
    if (counts > 0).sum() > 2:
        return _agreed(_agreement(*cells.ranges, ids), counts)
    positive = ids == int(np.flatnonzero(counts)[-1])
    yes = int((positive & known).sum())
    if known.mean() < 0.5 or min(yes, int(known.sum()) - yes) < _LEAST_ROWS // 5:
        return None
    score = _area(cells.ranks, positive[known])
    high = max(score, 1 - score)
    if high >= _RISING and cells.counts_something:
        if _counts_up(filled):
            return None  # left out of training anyway
        way = "rises" if score > 0.5 else "falls"
        text = f"is another whole number in every row and {way} with {{target}} (AUC {high:.3f})"
        return high, f"{text}: an identifier? Drop it"
    if high < _EQUAL:
        return None
    return high, f"tells {{target}} by itself (AUC {high:.3f}): is it known before the label?"


def _agreed(score: float, counts: np.ndarray) -> tuple[float, str] | None:
    least = 1 - 0.1 * (1 - counts.max() / counts.sum())  # nine of ten errors of guessing are gone
    if score < max(_EQUAL, least):
        return None
    return score, f"tells {{target}} in {score:.1%} of the rows: is it known before the label?"


def _codes(values: np.ndarray) -> tuple[np.ndarray, int]:
    codes, found = pd.factorize(values, use_na_sentinel=False)
    return codes, len(found)


def _agreement(codes: np.ndarray, different: int, ids: np.ndarray) -> float:
    """Return how often the most frequent label of each value is right; 0 for too many values."""
    if different > len(ids) / 10:
        return 0.0
    classes = int(ids.max()) + 1
    table = np.bincount(codes * classes + ids, minlength=different * classes)
    return float(table.reshape(-1, classes).max(axis=1).sum() / len(ids))


def _ranges(numbers: np.ndarray) -> np.ndarray:
    """Return numbers as they are if there are few, else the number of their range."""
    if len(np.unique(numbers)) <= 50:
        return numbers
    edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, 50)))
    return np.where(np.isnan(numbers), -1, np.searchsorted(edges, numbers))


def _numbers(cells: pd.Series) -> np.ndarray | None:
    """Return the numbers of a column, NaN where missing; `None` for a column of words."""
    if cells.dtype.kind in "iufb":
        return cells.to_numpy(np.float64)
    if cells.dtype.kind in "mM":
        unit = "datetime64[us]" if cells.dtype.kind == "M" else "timedelta64[us]"
        # .5: a date is no identifier
        return np.where(cells.isna(), np.nan, cells.to_numpy(dtype=unit).astype(np.float64) + 0.5)
    if cells.dtype.kind == "c":
        return None
    numbers = pd.to_numeric(cells, errors="coerce")
    if numbers.notna().equals(cells.notna()):
        return numbers.to_numpy(np.float64)
    texts = pd.Series(MISSING.blanked("" if v is None or v != v else str(v) for v in cells))
    numbers = pd.to_numeric(texts, errors="coerce")
    return numbers.to_numpy(np.float64) if numbers.notna().equals(texts.notna()) else None


def _all_different(column: pd.Series) -> bool:
    return len(column) > _LEAST_ROWS and bool(column.is_unique)


def _counts_up(numbers: np.ndarray) -> bool:
    return bool(np.ptp(np.diff(numbers)) == 0) if len(numbers) > 2 else False
