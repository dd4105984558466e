"""Features whose empty cells tell the label, whatever stands in the others."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.labels.words import MISSING

__all__ = ["empty_cells", "missing_notes", "told_by_missing"]

_LEAST_ROWS = 50  # labelled
_LEAST_OF_CLASS = 10
_MOST_ROWS = 20_000  # that are looked at
_SHOWN = 2
_DIFFERENCE = 0.5  # between the shares of empty cells
_ODDS = 25.0  # chi-squared with one degree of freedom: p < 1e-6


def empty_cells(column: pd.Series) -> np.ndarray:
    """Return which cells of a column hold no value, `(n,)`.

    Example:
        >>> empty_cells(pd.Series(["a", "", None, " n/a"])).tolist()
        [False, True, True, True]
    """
    empty = column.isna().to_numpy()
    if column.dtype.kind in "biufcmM":
        return empty
    codes, values = pd.factorize(column, use_na_sentinel=True)
    words = [value.strip() in MISSING if isinstance(value, str) else False for value in values]
    return np.append(np.asarray(words, bool), True)[codes]


def told_by_missing(features: pd.DataFrame, labels: np.ndarray, spec: LabelSpec) -> dict[str, str]:
    """Return the features that are empty for one class and filled in for the others, by name.

    The shares of empty cells, in the class and beside it, are at least half of all rows apart; that
    happens by chance with p < 1e-6.

    Args:
        features: Raw columns.
        labels: As encoded, `(n,)` or `(n, num_labels)`.
        spec: Their spec.

    Returns:
        The rest of a sentence that begins with the name of the column; what tells most comes first.

    Example:
        >>> ill = np.tile([0, 1], 60)
        >>> rows = pd.DataFrame({"biopsy": np.where(ill, 1.5, np.nan), "age": np.arange(120)})
        >>> told_by_missing(rows, ill, LabelSpec.single(["no", "yes"], name="ill"))["biopsy"]
        "is empty in 100% of the rows where 'ill' is 'no' and in 0% of the others"
    """
    if len(features) > _MOST_ROWS:
        some = np.linspace(0, len(features) - 1, _MOST_ROWS).astype(int)
        features, labels = features.iloc[some], labels[some]
    empty = {str(name): empty_cells(features[name]) for name in features.columns}
    empty = {name: cells for name, cells in empty.items() if cells.any() and not cells.all()}
    if not empty:
        return {}
    table = np.stack(list(empty.values()), axis=1).astype(float)
    names, best = list(empty), np.zeros(len(empty))
    found: dict[str, str] = {}
    for column in spec.label_columns:
        ids = column.ids(labels)
        known = ids != UNKNOWN
        if known.sum() < _LEAST_ROWS:
            continue
        for value in range(column.num_classes):
            own = ids[known] == value
            if min(own.sum(), (~own).sum()) < _LEAST_OF_CLASS:
                continue
            inside, beside = table[known][own].mean(axis=0), table[known][~own].mean(axis=0)
            whole = table[known].mean(axis=0)
            spread = whole * (1 - whole) * (1 / own.sum() + 1 / (~own).sum())
            gap = np.abs(inside - beside)
            sure = gap**2 > _ODDS * spread
            for at in np.flatnonzero(sure & (gap >= _DIFFERENCE) & (gap > best)):
                best[at] = gap[at]
                found[names[at]] = (
                    f"is empty in {inside[at]:.0%} of the rows where {column.name!r} is "
                    f"{column.name_of(value)!r} and in {beside[at]:.0%} of the others"
                )
    order = sorted(found, key=lambda name: -best[names.index(name)])
    return {name: found[name] for name in order}


def missing_notes(
    features: pd.DataFrame, labels: np.ndarray, spec: LabelSpec, known: Collection[str] = ()
) -> tuple[str, ...]:
    """Return a line for each of the two features whose empty cells tell most, and how many more do.

    Args:
        features: Raw columns.
        labels: As encoded.
        spec: Their spec.
        known: Columns that need no mention.
    """
    found = told_by_missing(features, labels, spec)
    told = [f"column {name!r} {text}" for name, text in found.items() if name not in known]
    more = len(told) - _SHOWN
    verb = "column whose empty cells tell" if more == 1 else "columns whose empty cells tell"
    return (*told[:_SHOWN], *([f"{more} more {verb} a label"] if more > 0 else []))
