"""Rows labelled at a coarse level of a tree: "animal" where the classes are cat and dog."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.data.dataset import Coarse, DataError, Dataset, did_you_mean
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.nearest import nearest
from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.tree import Tree

__all__ = ["classes_below", "with_tree", "with_upper_classes"]


def classes_below(tree: Tree, node: str, spec: LabelSpec) -> np.ndarray:
    """Return bool `(num_classes,)`: the classes that are a node or stand below it.

    Example:
        >>> tree = Tree({"cat": "animal", "dog": "animal", "oak": "plant"})
        >>> classes_below(tree, "animal", LabelSpec.single(["cat", "dog", "oak"])).tolist()
        [True, True, False]
    """
    names = [spec.name_of(i) for i in range(spec.num_classes)]
    return np.array([node in (name, *tree.ancestors(name)) for name in names])


def with_upper_classes(tree: Tree, spec: LabelSpec) -> LabelSpec:
    """Return a spec of the classes, and after them of all nodes above one: what a cell may say."""
    names = [spec.name_of(i) for i in range(spec.num_classes)]
    above = dict.fromkeys(a for name in names for a in tree.ancestors(name))
    return LabelSpec.single([*names, *above], name=spec.name)


def with_tree(dataset: Dataset, tree: Tree, spec: LabelSpec | None = None) -> Dataset:
    """Return a data set whose cells that name a node above the classes are coarse labels.

    The classes are what no other class stands below. A coarse label is unknown in `labels`, and
    kept in `coarse`, so that rows with one train, and no score counts them.

    Args:
        dataset: Rows of a single label, read as if every node were a class.
        tree: The tree.
        spec: Label spec of a run, whose classes these are; `None`: those found.

    Raises:
        DataError: There are several labels; the tree does not hold a class, or no two classes
            remain; the message suggests names.

    Example:
        >>> spec = LabelSpec.single(["animal", "cat", "dog"])
        >>> rows = Dataset("table", np.zeros((3, 1)), np.array([0, 1, 2]), spec, np.arange(3), "f")
        >>> found = with_tree(rows, Tree({"cat": "animal", "dog": "animal"}))
        >>> found.spec.names, found.labels.tolist(), found.coarse.allowed.tolist()[0]
        (('cat', 'dog'), [-1, 0, 1], [False, False])
    """
    wide = dataset.spec
    if wide.kind != "single" or wide.label_columns[0].number is not None:
        raise DataError(
            f"{dataset.source}: a tree (--tree) is of the classes of one label; there are "
            f"{len(wide.label_columns)} labels or numbers."
        )
    found = [wide.name_of(i) for i in range(wide.num_classes)]
    _check_known(tree, found, dataset.source)
    above = {a for name in found for a in tree.ancestors(name)}
    names = [spec.name_of(i) for i in range(spec.num_classes)] if spec is not None else [
        name for name in found if name not in above and name in tree.leaves
    ]  # fmt: skip
    if len(names) < 2:
        raise DataError(
            f"{dataset.source}: {len(names)} of the values found in {wide.name!r} are classes at "
            "the end of the tree; at least 2 are needed. Rows of the finest classes are what a "
            "model learns to tell apart."
        )
    narrow = spec if spec is not None else LabelSpec.single(names, name=wide.name)
    nodes = [name for name in found if name not in names]
    sets = np.array([classes_below(tree, node, narrow) for node in nodes]).reshape(-1, len(names))
    sets[sets.all(axis=1)] = False  # the root tells nothing
    place = np.array([names.index(n) if n in names else UNKNOWN for n in found] + [UNKNOWN])
    of_node = np.array([nodes.index(n) if n in nodes else -1 for n in found] + [-1])
    coarse = Coarse(tree.parents, tuple(nodes), of_node[dataset.labels], sets)
    notes = _notes(coarse, tree, names, wide.name) if spec is None else _seen(coarse)
    return dataclasses.replace(
        dataset,
        spec=narrow,
        labels=place[dataset.labels].astype(np.int32),
        coarse=coarse,
        notes=(*dataset.notes, *notes),
    )


def _check_known(tree: Tree, found: list[str], source: str) -> None:
    strange = [name for name in found if name not in tree.nodes]
    if not strange:
        return
    close = nearest(strange[0].strip(), tree.nodes)
    folded = {node.casefold().strip(): node for node in tree.nodes}
    close = folded.get(strange[0].casefold().strip(), close)
    hint = f" Did you mean {close!r}?" if close else did_you_mean(strange[0], tree.nodes)
    raise DataError(
        f"{source}: the tree does not hold {len(strange)} of the {len(found)} classes found: "
        f"{', '.join(map(repr, strange[:5]))}{', ...' if len(strange) > 5 else ''}.{hint} Add a "
        "line CHILD,PARENT for each to the tree, or mend the cells."
    )


def _notes(coarse: Coarse, tree: Tree, names: list[str], column: str) -> tuple[str, ...]:
    lines = list(_seen(coarse))
    absent = [leaf for leaf in tree.leaves if leaf not in names]
    if absent:
        shown = ", ".join(map(repr, absent[:5])) + (", ..." if len(absent) > 5 else "")
        lines.append(f"tree: no row of {column!r} is {shown}: never predicted")
    useless = [node for node, own in zip(coarse.nodes, coarse.sets, strict=True) if not own.any()]
    for node in useless:
        count = int((coarse.at == coarse.nodes.index(node)).sum())
        lines.append(f"tree: {node!r} ({count} rows) rules out no class, or all: taken as unknown")
    return tuple(lines)


def _seen(coarse: Coarse) -> tuple[str, ...]:
    count = int(coarse.known.sum())
    if not count:
        return ()
    often = np.bincount(coarse.at[coarse.known], minlength=len(coarse.nodes))
    told = ", ".join(f"{n} {c}" for n, c in zip(coarse.nodes, often.tolist(), strict=True) if c)
    return (f"{count} rows are labelled coarsely ({told})",)
