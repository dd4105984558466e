"""Choice among the readers of known labels."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.column_math import base_logits, column_losses
from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.readers import fit_readers
from labelfeed.labels.spec import LabelSpec
from tests.estimators._rows import labels_that_hang_together, mixed

SPEC = LabelSpec.multi(4)


def test_reads_what_tells_and_adds_nothing_to_nothing_known() -> None:
    _, y = labels_that_hang_together()
    readers = fit_readers(np.zeros(y.shape), y, SPEC, deal_folds(y))
    assert readers is not None and readers.gain > 0.05
    _, new = labels_that_hang_together(seed=1)
    states = new.copy()
    states[:, 0] = -1
    z = np.zeros(new.shape)
    losses = column_losses(new, z + readers.delta(z, states), SPEC)[:, 0]
    assert losses.mean() < 0.85 * np.log(2)
    logits = np.random.default_rng(0).normal(size=(9, 4))
    assert (readers.delta(logits, np.full((9, 4), -1)) == 0).all()


def test_nothing_is_taken_where_labels_tell_nothing() -> None:
    y = np.random.default_rng(0).integers(0, 2, (150, 4))
    plain = np.repeat(base_logits(y, SPEC)[None], 150, axis=0)
    assert fit_readers(plain, y, SPEC, deal_folds(y)) is None


def test_a_column_that_gains_nothing_is_left_alone() -> None:
    _, y, spec = mixed(300)  # 'hot' follows from the colour, 'wet' is a coin
    readers = fit_readers(np.zeros(y.shape), y, spec, deal_folds(y))
    assert readers is not None
    states = np.array([[1, 0, 0, -1, -1]])
    delta = readers.delta(np.zeros((1, 5)), states)[0]
    assert delta[3] > 2 and abs(delta[4]) < 0.5


def test_one_column_or_labels_never_known_together_have_no_reader() -> None:
    rng = np.random.default_rng(0)
    one = rng.integers(0, 2, (50, 1))
    assert fit_readers(np.zeros((50, 1)), one, LabelSpec.multi(1), deal_folds(one)) is None
    apart = rng.integers(0, 2, (50, 4))
    apart[np.arange(4) != (np.arange(50) % 4)[:, None]] = -1
    assert fit_readers(np.zeros((50, 4)), apart, SPEC, deal_folds(apart)) is None
