"""Which rows belong together: a column of groups, and rows that are equal."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from labelfeed.data.duplicates import find_duplicates
from labelfeed.data.odd_cells import feature_notes
from labelfeed.types import Cells, Features

__all__ = [
    "GroupProposal",
    "Together",
    "group_codes",
    "group_notes",
    "looks_like_identifier",
    "propose_group",
    "together",
]

_LEAST_ROWS, _LEAST_VALUES = 50, 20
_MOST_SHARE, _MOST_ROWS = 0.05, 50  # rows of one value: more are no person
_SAMPLE = 20_000
_IDENTIFIER = re.compile(
    r"(^|[^a-z])(\w*id|nr|no|number|uuid|guid|key|patients?|subjects?|persons?|customers?|clients?|"
    r"users?|cases?|records?|participants?|households?|family|speakers?|donors?|stud(y|ies))\.?$",
    re.IGNORECASE,
)


def looks_like_identifier(name: str) -> bool:
    """Tell whether a column is called as identifiers are: `patient`, `case_no`, `id`."""
    return _IDENTIFIER.search(name) is not None


@dataclasses.dataclass(frozen=True)
class GroupProposal:
    """A column whose values come back, as those of an identifier of persons do.

    Attributes:
        column: Its name.
        values: How many different values it has.
        rows: Rows in which it has one.
        largest: Rows of the most frequent value.
        why: What speaks for it: `"its name"`, or another column that is the same in all rows of a
            value.
    """

    column: str
    values: int
    rows: int
    largest: int
    why: str

    @property
    def note(self) -> str:
        """The same in a line, with what to do."""
        return (
            f"column {self.column!r}: {self.values:,} values in {self.rows:,} rows. If each is one "
            "patient or the like, its rows stand in training and in test alike: "
            f"--group {self.column!r} keeps them on one side, and it is no feature then"
        )


@dataclasses.dataclass(frozen=True)
class Together:
    """Which rows stand on one side of every split.

    Attributes:
        ids: int64 `(n,)`, one number for all rows of a group; `None` where every row stands alone.
        groups: Number of groups, rows that stand alone among them.
        notes: What is kept together and what is not, a line each.
    """

    ids: np.ndarray | None
    groups: int
    notes: tuple[str, ...] = ()


def together(features: Features, groups: Cells | None = None, name: str = "groups") -> Together:
    """Return which rows belong together: those of a group, and those with equal features.

    Rows whose group is missing stand alone. A row of one group that equals a row of another joins
    the two, unless that would make one group of more than a quarter of the rows.

    Args:
        features: Raw features: a DataFrame, or an array of shape `(n, ...)`.
        groups: The group of each row, of any type; `None` where there are none.
        name: What the column of groups is called.

    Example:
        >>> rows = pd.DataFrame({"age": [30.5, 41.0, 30.5, *np.arange(50, 60, 0.9)]})
        >>> together(rows, ["p1", "p1", "p2", "p3", *[None] * 11]).ids[:6].tolist()
        [0, 0, 0, 1, 2, 3]
    """
    equal = find_duplicates(features)
    notes: list[str] = []
    n = len(equal.ids)
    if groups is None:
        alone = np.array_equal(equal.ids, np.arange(n))
        return Together(None if alone else equal.ids, len(np.unique(equal.ids)), equal.notes)
    codes = group_codes(groups)
    given, missing = len(np.unique(codes[codes >= 0])), int((codes < 0).sum())
    more = f", and {missing:,} rows without one, each alone" if missing else ""
    notes.append(f"split by {name!r}: {given:,} groups{more}")
    own = np.where(codes >= 0, codes, codes.max(initial=-1) + 1 + np.arange(n))
    joined = _joined(own, equal.ids)
    if equal.rows and not equal.by_chance:
        across = given + missing - len(np.unique(joined))
        if np.bincount(joined).max() > max(n / 4, np.bincount(own).max()):
            joined = np.unique(own, return_inverse=True)[1]
            notes.append(
                f"{equal.rows:,} rows equal another one in all features; to keep these together "
                f"too would join too many groups of {name!r}, so they are not"
            )
        elif across:
            notes.append(f"groups with equal rows are one: {across:,} joined to another")
    return Together(joined, len(np.unique(joined)), tuple(notes))


def group_codes(groups: Cells) -> np.ndarray:
    """Return a number from 0 for each group, -1 where it is missing (empty, NaN or None).

    Example:
        >>> group_codes(["b", "a", None, "b", ""]).tolist()
        [0, 1, -1, 0, -1]
    """
    codes, values = pd.factorize(pd.Series(groups), use_na_sentinel=True)
    texts = [value.strip() or None if isinstance(value, str) else value for value in values]
    return np.append(pd.factorize(pd.Series(texts, dtype=object))[0], -1)[codes].astype(np.int64)


def _joined(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return numbers that are the same wherever either is the same, also by way of a third row."""
    if len(one) == 0:
        return one
    one = np.unique(one, return_inverse=True)[1]
    other = np.unique(other, return_inverse=True)[1] + one.max() + 1
    size = int(other.max()) + 1
    from scipy.sparse import coo_array  # slow to import, and who predicts needs no groups
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(size, size))
    nodes = connected_components(links, directed=False)[1]
    return np.asarray(pd.factorize(nodes[one])[0], np.int64)


def propose_group(frame: pd.DataFrame, exclude: Iterable[str] = ()) -> GroupProposal | None:
    """Return the column that looks most like one of groups, such as patients.

    Its values, words or whole numbers, come back in few rows each. Its name says so (patient,
    subject, anything that ends in id, ...), or another column is the same in all rows of a value,
    as the sex of a patient is, or it has more than 100 words.

    Args:
        frame: Raw columns of the file, targets perhaps among them.
        exclude: Columns that are none: the target and further labels.

    Example:
        >>> rows = pd.DataFrame({"who": [f"p{i // 3}" for i in range(400)], "dose": range(400)})
        >>> propose_group(rows).column
        'who'
    """
    left_out = {str(name) for name in exclude}
    found: list[tuple[int, int, GroupProposal]] = []
    for name in frame.columns:
        if str(name) in left_out:
            continue
        proposal, rank = _proposal(frame, str(name))
        if proposal is not None:
            found.append((rank, proposal.values, proposal))
    found.sort(key=lambda entry: entry[:2], reverse=True)
    for _, _, proposal in found:
        # not if it is dates, or numbers in another spelling
        if not feature_notes(frame[[proposal.column]], stop=False):
            return proposal
    return None


def group_notes(features: pd.DataFrame) -> tuple[str, ...]:
    """Return a line if a feature looks like a column of groups, else nothing."""
    found = propose_group(features)
    return () if found is None else (found.note,)


def _proposal(frame: pd.DataFrame, name: str) -> tuple[GroupProposal | None, int]:
    """Return a proposal and how much speaks for it."""
    column = frame[name]
    if column.dtype.kind in "bmMc" or len(column) < _LEAST_ROWS:
        return None, 0
    if any(isinstance(v, (list, tuple, dict, set, np.ndarray)) for v in column.head(100)):
        return None, 0
    counts = column.value_counts()
    rows, values = int(counts.sum()), len(counts)
    if not _LEAST_VALUES <= values < 0.9 * rows:
        return None, 0
    largest = int(counts.iloc[0])
    if largest > max(_MOST_SHARE * rows, _MOST_ROWS):
        return None, 0
    numbers = pd.to_numeric(column.dropna().head(_SAMPLE), errors="coerce")
    words = not bool(numbers.notna().all())
    if not words and not bool((numbers % 1 == 0).all()):
        return None, 0
    named = looks_like_identifier(name)
    steady = _steady(frame, name, counts)
    if not named and steady is None and not (words and values > 100):
        return None, 0
    why = "its name" if named else f"{steady!r} is the same in all rows of a value"
    if not named and steady is None:
        why = "many words that come back"
    found = GroupProposal(name, values, rows, largest, why)
    return found, 2 * named + (steady is not None) + words


def _steady(frame: pd.DataFrame, name: str, counts: pd.Series) -> str | None:
    """Return a column that varies, but never among the rows of one value."""
    sample = frame.iloc[: min(len(frame), _SAMPLE)]
    again = counts[counts > 1].index
    sample = sample[sample[name].isin(again)]
    codes = pd.factorize(sample[name])[0]
    if codes.max(initial=-1) + 1 < _LEAST_VALUES:
        return None
    for other in frame.columns:
        column = sample[other]
        if other == name or column.dtype.kind in "fmMc":
            continue
        if any(isinstance(v, (list, tuple, dict, set, np.ndarray)) for v in column.head(100)):
            continue
        cells = pd.factorize(column)[0]
        common = np.bincount(cells[cells >= 0]) if (cells >= 0).any() else np.zeros(1, int)
        if len(common) > 20 or common.max() > 0.9 * len(cells) or (cells < 0).any():
            continue
        pairs = len(np.unique(codes * (len(common) + 1) + cells))
        if pairs == codes.max() + 1:
            return str(other)
    return None
