"""The trees of the benchmark of partly known labels, on labels that tell each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks import partial_trees
from benchmarks.partial_data import Parts
from labelfeed.labels.pairwise import pairwise_log_odds


def parts() -> Parts:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 3))
    first = rng.random(600) < 1 / (1 + np.exp(-2 * x[:, 0]))
    second = np.where(rng.random(600) < 0.9, first, ~first)
    x[rng.random(x.shape) < 0.1] = np.nan
    y = np.column_stack([first, second, np.zeros(600)]).astype(np.int32)  # the last never occurs
    cut = [slice(300), slice(300, 400), slice(400, 600)]
    return Parts(*((np.nan_to_num(x[c]), y[c]) for c in cut), tuple(x[c] for c in cut))


def test_the_first_copies_know_nothing_and_the_others_part() -> None:
    x, y = np.arange(50.0)[:, None], np.tile([[0, 1]], (50, 1))
    wide, known, labels = partial_trees.masked_copies(x, y, np.random.default_rng(0))
    assert np.isnan(known[:50]).all() and np.array_equal(labels, np.tile(y, (4, 1)))
    assert 0.3 < np.isnan(known[50:]).mean() < 0.7
    shown = ~np.isnan(known)
    assert (known[shown] == labels[shown]).all() and np.array_equal(wide[50:100], x)


@pytest.mark.parametrize(
    "peer",
    [partial_trees.boosted_trees, partial_trees.boosted_naive_bayes, partial_trees.extra_trees],
)
def test_known_labels_help_the_others(
    peer: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partial_trees, "_TREES", 40)
    given = parts()
    predict, (x, y) = peer(given, seed=0), given.test
    nothing = np.full_like(y, -1)
    known = nothing.copy()
    known[:, 1] = y[:, 1]
    before, after = predict(x, nothing), predict(x, known)
    assert before.shape == y.shape
    assert roc_auc_score(y[:, 0], before[:, 0]) > 0.7
    assert roc_auc_score(y[:, 0], after[:, 0]) > roc_auc_score(y[:, 0], before[:, 0]) + 0.05
    assert (after[:, 2] < 0.01).all()
    own = nothing.copy()
    own[:, 0] = y[:, 0]  # a label is no column of its own model
    np.testing.assert_array_equal(predict(x, own)[:, 0], before[:, 0])


def test_naive_bayes_multiplies_the_odds() -> None:
    given = parts()
    predict, (x, y) = partial_trees.boosted_naive_bayes(given, seed=0), given.test
    known = np.full_like(y, -1)
    p = predict(x, known)[:, 0]
    known[:, 1] = 1
    q = predict(x, known)[:, 0]
    seen = np.concatenate([given.train[1], given.validation[1]])
    ratio = q / (1 - q) / (p / (1 - p))
    np.testing.assert_allclose(ratio, np.exp(pairwise_log_odds(seen)[1, 1, 0]), rtol=1e-4)
