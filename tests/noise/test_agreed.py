"""Annotators and features together are righter than annotators alone."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.agreed import agree, agreed_ids
from tests.noise._rows import planted


def test_the_features_decide_where_annotators_differ() -> None:
    x, true, _ = planted(240)
    rng = np.random.default_rng(1)
    wrong = rng.random((240, 2)) < [0.1, 0.4]
    given = np.where(wrong, (true[:, None] + 1) % 3, true[:, None])
    given[:20] = -1
    alone = agreed_ids(given, 3)
    assert (alone[:20] == -1).all() and (alone[20:] >= 0).all() and alone.dtype == np.int32
    steps: list[tuple[int, int]] = []
    found, clean = agree(x, given, LabelSpec.single(3), plain="logistic",
                         on_step=lambda *done: steps.append(done))  # fmt: skip
    assert steps[-1] == (6, 6)
    np.testing.assert_allclose(found.error_rates(given), [0.1, 0.4], atol=0.06)
    together = found.posterior.argmax(axis=1)
    assert (together == true).mean() > 0.96 > 0.93 > (alone == true)[20:].mean()
    np.testing.assert_allclose(found.posterior[:20], clean[:20])
