"""A peer of `python -m benchmarks train-time` as a program: `... NAME FILE`; `-`: imports alone.

It imports what the peer needs and nothing else: the imports count. The label columns of FILE begin
with `y`; each is learned by a model of its own, from 80 % of the rows, and the rest is predicted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

__all__ = ["PEERS", "train_and_predict"]


def _lightgbm() -> Callable[[], Any]:
    from lightgbm import LGBMClassifier

    return lambda: LGBMClassifier(n_jobs=1, verbosity=-1)


def _mlp() -> Callable[[], Any]:
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return lambda: make_pipeline(StandardScaler(), MLPClassifier(early_stopping=True))


def _realmlp() -> Callable[[], Any]:
    from pytabkit import RealMLP_TD_Classifier

    return lambda: RealMLP_TD_Classifier(device="cpu", random_state=0, n_cv=1, n_threads=1)


PEERS: dict[str, tuple[str, Callable[[], Callable[[], Any]]]] = {
    "LightGBM": ("lightgbm", _lightgbm),
    "MLPClassifier": ("sklearn", _mlp),
    "RealMLP": ("pytabkit", _realmlp),
}
"""Name: the package that it needs, and what imports it and returns what makes a model."""


def train_and_predict(argv: list[str]) -> None:
    """Read, fit and predict."""
    name, file = argv
    import pandas as pd
    from sklearn.model_selection import train_test_split

    made = PEERS[name][1]()
    if file == "-":
        return
    table = pd.read_csv(file)
    labels = [column for column in table if column.startswith("y")]
    train, test = train_test_split(table, test_size=0.2, random_state=0)
    for label in labels:
        model = made().fit(train.drop(columns=labels), train[label])
        found = model.predict_proba(test.drop(columns=labels))
        assert found.shape == (len(test), 2), found.shape


if __name__ == "__main__":
    train_and_predict(sys.argv[1:])
