"""The cells of several annotators as ids of the same classes."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from labelfeed.data.classes import natural
from labelfeed.data.dataset import DataError, did_you_mean
from labelfeed.data.label_cells import label_cells
from labelfeed.data.label_numbers import label_number
from labelfeed.data.labelling import as_text
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import UNKNOWN

__all__ = ["class_ids"]

_SHOWN = 3  # classes of an annotator, in an error


def class_ids(
    frame: pd.DataFrame,
    names: Sequence[str],
    source: str,
    cells: CellRules | None = None,
    *,
    ranges: Mapping[str, object] | None = None,
    classes: Sequence[str] | None = None,
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the labels of each annotator as ids `(n, R)`, -1 unknown, and the classes.

    Args:
        frame: Raw cells.
        names: The columns of the annotators.
        source: The file, for messages.
        cells: What cells mean that are no plain values.
        ranges: By column 0 where each of its numbers is a class.
        classes: Those of a run; `None`: all that an annotator gives.

    Raises:
        DataError: There is no such column, one is named twice, holds numbers, or has no class in
            common with the others; or a class is none of `classes`.
        LabelError: A cell can mean several things; names row and column.

    Example:
        >>> frame = pd.DataFrame({"ann": ["ill", "well"], "bob": ["ill", None]})
        >>> ids, classes = class_ids(frame, ["ann", "bob"], "scans.csv")
        >>> ids.tolist(), classes
        ([[0, 0], [1, -1]], ('ill', 'well'))
    """
    rules = cells or CellRules()
    said: dict[str, np.ndarray] = {}
    for name in names:
        if name not in frame.columns:
            raise DataError(
                f"{source}: there is no annotator {name!r}.{did_you_mean(name, frame.columns)}"
            )
        if name in said:
            raise DataError(f"The annotator {name!r} is named twice.")
        if (ranges or {}).get(name) != 0 and label_number(name, frame[name], None, rules, source):
            option = shlex.quote(f"{name}=0")
            raise DataError(
                f"{source}: {name!r} holds numbers; annotators agree on classes. Give --ranges "
                f"{option} if each number is a class, or columns that name ranges."
            )
        said[name] = label_cells(name, as_text(frame[name]), rules, source, None, single=True).texts
    found = {name: {t for t in texts if t is not None} for name, texts in said.items()}
    if classes is None:
        _check_alike(found, source)
    taken = tuple(classes or sorted(set().union(*found.values()), key=natural))
    for name, own in found.items():
        if wrong := sorted(own - set(taken)):
            raise DataError(
                f"{source}: {name!r} holds {wrong[0]!r}, no class of {_some(set(taken))}."
            )
    place = {name: at for at, name in enumerate(taken)}
    ids = [[place.get(t, UNKNOWN) for t in texts] for texts in said.values()]
    return np.array(ids, np.int32).reshape(len(said), len(frame)).T, taken


def _check_alike(found: Mapping[str, set[str]], source: str) -> None:
    """Raise `DataError` if some columns have no class in common with the others."""
    own = {name: classes for name, classes in found.items() if len(classes) > 1}
    if not own:
        return
    first, *rest = own
    joined, together = [first], set(own[first])
    while near := [name for name in rest if own[name] & together]:
        joined += near
        together = together.union(*(own[name] for name in near))
        rest = [name for name in rest if name not in near]
    if rest:
        raise DataError(
            f"{source}: {rest[0]!r} holds {_some(own[rest[0]])}, {first!r} {_some(own[first])}: no "
            "class in common. Write the classes of all alike."
        )


def _some(classes: set[str]) -> str:
    shown = ", ".join(map(repr, sorted(classes, key=natural)[:_SHOWN]))
    return shown + ", ..." * (len(classes) > _SHOWN)
