"""Ridge logistic regression as a plain model."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.labels.spec import LabelSpec
from tests.estimators._rows import labels_that_hang_together


def test_the_penalty_is_that_of_least_out_of_fold_loss() -> None:
    rng = np.random.default_rng(0)
    noise, y = rng.normal(size=(60, 30)), rng.integers(0, 2, (60, 2))
    spec, folds = LabelSpec.multi(2), deal_folds(y)
    assert float(LogisticMember().cross_fit(noise, y, spec, folds).note.split()[1]) >= 30
    x, y = labels_that_hang_together()
    clear = LogisticMember().cross_fit(x, (x > 0)[:, :2].astype(int), spec, deal_folds(y))
    assert clear.note == "penalty 1"


def test_features_of_any_scale_and_a_constant_one() -> None:
    x, y = labels_that_hang_together()
    spec, folds = LabelSpec.multi(4), deal_folds(y)
    wide = np.hstack([x * [1e3, 1, 1, 1e-3, 1] + 50, np.ones((len(x), 1))])
    plain, other = (LogisticMember().cross_fit(part, y, spec, folds) for part in (x, wide))
    assert other.oof == pytest.approx(plain.oof, abs=0.02)
    assert other.final.logits(wide) == pytest.approx(plain.final.logits(x), abs=0.02)
