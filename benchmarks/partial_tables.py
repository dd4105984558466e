"""Tables of `python -m benchmarks partial` that are CSV files: features, labels, patients."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["FILES", "load_table"]


def load_table(name: str, folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return features `(n, d)` with NaN in gaps, labels `(n, labels)` 0/1, and groups `(n,)`.

    Args:
        name: One of `FILES`.
        folder: Where the file is.
    """
    file, read = FILES[name]
    return read(pd.read_csv(folder / file))


def _last(count: int) -> Callable[[pd.DataFrame], tuple[np.ndarray, np.ndarray, None]]:
    """Return what splits a table whose last `count` columns are the labels."""

    def read(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, None]:
        values = table.to_numpy(float)
        return values[:, :-count], values[:, -count:], None

    return read


def _complications(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, None]:
    """The eleven complications that are yes or no; the twelfth has classes and is left out."""
    labels = [f"complication{i}" for i in range(1, 12)]
    x = table.drop(columns=["id", "complication12", *labels])
    return x.to_numpy(float), table[labels].to_numpy(float), None


def _chest(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each finding is a label, `No Finding` none; age, sex and view are all there is to see."""
    cells = table["Finding Labels"].str.get_dummies("|").drop(columns="No Finding")
    x = np.column_stack(
        [
            table["Patient Age"].to_numpy(float),
            (table["Patient Gender"] == "M").to_numpy(float),
            (table["View Position"] == "PA").to_numpy(float),
        ]
    )
    return x, cells.to_numpy(float), pd.factorize(table["Patient ID"])[0]


FILES: dict[str, tuple[str, Callable[[pd.DataFrame], tuple]]] = {
    "birds": ("birds.csv.gz", _last(19)),
    "mi-complications": ("mi-complications.csv.gz", _complications),
    "rcv1-600": ("rcv1-600.csv.gz", _last(58)),
    "chest-findings": ("chest-findings.csv", _chest),
}
