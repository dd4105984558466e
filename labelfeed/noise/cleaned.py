"""What cleaning found: repaired labels, the chance of an error in each, and how to say it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.cleaned_columns import error_column, given_column, suggestion_column
from labelfeed.data.dataset import Dataset
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.noise.honest import ColumnNoise
from labelfeed.results import Result, json_types, result_html

__all__ = ["Cleaned", "changed", "words_of"]

_PAIRS = 3  # of confused classes are told
_LABELS = 4  # of many labels are told


@dataclasses.dataclass(frozen=True, eq=False)
class Cleaned(Result):
    """What was found about the labels of some rows.

    `str()` says it in a line or two.

    Args:
        dataset: The rows as they were read.
        columns: What was found about each label column.
        x: The features as numbers, `(n, d)`, as the models took them.
        notes: What the user should know, a line each.

    Example:
        >>> from labelfeed.noise.cleaning import clean
        >>> rng = np.random.default_rng(0)
        >>> X, true = rng.normal(size=(200, 2)), np.zeros(200, int)
        >>> true[X[:, 0] > 0] = 1
        >>> given = np.where(rng.random(200) < 0.1, 1 - true, true)
        >>> cleaned = clean(X, given, plain="extra-trees")
        >>> bool((cleaned.labels == true).mean() > (given == true).mean())
        True
        >>> cleaned.to_frame().columns.tolist()
        ['row', 'label', 'label given', 'label error probability', 'label suggestion']
    """

    dataset: Dataset
    columns: tuple[ColumnNoise, ...]
    x: np.ndarray
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> np.ndarray:
        """The repaired labels, encoded as those of `dataset`; unknown ones stay unknown."""
        out = self.dataset.labels.copy()
        for found in self.columns:
            found.column.put(out, np.where(found.given == UNKNOWN, UNKNOWN, found.suggestion))
        return out

    @property
    def repaired(self) -> int:
        """Number of labels that are repaired."""
        return sum(int(changed(found).sum()) for found in self.columns)

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as JSON types: the sentence, each label column, and its repairs."""
        columns = []
        for found in self.columns:
            words, rows = words_of(found.column), np.flatnonzero(changed(found))
            columns.append(
                {
                    "label": found.column.name,
                    "found": found.found,
                    "rate": found.rate,
                    "noise_matrix": found.matrix,
                    "repairs": [
                        {
                            "row": self.dataset.row_ids[row],
                            "given": words[found.given[row]],
                            "suggestion": words[found.suggestion[row]],
                            "error": found.error[row],
                        }
                        for row in rows
                    ],
                }
            )
        told: dict[str, Any] = json_types(
            {"said": str(self), "rows": len(self.dataset), "labels": columns, "notes": self.notes}
        )
        return told

    def _repr_html_(self) -> str:
        """Return the sentence and the repaired rows, the most probable errors first."""
        frame = self.to_frame()
        doubt = frame[[error_column(found.column.name) for found in self.columns]].max(axis=1)
        repaired = np.any([changed(found) for found in self.columns], axis=0)
        shown = frame[repaired].loc[doubt[repaired].sort_values(ascending=False).index]
        return result_html(str(self), shown)

    def to_frame(self) -> pd.DataFrame:
        """Return a table of the rows: id, and of each label column what it is repaired to, what
        was given, the probability that this is wrong, and the suggestion.
        """
        frame: dict[str, object] = {"row": self.dataset.row_ids}
        for found in self.columns:
            name, words = found.column.name, words_of(found.column)
            best = np.where(found.given == UNKNOWN, UNKNOWN, found.suggestion)
            frame[name] = words[best]
            frame[given_column(name)] = words[found.given]
            frame[error_column(name)] = found.error
            frame[suggestion_column(name)] = words[found.suggestion]
        return pd.DataFrame(frame)

    def __str__(self) -> str:
        """Return what was found in a line or two."""
        known = sum(int((found.given != UNKNOWN).sum()) for found in self.columns)
        noisy = [found for found in self.columns if found.found and changed(found).any()]
        if not noisy:
            return (
                f"nothing to repair: of {known:,} labels none is more probably wrong than right; "
                "to read them as noisy does not predict held-out ones better"
            )
        wrong = sum(float(np.nansum(found.error)) for found in self.columns)
        several = len(self.columns) > 1
        told = [f"{wrong / known:.1%} of {known:,} labels are estimated to be wrong, "
                f"{self.repaired:,} repaired"]  # fmt: skip
        if several:
            worst = sorted(noisy, key=lambda found: -found.rate)[:_LABELS]
            shown = ", ".join(f"{found.column.name} {found.rate:.0%}" for found in worst)
            more = f"; {len(noisy) - len(worst)} more" if len(noisy) > len(worst) else ""
            told.append(f"most: {shown}{more}")
        elif pairs := _confused(noisy[0]):
            told.append(f"most confused: {', '.join(pairs)}")
        return "; ".join(told)


def changed(found: ColumnNoise) -> np.ndarray:
    """Return bool `(n,)`: which given labels are repaired."""
    changes: np.ndarray = (found.given != UNKNOWN) & (found.suggestion != found.given)
    return changes


def words_of(column: LabelColumn) -> np.ndarray:
    """Return the words of class ids as an object array whose last entry, -1, is `None`."""
    names: list[object] = list(column.names)
    if not column.of_classes and column.names in (("0", "1"), ("False", "True")):
        names = [0, 1] if column.names == ("0", "1") else [False, True]
    words = np.empty(len(names) + 1, dtype=object)
    words[:] = [*names, None]
    return words


def _confused(found: ColumnNoise) -> list[str]:
    """Return the pairs of classes that are confused most: true, written as given, and how often."""
    often = found.posterior[found.given != UNKNOWN].sum(axis=0)
    counts = found.matrix * often[:, None]
    np.fill_diagonal(counts, 0.0)
    order = np.argsort(-counts, axis=None)[:_PAIRS]
    pairs = [(int(at // len(counts)), int(at % len(counts))) for at in order]
    name = found.column.name_of
    return [
        f"{name(true)} written as {name(given)} ({found.matrix[true, given]:.0%})"
        for true, given in pairs
        if counts[true, given] >= 1
    ]
