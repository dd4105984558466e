"""Stratified, seeded train/validation/test split of single and multi labels.

Not scikit-learn's: its stratified splits refuse a class with one row, and a part with fewer rows
than there are classes; they give rare classes to parts at random, here they go to training first;
and they know no multi labels with unknown ones.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.data.dataset import DataError
from labelfeed.data.folds import deal_groups, whole_groups
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Cells

__all__ = ["Split", "split_rows"]


@dataclasses.dataclass(frozen=True)
class Split:
    """Row positions of the three parts, each an ascending int array; disjoint and complete.

    Args:
        train: Rows to learn from, and every row without a label whose group has none either.
        validation: Rows for early stopping.
        test: Rows held out for the report.
        notes: Classes too rare to be in every part, a line each.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    notes: tuple[str, ...] = ()


def split_rows(
    labels: np.ndarray,
    spec: LabelSpec,
    *,
    test_share: float = 0.2,
    validation_share: float = 0.15,
    seed: int = 0,
    groups: Cells | None = None,
) -> Split:
    """Split rows so that every part has each class (or label) in about the same share.

    Single labels are dealt class by class; multi labels by iterative stratification, rarest label
    first. A class with fewer rows than parts goes to training first, then test, then validation.
    Rows without any label always go to training: they cost nothing there and can score nothing.

    With groups, all rows of a group go to one part, those without a label too; classes and labels
    then have their shares as well as whole groups allow (`labelfeed.data.folds`).

    Args:
        labels: int32 array of shape `(n,)` or `(n, num_labels)`, -1 unknown.
        spec: What the labels are.
        test_share: Share of the labelled rows in [0, 1) for the test part.
        validation_share: Share of the labelled rows in [0, 1) for the validation part.
        seed: Seed of the shuffle; the same labels and seed give the same split.
        groups: Group of each row (a patient, say), of any type; rows without one (None, NaN, "")
            stand alone. `labelfeed.data.groups.together` makes them of a column and equal rows.

    Returns:
        The `Split`.

    Raises:
        DataError: Shares that leave nothing to train on, fewer than 3 labelled rows, or fewer
            groups than parts.

    Reference:
        Sechidis, Tsoumakas, Vlahavas (2011), On the stratification of multi-label data.

    Example:
        >>> import numpy as np
        >>> labels = np.array([0, 1] * 10)
        >>> parts = split_rows(labels, LabelSpec.single(2), test_share=0.2, validation_share=0.2)
        >>> labels[parts.test].tolist().count(1)
        2
    """
    for name, share in (("test_share", test_share), ("validation_share", validation_share)):
        if not 0 <= share < 1:
            raise DataError(f"{name} must be in [0, 1), got {share}.")
    if test_share + validation_share >= 1:
        raise DataError(
            f"test_share {test_share} and validation_share {validation_share} leave nothing "
            "to train on: their sum must be below 1."
        )
    labels = np.asarray(labels)
    known = labels != UNKNOWN
    rows = np.flatnonzero(known if labels.ndim == 1 else known.any(axis=1))
    if len(rows) < 3:
        raise DataError(f"Only {len(rows)} labelled row(s); a split needs at least 3.")
    rng = np.random.default_rng(seed)
    # Train first: with equal need it wins the row.
    shares = np.array([1 - test_share - validation_share, test_share, validation_share])
    part = np.zeros(len(labels), np.int64)
    codes = whole_groups(groups, len(labels))
    if codes.max() + 1 < len(labels):
        part = _deal_whole(labels, codes, rows, shares, rng)
    else:
        deal = _deal_classes if labels.ndim == 1 else _deal_labels
        part[rows] = deal(labels[rows], shares, rng)
    parts = [np.flatnonzero(part == i) for i in range(3)]
    return Split(parts[0], parts[2], parts[1], _notes(labels, spec, parts, shares))


def _deal_whole(
    labels: np.ndarray,
    codes: np.ndarray,
    rows: np.ndarray,
    shares: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the part of each row; groups without a labelled row are for training."""
    labelled, inside = np.unique(codes[rows], return_inverse=True)
    if len(labelled) < (needed := int((shares > 0).sum())):
        raise DataError(
            f"The labelled rows belong to {len(labelled)} group(s); {needed} parts need at least "
            "as many. Lower --test-share or --validation-share to 0, or split by other groups."
        )
    of_group = np.zeros(codes.max() + 1, np.int64)
    of_group[codes[rows]] = deal_groups(labels[rows], inside, shares, rng)
    return of_group[codes]


def _deal_classes(labels: np.ndarray, shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the part (0 train, 1 test, 2 validation) of each row of a single label."""
    part = np.zeros(len(labels), np.int64)
    owed = np.zeros(3)  # what rounding has kept from a part so far; evens out over the classes
    for value in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == value))
        wanted = shares * len(rows) + owed
        counts = np.maximum(np.floor(wanted), 0).astype(int)
        # One row for each part that wants any, in the order of the parts, as far as they reach.
        counts = np.maximum(counts, (shares > 0) & (np.arange(3) < len(rows)))
        while counts.sum() > len(rows):
            counts[np.argmax(np.where(counts > 1, counts - wanted, -np.inf))] -= 1
        while counts.sum() < len(rows):
            counts[np.argmax(wanted - counts)] += 1
        owed = wanted - counts
        part[rows] = np.repeat(np.arange(3), counts)
    return part


def _deal_labels(labels: np.ndarray, shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the part of each row of a multi label, by iterative stratification."""
    present = labels == 1
    part = np.full(len(labels), -1)
    room = shares * len(labels)
    wanted = shares[:, None] * present.sum(axis=0)  # (3, num_labels)
    left = present.sum(axis=0)
    order = rng.permutation(len(labels))
    while np.any(left > 0):
        label = int(np.argmin(np.where(left > 0, left, np.iinfo(np.int64).max)))
        for row in order[(part[order] < 0) & present[order, label]]:
            best = int(np.lexsort((np.arange(3), -room, -wanted[:, label]))[0])
            part[row] = best
            room[best] -= 1
            wanted[best] -= present[row]
            left -= present[row]
    for row in order[part[order] < 0]:
        part[row] = best = int(np.argmax(room))
        room[best] -= 1
    return part


def _notes(
    labels: np.ndarray, spec: LabelSpec, parts: list[np.ndarray], shares: np.ndarray
) -> tuple[str, ...]:
    """Name the classes that do not reach every part."""
    rare = []
    for index in range(spec.num_classes):
        has = labels == index if labels.ndim == 1 else labels[:, index] == 1
        if not has.any():
            continue
        names = zip(("train", "test", "validation"), parts, shares, strict=True)
        absent = [name for name, rows, share in names if share > 0 and not has[rows].any()]
        if absent:
            count = int(has.sum())
            rare.append(
                f"{spec.name_of(index)!r} has {count} row(s): none in {' and '.join(absent)}"
            )
    shown = rare[:5]
    if len(rare) > len(shown):
        shown.append(f"{len(rare) - len(shown)} more classes are too rare for every part")
    return tuple(shown)
