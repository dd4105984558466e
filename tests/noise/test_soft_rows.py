"""Rows repeated by their posterior teach the posterior."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.soft_rows import soft_rows


def test_weights_of_a_single_label_are_its_probabilities() -> None:
    p = np.array([[0.7, 0.3, 0.0], [0.99, 0.01, 0.0], [0.2, 0.3, 0.5]])
    known = np.array([[True], [True], [False]])
    rows, labels, weight = soft_rows([p], known, LabelSpec.single(3))
    taught = np.zeros((3, 3))
    np.add.at(taught, rows, np.where(labels < 0, 0, labels) * weight[:, None])
    np.testing.assert_allclose(taught, [[0.7, 0.3, 0], [1, 0, 0], [0, 0, 0]])
    np.testing.assert_allclose(np.bincount(rows, weight), 1)
    assert (labels[rows == 2] == -1).all(), "what is unknown stays unknown"


def test_several_labels_are_spread_over_copies() -> None:
    spec = LabelSpec.columns([LabelSpec.single(3, name="colour"), "hot"])
    colour = np.repeat([[0.5, 0.25, 0.25], [1.0, 0.0, 0.0]], 50, axis=0)
    hot = np.repeat([[0.25, 0.75], [0.02, 0.98]], 50, axis=0)
    known = np.ones((100, 2), bool)
    known[0, 1] = False
    rows, labels, weight = soft_rows([colour, hot], known, spec)
    np.testing.assert_allclose(np.bincount(rows, weight), 1)
    taught = np.zeros((100, 4))
    np.add.at(taught, rows, labels * weight[:, None])
    np.testing.assert_allclose(taught[1:50], np.repeat([[0.5, 0.25, 0.25, 0.75]], 49, axis=0))
    np.testing.assert_allclose(taught[50:], np.repeat([[1.0, 0, 0, 1.0]], 50, axis=0))
    assert (rows >= 50).sum() == 50, "equal copies are one row"
    assert (labels[rows == 0, 3] == -1).all()
    pairs = {tuple(row) for row in labels[(rows > 0) & (rows < 50)].tolist()}
    assert len(pairs) == 6, "which copy errs is drawn for each column by itself"
