"""Rates in the nodes of fitted trees, shrunk towards the base rate or that of their parent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy import sparse

__all__ = ["mean_rates", "node_rates"]

_NUMBERS = 4e6  # that are held at a time


def node_rates(
    trees: Sequence[Any],  # scikit-learn's classes are not typed
    leaves: np.ndarray,
    present: np.ndarray,
    known: np.ndarray,
    base: np.ndarray,
    strengths: np.ndarray,
    of_parent: np.ndarray,
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield `rate(node) = (present + s above) / (known + s)` of some trees at a time.

    `above` is the base rate, or the rate of the parent (for a root the base rate again). With that
    of the parent a large `s` makes of one deep tree what trees with larger leaves would say. The
    rows of a pure node then count again in each node below; so none is surer than half a row in all
    rows allows.

    Args:
        trees: `tree_` of each fitted tree of scikit-learn.
        leaves: int `(n, trees)`, the leaf of each row.
        present: `(n, places)`, weight of the row where the place is 1, else 0.
        known: `(n, places)`, weight of the row where the label is known, else 0.
        base: `(places,)`, base rates.
        strengths: `(settings, 1)` or `(settings, places)`: `s` > 0, in rows.
        of_parent: bool, of the same shape: whether `above` is the rate of the parent.

    Yields:
        Which trees, and `(nodes, settings, places)`, their nodes one tree after the other.

    References:
        Quinlan 1993, C4.5 (m-estimates); Agarwal et al. 2022, Hierarchical shrinkage.

    Example:
        >>> from sklearn.tree import DecisionTreeRegressor
        >>> x, y = np.array([[0.0], [0.0], [1.0], [1.0]]), np.array([[1.0], [1.0], [0.0], [0.0]])
        >>> tree, settings = DecisionTreeRegressor().fit(x, y), np.array([[2.0], [1e9]])
        >>> leaves = tree.apply(x)[:, None]
        >>> ((_, rates),) = node_rates([tree.tree_], leaves, y, y >= 0, np.array([0.5]), settings,
        ...                           np.array([[True], [True]]))
        >>> rates[:, :, 0].T.round(2).tolist()
        [[0.5, 0.75, 0.25], [0.5, 0.5, 0.5]]
    """
    places = present.shape[1]
    counted = np.concatenate([present, known], axis=1).astype(np.float64)
    s = np.broadcast_to(strengths, (len(strengths), places))
    chained = np.broadcast_to(of_parent, s.shape)
    for some in _chunks(trees, s.size + 2 * places):
        left, right, roots = _together(trees[some])
        at = _indicator(leaves[:, some], roots, len(left))
        counts = at.T @ counted
        levels = _levels(left, right, roots)
        for parents in reversed(levels):
            counts[parents] = counts[left[parents]] + counts[right[parents]]
        whole = counts[:, None, places:] + s
        keep = s / whole  # what is left of the rate of the parent
        rates = counts[:, None, :places] / whole
        rates[roots] += keep[roots] * base
        for parents in levels:
            for children in (left[parents], right[parents]):
                above = np.where(chained, rates[parents], base)
                rates[children] += keep[children] * above
        least = 0.5 / (counts[roots[0], places:] + 1.0)
        bounded = np.clip(rates, np.minimum(least, base), np.maximum(1.0 - least, base))
        yield some, np.where(chained, bounded, rates)


def mean_rates(
    trees: Sequence[Any], leaves: np.ndarray, rates: Iterator[tuple[slice, np.ndarray]]
) -> np.ndarray:
    """Return the mean over the trees of the rates in the leaves of rows.

    Args:
        trees: `tree_` of each tree.
        leaves: int `(n, trees)`, the leaf of each row.
        rates: What `node_rates` yields.

    Returns:
        `(settings, n, places)`.
    """
    total: Any = 0.0
    for some, own in rates:
        *_, roots = _together(trees[some])
        at = _indicator(leaves[:, some], roots, len(own))
        total = total + (at @ own.reshape(len(own), -1)).reshape(-1, *own.shape[1:])
    found: np.ndarray = np.moveaxis(total / len(trees), 1, 0)
    return found


def _chunks(trees: Sequence[Any], numbers: int) -> Iterator[slice]:
    """Yield the trees that are taken at a time, for so many numbers a node."""
    first, held = 0, 0.0
    for i, tree in enumerate(trees):
        own = float(tree.node_count) * numbers
        if i > first and held + own > _NUMBERS:
            yield slice(first, i)
            first, held = i, 0.0
        held += own
    yield slice(first, len(trees))


def _together(trees: Sequence[Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return first and second children (negative at leaves) and the roots of all trees."""
    roots = np.cumsum([0, *(tree.node_count for tree in trees[:-1])])
    left = np.concatenate([tree.children_left for tree in trees])
    right = np.concatenate([tree.children_right for tree in trees])
    shift = np.repeat(roots, [tree.node_count for tree in trees])
    return np.where(left < 0, left, left + shift), np.where(left < 0, left, right + shift), roots


def _indicator(leaves: np.ndarray, roots: np.ndarray, nodes: int) -> sparse.csr_matrix:
    n, trees = leaves.shape
    at = (leaves + roots).ravel()
    ends = np.arange(n + 1) * trees
    return sparse.csr_matrix((np.ones(len(at)), at, ends), (n, nodes))


def _levels(left: np.ndarray, right: np.ndarray, roots: np.ndarray) -> list[np.ndarray]:
    """Return the inner nodes of each level, from the roots down."""
    levels, at = [], roots
    while len(at := at[left[at] >= 0]):
        levels.append(at)
        at = np.concatenate([left[at], right[at]])
    return levels
