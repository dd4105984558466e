"""Mutated CSV files, and what stands in them by the CSV reader of Python."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import gzip
import io
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["COLUMNS", "TARGET", "Mutated", "base_rows", "csv_file", "spelt"]

COLUMNS, TARGET = ("age", "dose", "site", "note", "class"), "class"
Rows = list[list[str]]


@dataclasses.dataclass(frozen=True)
class Mutated:
    """A file, and what it has to be read as.

    Args:
        what: What was done to it.
        content: Its bytes.
        suffix: End of its name.
        names: Names of its columns; `None` if it has to be refused.
        rows: Its cells as text, empty where missing.
        strict: Whether it must not be refused.
        reading: More arguments of `load_data`.
    """

    what: str
    content: bytes
    suffix: str
    names: tuple[str, ...] | None
    rows: Rows = dataclasses.field(default_factory=list)
    strict: bool = False
    reading: dict[str, Any] = dataclasses.field(default_factory=dict)


def base_rows(rng: np.random.Generator, count: int = 24) -> Rows:
    """Return rows without anything odd: two numbers, a word, text with commas, a class."""
    rows = []
    for place in range(count):
        age = f"{rng.integers(200, 900) / 10:.1f}" if rng.random() < 0.9 else ""
        note = ("plain", "a, b", 'so "said"', "two words", "née")[rng.integers(5)]
        target = ("well", "ill")[place % 2] if rng.random() < 0.9 else ""
        rows.append([age, str(rng.integers(100)), "abc"[rng.integers(3)], note, target])
    rows[0][-1], rows[1][-1] = "well", "ill"
    return rows


def spelt(rows: Rows, names: tuple[str, ...] = COLUMNS, separator: str = ",", **how: Any) -> str:
    """Return rows as the text of a CSV."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n", **how)
    writer.writerows([names, *rows])
    return text.getvalue()


def csv_file(rng: np.random.Generator) -> Mutated:
    """Return a mutated CSV: harmless, broken beyond repair, or by chance."""
    rows = base_rows(rng)
    kinds: tuple[Callable[[Rows, np.random.Generator], Mutated], ...] = (
        _harmless, _broken, _by_chance, _by_chance)  # fmt: skip
    return kinds[rng.integers(len(kinds))](rows, rng)


def _harmless(rows: Rows, rng: np.random.Generator) -> Mutated:
    text = spelt(rows)
    order = [int(i) for i in rng.permutation(len(COLUMNS))]
    moved = tuple(COLUMNS[i] for i in order), [[row[i] for i in order] for row in rows]
    spaced = tuple(f" {name} " for name in COLUMNS)
    commas = [[row[0].replace(".", ","), *row[1:]] for row in rows]
    numbers = [[f"+{row[0]}0" if row[0] else "", f"{row[1]}.0", *row[2:]] for row in rows]
    lines = text.split("\n")
    lines.insert(int(rng.integers(2, len(lines))), "")
    latin = {"encoding": "latin-1"}
    ways: dict[str, Callable[[], tuple[Any, ...]]] = {
        "as it is": lambda: (text.encode(), ".csv"),
        "byte order mark": lambda: (codecs.BOM_UTF8 + text.encode(), ".csv"),
        "UTF-16": lambda: (text.encode("utf-16"), ".csv"),
        "CRLF": lambda: (text.replace("\n", "\r\n").encode(), ".csv"),
        "semicolons": lambda: (spelt(rows, separator=";").encode(), ".csv"),
        "decimal commas": lambda: (spelt(commas, separator=";").encode(), ".csv"),
        "tabs": lambda: (spelt(rows, separator="\t").encode(), ".tsv"),
        "all quoted": lambda: (spelt(rows, quoting=csv.QUOTE_ALL).encode(), ".csv"),
        "gzip": lambda: (gzip.compress(text.encode()), ".csv.gz"),
        "no last newline": lambda: (text.rstrip("\n").encode(), ".csv"),
        "blank lines at the end": lambda: ((text + "\n\n").encode(), ".csv"),
        "blank line": lambda: ("\n".join(lines).encode(), ".csv"),
        "spaces around names": lambda: (spelt(rows, spaced).encode(), ".csv"),
        "numbers written otherwise": lambda: (spelt(numbers).encode(), ".csv"),
        "nameless column": lambda: (text.replace("\n", ",\n").encode(), ".csv"),
        "latin-1, declared": lambda: (text.encode("latin-1"), ".csv", latin),
        "UTF-8, latin-1 declared": lambda: (text.encode(), ".csv", latin),
        "other order": lambda: (spelt(moved[1], moved[0]).encode(), ".csv"),
    }
    what = list(ways)[rng.integers(len(ways))]
    content, suffix, *reading = ways[what]()
    names, cells = moved if what == "other order" else (COLUMNS, rows)
    return Mutated(what, content, suffix, names, cells, True, *reading)


def _broken(rows: Rows, rng: np.random.Generator) -> Mutated:
    text = spelt(rows)
    zipped = bytearray(gzip.compress(text.encode()))
    flipped = bytearray(zipped)
    flipped[int(rng.integers(20, len(zipped) - 8))] ^= 1 << int(rng.integers(8))
    twice = ("age", "age", *COLUMNS[2:])
    longer = [*rows[:5], [*rows[5], "more"], *rows[6:]]
    same = [[*row[:-1], "well"] for row in rows]
    numbers = [["1.5", "2.5", "3", "4", "5"]]
    accent = text.replace("plain", "n\xe9e").replace("two words", "n\xe9e")
    ways: dict[str, Callable[[], tuple[bytes, str]]] = {
        "empty": lambda: (b"", ".csv"),
        "header only": lambda: (text.split("\n")[0].encode(), ".csv"),
        "blank": lambda: (b"\n \n\n", ".csv"),
        "two columns of a name": lambda: (spelt(rows, twice).encode(), ".csv"),
        "no target": lambda: (text.replace("class", "clazz", 1).encode(), ".csv"),
        "target in capitals": lambda: (text.replace("class", "Class", 1).encode(), ".csv"),
        "ragged": lambda: (spelt(longer).encode(), ".csv"),
        "quote left open": lambda: ((text + '1,2,a,"b,well\n').encode(), ".csv"),
        "another encoding": lambda: (accent.encode("latin-1"), ".csv"),
        "corrupt gzip": lambda: (bytes(flipped), ".csv.gz"),
        "cut gzip": lambda: (bytes(zipped[: rng.integers(1, len(zipped) - 1)]), ".csv.gz"),
        "no gzip": lambda: (text.encode(), ".csv.gz"),
        "one class": lambda: (spelt(same).encode(), ".csv"),
        "no header": lambda: (spelt([["1", "2", "3", "4", "9"]] * 9, ("1.5", "2", "3", "4", "9"))
                              .encode(), ".csv"),
        "numbers as names": lambda: (spelt(rows, tuple(numbers[0])).encode(), ".csv"),
        "a program": lambda: (b"\x7fELF" + rng.bytes(300), ".csv"),
        "a zip": lambda: (b"PK\x03\x04" + rng.bytes(300), ".csv"),
        "a folder of parquet": lambda: (text.encode(), ".parquet"),
        "no Excel": lambda: (text.encode(), ".xlsx"),
        "no npz": lambda: (text.encode(), ".npz"),
        "another ending": lambda: (text.encode(), ".txt"),
    }  # fmt: skip
    what = list(ways)[rng.integers(len(ways))]
    content, suffix = ways[what]()
    return Mutated(what, content, suffix, None)


_INSERTED = (
    "\x00", '"', '""', ",", ";", "\t", "\n", "\r", "\r\n", "\ufeff", " ", "\u00a0", "NA", "-1",
    "1e999", "=1+1", "\x1b[2J", "\u202e", "9" * 400, "x" * 200_000, "nan", "inf", "'", "\\",
    "\u2028", "\x0c", "\x1a", "\u0663", "0x1F", "1_000", "$5", "5%", "a|b", "12:30", "1/2",
)  # fmt: skip


def _by_chance(rows: Rows, rng: np.random.Generator) -> Mutated:
    """Return a file that somebody or something has changed anywhere: read as csv does, or not."""
    content = bytearray(spelt(rows).encode())
    what = ("flip", "cut", "insert", "delete", "lines", "cell")[rng.integers(6)]
    for _ in range(rng.integers(1, 4)):
        place = int(rng.integers(len(content)))
        if what == "flip":
            content[place] ^= 1 << int(rng.integers(8))
        elif what == "cut":
            del content[place:]
            content += b"\n" * int(rng.integers(2))
            break
        elif what == "insert":
            content[place:place] = _INSERTED[rng.integers(len(_INSERTED))].encode()
        elif what == "delete":
            del content[place : place + int(rng.integers(1, 30))]
        elif what == "lines":
            lines = bytes(content).split(b"\n")
            first, second = rng.integers(0, len(lines), 2)
            lines[first] = lines[second]
            content = bytearray(b"\n".join(lines))
        else:
            rows = [list(row) for row in rows]
            row, column = rng.integers(len(rows)), rng.integers(len(COLUMNS))
            rows[row][column] = _INSERTED[rng.integers(len(_INSERTED))]
            content = bytearray(spelt(rows).encode())
    names, cells = _by_python(bytes(content))
    return Mutated(f"by chance: {what}", bytes(content), ".csv", names, cells)


def _by_python(content: bytes) -> tuple[tuple[str, ...] | None, Rows]:
    """Return names and cells as `csv` has them; nothing if it cannot be a table with the target."""
    csv.field_size_limit(10**7)
    try:
        text = content.decode("utf-8-sig")
        header = next(line for line in text.splitlines() if line.strip())
        separator = max(",;\t", key=lambda s: (header.count(s), s == ","))
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        names, *rows = [line for line in lines if line]
    except (UnicodeError, StopIteration, ValueError, csv.Error):
        return None, []
    names = [name.strip() for name in names]
    if TARGET not in names or len(set(names)) != len(names):
        return None, []
    if any(any(row[len(names) :]) for row in rows):
        return None, []
    full = [(row + [""] * len(names))[: len(names)] for row in rows]
    return tuple(names), full
