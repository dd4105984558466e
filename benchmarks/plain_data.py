"""The sets of `python -m benchmarks plain`: one label and several, split alike for every peer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.metrics import roc_auc_score

from benchmarks import partial_data
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec

__all__ = ["SETS", "Rows", "load", "scores", "split"]

_LETTER = "letter-recognition.data"
_MEASURED: dict[str, tuple[str, int]] = {  # file and place of the class, else OpenML's name
    "letter": (_LETTER, 0),
    "phoneme": ("phoneme.csv", -1),
    "mammography": ("mammography.csv", -1),
}
_BUNDLED: dict[str, Callable[..., tuple[np.ndarray, np.ndarray]]] = {
    "digits": load_digits,
    "wine": load_wine,
    "breast-cancer": load_breast_cancer,
}
_SEVERAL = ("yeast", "scene", "emotions", "birds")
_BIRDS = 19
_LEAST = 1e-7  # probability that counts in the log loss
SETS = (*_MEASURED, *_BUNDLED, *_SEVERAL)


@dataclasses.dataclass(frozen=True, eq=False)
class Rows:
    """Preprocessed features and labels `(n, places)` of the training and the test rows.

    Two classes are one yes/no place, more are a column of classes.
    """

    spec: LabelSpec
    x: np.ndarray
    y: np.ndarray
    folds: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray


def load(name: str, folder: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """Return features `(n, d)` and labels: class ids `(n,)`, or 0 and 1 `(n, labels)`."""
    if name in _BUNDLED:
        return _BUNDLED[name](return_X_y=True)
    if name == "birds":
        table = pd.read_csv(_there(folder, "birds.csv.gz"))
        return table.iloc[:, :-_BIRDS].to_numpy(float), table.iloc[:, -_BIRDS:].to_numpy(int)
    if name in _SEVERAL:
        x, y, _ = partial_data.load(name, folder)
        return x, y.astype(int)
    file, place = _MEASURED[name]
    if folder is None:
        from sklearn.datasets import fetch_openml

        data = fetch_openml(name, version=1, as_frame=True, parser="auto")
        return data.data.to_numpy(float), data.target.astype("category").cat.codes.to_numpy()
    table = pd.read_csv(_there(folder, file), header=0 if file == _LETTER else None)
    target = table.pop(table.columns[place])
    return table.to_numpy(float), target.astype("category").cat.codes.to_numpy()


def split(name: str, folder: Path | None, seed: int, rows: int | None = None) -> Rows:
    """Return 70 % to train, dealt into 5 folds, and 30 % to test, drawn by the seed.

    Args:
        name: One of `SETS`.
        folder: Where its file is.
        seed: Of the draw.
        rows: How many rows of the set are taken at most; `None`: all.
    """
    x, labels = load(name, folder)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(x))[:rows]
    test, train = np.split(order, [int(0.3 * len(order))])
    spec, y = _encoded(np.asarray(labels))
    preprocessor = Preprocessor.fit(x[train])
    dealt = np.arange(len(train)) % 5
    folds = np.empty(len(train), int)
    folds[np.lexsort(y[train].T)] = dealt  # in the order of the labels: each fold has its share
    return Rows(
        spec, preprocessor.transform(x[train]), y[train], folds,
        preprocessor.transform(x[test]), y[test],
    )  # fmt: skip


def scores(p: np.ndarray, rows: Rows) -> dict[str, float]:
    """Return accuracy and log loss a label column, and macro-AUC, of the test rows.

    Args:
        p: Probabilities `(n, places)`.
        rows: What they are of.
    """
    y, right, loss = rows.test_y, [], []
    kept = np.clip(p, _LEAST, 1 - _LEAST)
    for column in rows.spec.label_columns:
        own = list(column.places)
        if column.of_classes:
            right.append((p[:, own].argmax(axis=1) == y[:, own].argmax(axis=1)).mean())
            loss.append(-np.log(kept[:, own][y[:, own] == 1]).mean())
        else:
            yes = y[:, own[0]] == 1
            right.append(((p[:, own[0]] > 0.5) == yes).mean())
            loss.append(-np.log(np.where(yes, kept[:, own[0]], 1 - kept[:, own[0]])).mean())
    both = (y.min(axis=0) == 0) & (y.max(axis=0) == 1)
    auc = [roc_auc_score(y[:, place], p[:, place]) for place in np.flatnonzero(both)]
    return {
        "accuracy": float(np.mean(right)),
        "log_loss": float(np.mean(loss)),
        "auc": float(np.mean(auc)) if auc else float("nan"),
    }


def _encoded(labels: np.ndarray) -> tuple[LabelSpec, np.ndarray]:
    if labels.ndim == 2:
        return LabelSpec.multi(labels.shape[1]), labels
    classes = int(labels.max()) + 1
    if classes == 2:
        return LabelSpec.multi(1), labels[:, None].astype(int)
    return LabelSpec.single(classes), np.eye(classes, dtype=int)[labels]


def _there(folder: Path | None, file: str) -> Path:
    path = Path() if folder is None else folder / file
    if not path.is_file():
        raise SystemExit(f"{file} is not there. Give the folder that has it with --data.")
    return path
