"""What rows without a label are taken for."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.unlabelled.pseudo_labels import choose_smoothing, pseudo_rows
from labelfeed.unlabelled.spreading import near_rows

MIXED = LabelSpec.columns([LabelSpec.single(3, name="size"), "fever"])


def test_smoothing_is_taken_where_near_rows_tell_more_than_the_models() -> None:
    rng = np.random.default_rng(0)
    true = np.arange(90) % 3
    x = 9.0 * np.eye(3)[true] + rng.normal(size=(90, 3))
    y = np.full((90, 3), -1)
    labelled = np.arange(12)
    y[labelled] = np.eye(3, dtype=int)[true[labelled]]
    folds = labelled // 3 % 2
    blind = [0.3 * rng.normal(size=(90, 3)) for _ in range(3)]
    taught = [labelled[folds != 0], labelled[folds != 1], labelled]
    spec = LabelSpec.single(3)
    smoothing, pseudo = choose_smoothing(near_rows(x), blind, taught, y, spec, folds, labelled)
    assert smoothing.alpha >= 0.9 and smoothing.trust < 1 < smoothing.power
    assert np.mean(pseudo[2][0].argmax(axis=1) == true) > 0.9
    np.testing.assert_array_equal(pseudo[0][0][taught[0]], y[taught[0]])
    held = labelled[folds == 0]
    assert not (pseudo[0][0][held].max(axis=1) == 1).any(), "their labels are not read"

    clear = [5.0 * np.eye(3)[true] for _ in range(3)]
    apart = near_rows(rng.normal(size=(90, 3)))
    smoothing, _ = choose_smoothing(apart, clear, taught, y, spec, folds, labelled)
    assert smoothing.alpha == 0.0


def test_unknown_cells_of_labelled_rows_get_one_too() -> None:
    y = np.array([[1, 0, 0, -1], [-1, -1, -1, 1]] * 4)
    logits = [np.tile([0.0, 0.0, 0.0, 2.0], (8, 1))] * 3
    labelled = np.arange(8)
    graph = near_rows(np.arange(8.0)[:, None])
    _, pseudo = choose_smoothing(graph, logits, [labelled] * 3, y, MIXED, labelled // 4, labelled)
    size, fever = pseudo[2]
    assert (size[::2] == [1, 0, 0]).all() and (fever[1::2] == [0, 1]).all()
    assert (fever[::2, 1] > 0.5).all() and (size[1::2].max(axis=1) < 1).all()


def test_a_row_is_three_classes_at_most_and_keeps_its_weight() -> None:
    p = np.array([[0.4, 0.3, 0.2, 0.1], [0.96, 0.04, 0.0, 0.0]])
    rows, labels, weight = pseudo_rows([p], np.array([0, 1]), LabelSpec.single(4))
    assert np.bincount(rows).tolist() == [3, 1] and not labels[:, 3].any()
    np.testing.assert_allclose(np.bincount(rows, weight), 1)
