"""Fitted trees as a frozen layer, so that they are saved and exported with the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from labelfeed.layers._filled import filled
from labelfeed.layers._flat_take import flat_take
from labelfeed.types import Shape, Shapes, Tensor

if TYPE_CHECKING:  # scikit-learn takes a second to import, and no file needs it
    from labelfeed.estimators.tree_arrays import TreeArrays

__all__ = ["TreeEnsemble"]


@keras.saving.register_keras_serializable(package="labelfeed")
class TreeEnsemble(keras.layers.Layer):
    """Scores of decision trees that were fitted elsewhere: forests, boosted trees, sums of them.

    `out = base + sum_t value_t[leaf_t(x)]`, each tree added to its group of columns: what
    `TreeArrays.scores` computes, in float32 at any policy. Nothing is trained, and no gradient
    goes to the features: the scores are constant between thresholds. NaN goes where the trees send
    it. All trees are walked at once, a level a step, `trees_at_once` of them at a time, so that
    memory is bounded by `batch * trees_at_once * width`.

    The arguments are sizes alone; `TreeEnsemble.of` makes the layer of fitted trees, and a
    `.keras` file holds their numbers as weights.

    Args:
        num_features: Columns of the features, at least 1.
        num_nodes: Splits of all trees together.
        num_leaves: Rows of values.
        num_trees: Trees.
        width: Numbers a leaf adds.
        groups: Groups of columns, each `width` wide.
        depth: Splits on the longest way.
        trees_at_once: Trees that are walked side by side, at least 1.
        **kwargs: `name`, `trainable`.

    Input shape:
        `(batch, num_features)`.

    Output shape:
        `(batch, groups * width)`, float32.

    Raises:
        ValueError: A size is too small, or the features have another number of columns.

    References:
        Breiman 2001, Random forests; Friedman 2001, Greedy function approximation.

    Example:
        >>> import numpy as np
        >>> from sklearn.ensemble import ExtraTreesClassifier
        >>> from labelfeed.estimators.trees import tree_arrays
        >>> x, y = np.eye(4, dtype="float32"), [0, 0, 1, 1]
        >>> forest = ExtraTreesClassifier(10, random_state=0).fit(x, y)
        >>> layer = TreeEnsemble.of(tree_arrays(forest))
        >>> bool(np.allclose(keras.ops.convert_to_numpy(layer(x)), forest.predict_proba(x)))
        True
    """

    built: bool

    def __init__(
        self,
        num_features: int,
        num_nodes: int,
        num_leaves: int,
        num_trees: int,
        width: int = 1,
        groups: int = 1,
        depth: int = 1,
        trees_at_once: int = 256,
        **kwargs: Any,
    ) -> None:
        """Check the sizes."""
        kwargs["dtype"] = "float32"  # at a half of it rows would take other turns
        super().__init__(**kwargs)
        sizes = {
            "num_features": num_features,
            "num_nodes": num_nodes,
            "num_leaves": num_leaves,
            "num_trees": num_trees,
            "width": width,
            "groups": groups,
            "depth": depth,
            "trees_at_once": trees_at_once,
        }
        for name, size in sizes.items():
            least = 0 if name == "depth" else 1
            if int(size) != size or size < least:
                raise ValueError(f"{name} must be a whole number >= {least}, got {size!r}.")
            setattr(self, name, int(size))
        self._sizes = tuple(sizes)

    @classmethod
    def of(cls, trees: TreeArrays, **kwargs: Any) -> TreeEnsemble:
        """Return the layer of fitted trees.

        Args:
            trees: Their arrays, as `labelfeed.estimators.trees.tree_arrays(estimator)` gives
                them.
            **kwargs: `trees_at_once` (256, and fewer where leaves are wider than 16), `name`.
        """
        width = trees.value.shape[1]
        kwargs = {"trees_at_once": max(16, min(256, 4096 // width)), **kwargs}
        layer = cls(
            trees.num_features,
            max(len(trees.feature), 1),
            len(trees.value),
            len(trees.roots),
            width,
            len(trees.base) // width,
            trees.depth,
            **kwargs,
        )
        layer.build((None, trees.num_features))
        layer.assign(trees)
        return layer

    def build(self, input_shape: Shapes) -> None:
        """Allocate the arrays: a forest of trees that split nothing and say 0."""
        if self.built:
            return
        if input_shape[-1] != self.num_features:
            raise ValueError(
                f"These trees take {self.num_features} features, got {input_shape[-1]}."
            )

        def frozen(name: str, shape: tuple[int, ...], dtype: str, start: str = "zeros") -> Any:
            return self.add_weight(
                shape, filled(start), dtype=dtype, trainable=False, autocast=False, name=name
            )

        leaf = keras.initializers.Constant(-1)
        # Column of the features; one of the columns behind them where NaN goes to the second child.
        self.feature = frozen("feature", (self.num_nodes,), "int32")
        self.threshold = frozen("threshold", (self.num_nodes,), "float32")
        self.children = frozen("children", (2 * self.num_nodes,), "int32", leaf)
        self.value = frozen("value", (self.num_leaves, self.width), "float32")
        self.roots = frozen("roots", (self.num_trees,), "int32", leaf)
        self.group = frozen("group", (self.num_trees,), "int32")
        self.base = frozen("base", (self.groups * self.width,), "float32")
        self.built = True

    def assign(self, trees: TreeArrays) -> None:
        """Take the numbers of trees that have the sizes of this layer.

        Args:
            trees: Their arrays.
        """
        feature, threshold, children = trees.feature, trees.threshold, trees.children
        if not len(feature):  # no tree splits: a node that nobody comes to
            feature, threshold = np.zeros(1, np.int32), np.zeros(1, np.float32)
            children, missing = np.full((1, 2), -1, np.int32), np.zeros(1, bool)
        else:
            missing = trees.missing
        # A test for NaN itself, `x <= inf`, has columns of its own: to +inf it says what holds.
        only = missing & (threshold == np.inf)
        place = feature + self.num_features * (missing.astype(np.int32) + only)
        self.feature.assign(place.astype(np.int32))
        self.threshold.assign(np.where(only, np.float32(0.5), threshold))
        self.children.assign(children.ravel())
        self.value.assign(trees.value.astype(np.float32))
        self.roots.assign(trees.roots)
        self.group.assign(trees.group)
        self.base.assign(trees.base.astype(np.float32))

    def call(self, inputs: Tensor) -> Tensor:
        """Return the scores."""
        x = ops.stop_gradient(ops.cast(inputs, "float32"))
        lost = ops.isnan(x)
        low, high = ops.where(lost, -np.inf, x), ops.where(lost, np.inf, x)
        x = ops.concatenate([low, high, ops.cast(lost, "float32")], axis=1)
        first = ops.cumsum(ops.ones_like(x[:, :1], dtype="int32"), axis=0) - 1
        first = first * (3 * self.num_features)  # where each row begins in the flat x
        x = ops.reshape(x, (-1,))
        roots, group, at_once = (
            *map(ops.convert_to_tensor, (self.roots, self.group)),
            self.trees_at_once,
        )
        total = ops.cast(ops.zeros_like(first), "float32") + self.base
        whole, rest = divmod(self.num_trees, at_once)
        if whole:
            shape = (whole, at_once)
            many, own = (ops.reshape(a[: whole * at_once], shape) for a in (roots, group))

            def add(i: Tensor, total: Tensor) -> Tensor:
                return total + self._some(x, first, many[i], own[i])

            total = ops.fori_loop(0, whole, add, total) if whole > 1 else add(0, total)
        if rest:
            total = total + self._some(x, first, roots[-rest:], group[-rest:])
        return total

    def _some(self, x: Tensor, first: Tensor, roots: Tensor, group: Tensor) -> Tensor:
        """Return what some trees add."""
        feature, threshold, children = map(
            ops.convert_to_tensor, (self.feature, self.threshold, self.children)
        )

        def step(_: Tensor, at: Tensor) -> Tensor:
            node = ops.maximum(at, 0)
            seen = flat_take(x, first + flat_take(feature, node))
            second = ops.cast(seen > flat_take(threshold, node), "int32")
            return ops.where(at < 0, at, flat_take(children, 2 * node + second))

        at = ops.fori_loop(0, self.depth, step, ops.zeros_like(first) + roots)
        value = ops.take(self.value, -1 - at, axis=0)  # (batch, trees, width)
        if self.groups == 1:
            return ops.sum(value, axis=1)
        share = ops.one_hot(group, self.groups, dtype="float32")  # (trees, groups)
        if self.width == 1:
            return ops.matmul(value[:, :, 0], share)
        summed = ops.einsum("btw,tg->bgw", value, share)
        return ops.reshape(summed, (-1, self.groups * self.width))

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the scores."""
        return (input_shape[0], self.groups * self.width)

    def get_config(self) -> dict[str, Any]:
        """Return the sizes."""
        return {**super().get_config(), **{name: getattr(self, name) for name in self._sizes}}
