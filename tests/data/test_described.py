from __future__ import annotations

import dataclasses

import pytest

from labelfeed.data.described import from_description, is_number


@dataclasses.dataclass(frozen=True)
class Column:
    name: str
    scale: float
    words: bool = False
    values: tuple[str, ...] = ()
    decimal: str | None = None


def test_lists_become_tuples_and_defaults_stay():
    got = from_description(Column, {"name": "a", "scale": 2, "values": ["x"], "decimal": None})
    assert got == Column("a", 2, False, ("x",), None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": 3}, "name must be str, got 3"),
        ({"scale": "2"}, "scale must be float"),
        ({"scale": True}, "scale must be float"),
        ({"scale": float("nan")}, "scale must be float"),
        ({"scale": 10**400}, "scale must be float"),
        ({"words": 1}, "words must be bool"),
        ({"values": "abc"}, "values must be tuple"),
        ({"values": [1]}, "values must be tuple"),
        ({"decimal": 1}, "decimal must be str"),
        ({"other": 1}, "has no 'other'"),
    ],
)
def test_what_does_not_fit_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        from_description(Column, {"name": "a", "scale": 1.0, **change})


def test_what_is_missing_is_named():
    with pytest.raises(ValueError, match="lacks 'name', 'scale'"):
        from_description(Column, {})


def test_numbers():
    assert [is_number(v) for v in (1, 1.5, float("inf"), None, "1")] == [True, True] + [False] * 3
