"""The sets of `python -m benchmarks generate`: tables with one label, split alike for all."""

from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from benchmarks import plain_data

__all__ = ["SETS", "TARGET", "Split", "as_written", "frame_of", "load", "split"]

SETS = ("letter", "mammography", "breast-cancer", "phoneme", "digits", "notmnist")
TARGET = "label"
_IMAGES, _LABELS = "notmnist-images-idx3-ubyte.gz", "notmnist-labels-idx1-ubyte.gz"
_SIDE = 8  # pixels of notMNIST's side, of 28: peers take hours over 784 columns
_MOST_DECIMALS = 6


@dataclasses.dataclass(frozen=True, eq=False)
class Split:
    """Features and class ids of the rows to train on and of those held out."""

    name: str
    x: np.ndarray
    y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray

    @property
    def picture(self) -> tuple[int, int] | None:
        """Height and width where rows are pictures."""
        side = round(self.x.shape[1] ** 0.5)
        return (side, side) if self.name in ("digits", "notmnist") else None


def load(name: str, folder: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """Return features `(n, d)` and class ids `(n,)`; notMNIST's pictures 8 x 8, mean of areas."""
    if name != "notmnist":
        return plain_data.load(name, folder)
    if folder is None or not (folder / _IMAGES).is_file():
        raise SystemExit(f"{_IMAGES} is not there. Give the folder that has it with --data.")
    raw = [gzip.decompress((folder / file).read_bytes()) for file in (_IMAGES, _LABELS)]
    pictures = np.frombuffer(raw[0], np.uint8, offset=16).reshape(-1, 28, 28)
    small = [
        np.asarray(Image.fromarray(p).resize((_SIDE, _SIDE), Image.Resampling.BOX))
        for p in pictures
    ]
    return np.stack(small).reshape(len(small), -1).astype(float), np.frombuffer(
        raw[1], np.uint8, offset=8
    ).astype(int)


def split(name: str, folder: Path | None, seed: int, rows: int | None = None) -> Split:
    """Return 70 % of the rows to train on and 30 % held out, drawn by the seed.

    Args:
        name: One of `SETS`.
        folder: Where its file is.
        seed: Of the draw.
        rows: How many rows of the set are taken at most; `None`: all.
    """
    x, y = load(name, folder)
    order = np.random.default_rng(seed).permutation(len(x))[:rows]
    held, train = np.split(order, [int(0.3 * len(order))])
    x, y = np.asarray(x, float), np.asarray(y, int)
    return Split(name, x[train], y[train], x[held], y[held])


def as_written(x: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return rows within the range of the training rows, rounded to as many decimals as theirs."""
    x = np.clip(x, like.min(axis=0), like.max(axis=0))
    for column in range(x.shape[1]):
        values = like[:, column]
        for decimals in range(_MOST_DECIMALS + 1):
            if np.abs(np.round(values, decimals) - values).max() < 1e-9:
                x[:, column] = np.round(x[:, column], decimals)
                break
    return x


def frame_of(x: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """Return rows as a table with the columns v1, v2, ... and `label`."""
    heads = [f"v{place + 1}" for place in range(x.shape[1])]
    return pd.DataFrame(x, columns=heads).assign(**{TARGET: [f"c{c}" for c in y]})
