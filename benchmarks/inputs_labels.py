"""Labels as people hand them over, odd ones among them, and what they are by docs/data.md.

A case is built from what it means: cells are drawn with their meaning, put into a container, and
what `LabelSpec.encode` makes of it is compared with the meanings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.inputs_cells import MINUS, REFUSED, UNKNOWN, class_cell, odd_cells
from benchmarks.inputs_multi import (
    UNTOLD,
    columns,
    declared,
    encoding,
    multi,
    named_rows,
    objects,
    pick,
)
from benchmarks.inputs_tally import Case
from labelfeed.labels.spec import LabelSpec

__all__ = ["label_case"]

_NAMES = ("cat", "dog", "mouse", "Big Cat", "none", "NA", "unknown", "null", "né", "猫", "a|b",
          "a=b", "Male", "male", "=SUM(1)", "[red]x[/]", "x,y", "finding", "?")  # fmt: skip


def label_case(seed: int, number: int) -> Case:
    """Return the case of a number; the same every time.

    Args:
        seed: Of all cases.
        number: Which case.
    """
    rng = np.random.default_rng([seed, number])
    draw = _DRAWS[rng.integers(len(_DRAWS))]
    return draw(rng)


# One of several classes --------------------------------------------------------------------------


def _single(rng: np.random.Generator) -> Case:
    """Cells of one label in containers that keep each cell as it is."""
    spec = LabelSpec.single(pick(rng, _NAMES, 2, 5), name="y", ordered=bool(rng.random() < 0.2))
    drawn = [class_cell(spec.names or (), rng) for _ in range(rng.integers(2, 7))]
    odd = rng.random() < 0.3
    if odd:
        pool = odd_cells("y")
        drawn[rng.integers(len(drawn))] = (pool[rng.integers(len(pool))], REFUSED)
    first = int(rng.integers(0, 100)) if rng.random() < 0.3 else 0
    cells, meant = [c for c, _ in drawn], [m for _, m in drawn]
    containers: dict[str, Callable[[], Any]] = {
        "list": lambda: cells,
        "tuple": lambda: tuple(cells),
        "objects": lambda: objects(cells),
        "dict": lambda: {"y": cells},
        "dict rows": lambda: [{"y": cell} for cell in cells],
        "series": lambda: pd.Series(objects(cells)),
        "table": lambda: pd.DataFrame({"y": objects(cells)}),
        "one column": lambda: objects(cells)[:, None],
    }
    what = list(containers)[rng.integers(len(containers))]
    refused = [row for row, m in enumerate(meant) if m == REFUSED]
    wanted = None if refused else np.array([UNKNOWN if m == MINUS else m for m in meant])
    minus = MINUS in meant and (len(spec.names or ()) == 2)  # 1 and -1: perhaps two classes
    minus |= what in ("series", "table") and any(c is pd.NaT for c in cells)  # a column of dates
    untold = any(isinstance(c, UNTOLD) for c in cells)
    untold |= minus or what in ("series", "table")  # pandas makes one type of dates and None
    place = {} if len(refused) != 1 or untold else {"row": first + refused[0]}
    place |= {"column": "y"} if place else {}
    return encoding(
        what, spec, containers[what](), wanted, refusable=minus, first_row=first, **place
    )


def _typed(rng: np.random.Generator) -> Case:
    """Ids or names in containers of one type, masked values among them."""
    count, rows = int(rng.integers(2, 6)), int(rng.integers(1, 8))
    names = pick(rng, _NAMES[:6], count, count) if count < 6 and rng.random() < 0.5 else None
    spec = LabelSpec.single(names or count, name="y")
    ids = rng.integers(0, count, rows)
    gone = rng.random(rows) < 0.3
    text = [spec.name_of(i) for i in ids]
    gaps = [None if g else v for v, g in zip(ids.tolist(), gone, strict=True)]
    named = [None if g else v for v, g in zip(text, gone, strict=True)]
    dtype = ("int8", "uint8", "int16", "int32", "uint32", "int64", "uint64", "float32", "float64",
             "float16")[rng.integers(10)]  # fmt: skip
    whole: dict[str, Any] = {
        "typed": ids.astype(dtype),
        "big endian": ids.astype(">i8"),
        "text": np.array(text),
        "bytes": np.array([t.encode() for t in text]),
        "category": pd.Series(text, dtype="category"),
        "index": pd.Index(text),
        "fortran": np.asfortranarray(np.eye(count, dtype=dtype)[ids]),
    }
    some: dict[str, Any] = {
        "masked": np.ma.array(ids.astype(dtype), mask=gone),
        "masked text": np.ma.array(text, mask=gone),
        "nullable": pd.array(gaps, dtype="Int64"),
        "strings": pd.Series(named, dtype="string"),
        "arrow": pa.array(gaps, pa.int32()),
        "chunks": pa.chunked_array([pa.array(named, pa.string())]),
        "arrow table": pa.table({"y": pa.array(named, pa.string())}),
        "dictionary": pa.array(named, pa.string()).dictionary_encode(),
        "NaN": np.where(gone, np.nan, ids).astype("float32"),
        "one-hot": np.where(gone[:, None], 0, np.eye(count)[ids]).astype(dtype),
        "one-hot NaN": np.where(gone[:, None], np.nan, np.eye(count)[ids]),
        "one-hot table": pd.DataFrame(np.eye(count)[ids], columns=[spec.name_of(i) for i in
                                      range(count)]).iloc[:, rng.permutation(count)],
        "masked list": [np.ma.masked if g else v for v, g in zip(ids.tolist(), gone, strict=True)],
    }  # fmt: skip
    pool = whole | some
    what = list(pool)[rng.integers(len(pool))]
    wanted = ids if what in whole or what == "one-hot table" else np.where(gone, UNKNOWN, ids)
    return encoding(what, spec, pool[what], wanted)


def _numbered(rng: np.random.Generator) -> Case:
    """Numbers where classes are called by numbers: names, ids, or refused."""
    names = [str(n) for n in rng.permutation(np.arange(-1, 5))[: rng.integers(2, 5)]]
    spec = LabelSpec.single(names, name="y")
    given = rng.choice(np.arange(-1, 5), rng.integers(1, 5))
    is_id = [0 <= n < len(names) for n in given.tolist()]
    is_name = [str(n) in names for n in given.tolist()]
    by_id = np.where(is_id, given, UNKNOWN)
    by_name = np.array([names.index(str(n)) if str(n) in names else UNKNOWN for n in given])
    minus = given == -1
    if rng.random() < 0.2:  # ids on the wire
        wanted = by_id if all(np.array(is_id) | minus) else None
        return encoding("int32 ids", spec, given.astype(np.int32), wanted)
    if rng.random() < 0.3:
        wanted = by_name if all(np.array(is_name) | minus) else None
        return encoding("digits as text", spec, [str(n) for n in given], wanted,
                     refusable=bool(minus.any() and "-1" not in names))  # fmt: skip
    ids_fit, names_fit = all(np.array(is_id) | minus), all(np.array(is_name) | minus)
    plain = names == [str(i) for i in range(len(names))]
    if plain or not any(int(n) != i for i, n in enumerate(names)):
        wanted = by_id if ids_fit else None
    elif ids_fit and names_fit:
        wanted = by_id if np.array_equal(by_id, by_name) else None
    else:
        wanted = by_name if names_fit else by_id if ids_fit else None
    values = (given.tolist(), given, given.astype(float), pd.Series(given))[rng.integers(4)]
    refusable = bool(minus.any()) and len(names) == 2
    return encoding("numbers as names", spec, values, wanted, refusable=refusable)


def _soft(rng: np.random.Generator) -> Case:
    """Rows of class probabilities."""
    spec = LabelSpec.single(int(rng.integers(2, 5)), name="y")
    rows = rng.dirichlet(np.ones(spec.num_classes), rng.integers(1, 5))
    spoilt = rng.random()
    if spoilt < 0.3:
        rows[0, 0] += (1.0, -2.0, np.inf, 0.2)[rng.integers(4)]
        return encoding("no probabilities", spec, rows, None, soft="nearest", row=0)
    if spoilt < 0.6:
        return encoding("soft", spec, rows, None, row=0)
    return encoding("soft", spec, rows, rows.argmax(1), soft="nearest")


def _shapes(rng: np.random.Generator) -> Case:
    """Things that are no labels of rows at all."""
    multi = rng.random() < 0.5
    spec = LabelSpec.multi(["a", "b", "c"]) if multi else LabelSpec.single(["a", "b", "c"])
    things: list[Any] = [
        None, 3, 1.5, "cat", b"cat", {"a", "b"}, frozenset("ab"), object(), iter([0, 1]), True,
        np.float64(1), np.zeros((2, 3, 2)), np.zeros((2, 4)), np.zeros((2, 5), object), {"z": [0]},
        np.array(["2020-01-01"], "datetime64[D]"), np.array([1, 2], "timedelta64[s]"),
        np.array([1j, 0]), np.array([(1, 2)], dtype=[("a", int), ("b", int)]), [[0], [0, 1]],
        [[0, 1], 2], pd.Timestamp("2020-01-01"), pd.date_range("2020", periods=2),
        pa.array([1, 2], pa.timestamp("s")), pd.DataFrame([[1, 0]], columns=["z", "q"]),
        pd.DataFrame([[1, 0, 0, 1]], columns=["a", "b", "c", "a"]), [{"z": 1}], [{"a": 1}, 3],
        {"a": [1, 0], "b": [1]}, {"a": [[1, 0], [0, 1]]}, {"a": 1}, {1: [0], "1": [1]}, lambda: 0,
        [set("ab"), set("c")] if not multi else {"a": {0, 1}}, [[["a"]]], [["a", "z"]], ["a|b"],
        [pd.DataFrame({"a": [1]})], np.array(3), [np.zeros((2, 2)), np.zeros(2)], type, 10**400,
    ]  # fmt: skip
    thing = things[rng.integers(len(things))]
    return encoding("no labels", spec, thing, None)


_DRAWS: list[Callable[[np.random.Generator], Case]] = [
    _single, _single, _typed, _typed, _numbered, _soft, _shapes,
    multi, multi, named_rows, columns, declared,
]  # fmt: skip
