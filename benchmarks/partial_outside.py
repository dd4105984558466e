"""Classifiers of other packages in `benchmarks partial`: times naive Bayes of known labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.outside_peers import made
from benchmarks.partial_data import Parts
from benchmarks.partial_trees import Predict, times_naive_bayes

__all__ = ["outside_naive_bayes"]


def outside_naive_bayes(parts: Parts, seed: int, name: str, weights: Mapping[str, Path]) -> Predict:
    """Fit one classifier a label on features alone; its odds are multiplied by known labels'.

    Args:
        parts: Rows of the seed; it learns from training and validation rows.
        seed: Of the classifiers.
        name: One of `OUTSIDE`.
        weights: Files of weights by name.
    """
    x, y = (np.concatenate(pair) for pair in zip(parts.train, parts.validation, strict=True))
    plain = np.empty((len(parts.test[0]), y.shape[1]))
    for label, own in enumerate(y.T):
        if len(np.unique(own)) == 1:
            plain[:, label] = (own.sum() + 0.5) / (len(own) + 1)
        else:
            model = made(name, seed, weights).fit(x, own)
            plain[:, label] = model.predict_proba(parts.test[0])[:, 1]
    return times_naive_bayes(plain, y)
