"""Rows as a user gives them, a file, a data set, or features with labels, as a `Dataset`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from labelfeed.data.dataset import Dataset
from labelfeed.data.loading import load_data
from labelfeed.estimators.class_values import labels_and_spec
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import ArrayLike, DataPath, Features, Labels

__all__ = ["given_rows"]


def given_rows(
    data: DataPath | Dataset | Features,
    labels: Labels | None,
    spec: LabelSpec | None,
    groups: ArrayLike | None,
    reading: dict[str, Any],
    caller: str,
    error: type[ValueError],
) -> Dataset:
    """Return the rows.

    Args:
        data: A file, or several as `load_data` takes them, a `Dataset`, or features: numbers
            `(n, d)` or a DataFrame.
        labels: Of features: their labels.
        spec: Of features: what the labels are; `None`: classes for a vector, yes/no for a matrix.
        groups: Of features: `(n,)`, or `None`.
        reading: Of a file: arguments of `load_data`.
        caller: Name of the function that was called, for messages.
        error: What is raised where these do not fit together.

    Example:
        >>> rows = given_rows(np.eye(3), [0, 1, 1], None, None, {}, "clean", ValueError)
        >>> rows.labels.tolist()
        [0, 1, 1]
    """
    if isinstance(data, Dataset):
        if labels is not None or reading:
            raise error("A Dataset holds its labels already; give nothing else but options.")
        return data
    several = isinstance(data, (list, tuple)) and all(isinstance(v, (str, Path)) for v in data)
    if isinstance(data, (str, Path)) or (several and len(data)):
        if labels is not None:
            raise error(f"The labels of a file are a column: {caller}(path, target='COL').")
        return load_data(data, **reading)
    if labels is None:
        raise error(f"Features need labels: {caller}(X, y), or {caller}(path, target='COL').")
    if reading:
        raise TypeError(f"{caller}(X, y) has no argument {next(iter(reading))!r}.")
    frame = data if isinstance(data, pd.DataFrame) else np.asarray(data)
    found, y, _ = labels_and_spec(labels, spec)
    ids = found.label_columns[0].ids(y) if found.kind == "single" else y.astype(np.int32)
    names = tuple(column.name for column in found.label_columns)
    own = None if groups is None else np.asarray(groups)
    kind: Literal["table", "arrays"] = "table" if isinstance(frame, pd.DataFrame) else "arrays"
    return Dataset(kind, frame, ids, found, np.arange(len(frame)), "rows", names, groups=own)
