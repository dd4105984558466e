"""Rates of nodes, shrunk towards their parents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor

from labelfeed.estimators import leaf_rates
from labelfeed.estimators.leaf_rates import mean_rates, node_rates

STRENGTHS = np.array([[0.5, 4.0], [30.0, 1e9]])
PARENT = np.array([[True]])
OF_PARENT = np.array([[True, False], [True, True]])
BASE = np.array([0.3, 0.7])


def _rows() -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(80, 2)), rng.integers(0, 2, (80, 2))
    known = (rng.random(y.shape) < 0.7) * rng.uniform(0.5, 2, (80, 1))
    forest = ExtraTreesRegressor(4, min_samples_leaf=2, random_state=0).fit(x, y)
    return x, y * known, known, forest


def _by_hand(tree: Any, leaf: np.ndarray, present: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the same, node by node from the rows that pass through it."""
    out = np.zeros((tree.node_count, *STRENGTHS.shape))

    def visit(node: int, above: Any) -> np.ndarray:
        left, right = tree.children_left[node], tree.children_right[node]
        rows = np.isin(leaf, _leaves(tree, node))
        out[node] = (present[rows].sum(0) + STRENGTHS * above) / (known[rows].sum(0) + STRENGTHS)
        if left >= 0:
            visit(left, np.where(OF_PARENT, out[node], BASE))
            visit(right, np.where(OF_PARENT, out[node], BASE))
        return out

    rates, least = visit(0, BASE), 0.5 / (known.sum(0) + 1)
    return np.where(OF_PARENT, np.clip(rates, least, 1 - least), rates)


def _leaves(tree: Any, node: int) -> np.ndarray:
    if tree.children_left[node] < 0:
        return np.array([node])
    parts = [_leaves(tree, side[node]) for side in (tree.children_left, tree.children_right)]
    return np.concatenate(parts)


@pytest.mark.parametrize("numbers", [4e6, 1.0])  # all trees together, or each by itself
def test_rates_and_their_means_are_those_by_hand(
    numbers: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaf_rates, "_NUMBERS", numbers)
    x, present, known, forest = _rows()
    trees, leaves = [tree.tree_ for tree in forest.estimators_], forest.apply(x)
    want = [_by_hand(t, leaf, present, known) for t, leaf in zip(trees, leaves.T, strict=True)]
    found = list(node_rates(trees, leaves, present, known, BASE, STRENGTHS, OF_PARENT))
    assert len(found) == (1 if numbers > 1 else 4)
    assert np.concatenate([rates for _, rates in found]) == pytest.approx(np.concatenate(want))
    new = forest.apply(x[:9] + 0.3)
    mean = np.mean([rates[leaf] for rates, leaf in zip(want, new.T, strict=True)], axis=0)
    assert mean_rates(trees, new, iter(found)) == pytest.approx(np.moveaxis(mean, 1, 0))


def test_a_label_that_is_always_there_is_as_sure_as_all_rows_make_it() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 2)), np.ones((60, 1))
    forest = ExtraTreesRegressor(2, random_state=0).fit(x, rng.normal(size=60))
    trees, base = [t.tree_ for t in forest.estimators_], np.array([60.5 / 61])
    rates = node_rates(trees, forest.apply(x), y, y, base, np.array([[0.5]]), PARENT)
    found = np.concatenate([own for _, own in rates])
    assert found == pytest.approx(np.full(found.shape, base))  # not more at each level


def test_a_tree_that_splits_nothing_has_the_rate_of_all_rows() -> None:
    forest = ExtraTreesRegressor(2, random_state=0).fit(np.zeros((4, 1)), np.arange(4) % 2)
    trees, leaves = [t.tree_ for t in forest.estimators_], np.zeros((4, 2), int)
    present, known = np.array([[1.0], [0], [1], [1]]), np.ones((4, 1))
    rates = node_rates(trees, leaves, present, known, np.array([0.5]), np.array([[2.0]]), PARENT)
    assert mean_rates(trees, leaves, rates)[0] == pytest.approx(np.full((4, 1), (3 + 1) / 6))
