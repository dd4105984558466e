"""What rows are asked for: values of labels and of other columns, by name, for all rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from labelfeed.data.dataset import DataError, did_you_mean
from labelfeed.labels.nearest import nearest, plain_spelling

__all__ = ["by_column", "parse_asked"]


def parse_asked(known: Sequence[str], names: Iterable[str]) -> dict[str, str]:
    """Return the value of each column of `--known COL=VALUE`, which may hold several with commas.

    Args:
        known: What the user wrote after each `--known`.
        names: The columns.

    Raises:
        DataError: There is no such column, it has no value, or it is named twice.

    Example:
        >>> parse_asked(["Site=North, East,age=63"], ["site", "age"])
        {'site': 'North, East', 'age': '63'}
    """
    names = list(names)
    found: dict[str, str] = {}
    last = ""
    for item in known:
        for number, part in enumerate(item.split(",")):
            name, equals, value = part.partition("=")
            if number and last and not (equals and _meant(name, names)):
                found[last] += f",{part}"  # a comma within a value
                continue
            last = by_column(name.strip(), names)
            if not equals or not value.strip():
                raise DataError(f"--known {name.strip()!r}: give it a value, {last}=VALUE.")
            if last in found:
                raise DataError(f"--known names {last!r} twice; give it once.")
            found[last] = value.strip()
        last = ""
    return found


def by_column(name: str, names: Sequence[str]) -> str:
    """Return the column that a name is, in whatever case and with whatever spaces.

    Raises:
        DataError: There is none; suggests the nearest.

    Example:
        >>> by_column("Diagnosis", ["diagnosis", "age"])
        'diagnosis'
    """
    meant = _meant(name, names)
    if meant is None:
        raise DataError(f"there is no column {name!r}.{did_you_mean(name, names)}")
    return meant


def _meant(name: str, names: Sequence[str]) -> str | None:
    if name in names:
        return name
    close = nearest(name, names)
    same = [n for n in names if plain_spelling(n) == plain_spelling(name)]
    return close if len(same) == 1 else None
