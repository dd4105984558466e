"""A hierarchy of classes: its upper levels, and what a known coarse class rules out."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.labels.words import is_missing
from labelfeed.sides.bayes_product import BayesProduct
from labelfeed.types import JSON, ArrayLike, Cell, Cells

__all__ = ["Tree", "TreeError"]


class TreeError(ValueError):
    """No tree, or classes that it does not hold; the message names the class."""


class Tree:
    """Which coarser class each class belongs to.

    The probability of a coarse class is the sum of its classes, `p(c | x) = sum_{y under c}
    p(y | x)`, so that predictions of all levels agree. Where a coarse class is known,
    `product(...)` rules the other classes out (hard) or down (soft).

    Args:
        parents: Coarser class by class, names; a class that is nobody's child is a root.

    Attributes:
        parents: The mapping.
        nodes: All classes, coarser ones first.
        leaves: Classes that have no finer ones.

    Raises:
        TreeError: A cycle, an empty name, or no class at all.

    References:
        Silla and Freitas 2011, A survey of hierarchical classification across different
        application domains.

    Example:
        >>> tree = Tree({"cat": "animal", "dog": "animal", "oak": "plant"})
        >>> tree.leaves, tree.ancestors("cat")
        (('cat', 'dog', 'oak'), ('animal',))
        >>> spec = LabelSpec.single(["cat", "dog", "oak"])
        >>> tree.probabilities(spec, [[0.5, 0.25, 0.25]])["animal"].tolist()
        [0.75]
    """

    def __init__(self, parents: Mapping[str, str]) -> None:
        """Check the mapping."""
        self.parents = {str(child): str(parent) for child, parent in parents.items()}
        if not self.parents:
            raise TreeError("A tree needs at least one class with a coarser one.")
        for child, parent in self.parents.items():
            if not child.strip() or not parent.strip():
                raise TreeError(f"Expected names, got {child!r} below {parent!r}.")
        depth: dict[str, int] = {}
        for child in self.parents:
            depth[child] = len(self.ancestors(child))
        for parent in self.parents.values():
            depth.setdefault(parent, 0)
        self.nodes = tuple(sorted(depth, key=lambda name: (depth[name], name)))
        above = set(self.parents.values())
        self.leaves = tuple(name for name in self.nodes if name not in above)

    @classmethod
    def from_pairs(cls, pairs: Iterable[Sequence[Cell]], where: str = "The tree") -> Tree:
        """Return the tree of `(child, parent)` pairs; a pair may stand there twice.

        Args:
            pairs: The pairs; missing parents mean a root.
            where: What they come from, for messages.

        Raises:
            TreeError: A class has two different parents, or there is a cycle.
        """
        parents: dict[str, str] = {}
        for child, parent in pairs:
            if is_missing(child) or is_missing(parent):
                continue
            child, parent = str(child).strip(), str(parent).strip()
            before = parents.setdefault(child, parent)
            if before != parent:
                raise TreeError(
                    f"{where}: {child!r} stands below {before!r} and below {parent!r}; a class has "
                    "one parent. Rename one of them."
                )
        return cls(parents)

    @classmethod
    def from_columns(cls, fine: Cells, *coarser: Cells) -> Tree:
        """Return the tree that columns of the same rows spell out, the finest first.

        Args:
            fine: Class of each row; missing cells are left out.
            *coarser: Columns of coarser and coarser classes.

        Example:
            >>> Tree.from_columns(["cat", "dog"], ["animal", "animal"]).parents
            {'cat': 'animal', 'dog': 'animal'}
        """
        levels = [list(fine), *map(list, coarser)]
        if len(levels) < 2 or len({len(level) for level in levels}) != 1:
            raise TreeError(f"Expected columns of one length, got {[len(v) for v in levels]}.")
        pairs = [
            pair for low, high in itertools.pairwise(levels) for pair in zip(low, high, strict=True)
        ]
        return cls.from_pairs(dict.fromkeys(pairs), "The columns")

    @classmethod
    def from_file(cls, path: str | Path) -> Tree:
        """Return the tree of a file.

        `.csv`: columns `child` and `parent`, one pair a row. `.json`: nested, coarse names as keys
        and lists of the finest classes at the end: `{"animal": ["cat", "dog"], "plant":
        {"tree": ["oak"]}}`.

        Raises:
            TreeError: The file cannot be read as such, or holds no tree.
        """
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise TreeError(f"{path}: cannot be read: {error}") from error
        if path.suffix.lower() == ".json":
            try:
                return cls.from_pairs(_nested(json.loads(text), None, str(path)), str(path))
            except json.JSONDecodeError as error:
                raise TreeError(f"{path}: no JSON: {error}") from error
        if path.suffix.lower() != ".csv":
            raise TreeError(f"{path}: expected a file that ends in .csv or .json.")
        rows = list(csv.DictReader(text.splitlines()))
        if not rows or not {"child", "parent"} <= set(rows[0]):
            found = list(rows[0]) if rows else []
            raise TreeError(f"{path}: expected the columns child and parent, got {found}.")
        return cls.from_pairs([(row["child"], row["parent"]) for row in rows], str(path))

    def ancestors(self, name: str) -> tuple[str, ...]:
        """Return the coarser classes of a class, from the next one to the root."""
        found: list[str] = []
        here = name
        while here in self.parents:
            here = self.parents[here]
            if here == name or here in found:
                raise TreeError(f"The tree has a cycle: {' -> '.join([name, *found, here])}.")
            found.append(here)
        return tuple(found)

    def check(self, spec: LabelSpec) -> None:
        """Raise `TreeError` unless a single label has all its classes here, none above another."""
        names = [spec.name_of(i) for i in range(spec.num_classes)]
        unknown = [name for name in names if name not in self.nodes]
        if spec.kind != "single":
            raise TreeError(f"A tree is of the classes of a single label; {spec.name!r} is multi.")
        if unknown:
            shown = ", ".join(map(repr, unknown[:5])) + (", ..." if len(unknown) > 5 else "")
            raise TreeError(f"The tree does not hold {len(unknown)} of the classes: {shown}.")
        for name in names:
            above = [a for a in self.ancestors(name) if a in names]
            if above:
                raise TreeError(f"{name!r} and {above[0]!r}, which is above it, are both classes.")

    def levels(self, spec: LabelSpec) -> list[tuple[LabelSpec, np.ndarray]]:
        """Return the coarser labels of a label, the coarsest first.

        Args:
            spec: Single label whose classes are in the tree.

        Returns:
            For each level its spec and the id of the coarse class of each class, `(classes,)`. A
            class that has no coarser one so deep stands for itself.
        """
        self.check(spec)
        names = [spec.name_of(i) for i in range(spec.num_classes)]
        paths = [(*reversed(self.ancestors(name)), name) for name in names]
        found = []
        for depth in range(max(len(path) for path in paths) - 1):
            at = [path[min(depth, len(path) - 1)] for path in paths]
            classes = list(dict.fromkeys(at))
            if len(classes) > 1:
                coarse = LabelSpec.single(classes, name=f"{spec.name} level {depth + 1}")
                found.append((coarse, np.array([classes.index(name) for name in at], np.int32)))
        return found

    def probabilities(self, spec: LabelSpec, probabilities: ArrayLike) -> dict[str, np.ndarray]:
        """Return the probability of every node, `(n,)`: the sum over the classes below it.

        Args:
            spec: Single label whose classes are in the tree.
            probabilities: `(n, num_classes)`.
        """
        self.check(spec)
        p = np.asarray(probabilities, np.float64)
        if p.ndim != 2 or p.shape[1] != spec.num_classes:
            raise TreeError(f"Expected shape (n, {spec.num_classes}), got {p.shape}.")
        found = {name: np.zeros(len(p)) for name in self.nodes}
        for index in range(spec.num_classes):
            name = spec.name_of(index)
            for node in (name, *self.ancestors(name)):
                found[node] = found[node] + p[:, index]
        return found

    def product(
        self,
        spec: LabelSpec,
        coarse: LabelSpec,
        mode: Literal["hard", "soft"] = "hard",
        error_rate: float | None = None,
    ) -> BayesProduct:
        """Return the fitted Bayes product for a known coarse label.

        Args:
            spec: Single label whose classes are in the tree.
            coarse: Single label, known at inference, whose classes are nodes above them.
            mode: `"hard"` rules out what does not fit; `"soft"` does it at an error rate.
            error_rate: Share of coarse labels that are wrong, in (0, 1), for `"soft"`.

        Returns:
            `BayesProduct`; `predict_proba(plain, [coarse labels])` gives consistent predictions.

        Example:
            >>> fine = LabelSpec.single(["cat", "dog", "oak"])
            >>> coarse = LabelSpec.single(["animal", "plant"], name="kind")
            >>> tree = Tree({"cat": "animal", "dog": "animal", "oak": "plant"})
            >>> product = tree.product(fine, coarse)
            >>> product.predict_proba([[0.2, 0.2, 0.6]], [["animal"]]).tolist()
            [[0.5, 0.5, 0.0]]
        """
        self.check(spec)
        if mode == "soft" and not (error_rate is not None and 0 < error_rate < 1):
            raise TreeError(f"mode='soft' needs error_rate in (0, 1), got {error_rate!r}.")
        names = [coarse.name_of(i) for i in range(coarse.num_classes)]
        of = []
        for index in range(spec.num_classes):
            path = (spec.name_of(index), *self.ancestors(spec.name_of(index)))
            at = [name for name in path if name in names]
            if len(at) != 1:
                raise TreeError(
                    f"Expected one class of {coarse.name!r} above {path[0]!r}, got {at}; above it "
                    f"are {list(path[1:])}."
                )
            of.append(names.index(at[0]))
        rate = error_rate if mode == "soft" else None
        made = BayesProduct(spec, coarse, mode=mode, error_rate=rate, coarse_of={coarse.name: of})
        return made.fit([None], [[None]])  # nothing to count: the tree says it


def _nested(node: JSON, parent: str | None, where: str) -> list[tuple[Any, Any]]:
    """Return the pairs of nested JSON."""
    if isinstance(node, Mapping):
        below = [pair for name, inner in node.items() for pair in _nested(inner, name, where)]
        return [*((name, parent) for name in node), *below]
    if isinstance(node, list) and parent is not None:
        if wrong := [name for name in node if isinstance(name, (list, dict)) or name is None]:
            raise TreeError(f"{where}: expected class names below {parent!r}, got {wrong[0]!r}.")
        return [(name, parent) for name in node]
    raise TreeError(f"{where}: expected nested objects that end in lists, got {node!r}.")
