"""Dataclasses out of JSON, each value checked by the annotation of its field."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

__all__ = ["from_description", "is_number"]


def from_description(cls: type, values: Mapping[str, Any]) -> Any:
    """Return an object of a dataclass; lists become tuples where its fields are tuples.

    Fields of other types than text, true/false, numbers and tuples of them are taken as they are.

    Args:
        cls: A dataclass.
        values: Its fields, as JSON types.

    Raises:
        ValueError: A field is missing, not known, or of another type; names it.

    Example:
        >>> @dataclasses.dataclass
        ... class Scale:
        ...     mean: "float"
        >>> from_description(Scale, {"mean": 2})
        Scale(mean=2)
        >>> from_description(Scale, {"mean": "2"})
        Traceback (most recent call last):
        ValueError: mean must be float, got '2'.
    """
    fields = {field.name: field for field in dataclasses.fields(cls)}
    unknown = sorted(map(repr, set(values) - set(fields)))
    if unknown:
        raise ValueError(f"{cls.__name__} has no {', '.join(unknown)}.")
    made = {}
    for name, value in values.items():
        kind = str(fields[name].type)
        fits = _CHECKS.get(kind.removesuffix(" | None"))
        empty = value is None and kind.endswith("| None")
        if fits is not None and not empty and not fits(value):
            raise ValueError(f"{name} must be {kind}, got {value!r}.")
        made[name] = tuple(value) if kind.startswith("tuple") and not empty else value
    missing = [
        repr(f.name)
        for f in fields.values()
        if f.name not in values
        and f.default is dataclasses.MISSING
        and f.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise ValueError(f"{cls.__name__} lacks {', '.join(missing)}.")
    return cls(**made)


def is_number(value: Any) -> bool:
    """Tell whether a value is a finite number that a float can hold; true and false are none."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


_CHECKS = {
    "str": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": is_number,
    "tuple[str, ...]": lambda value: (
        isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)
    ),
    "tuple[float, ...]": lambda value: (
        isinstance(value, (list, tuple)) and all(map(is_number, value))
    ),
}
