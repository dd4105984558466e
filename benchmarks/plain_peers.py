"""What `python -m benchmarks plain` compares: each peer learns from rows and predicts others."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from benchmarks.outside_peers import made
from benchmarks.plain_data import Rows
from labelfeed import strategies
from labelfeed.estimators import LabelFedClassifier
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import PartialLabelsOptions, PlainOptions
from labelfeed.strategies.network_member import NetworkMember

__all__ = ["PEERS", "outside", "probabilities"]


def network(rows: Rows, seed: int) -> np.ndarray:
    """The cross-fitted ensemble of networks, as `--plain network` has it."""
    found = NetworkMember().cross_fit(rows.x, rows.y, rows.spec, rows.folds, seed=seed)
    return probabilities(found.final.logits(rows.test_x), rows.spec)


def default_network(rows: Rows, seed: int) -> np.ndarray:
    """One network of the strategies `plain` and `partial-labels`, stopped early on a fold."""
    keras.utils.set_random_seed(seed)
    several = len(rows.spec.label_columns) > 1
    options: Any = PartialLabelsOptions() if several else PlainOptions()
    single = rows.y.shape[1] == 1  # two classes, as the command line trains them
    spec = LabelSpec.single(2) if single else rows.spec
    model = strategies.plain(spec, rows.x.shape[1:], **options.shared())
    y = rows.y if spec.shape else rows.y[:, 0] if single else rows.y.argmax(axis=1)
    held = rows.folds == 0
    stop = keras.callbacks.EarlyStopping(
        "val_loss", patience=options.patience, restore_best_weights=True
    )
    model.fit(
        rows.x[~held], y[~held], validation_data=(rows.x[held], y[held]), callbacks=[stop],
        batch_size=options.batch_size, epochs=options.epochs, verbose=0,
    )  # fmt: skip
    p = np.asarray(model.predict(rows.test_x, batch_size=1024, verbose=0), np.float64)
    return p[:, 1:] if single else p


def _estimator(make: Callable[[int], Any]) -> Callable[[Rows, int], np.ndarray]:
    """Return a peer that fits a classifier of scikit-learn's manner to each label column."""

    def peer(rows: Rows, seed: int) -> np.ndarray:
        out = np.zeros(rows.test_y.shape)
        for column in rows.spec.label_columns:
            own = list(column.places)
            y = rows.y[:, own].argmax(axis=1) if column.of_classes else rows.y[:, own[0]]
            there = np.unique(y)
            if len(there) == 1:
                p = np.ones((len(out), 1))
            else:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", ConvergenceWarning)
                    p = make(seed).fit(rows.x, y).predict_proba(rows.test_x)
            if column.of_classes:
                out[:, np.asarray(own)[there]] = p
            else:
                out[:, own[0]] = p[:, -1] * there[-1]
        return out

    return peer


def blend(rows: Rows, seed: int, *more: str) -> np.ndarray:
    """What `labelfeed train` takes: four plain models, cross-fitted and blended."""
    members = ["logistic", "extra-trees", "boosting", NetworkMember(), *more]
    y = rows.y if rows.spec.kind == "multi" else rows.y.argmax(axis=1)
    classifier = LabelFedClassifier(members, rows.spec, read=False, seed=seed)
    return np.asarray(classifier.fit(rows.x, y).predict_proba(rows.test_x))


def blend_neighbours(rows: Rows, seed: int) -> np.ndarray:
    """The same and the labels of neighbours, as the strategy `neighbour-labels` takes it."""
    return blend(rows, seed, "neighbours")


def outside(name: str, weights: Mapping[str, Path]) -> Callable[[Rows, int], np.ndarray]:
    """Return a peer of another package: one of `benchmarks.outside_peers.OUTSIDE`."""
    return _estimator(lambda seed: made(name, seed, weights))


PEERS: dict[str, Callable[[Rows, int], np.ndarray]] = {
    "network": network,
    "blend": blend,
    "blend, neighbours": blend_neighbours,
    "default network": default_network,
    "boosted trees": _estimator(lambda seed: HistGradientBoostingClassifier(random_state=seed)),
    "extra trees": _estimator(
        lambda seed: ExtraTreesClassifier(300, min_samples_leaf=2, n_jobs=-1, random_state=seed)
    ),
    "logistic": _estimator(lambda seed: LogisticRegression(max_iter=1000)),
    "mlp": _estimator(
        lambda seed: MLPClassifier((128, 128), early_stopping=True, max_iter=300, random_state=seed)
    ),
}


def probabilities(logits: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return the probabilities of logits: softmax over a column of classes, sigmoid of yes/no."""
    out = 0.5 + 0.5 * np.tanh(0.5 * logits)
    for column in spec.label_columns:
        if column.of_classes:
            own = list(column.places)
            part = np.exp(logits[:, own] - logits[:, own].max(axis=1, keepdims=True))
            out[:, own] = part / part.sum(axis=1, keepdims=True)
    return out
