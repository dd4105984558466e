"""Losses that know how classes belong together: sets, a tree, a cost of each mistake."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.types import ArrayLike, Tensor

__all__ = ["ExpectedCost", "HierarchicalCrossentropy", "SetCrossentropy"]

_TINY = 1e-7


@keras.saving.register_keras_serializable(package="labelfeed")
class SetCrossentropy(keras.losses.Loss):
    """Cross-entropy of rows of which it is known that their class is one of several.

    `l = -log sum_{c: y_c > 0} p_c`; of a row with one class it is cross-entropy. A row that says
    "animal" has equal shares at cat and dog, `[0.5, 0.5, 0]`, as `Dataset.targets` gives it.

    Args:
        name: Name of the loss.
        **common: As every Keras loss.

    Input shape: ids `(n,)`, or rows `(n, C)` that are above 0 for the classes of the set; and
        probabilities `(n, C)`. Output shape: `(n,)`.

    References:
        Jin and Ghahramani 2002, Learning with multiple labels.

    Example:
        >>> loss = SetCrossentropy(reduction="none")
        >>> values = loss(np.array([[0.5, 0.5, 0.0]]), np.array([[0.5, 0.25, 0.25]]))
        >>> round(float(values[0]), 4), round(-np.log(0.75), 4)
        (0.2877, np.float64(0.2877))
    """

    def __init__(self, name: str = "set_crossentropy", **common: Any) -> None:
        super().__init__(name=name, **common)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each row."""
        inside = ops.cast(_rows(y_true, y_pred) > 0, y_pred.dtype)
        return -ops.log(ops.maximum(ops.sum(inside * y_pred, axis=-1), _TINY))


@keras.saving.register_keras_serializable(package="labelfeed")
class HierarchicalCrossentropy(keras.losses.Loss):
    """Hierarchical cross-entropy: mistakes high up in a tree of classes cost more.

    `l = -sum_k lambda_k log p(node_k | its parent)` over the nodes above the class and the class
    itself, `lambda_k = exp(-alpha height_k)`; `alpha = 0` is cross-entropy. Nodes are as probable
    as their classes together.

    Args:
        members: `(nodes, C)`: 1 for the classes that are below a node, or are it.
        weights: `(C, nodes)`: what `-log p(node)` counts for a class; both come from
            `labelfeed.sides.class_trees.path_weights(tree, spec, alpha)`.
        name: Name of the loss.
        **common: As every Keras loss.

    Input shape: ids `(n,)` or one-hot rows `(n, C)`, and probabilities `(n, C)`. Output shape:
        `(n,)`.

    Raises:
        ValueError: The shapes do not fit each other.

    References:
        Bertinetto et al. 2020, Making better mistakes.

    Example:
        >>> from labelfeed import LabelSpec, Tree
        >>> from labelfeed.sides.class_trees import path_weights
        >>> tree = Tree({"cat": "animal", "dog": "animal", "oak": "plant"})
        >>> matrices = path_weights(tree, LabelSpec.single(["cat", "dog", "oak"]), alpha=1.0)
        >>> loss = HierarchicalCrossentropy(*matrices, reduction="none")
        >>> p = np.array([[0.2, 0.7, 0.1], [0.2, 0.1, 0.7]])
        >>> near, far = (float(v) for v in loss(np.array([0, 0]), p))
        >>> near < far
        True
    """

    def __init__(
        self,
        members: ArrayLike,
        weights: ArrayLike,
        name: str = "hierarchical_crossentropy",
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        self.members, self.weights = (np.asarray(a, np.float32) for a in (members, weights))
        if self.members.ndim != 2 or self.weights.shape != self.members.shape[::-1]:
            raise ValueError(
                f"Expected members (nodes, C) and weights (C, nodes), got {self.members.shape} and "
                f"{self.weights.shape}."
            )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each row."""
        of_nodes = ops.matmul(y_pred, ops.cast(self.members.T, y_pred.dtype))
        counted = ops.matmul(_rows(y_true, y_pred), ops.cast(self.weights, y_pred.dtype))
        return -ops.sum(counted * ops.log(ops.maximum(of_nodes, _TINY)), axis=-1)

    def get_config(self) -> dict[str, Any]:
        own = {"members": self.members.tolist(), "weights": self.weights.tolist()}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="labelfeed")
class ExpectedCost(keras.losses.Loss):
    """Cross-entropy, and the cost that a guess drawn from the probabilities is expected to have.

    `l = -log p_y + strength sum_k p_k cost[y, k]`.

    Args:
        cost: `(C, C)`, rows true, columns predicted: numbers >= 0, 0 on the diagonal, such as
            `labelfeed.sides.class_trees.tree_costs(tree, spec)`.
        strength: Of the cost beside the cross-entropy, >= 0.
        name: Name of the loss.
        **common: As every Keras loss.

    Input shape: ids `(n,)` or one-hot rows `(n, C)`, and probabilities `(n, C)`. Output shape:
        `(n,)`.

    Raises:
        ValueError: `cost` is no such matrix, or `strength` below 0.

    Example:
        >>> loss = ExpectedCost([[0, 2], [1, 0]], reduction="none")
        >>> values = loss(np.array([0]), np.array([[0.5, 0.5]]))
        >>> round(float(values[0]), 4), round(1 - np.log(0.5), 4)
        (1.6931, np.float64(1.6931))
    """

    def __init__(
        self, cost: ArrayLike, strength: float = 1.0, name: str = "expected_cost", **common: Any
    ) -> None:
        super().__init__(name=name, **common)
        self.cost, self.strength = np.asarray(cost, np.float32), strength
        square = self.cost.ndim == 2 and self.cost.shape[0] == self.cost.shape[1]
        if not square or not (self.cost >= 0).all() or np.diag(self.cost).any():
            raise ValueError(
                "cost must be (C, C), rows true and columns predicted: numbers >= 0, 0 on the "
                f"diagonal; got shape {self.cost.shape}."
            )
        if not strength >= 0:
            raise ValueError(f"strength must be at least 0, got {strength!r}.")

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each row."""
        rows = _rows(y_true, y_pred)
        sure = -ops.log(ops.maximum(ops.sum(rows * y_pred, axis=-1), _TINY))
        costs = ops.matmul(rows, ops.cast(self.cost, y_pred.dtype))
        return sure + self.strength * ops.sum(costs * y_pred, axis=-1)

    def get_config(self) -> dict[str, Any]:
        own = {"cost": self.cost.tolist(), "strength": self.strength}
        return {**super().get_config(), **own}


def _rows(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Return targets as rows `(n, C)`; ids, of which unknown ones do not count, one-hot."""
    if len(y_true.shape) == 2 and y_true.shape[1] == y_pred.shape[1]:
        return ops.cast(y_true, y_pred.dtype)
    ids = ops.reshape(ops.maximum(ops.cast(y_true, "int32"), 0), (-1,))
    return ops.one_hot(ids, y_pred.shape[1], dtype=y_pred.dtype)
