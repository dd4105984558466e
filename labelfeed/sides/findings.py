"""What side labels tell about the target, found before training: leaks, trees, and useless ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.results import Result
from labelfeed.sides.relation import relation
from labelfeed.sides.values import complete_sides
from labelfeed.types import ArrayLike, Labels, SideValues

__all__ = ["SideFinding", "SideLeakError", "check_sides", "coarse_of_fine", "wrong_sides"]


class SideLeakError(ValueError):
    """A side label is the target, or determines it: what it would be scored on is given away."""


@dataclasses.dataclass(frozen=True)
class SideFinding(Result):
    """What one side label is to the target.

    Attributes:
        name: Name of the side label.
        verdict: `"leak"` (it is the target or determines it), `"warning"`, or `"ok"`.
        relation: `"same"` (one to one), `"fine"` (determines the target), `"nearly"`, `"coarse"`
            (a function of the target: the Bayes product may rule classes out), `"constant"`,
            `"many"` (hardly a value twice), `"unknown"` (too few rows with both), or `"free"`;
            see `labelfeed.sides.relation`.
        why: The reason, in words, with what to do.
        determined: Share of rows whose target is the most frequent one of their side label.
    """

    name: str
    verdict: Literal["leak", "warning", "ok"]
    relation: str
    why: str
    determined: float


def check_sides(
    target: LabelSpec,
    y: Labels,
    sides: Sequence[LabelSpec],
    values: SideValues,
    *,
    fail: bool = False,
) -> list[SideFinding]:
    """Return what each side label is to the single target; call it before training.

    Args:
        target: Spec of the single target.
        y: Targets of the rows.
        sides: Spec of each side label.
        values: Values of the side labels: by name, a DataFrame, or a list in the order of `sides`.
            What is left out is unknown.
        fail: Whether to raise where a side label leaks.

    Returns:
        One finding for each side label (for multi, for each of its columns).

    Raises:
        SideLeakError: `fail`, and a side label is the target or determines it.

    Example:
        >>> from labelfeed import LabelSpec
        >>> letter, code = LabelSpec.single(4), LabelSpec.single(4, "code")
        >>> y = np.arange(200) % 4
        >>> check_sides(letter, y, [code], [(y + 1) % 4])[0].relation
        'same'
    """
    ids = target.encode(y)
    found = []
    for spec, encoded in zip(sides, complete_sides(sides, values, len(ids)), strict=True):
        found += [
            _finding(column.name, ids, column.ids(encoded), target.name)
            for column in spec.label_columns
        ]
    leaks = [f for f in found if f.verdict == "leak"]
    if fail and leaks:
        raise SideLeakError(" ".join(f.why for f in leaks))
    return found


def coarse_of_fine(fine: ArrayLike, coarse: ArrayLike, fine_classes: int) -> np.ndarray | None:
    """Return the coarse id of each fine class, -1 where unseen; `None` if it is no function.

    Args:
        fine: Fine ids `(n,)`, -1 unknown.
        coarse: Coarse ids `(n,)`, -1 unknown.
        fine_classes: Number of fine classes.

    Example:
        >>> coarse_of_fine([0, 1, 2, 0], [0, 0, 1, -1], 4)
        array([ 0,  0,  1, -1])
    """
    fine, coarse = np.asarray(fine), np.asarray(coarse)
    both = (fine >= 0) & (coarse >= 0)
    out = np.full(fine_classes, -1)
    out[fine[both]] = coarse[both]
    return out if np.array_equal(out[fine[both]], coarse[both]) else None


def wrong_sides(ids: np.ndarray, sides: Sequence[LabelSpec], share: float, seed: int) -> np.ndarray:
    """Return side labels of which a share is wrong: another class, drawn evenly.

    Args:
        ids: int array `(n, number of side labels)` of single side labels, -1 unknown: it stays so.
        sides: Their specs.
        share: Probability in [0, 1] that a known side label is replaced.
        seed: Seed of the draw.

    Example:
        >>> wrong_sides(np.array([[0], [1], [-1]]), [LabelSpec.single(2)], 1.0, seed=0).tolist()
        [[1], [0], [-1]]
    """
    rng = np.random.default_rng(seed)
    classes = np.array([spec.num_classes for spec in sides])
    other = (ids + rng.integers(1, classes, ids.shape)) % classes
    return np.where((rng.random(ids.shape) < share) & (ids >= 0), other, ids).astype(np.int32)


def _finding(name: str, ids: np.ndarray, side: np.ndarray, target: str) -> SideFinding:
    both = (ids >= 0) & (side >= 0)
    found = relation(side[both], ids[both])
    verdict: Literal["leak", "warning", "ok"] = "warning"
    if found.kind == "unknown":
        why = f"{name!r} and the target are both known in {found.rows} rows: too few to judge."
    elif found.kind == "constant":
        why = f"{name!r} has one value only: it tells nothing."
    elif found.kind == "many":
        why = (
            f"{name!r} has {found.values} values in {found.rows} rows: too few rows for each to "
            "learn from, and perhaps an identifier. Group its values, or leave it out."
        )
    elif found.kind in ("same", "fine"):
        verdict = "leak"
        same = found.kind == "same"
        what = "is the target under another name" if same else "determines the target"
        why = (
            f"The side label {name!r} {what} {target!r} in all {found.rows} rows: a model would "
            "copy it. Leave it out; if it is truly known at inference, a look-up table is enough."
        )
    elif found.kind == "nearly":
        why = (
            f"The side label {name!r} tells the target in {found.determined:.1%} of the rows: make "
            "sure that it is known, and as good, before the target is."
        )
    elif found.kind == "coarse":
        verdict = "ok"
        why = f"{name!r} is a function of the target: a Bayes product may rule classes out."
    else:
        verdict, why = "ok", f"{name!r} is no function of the target nor the reverse."
    return SideFinding(name, verdict, found.kind, why, found.determined)
