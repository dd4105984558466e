"""The multi-label sets of `python -m benchmarks partial`, split alike for every peer."""

from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer

__all__ = ["SETS", "Parts", "load", "split"]

SETS = ("yeast", "scene", "emotions", "breast-cancer")
_LABELS = {"yeast": 14, "scene": 6, "emotions": 6}
_OPENML = {"yeast": 40597, "scene": 40595, "emotions": 40589}


@dataclasses.dataclass(frozen=True, eq=False)
class Parts:
    """Features (standardised on the training part) and labels of the three parts.

    `raw` holds the features of the three parts as they stand in the data.
    """

    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]
    raw: tuple[np.ndarray, ...] = ()


def load(name: str, folder: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """Return features `(n, d)` and labels `(n, num_labels)` of a set.

    Breast-cancer findings: the ten 'error' measurements are the features, the labels are whether
    each of the ten 'worst' measurements lies above its median, and malignant. (`split` puts the
    medians of the training part in; here they are still measurements.)
    """
    if name == "breast-cancer":
        data = load_breast_cancer()
        malignant = (data.target == 0).astype(float)
        return data.data[:, 10:20], np.column_stack([data.data[:, 20:], malignant])
    if folder is None:
        return _openml(name)
    table = np.concatenate([_rows(path) for path in _files(name, folder)])
    count = _LABELS[name]
    return table[:, :-count], table[:, -count:]


def split(name: str, folder: Path | None, seed: int) -> Parts:
    """Return 60 % to train, 10 % to stop early, 30 % to test, drawn by the seed."""
    x, y = load(name, folder)
    order = np.random.default_rng(seed).permutation(len(x))
    test, validation, train = np.split(order, [int(0.3 * len(x)), int(0.4 * len(x))])
    if name == "breast-cancer":
        y = np.column_stack([y[:, :10] > np.median(y[train, :10], axis=0), y[:, 10]])
    parts = (train, validation, test)
    raw = tuple(x[rows] for rows in parts)
    x = (x - x[train].mean(axis=0)) / (x[train].std(axis=0) + 1e-6)
    x, y = np.clip(x, -5, 5).astype(np.float32), y.astype(np.int32)
    return Parts(*((x[rows], y[rows]) for rows in parts), raw)


def _files(name: str, folder: Path) -> list[Path]:
    if name == "scene":
        paths = [folder / "scene-train.csv.gz", folder / "scene-test.csv.gz"]
    else:
        paths = [folder / f"{name}.arff.gz"]
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise SystemExit(
            f"{missing[0]} is not there. Give a folder that has it with --data, or leave --data "
            "out to fetch the set from OpenML."
        )
    return paths


def _rows(path: Path) -> np.ndarray:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [line.strip() for line in lines]
    if path.name.endswith(".arff.gz"):
        rows = rows[[row.lower() for row in rows].index("@data") + 1 :]
    return np.asarray([[float(v) for v in row.split(",")] for row in rows if row])


def _openml(name: str) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import fetch_openml

    data = fetch_openml(data_id=_OPENML[name], as_frame=True, parser="auto")
    labels = data.target.apply(lambda column: column.astype(str).str.lower().isin(["true", "1"]))
    return data.data.to_numpy(float), labels.to_numpy(float)
