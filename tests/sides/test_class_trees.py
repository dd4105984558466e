"""Costs and weights that a tree of classes implies."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.class_trees import path_weights, tree_costs
from labelfeed.sides.tree import Tree, TreeError

SPEC = LabelSpec.single(["cat", "dog", "crow", "oak"])
TREE = Tree({"cat": "mammal", "dog": "mammal", "mammal": "animal", "crow": "animal"} | {
    "oak": "plant"})  # fmt: skip
P = np.random.default_rng(0).dirichlet(np.ones(4), 5)


def test_a_mistake_costs_the_edges_between_two_classes() -> None:
    assert tree_costs(TREE, SPEC).tolist() == [
        [0, 2, 3, 5], [2, 0, 3, 5], [3, 3, 0, 4], [5, 5, 4, 0],
    ]  # fmt: skip


def test_weights_are_those_of_the_conditional_probabilities() -> None:
    members, weights = path_weights(TREE, SPEC, alpha=0.0)
    found = -np.log(P @ members.T) @ weights.T
    np.testing.assert_allclose(found, -np.log(P))  # alpha 0: cross-entropy
    members, weights = path_weights(TREE, SPEC, alpha=0.7)
    found = (-np.log(P @ members.T) @ weights.T)[:, 0]
    animal, mammal = P[:, :3].sum(axis=1), P[:, :2].sum(axis=1)
    by_hand = -np.log(animal) - np.exp(-0.7) * np.log(mammal / animal)
    by_hand -= np.exp(-1.4) * np.log(P[:, 0] / mammal)
    np.testing.assert_allclose(found, by_hand)


def test_classes_must_be_in_the_tree() -> None:
    with pytest.raises(TreeError, match="'fern'"):
        tree_costs(TREE, LabelSpec.single(["fern", "oak"]))
    with pytest.raises(TreeError, match="alpha"):
        path_weights(TREE, SPEC, alpha=-1)
