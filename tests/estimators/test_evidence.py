"""Naive-Bayes evidence of the known labels."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.column_math import column_losses
from labelfeed.estimators.evidence import EvidenceReader, fit_evidence
from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.masked_copies import draw_copies
from labelfeed.labels.spec import LabelSpec
from tests.estimators._rows import labels_that_hang_together, mixed


def test_follows_its_formula() -> None:
    _, _, spec = mixed(1)
    rng = np.random.default_rng(0)
    tables, (scale, shift, strength) = rng.normal(size=(2, 5, 5)), rng.normal(size=(3, 5))
    reader = EvidenceReader(tables, 0.3, scale, shift, strength, spec, cap=1.0)
    states, logits = np.array([[0, 1, 0, 1, -1]]), rng.normal(size=(1, 5))
    # The class 'g' speaks, the absent ones do not; two columns are known to 'wet'.
    evidence = np.clip((tables[1, 1, 4] + tables[1, 3, 4]) / 1.3, -1, 1)
    expected = scale[4] * logits[0, 4] + shift[4] + strength[4] * evidence
    assert reader.delta(logits, states)[0, 4] == pytest.approx(expected)
    assert (reader.delta(logits, np.full((1, 5), -1)) == 0).all()


def test_says_more_where_labels_hang_together_and_never_counts_the_row_itself() -> None:
    _, y = labels_that_hang_together()
    spec, folds, masked = (
        LabelSpec.multi(4),
        deal_folds(y),
        draw_copies(y, LabelSpec.multi(4), 3, 0),
    )
    w = np.full(len(masked.row), 1 / 3)
    plain = np.zeros(y.shape)
    reader, delta = fit_evidence(plain, y, masked, spec, folds, w)
    before = column_losses(masked.targets, plain[masked.row], spec).sum()
    assert column_losses(masked.targets, delta, spec).sum() < 0.9 * before
    assert (reader.strength > 0.3).all()
    inside = reader.delta(plain[masked.row], masked.states)
    assert not np.allclose(inside, delta)  # tables of the other folds
