"""What `python -m benchmarks hard` compares: strategies as commands, and what users take else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier

from benchmarks.hard_networks import network
from benchmarks.hard_regimes import REGIMES, Rows
from benchmarks.noisy import Rows as NoisyRows
from benchmarks.noisy import without_issues
from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import OptionError, TrainingOptions
from labelfeed.options.underneath import BLENDED
from labelfeed.runs.train import train
from labelfeed.strategies.plain_members import named_member

__all__ = ["OURS", "PEERS", "predicted"]

OURS = "ours"

Predict = Callable[[Rows], np.ndarray | None]


def predicted(peer: str, regime: str, rows: Rows) -> np.ndarray | None:
    """Return class probabilities `(n, classes)` of the rows that score.

    Args:
        peer: A name in `PEERS[regime]`, or `OURS`.
        regime: A name in `REGIMES`.
        rows: The rows.

    Returns:
        `None` where the peer is not installed, or the strategy is unknown.
    """
    if peer == OURS:
        return _strategy(rows, REGIMES[regime].ours)
    return PEERS[regime][peer](rows)


def _strategy(rows: Rows, strategy: str) -> np.ndarray | None:
    """Return what `labelfeed train --strategy` gives with nothing else said."""
    spec = LabelSpec.single(rows.classes, name="class")
    data = Dataset("arrays", rows.x, rows.y.astype(np.int32), spec, np.arange(len(rows.y)), "rows",
                   label_names=("class",))  # fmt: skip
    try:
        options = TrainingOptions(strategy, seed=rows.seed, test_share=0.0)
    except OptionError:
        return None
    run = train(data, options)
    return run.predictor.probabilities(rows.test)


def _classifier(make: Callable[[Rows], Any], unlabelled: bool = False) -> Predict:
    def predict(rows: Rows) -> np.ndarray:
        rows = rows if unlabelled else rows.known()
        model = make(rows).fit(rows.x, rows.y)
        found = np.zeros((len(rows.test), rows.classes))
        found[:, np.asarray(model.classes_, int)] = model.predict_proba(rows.test)
        return found

    return predict


# Settings: the best on letter at 1:100 (seed 100), of 2 rates, 2 sizes and 3 leaves each.
def _boosting(rows: Rows, balanced: bool = False) -> Any:
    return HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=200, max_leaf_nodes=31, min_samples_leaf=10,
        l2_regularization=1.0, early_stopping=False, random_state=rows.seed,
        class_weight="balanced" if balanced else None,
    )  # fmt: skip


def _lightgbm(balanced: bool = False) -> Predict:
    def predict(rows: Rows) -> np.ndarray | None:
        try:
            from lightgbm import LGBMClassifier
        except ImportError:
            return None
        return _classifier(
            lambda r: LGBMClassifier(
                n_estimators=200,
                learning_rate=0.05,
                num_leaves=31,
                min_child_samples=20 if balanced else 10,
                class_weight="balanced" if balanced else None,
                random_state=r.seed,
                verbose=-1,
                n_jobs=1,
            )
        )(rows)

    return predict


def _trees(rows: Rows, balanced: bool = False) -> Any:
    return ExtraTreesClassifier(
        300, min_samples_leaf=5 if balanced else 1, random_state=rows.seed,
        class_weight="balanced" if balanced else None,
    )  # fmt: skip


def _cleanlab(rows: Rows) -> np.ndarray | None:
    """Rows that cleanlab finds issues in are left out of the plain blend."""
    x = np.concatenate([rows.x, rows.test]).astype(float)
    labels = np.concatenate([rows.y, rows.target])
    true = np.concatenate([rows.true, rows.target])
    members = [named_member(name) for name in BLENDED]
    return without_issues(NoisyRows(x, true, labels, len(rows.x), rows.seed), members)


def _knn(rows: Rows) -> Any:
    return KNeighborsClassifier(min(5, len(rows.x)), weights="distance")


_PLAIN: dict[str, Predict] = {"plain": lambda rows: _strategy(rows.known(), "plain")}
_USUAL: dict[str, Predict] = {
    "LightGBM": _lightgbm(),
    "boosting": _classifier(_boosting),
    "kNN": _classifier(_knn),
}
_NOISE: dict[str, Predict] = {
    **_PLAIN,
    "network, GCE": lambda rows: network(rows, "gce"),
    "network, forward T": lambda rows: network(rows, "forward"),
    "cleanlab": _cleanlab,
    **_USUAL,
}
PEERS: dict[str, dict[str, Predict]] = {
    "imbalance": {
        **_PLAIN,
        "network, class weights": lambda rows: network(rows, "class weights"),
        "network, oversampled": lambda rows: network(rows, "oversampled"),
        "network, logit adjusted": lambda rows: network(rows, "logit adjusted"),
        "LightGBM, class weights": _lightgbm(balanced=True),
        "boosting, class weights": _classifier(lambda rows: _boosting(rows, balanced=True)),
        "logistic, class weights": _classifier(
            lambda rows: LogisticRegression(C=1.0, class_weight="balanced", max_iter=500)
        ),
        "extra trees, class weights": _classifier(lambda rows: _trees(rows, balanced=True)),
    },
    "noise-pair": _NOISE,
    "noise-symmetric": _NOISE,
    "noise-none": _NOISE,
    "few-labels": {
        **_PLAIN,
        **_USUAL,
        "SelfTraining": _classifier(
            lambda rows: SelfTrainingClassifier(_trees(rows), threshold=0.75), unlabelled=True
        ),
        "LabelSpreading": _classifier(
            lambda rows: LabelSpreading("knn", n_neighbors=7, alpha=0.2, max_iter=100),
            unlabelled=True,
        ),
    },
    "neighbours": {**_PLAIN, **_USUAL},
}
