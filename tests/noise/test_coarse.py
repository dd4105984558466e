"""Rows known to be of one of several classes."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.coarse import set_loss, sort_coarse

SPEC = LabelSpec.single(4)


def blobs(wide: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    true = np.arange(200) % 4
    x = rng.normal(size=(200, 6))
    x[:, :2] += wide * np.array([[0, 0], [0, 1], [1, 0], [1, 1]])[true]
    ids = np.where(np.arange(200) < 24, true, -1)
    sets = (true // 2)[:, None] == (np.arange(4) // 2)[None]
    sets[-20:] = False  # unknown
    return x.astype(np.float32), true, ids, sets


def test_coarse_rows_are_sorted_within_their_sets_where_that_pays() -> None:
    x, true, ids, sets = blobs(4.0)
    steps: list[int] = []
    found = sort_coarse(x, ids, sets, SPEC, plain=LogisticRegression(),
                        on_step=lambda done, total: steps.append(done))  # fmt: skip
    assert found.pays
    assert steps == list(range(len(steps)))
    np.testing.assert_array_equal(found.posterior[:24], np.eye(4)[true[:24]])
    coarse = slice(24, 180)
    assert not found.posterior[coarse][~sets[coarse]].any()
    np.testing.assert_allclose(found.posterior[coarse].sum(axis=1), 1)
    assert (found.posterior[coarse].argmax(axis=1) == true[coarse]).mean() > 0.9
    assert found.known.tolist() == [True] * 180 + [False] * 20


def test_wrong_sets_do_not_pay() -> None:
    x, _, ids, sets = blobs(4.0)
    wrong = sort_coarse(x, ids, sets[:, [2, 3, 0, 1]], SPEC, plain=LogisticRegression())
    assert wrong.gain < 0
    assert not wrong.pays


def test_the_loss_of_a_set_is_that_of_its_summed_probability() -> None:
    p = np.array([[0.1, 0.2, 0.3, 0.4]] * 3)
    sets = np.array([[0, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], bool)
    np.testing.assert_allclose(set_loss(p, sets), [-np.log(0.5), -np.log(0.4), 0])
