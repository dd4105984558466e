"""What a tree of classes means for losses and scores: costs of mistakes, weights of its levels."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.tree import Tree, TreeError

__all__ = ["path_weights", "tree_costs"]


def tree_costs(tree: Tree, spec: LabelSpec) -> np.ndarray:
    """Return what each mistake costs, `(C, C)`: the edges of the path between two classes.

    The tree-induced error. Classes without a common node meet above all roots.

    Args:
        tree: The tree.
        spec: Single label whose classes are in it.

    Raises:
        TreeError: A class is not in the tree.

    References:
        Dekel, Keshet and Singer 2004, Large margin hierarchical classification.

    Example:
        >>> tree = Tree({"cat": "animal", "dog": "animal", "oak": "plant"})
        >>> tree_costs(tree, LabelSpec.single(["cat", "dog", "oak"])).tolist()
        [[0.0, 2.0, 4.0], [2.0, 0.0, 4.0], [4.0, 4.0, 0.0]]
    """
    paths = _paths(tree, spec)
    common = [[len(set(one) & set(other)) for other in paths] for one in paths]
    long = np.array([len(path) for path in paths])
    return (long[:, None] + long[None] - 2 * np.array(common)).astype(float)


def path_weights(tree: Tree, spec: LabelSpec, alpha: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Return `members` and `weights` of `labelfeed.losses.HierarchicalCrossentropy`.

    Args:
        tree: The tree.
        spec: Single label whose classes are in it.
        alpha: How much less the levels near the classes count than those near the root, >= 0; 0
            is cross-entropy.

    Raises:
        TreeError: A class is not in the tree, or alpha is negative.
    """
    if not alpha >= 0:
        raise TreeError(f"alpha must be at least 0, got {alpha!r}.")
    paths = _paths(tree, spec)
    nodes = list(dict.fromkeys(node for path in paths for node in path))
    members = np.zeros((len(nodes), len(paths)))
    weights = np.zeros((len(paths), len(nodes)))
    for index, path in enumerate(paths):
        for step, node in enumerate(path):  # the class first, the root last
            at = nodes.index(node)
            members[at, index] = 1
            weights[index, at] += np.exp(alpha * (step - len(path) + 1))
            if step + 1 < len(path):  # log p(node) - log p(parent)
                above = nodes.index(path[step + 1])
                weights[index, above] -= np.exp(alpha * (step - len(path) + 1))
    return members, weights


def _paths(tree: Tree, spec: LabelSpec) -> list[tuple[str, ...]]:
    tree.check(spec)
    names = [spec.name_of(i) for i in range(spec.num_classes)]
    return [(name, *tree.ancestors(name)) for name in names]
