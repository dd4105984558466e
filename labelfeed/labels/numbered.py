"""Numbers as the labels of classes that are called by numbers: names, or ids?"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np

from labelfeed.labels.words import yes_no

__all__ = ["AmbiguousError", "number_names", "read_numbers"]

_UNKNOWN = -1
_INVALID = -2
_WAY_OUT = "names as text, or ids as an int32 array"


class AmbiguousError(ValueError):
    """Numbers that can be read in two ways; `value` is the first of them."""

    def __init__(self, value: float, expected: str) -> None:
        """Store the value, and what is expected, with the reason."""
        super().__init__(expected)
        self.value, self.expected = value, f"{_WAY_OUT} ({expected})"


@functools.lru_cache(maxsize=256)
def number_names(names: tuple[str, ...] | None) -> dict[float, int]:
    """Return the classes whose names are numbers, if any of these numbers is not its own id.

    Example:
        >>> number_names(("1", "2", "none")), number_names(("0", "1"))
        ({1.0: 0, 2.0: 1}, {})
    """
    found: dict[float, int] = {}
    for index, name in enumerate(names or ()):
        number = _number(name)
        if number is not None and found.setdefault(number, index) != index:
            return {}  # "1" and "01" are two classes: no number names them
    return found if any(number != index for number, index in found.items()) else {}


def read_numbers(numbers: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Return ids of numbers that people wrote as labels, `-2` for what is neither name nor id.

    If all of them are names of classes, or all are ids, but not both, they are read so. What can
    be read in both ways, with different results, is refused, and so is a mixture.

    Args:
        numbers: float64 array `(n,)`, NaN where unknown.
        names: Names of the classes.

    Raises:
        AmbiguousError: The numbers can be read in two ways.

    Example:
        >>> read_numbers(np.array([3.0, 1.0, np.nan]), ["1", "2", "3"]).tolist()
        [2, 0, -1]
        >>> read_numbers(np.array([1.0, 2.0]), ["1", "2", "3"])
        Traceback (most recent call last):
        ...
        labelfeed.labels.numbered.AmbiguousError: 1 is the name of class 0 and the id of class '2'
    """
    by_number = number_names(tuple(names))
    in_order = len(names) == 3 and yes_no(names[0]) == 0 and yes_no(names[2]) == 1
    if not by_number and not in_order:
        return _ids(numbers, len(names))
    found, inverse = np.unique(numbers[~np.isnan(numbers)], return_inverse=True)
    if in_order and found.tolist() == [-1, 0, 1]:
        text = f"-1 can mean {names[0]!r}, or unknown while 0 is {names[0]!r}"
        raise AmbiguousError(-1.0, text)
    ids = as_id = _ids(found, len(names))
    if by_number:
        else_id = {-1.0: _UNKNOWN}
        as_name = [by_number.get(n, else_id.get(n, _INVALID)) for n in found.tolist()]
        ids = _chosen(found, as_id, np.array(as_name, np.int64), names)
    out = np.full(len(numbers), _UNKNOWN, np.int64)
    out[~np.isnan(numbers)] = ids[inverse]
    return out


def _ids(numbers: np.ndarray, count: int) -> np.ndarray:
    filled = np.where(np.isnan(numbers), _UNKNOWN, numbers)
    fits = (np.floor(filled) == filled) & (filled >= _UNKNOWN) & (filled < count)
    return np.where(fits, filled, _INVALID).astype(np.int64)


def _chosen(
    found: np.ndarray, as_id: np.ndarray, as_name: np.ndarray, names: Sequence[str]
) -> np.ndarray:
    no_id, no_name = as_id == _INVALID, as_name == _INVALID
    if (no_id & no_name).any():
        return np.where(no_id & no_name, _INVALID, 0)
    if no_id.any() and no_name.any():
        name, index = found[no_id][0], found[no_name][0]
        raise AmbiguousError(name, f"{name:g} is only a name, {index:g} an id")
    if no_id.any():
        return as_name
    if no_name.any() or np.array_equal(as_id, as_name):
        return as_id
    place = int(np.argmax(as_id != as_name))
    other = int(as_id[place])
    meant = "unknown among ids" if other == _UNKNOWN else f"the id of class {names[other]!r}"
    text = f"{found[place]:g} is the name of class {as_name[place]} and {meant}"
    raise AmbiguousError(float(found[place]), text)


def _number(name: str) -> float | None:
    try:
        number = float(name) if "_" not in name else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None
