"""What the rows hold: whether they are enough, their summary, the values of a column in words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from labelfeed.comparison.design import FOLDS, input_kind
from labelfeed.comparison.errors import ComparisonError
from labelfeed.data.dataset import Dataset, did_you_mean
from labelfeed.data.groups import Together
from labelfeed.labels.encoding import UNKNOWN

__all__ = [
    "check_rows",
    "enough_rows",
    "folds_of",
    "same_labels",
    "summary_of",
    "told_inputs",
    "words_by",
]

_FEWEST_ROWS = 50
_EACH = 2 * FOLDS  # rows of a class, so that each fold has some
_VALUES = 8  # that are told by themselves
_RANGES = 4
_NAMES = 6


def check_rows(dataset: Dataset) -> None:
    """Raise `ComparisonError` for rows that no cross-fitted plain model can learn from."""
    reason = None
    if np.ndim(dataset.features) > 2 or dataset.kind == "images":
        reason = (
            "pictures. Write vectors of them with `labelfeed embed`, by a run that was trained on "
            "other pictures, and compare on these"
        )
    elif dataset.soft is not None:
        reason = "soft targets (--uncertain soft=P): give them another state, such as ignore"
    elif dataset.weights is not None and dataset.weights.ndim > 1:
        reason = "weights of single labels (--weight LABEL=COL): leave them out"
    elif dataset.readings is not None:
        reason = "annotators: clean the labels first"
    if reason is not None:
        raise ComparisonError(f"compare cannot take {reason}.")
    if not dataset.labelled.any():
        raise ComparisonError("Every label is unknown; there is nothing to compare by.")


def same_labels(dataset: Dataset) -> list[str]:
    """Return a line for each label that is the same in all rows, or unknown in all.

    Raises:
        ComparisonError: No label has two states.
    """
    said, columns = [], dataset.spec.label_columns
    for column in columns:
        seen = np.unique(column.ids(dataset.labels))
        seen = seen[seen != UNKNOWN]
        if len(seen) < 2:
            word = f"{column.name_of(int(seen[0]))!r} in every row" if len(seen) else "unknown"
            said.append(f"the label {column.name!r} is {word}: it tells nothing, and has no score")
    if len(said) == len(columns):
        raise ComparisonError(f"Nothing can be learned: {'; '.join(said[:3])}.")
    return said


def folds_of(dataset: Dataset, belonging: Together) -> int:
    """Return the number of folds: as many as there are labelled groups, at most `FOLDS`.

    Raises:
        ComparisonError: There are fewer than three groups.
    """
    rows = dataset.labelled
    units = int(rows.sum()) if belonging.ids is None else len(np.unique(belonging.ids[rows]))
    if units < 3:
        raise ComparisonError(
            f"The labelled rows are {units} group(s); splits need at least 3 that do not belong "
            "together."
        )
    return min(FOLDS, units)


def enough_rows(dataset: Dataset) -> str:
    """Return why there are too few rows for an interval, or `""`.

    At least 50 labelled rows are wanted, and of one label at least ten in each of two classes.
    """
    rows = int(dataset.labelled.sum())
    if rows < _FEWEST_ROWS:
        return f"{rows} labelled rows; an interval needs at least {_FEWEST_ROWS}"
    best, at = -1, ""
    for column in dataset.spec.label_columns:
        ids = column.ids(dataset.labels)
        counts = np.bincount(ids[ids != UNKNOWN], minlength=column.num_classes)
        second = int(np.sort(counts)[-2])
        if second > best:
            rarer = int(np.argsort(counts, kind="stable")[-2])
            best, at = second, f"{column.name!r} is {column.name_of(rarer)!r}"
    if best < _EACH:
        return f"{at} in {best} rows; an interval needs at least {_EACH} of each of two classes"
    return ""


def summary_of(dataset: Dataset, belonging: Together) -> dict[str, str]:
    """Return what the rows are, in words, by heading."""
    known = int(dataset.labelled.sum())
    features = dataset.features
    width = features.shape[1]
    found = {
        "data": dataset.source,
        "rows": f"{len(dataset):,}" + (f", {known:,} labelled" if known < len(dataset) else ""),
        "features": f"{width:,} column{'s' * (width != 1)}",
        "labels": "; ".join(_told(dataset)),
    }
    if dataset.sides.specs:
        told = [f"{s.name} ({s.num_classes} classes)" for s in dataset.sides.specs]
        found["side labels"] = ", ".join(told)
    if belonging.ids is not None:
        found["groups"] = f"{belonging.groups:,} that are never split"
    return found


def _told(dataset: Dataset) -> list[str]:
    told = []
    columns = dataset.spec.label_columns
    for column in columns[:_NAMES]:
        ids = column.ids(dataset.labels)
        ids = ids[ids != UNKNOWN]
        if column.of_classes and column.num_classes > 2:
            told.append(f"{column.name}: {column.num_classes} classes")
        else:
            share = f"{(ids == 1).mean():.0%}" if len(ids) else "no row"
            word = column.name_of(1)
            yes = "yes" if word in ("1", "True") else word
            told.append(f"{column.name}: {share} {yes}")
    more = len(columns) - len(told)
    return told + ([f"{more} more"] if more else [])


def words_by(dataset: Dataset, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Return for each column what stands in each row: a value in words, or a range of numbers.

    Args:
        dataset: The rows.
        names: Features, side labels, labels or the column of groups.

    Raises:
        ComparisonError: There is no such column, or it has too many values.
    """
    return {name: _words(_column(dataset, name), name) for name in names}


def _column(dataset: Dataset, name: str) -> pd.Series:
    features = dataset.features
    if isinstance(features, pd.DataFrame) and name in features.columns:
        return features[name].reset_index(drop=True)
    for spec, ids in zip(dataset.sides.specs, dataset.sides.ids.T, strict=True):
        if spec.name == name:
            return pd.Series([spec.name_of(int(i)) if i != UNKNOWN else None for i in ids])
    if dataset.groups is not None and name == dataset.group_name:
        return pd.Series(dataset.groups)
    for column in dataset.spec.label_columns:
        if column.name == name:
            ids = column.ids(dataset.labels)
            return pd.Series([column.name_of(int(i)) if i != UNKNOWN else None for i in ids])
    known = [str(c) for c in features.columns] if isinstance(features, pd.DataFrame) else []
    known += [spec.name for spec in dataset.sides.specs]
    raise ComparisonError(
        f"--by {name!r}: there is no feature, side label or label of that name."
        f"{did_you_mean(name, known)} A column that is dropped (--drop) is not read."
    )


def _words(column: pd.Series, name: str) -> np.ndarray:
    missing = column.isna().to_numpy()
    values = column.nunique()
    numbers = pd.to_numeric(column, errors="coerce")
    if values > _VALUES and bool((numbers.notna().to_numpy() | missing).all()):
        ends = np.unique(np.quantile(numbers.dropna(), np.linspace(0, 1, _RANGES + 1)))
        at = np.searchsorted(ends[1:-1], numbers.to_numpy(np.float64))
        told = [f"{low:.4g} to {high:.4g}" for low, high in itertools.pairwise(ends)]
        texts = np.array(told, dtype=object)[np.where(missing, 0, at)]
    elif values > _VALUES:
        common = column.value_counts().index[: _VALUES - 1]
        kept = column.where(column.isin(common), "other")
        if column.isin(common).mean() < 0.5:
            raise ComparisonError(
                f"--by {name!r}: {values} different values, too many to score each by itself."
            )
        texts = kept.astype(str).to_numpy(dtype=object)
    else:
        texts = column.astype(str).to_numpy(dtype=object)
    return np.where(missing, "(missing)", texts).astype(object)


def told_inputs(dataset: Dataset, known_share: float) -> str:
    """Return when the verdict holds, in words that end its sentence.

    Example:
        >>> from labelfeed.estimators.given_rows import given_rows
        >>> y = np.array([[1, 0, 1], [0, 1, 0]])
        >>> rows = given_rows(np.eye(2), y, None, None, {}, "compare", ValueError)
        >>> told_inputs(rows, 0.5)
        'when 2 of 3 labels are known'
    """
    kind = input_kind(dataset)
    if kind == "sides":
        names = [spec.name for spec in dataset.sides.specs]
        return f"when {', '.join(names)} {'is' if len(names) == 1 else 'are'} known"
    if kind == "target":
        return ""
    columns = dataset.spec.label_columns
    if all((column.ids(dataset.labels) != UNKNOWN).all() for column in columns):
        count = min(int(len(columns) * known_share + 0.5), len(columns) - 1)
        return f"when {count} of {len(columns)} labels {'is' if count == 1 else 'are'} known"
    return f"when {known_share:.0%} of a row's labels are known"
