"""Keras networks as peers of `python -m benchmarks hard`: one architecture, many losses."""

from __future__ import annotations

import keras
import numpy as np

from benchmarks.hard_regimes import Rows
from labelfeed import strategies
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.honest import find_noise

__all__ = ["EPOCHS", "network"]

EPOCHS = 120  # of 30, 60, 120 the best on letter at 1:100; 240 brought .002 to .010 more there
_BATCH = 64


def network(rows: Rows, how: str) -> np.ndarray:
    """Return class probabilities of the rows that score, by two dense layers of 128 units.

    Args:
        rows: The rows; those without a label are left out.
        how: `"crossentropy"`, `"class weights"`, `"oversampled"` (each class as often as the
            commonest, for half as many epochs), `"logit adjusted"`, `"gce"` or `"forward"`.
    """
    rows = rows.known()
    x, y, spec = rows.x, rows.y, LabelSpec.single(rows.classes)
    counts = np.maximum(np.bincount(y, minlength=rows.classes), 1)
    keras.utils.set_random_seed(rows.seed)
    shape, weight, epochs = x.shape[1:], None, EPOCHS
    if how == "logit adjusted":
        model = strategies.prior_adjusted(spec, shape, prior=counts / counts.sum())
    elif how in ("gce", "forward"):
        matrix = None
        if how == "forward":
            plain = ["logistic", "extra-trees"]
            one_hot = np.eye(rows.classes, dtype=int)[y]
            matrix = find_noise(x, one_hot, spec, plain=plain, seed=rows.seed)[0].matrix
        model = strategies.noisy_labels(spec, shape, matrix=matrix)
    else:
        model = strategies.plain(spec, shape)
    if how == "class weights":
        weight = (len(y) / len(counts) / counts)[y]
    if how == "oversampled":
        rng = np.random.default_rng(rows.seed)
        most = int(counts.max())
        own = [np.flatnonzero(y == c) for c in np.unique(y)]
        at = rng.permutation(np.concatenate([np.resize(rng.permutation(o), most) for o in own]))
        x, y, epochs = x[at], y[at], EPOCHS // 2
    model.fit(x, y, sample_weight=weight, epochs=epochs, batch_size=_BATCH, verbose=0)
    return np.asarray(model.predict(rows.test, verbose=0))
