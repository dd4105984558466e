"""The rows of a file as a table that a generator learns: features, labels and side labels."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from labelfeed.data.dataset import Dataset
from labelfeed.data.labelling import as_text
from labelfeed.data.number_cells import number_cells
from labelfeed.labels.encoding import UNKNOWN

__all__ = ["TrainingRows", "training_rows_of"]


@dataclasses.dataclass(frozen=True)
class TrainingRows:
    """A table, and what its columns are.

    Args:
        frame: A row for each of the file, cells empty where unknown.
        words: Label and side columns of classes, or of yes and no.
        numbers: Label and side columns of numbers.
        ids: Columns of row ids and of groups.
        dates: Columns of dates, and how the file writes them: `COL=HOW`.
        spelling: Of the columns of `words`, how the file writes each class: `{column: {class:
            word}}`.
    """

    frame: pd.DataFrame
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    ids: tuple[str, ...]
    dates: tuple[str, ...]
    spelling: dict[str, dict[str, str]]

    @property
    def labels(self) -> tuple[str, ...]:
        """Label and side columns."""
        return (*self.words, *self.numbers)


def training_rows_of(
    dataset: Dataset, raw: pd.DataFrame | None = None, id_column: str | None = None
) -> TrainingRows:
    """Return the rows of a data set as the table of its file.

    A label is written as most cells of its class are: `y` or `Yes` or 1. Columns of weights and
    those that are dropped are not part of it.

    Args:
        dataset: Rows of a table, or of vectors, whose columns are then called `x1`, `x2`, ...
        raw: The cells of the file as they stand, for the spelling of labels and the order of
            columns; `None`: the names of classes, and labels last.
        id_column: What the column of row ids is called.

    Example:
        >>> from labelfeed import LabelSpec
        >>> spec = LabelSpec.single(["n", "y"], name="ill")
        >>> data = Dataset("table", pd.DataFrame({"age": ["3", "4"]}), np.array([1, -1]), spec,
        ...                np.arange(2), "rows.csv")
        >>> training_rows_of(data).frame.to_dict("list")
        {'age': ['3', '4'], 'ill': ['y', None]}
    """
    features = dataset.features
    if not isinstance(features, pd.DataFrame):
        width = np.shape(features)[1]
        features = pd.DataFrame(np.asarray(features), columns=[f"x{k + 1}" for k in range(width)])
    columns = {str(name): features[name].reset_index(drop=True) for name in features}
    spelling: dict[str, dict[str, str]] = {}
    numbers, ids = [], []
    there = {} if raw is None else {str(name): raw[name] for name in raw}
    told = dict(dataset.numbers)
    sides = dataset.sides.columns()
    for column in dataset.spec.label_columns:
        found = told[column.name].values if column.name in told else None
        own = column.ids(dataset.labels)
        if found is None and column.number is not None and column.name in there:
            found = number_cells(there[column.name])[0]
        if found is not None:
            found = np.where(own == UNKNOWN, np.nan, found)
            numbers.append(column.name)
        else:
            spelling[column.name] = _words(own, column.names, there.get(column.name))
            found = _spelt(own, spelling[column.name])
        columns[column.name] = pd.Series(found)
    for spec in dataset.sides.specs:
        found = dataset.sides.numbers.get(spec.name)
        if found is None and spec.edges and spec.name in there:
            found = number_cells(there[spec.name])[0]
        own = sides[spec.name]
        if found is not None:
            columns[spec.name] = pd.Series(np.where(own == UNKNOWN, np.nan, found))
            numbers.append(spec.name)
        else:
            names = tuple(spec.name_of(k) for k in range(spec.num_classes))
            spelling[spec.name] = _words(own, names, there.get(spec.name))
            columns[spec.name] = pd.Series(_spelt(own, spelling[spec.name]))
    if id_column is not None:
        columns[id_column] = pd.Series(dataset.row_ids)
        ids.append(id_column)
    if dataset.group_name and dataset.groups is not None:
        columns[dataset.group_name] = pd.Series(dataset.groups)
        ids.append(dataset.group_name)
    order = [name for name in there if name in columns]
    order += [name for name in columns if name not in order]
    frame = pd.DataFrame({name: columns[name] for name in order})
    return TrainingRows(
        frame, tuple(spelling), tuple(numbers), tuple(ids), tuple(dataset.dates), spelling
    )


def _words(ids: np.ndarray, names: Sequence[str], cells: pd.Series | None) -> dict[str, str]:
    """Return how the file writes each class: as most of its cells do."""
    words = {name: name for name in names}
    if cells is not None:
        texts = pd.Series(as_text(cells), dtype=object)
        for place, name in enumerate(names):
            found = texts[ids == place].value_counts()
            if len(found):
                words[name] = str(found.index[0])
    return words


def _spelt(ids: np.ndarray, words: dict[str, str]) -> pd.Series:
    """Return class ids as the file writes them, `None` where unknown."""
    return pd.Series(np.array([*words.values(), None], object)[ids], dtype=object)
