"""Probabilities smoothed over near rows."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import make_moons
from sklearn.semi_supervised import LabelSpreading

from labelfeed.unlabelled.spreading import near_rows, spread_labels


def test_the_graph_is_symmetric_without_loops_and_far_rows() -> None:
    x = np.array([[0.0], [0.2], [0.5], [9.0], [9.1]])
    graph = near_rows(x, neighbours=1).toarray()
    np.testing.assert_allclose(graph, graph.T)
    assert not np.diag(graph).any() and not graph[:3, 3:].any()
    assert np.abs(np.linalg.eigvalsh(graph)).max() <= 1 + 1e-9


def test_one_row_and_equal_rows_have_a_graph() -> None:
    assert near_rows(np.zeros((1, 2))).nnz == 0
    same = near_rows(np.zeros((4, 2)), neighbours=2)
    assert np.isfinite(same.data).all() and same.nnz


def test_labels_reach_along_a_shape_as_in_label_spreading() -> None:
    x, true = make_moons(200, noise=0.05, random_state=0)
    known = np.array([np.flatnonzero(true == c)[0] for c in (0, 1)])
    start = np.full((200, 2), 0.5)
    start[known] = np.eye(2)[true[known]]
    found = spread_labels(near_rows(x), start, 0.9)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    given = np.full(200, -1)
    given[known] = true[known]
    peer = (
        LabelSpreading(kernel="knn", n_neighbors=6, alpha=0.9, max_iter=500)
        .fit(x, given)
        .transduction_
    )
    assert np.mean(found.argmax(axis=1) == true) >= np.mean(peer == true) > 0.9


def test_alpha_0_changes_nothing() -> None:
    start = np.array([[0.2, 0.8], [1.0, 0.0]])
    assert spread_labels(near_rows(np.zeros((2, 1))), start, 0.0) is start
