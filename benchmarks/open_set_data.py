"""The sets of `python -m benchmarks open-set`, with classes that training never meets."""

from __future__ import annotations

import csv
import dataclasses
import gzip
from pathlib import Path

import numpy as np
from sklearn.datasets import fetch_openml, load_digits

__all__ = ["SETS", "Parts", "load", "split"]

# Classes that are held out of training, of how many.
SETS = {"letter": (6, 26), "notmnist": (3, 10), "digits": (3, 10)}


@dataclasses.dataclass(frozen=True, eq=False)
class Parts:
    """Rows of the trained classes (ids from 0) and of the unseen classes (ids of their own)."""

    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    unseen: tuple[np.ndarray, np.ndarray]
    known: tuple[np.ndarray, np.ndarray]  # test rows of the trained classes


def load(name: str, folder: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """Return float32 features and class ids.

    letter: 16 measurements. notmnist: pictures, halved to 14 x 14. digits: 8 x 8 pictures of
    scikit-learn, for the tests of this benchmark.
    """
    if name == "digits":
        data = load_digits()
        return (data.images[..., None] / 16).astype(np.float32), data.target
    if name == "letter":
        names, rows = letters(folder)
        return rows, np.unique(names, return_inverse=True)[1]
    if folder is None:
        raise SystemExit("notmnist is at no OpenML name: give --data DIR with its idx files.")
    images = _idx(folder / "notmnist-images-idx3-ubyte.gz").astype(np.float32) / 255
    n, height, width = images.shape
    halved = images.reshape(n, height // 2, 2, width // 2, 2).mean(axis=(2, 4))
    return halved[..., None], _idx(folder / "notmnist-labels-idx1-ubyte.gz").astype(int)


def split(x: np.ndarray, y: np.ndarray, held_out: int, seed: int, most: int) -> Parts:
    """Draw which classes are unseen, and 10 % of the others to validate and 20 % to test.

    Args:
        x: Features; vectors are standardised on the training rows.
        y: Class ids 0, 1, ....
        held_out: Number of unseen classes.
        seed: Seed of all draws.
        most: At most so many training rows, and so many test rows of either kind.
    """
    rng = np.random.default_rng(seed)
    unseen = rng.permutation(y.max() + 1)[:held_out]
    trained = np.setdiff1d(np.arange(y.max() + 1), unseen)
    order = rng.permutation(len(x))
    is_new = np.isin(y[order], unseen)
    new, old = order[is_new][:most], order[~is_new]
    validation, known, train = np.split(old, [len(old) // 10, 3 * len(old) // 10])
    train, known = train[:most], known[:most]
    if x.ndim == 2:
        x = (x - x[train].mean(axis=0)) / (x[train].std(axis=0) + 1e-6)
    ids = np.searchsorted(trained, y)
    return Parts(
        *((x[rows].astype(np.float32), ids[rows].astype(np.int32)) for rows in (train, validation)),
        (x[new].astype(np.float32), y[new].astype(np.int32)),
        (x[known].astype(np.float32), ids[known].astype(np.int32)),
    )


def letters(folder: Path | None) -> tuple[np.ndarray, np.ndarray]:
    if folder is None:
        table = fetch_openml("letter", version=1, as_frame=False)
        return table.target, table.data.astype(np.float32)
    with (folder / "letter-recognition.data").open(newline="") as file:
        rows = [row for row in csv.reader(file) if row and len(row[0]) == 1]  # the header is longer
    return np.array([r[0] for r in rows]), np.array([r[1:] for r in rows], np.float32)


def _idx(path: Path) -> np.ndarray:
    """Read a file in the format of MNIST."""
    with gzip.open(path) as file:
        content = file.read()
    rank = content[3]
    shape = np.frombuffer(content, ">i4", rank, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)
