"""The choice between mixture, readers and nothing, by rows that neither has seen."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.known_labels import fit_known_labels
from labelfeed.estimators.label_mixture import LabelMixture
from labelfeed.estimators.readers import Readers
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)


def test_dependent_labels_are_read_coherently() -> None:
    hidden = RNG.normal(size=(400, 1))
    y = (hidden + 0.5 * RNG.normal(size=(400, 4)) > 0).astype(int)
    found = fit_known_labels(np.zeros(y.shape), y, LabelSpec.multi(4), deal_folds(y))
    assert isinstance(found, LabelMixture) and 0.1 < found.gain < 0.7


def test_independent_labels_take_nothing() -> None:
    y = np.random.default_rng(1).integers(0, 2, (300, 4))
    assert fit_known_labels(np.zeros(y.shape), y, LabelSpec.multi(4), deal_folds(y)) is None
    one = y[:, :1]
    assert fit_known_labels(np.zeros(one.shape), one, LabelSpec.multi(1), deal_folds(one)) is None


def test_readers_stay_where_they_lose_less() -> None:
    # Pairs of labels that agree: 2^8 label sets, more than a mixture has patterns.
    y = np.repeat(RNG.integers(0, 2, (200, 8)), 2, axis=1)
    found = fit_known_labels(np.zeros(y.shape), y, LabelSpec.multi(16), deal_folds(y))
    assert isinstance(found, Readers)
