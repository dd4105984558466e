"""Fitted decision trees as plain arrays: what a file keeps of them instead of a pickle."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

__all__ = ["TreeArrays", "float32_below"]


@dataclasses.dataclass(frozen=True)
class TreeArrays:
    """Many binary trees whose leaves add up to scores.

    A row starts at each tree's root and goes from a node to
    `children[node, x[feature[node]] > threshold[node]]` until that is negative: then
    `-1 - children` is its row of `value`, which is added to the
    columns `group * width` to `(group + 1) * width` of the scores. Averages over trees are sums of
    values that were divided before, so that forests, boosted trees, folds and blends are all sums.

    Args:
        feature: int32 `(nodes,)`, the column of x that a node looks at.
        threshold: float32 `(nodes,)`; `x <= threshold` goes to the first child.
        missing: bool `(nodes,)`; where true, NaN goes to the second child, else to the first.
        children: int32 `(nodes, 2)`: a node, or `-1 - leaf`.
        value: float64 `(leaves, width)`; leaves that say the same share a row.
        roots: int32 `(trees,)`: a node, or `-1 - leaf` of a tree that splits nothing.
        group: int32 `(trees,)`: which columns of the scores a tree adds to.
        base: float64 `(groups * width,)`, the scores before any tree.
        num_features: Columns of x.

    Example:
        >>> stump = TreeArrays.of_tree([1, -1, -1], [2, -1, -1], [0, 0, 0], [0.5, 0, 0],
        ...                            [[0.0], [3.0], [7.0]], num_features=1)
        >>> stump.scores(np.array([[0.5], [0.6], [np.nan]])).tolist()
        [[3.0], [7.0], [3.0]]
    """

    feature: np.ndarray
    threshold: np.ndarray
    missing: np.ndarray
    children: np.ndarray
    value: np.ndarray
    roots: np.ndarray
    group: np.ndarray
    base: np.ndarray
    num_features: int

    @classmethod
    def of_tree(
        cls,
        left: Sequence[int] | np.ndarray,
        right: Sequence[int] | np.ndarray,
        feature: Sequence[int] | np.ndarray,
        threshold: Sequence[float] | np.ndarray,
        value: Sequence[Sequence[float]] | np.ndarray,
        *,
        num_features: int,
        missing_left: Sequence[bool] | np.ndarray | None = None,
    ) -> TreeArrays:
        """Return one tree of arrays with an entry for each node, the root being the first.

        Args:
            left: First child, where x is at most the threshold; negative at a leaf.
            right: Second child.
            feature: Column of x.
            threshold: float64; it is rounded down to float32 (`float32_below`).
            value: `(nodes, width)`; those of the leaves count.
            num_features: Columns of x.
            missing_left: Whether NaN goes to the first child; everywhere by default.
        """
        left, right = np.asarray(left, np.int64), np.asarray(right, np.int64)
        inner = left >= 0
        leaves, row = _shared(np.asarray(value, np.float64)[~inner])
        code = np.empty(len(left), np.int64)
        code[inner], code[~inner] = np.arange(inner.sum()), -1 - row
        children = np.stack([code[left[inner]], code[right[inner]]], axis=1)
        missing = (
            np.zeros(len(left), bool) if missing_left is None else ~np.asarray(missing_left, bool)
        )
        return cls(
            np.asarray(feature, np.int32)[inner],
            float32_below(np.asarray(threshold, np.float64)[inner]),
            missing[inner],
            children.astype(np.int32),
            leaves,
            code[:1].astype(np.int32),
            np.zeros(1, np.int32),
            np.zeros(leaves.shape[1]),
            int(num_features),
        )

    @classmethod
    def sum_of(cls, parts: Sequence[TreeArrays], groups: Sequence[int] | None = None) -> TreeArrays:
        """Return trees whose scores are the sum of those of the parts: trees, folds, a blend.

        Args:
            parts: At least one; of the same width and number of features.
            groups: For each part how many groups stand before its own; 0 by default: the parts
                add to the same columns.
        """
        widths = {(part.value.shape[1], part.num_features) for part in parts}
        if len(widths) != 1:
            raise ValueError(
                "Expected trees of the same width of value and number of features, got "
                f"{sorted(widths) or 'none'}: keep those that differ in TreeArrays of their own."
            )
        first = [0] * len(parts) if groups is None else list(groups)
        (width, num_features) = widths.pop()
        columns = max(at * width + len(p.base) for p, at in zip(parts, first, strict=True))
        base = np.zeros(columns)
        for part, at in zip(parts, first, strict=True):
            base[at * width : at * width + len(part.base)] += part.base
        nodes = np.cumsum([0, *(len(p.feature) for p in parts)])
        leaves = np.cumsum([0, *(len(p.value) for p in parts)])
        value, row = _shared(np.concatenate([p.value for p in parts]))

        def moved(code: np.ndarray, i: int) -> np.ndarray:
            leaf = row[leaves[i] - 1 - np.minimum(code, -1)]
            return np.where(code < 0, -1 - leaf, code + nodes[i]).astype(np.int32)

        return cls(
            np.concatenate([p.feature for p in parts]),
            np.concatenate([p.threshold for p in parts]),
            np.concatenate([p.missing for p in parts]),
            np.concatenate([moved(p.children, i) for i, p in enumerate(parts)]),
            value,
            np.concatenate([moved(p.roots, i) for i, p in enumerate(parts)]),
            np.concatenate([p.group + at for p, at in zip(parts, first, strict=True)]).astype(
                "int32"
            ),
            base,
            num_features,
        )

    @classmethod
    def beside(cls, parts: Sequence[TreeArrays]) -> TreeArrays:
        """Return trees whose scores are those of the parts, one part beside the other."""
        counts = [len(part.base) // part.value.shape[1] for part in parts]
        return cls.sum_of(parts, np.cumsum([0, *counts[:-1]]).tolist())

    def scaled(self, by: float) -> TreeArrays:
        """Return trees whose scores are multiplied."""
        return dataclasses.replace(self, value=self.value * by, base=self.base * by)

    def shifted(self, by: np.ndarray | float) -> TreeArrays:
        """Return trees whose scores have a number, or one a column, added."""
        return dataclasses.replace(self, base=self.base + by)

    @property
    def depth(self) -> int:
        """Splits on the longest way from a root to a leaf."""
        depth, level = 0, self.roots[self.roots >= 0]
        while len(level):
            below = self.children[level].ravel()
            depth, level = depth + 1, below[below >= 0]
        return depth

    @property
    def num_bytes(self) -> int:
        """Bytes that a file needs for them: 16 a split, 4 a number of a leaf."""
        return 16 * len(self.feature) + 4 * self.value.size + 8 * len(self.roots)

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Return float64 scores `(n, groups * width)` of rows `(n, num_features)`.

        The reference for the layer, which sums in float32; x is compared as float32.
        """
        x = np.asarray(x, np.float32)
        if x.ndim != 2 or x.shape[1] != self.num_features:
            raise ValueError(f"Expected x of shape (n, {self.num_features}), got {x.shape}.")
        width = self.value.shape[1]
        out = np.tile(self.base, (len(x), 1))
        for root, group in zip(self.roots.tolist(), self.group.tolist(), strict=True):
            at = np.full(len(x), root)
            while len(rows := np.flatnonzero(at >= 0)):
                node = at[rows]
                seen = x[rows, self.feature[node]]
                second = np.where(np.isnan(seen), self.missing[node], seen > self.threshold[node])
                at[rows] = self.children[node, second.astype(int)]
            out[:, group * width : (group + 1) * width] += self.value[-1 - at]
        return out


def float32_below(threshold: np.ndarray) -> np.ndarray:
    """Return the largest float32 at or below each number: `x <= t` decides as before.

    For float32 x, that is: between the two no float32 lies. Rounding to nearest would send an x
    that equals the rounded number to the other side, and trees put thresholds beside values.

    Args:
        threshold: float64 array; infinities stay.

    Example:
        >>> float(float32_below(np.array([0.1]))[0]) < 0.1 < float(np.float32(0.1))
        True
    """
    with np.errstate(over="ignore"):
        near = threshold.astype(np.float32)
    return np.where(
        near.astype(np.float64) > threshold, np.nextafter(near, np.float32(-np.inf)), near
    )


def _shared(value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that differ, and for each row which of them it is."""
    whole = np.ascontiguousarray(value + 0.0).view(f"V{8 * value.shape[1]}")[:, 0]
    _, first, row = np.unique(whole, return_index=True, return_inverse=True)
    return value[first], row
