"""The multi-label sets of `python -m benchmarks partial`, split alike for every peer."""

from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer

from benchmarks.partial_tables import FILES, load_table

__all__ = ["SETS", "Parts", "load", "split"]

_LABELS = {"yeast": 14, "scene": 6, "emotions": 6}
_OPENML = {"yeast": 40597, "scene": 40595, "emotions": 40589}
SETS = ("yeast", "scene", "emotions", "breast-cancer", *FILES)


@dataclasses.dataclass(frozen=True, eq=False)
class Parts:
    """Features (standardised on the training part) and labels of the three parts.

    Where features have gaps, those are filled with the mean, and a column says where they were.
    `raw` holds the features of the three parts as they stand in the data, NaN in gaps, and
    `groups` whom each row belongs to, or nothing.
    """

    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]
    raw: tuple[np.ndarray, ...] = ()
    groups: tuple[np.ndarray, ...] = ()


def load(name: str, folder: Path | None) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return features `(n, d)`, labels `(n, num_labels)` and groups `(n,)` or `None` of a set.

    Breast-cancer findings: the ten 'error' measurements are the features, the labels are whether
    each of the ten 'worst' measurements lies above its median, and malignant. (`split` puts the
    medians of the training part in; here they are still measurements.)
    """
    if name == "breast-cancer":
        data = load_breast_cancer()
        malignant = (data.target == 0).astype(float)
        return data.data[:, 10:20], np.column_stack([data.data[:, 20:], malignant]), None
    if folder is None:
        return _openml(name)
    paths = _files(name, folder)
    if name in FILES:
        return load_table(name, folder)
    table = np.concatenate([_rows(path) for path in paths])
    count = _LABELS[name]
    return table[:, :-count], table[:, -count:], None


def split(name: str, folder: Path | None, seed: int) -> Parts:
    """Return 60 % to train, 10 % to stop early, 30 % to test, drawn by the seed.

    Rows of one group stand in one part.
    """
    x, y, groups = load(name, folder)
    order = np.random.default_rng(seed).permutation(len(x))
    cuts = [int(0.3 * len(x)), int(0.4 * len(x))]
    if groups is not None:
        ranks = np.random.default_rng(seed).permutation(groups.max() + 1)[groups]
        order = np.argsort(ranks, kind="stable")
        ends = np.flatnonzero(np.diff(ranks[order])) + 1  # where one group ends
        cuts = [int(ends[np.abs(ends - cut).argmin()]) for cut in cuts]
    test, validation, train = np.split(order, cuts)
    if name == "breast-cancer":
        y = np.column_stack([y[:, :10] > np.median(y[train, :10], axis=0), y[:, 10]])
    parts = (train, validation, test)
    raw = tuple(x[rows] for rows in parts)
    whose = () if groups is None else tuple(groups[rows] for rows in parts)
    x, y = _standardised(x, train), y.astype(np.int32)
    return Parts(*((x[rows], y[rows]) for rows in parts), raw, whose)


def _standardised(x: np.ndarray, train: np.ndarray) -> np.ndarray:
    gap = np.isnan(x)
    x = x[:, ~gap[train].all(axis=0)]
    gap = np.isnan(x)
    mean, deviation = np.nanmean(x[train], axis=0), np.nanstd(x[train], axis=0)
    x = np.where(gap, 0.0, (x - mean) / (deviation + 1e-6))
    flags = gap[:, gap[train].any(axis=0)]
    return np.concatenate([np.clip(x, -5, 5), flags], axis=1).astype(np.float32)


def _files(name: str, folder: Path) -> list[Path]:
    if name == "scene":
        paths = [folder / "scene-train.csv.gz", folder / "scene-test.csv.gz"]
    elif name in FILES:
        paths = [folder / FILES[name][0]]
    else:
        paths = [folder / f"{name}.arff.gz"]
    missing = [path for path in paths if not path.is_file()]
    if missing:
        else_from = " or leave --data out to fetch the set from OpenML" if name in _OPENML else ""
        raise SystemExit(
            f"{missing[0]} is not there. Give a folder that has it with --data,{else_from} or "
            "choose others with --sets."
        )
    return paths


def _rows(path: Path) -> np.ndarray:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [line.strip() for line in lines]
    if path.name.endswith(".arff.gz"):
        rows = rows[[row.lower() for row in rows].index("@data") + 1 :]
    return np.asarray([[float(v) for v in row.split(",")] for row in rows if row])


def _openml(name: str) -> tuple[np.ndarray, np.ndarray, None]:
    if name not in _OPENML:
        raise SystemExit(f"{name} is read from a file: give its folder with --data.")
    from sklearn.datasets import fetch_openml

    data = fetch_openml(data_id=_OPENML[name], as_frame=True, parser="auto")
    labels = data.target.apply(lambda column: column.astype(str).str.lower().isin(["true", "1"]))
    return data.data.to_numpy(float), labels.to_numpy(float), None
