"""Several labels of a row as people hand them over: yes/no, lists of names, columns of classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.inputs_cells import MINUS, REFUSED, UNKNOWN, class_cell, odd_cells, yes_no
from benchmarks.inputs_tally import Case
from labelfeed.labels.spec import LabelSpec

__all__ = ["UNTOLD", "columns", "declared", "encoding", "multi", "named_rows", "objects", "pick"]

_LABELS = ("edema", "mass", "fever", "Big Mass", "né", "cough", "a=b", "猫", "x,y", "finding")
UNTOLD = (bytearray, memoryview, range, complex, np.complexfloating)
"""NumPy looks into these, or makes an array of their type: no row can be told."""


def encoding(
    what: str,
    spec: LabelSpec,
    values: Any,
    wanted: np.ndarray | None,
    *,
    refusable: bool = False,
    row: int | None = None,
    column: str | None = None,
    **how: Any,
) -> Case:
    """Return the case of `spec.encode(values, **how)`, right if it is int32 and equals `wanted`.

    Args:
        what: Name of the container.
        spec: The label spec.
        values: The labels.
        wanted: What they mean; `None`: they have to be refused.
        refusable: As in `Case`; `row` and `column` too.
        row: Row that the refusal names.
        column: Column that the refusal names.
        **how: More arguments of `encode`.
    """

    def wants(found: Any) -> bool:
        same = isinstance(found, np.ndarray) and found.dtype == np.int32
        return same and np.array_equal(found, wanted)

    try:
        shown = repr(values)[:200]
    except ValueError:  # an integer of thousands of digits
        shown = f"a {type(values).__name__} that cannot be shown"
    told = f"{what}, {spec.get_config()}, {how}: {shown}"
    right = None if wanted is None else wants
    return Case(told, lambda: spec.encode(values, **how), right, refusable, row, column)


def pick(rng: np.random.Generator, pool: Sequence[str], least: int, most: int) -> list[str]:
    """Return between `least` and `most` of the names, in any order."""
    count = int(rng.integers(least, most + 1))
    return [pool[i] for i in rng.permutation(len(pool))[:count]]


def objects(cells: Sequence[Any]) -> np.ndarray:
    """Return an object array `(n,)` with each cell as it is."""
    out = np.empty(len(cells), object)
    for place, cell in enumerate(cells):
        out[place] = cell
    return out


def _grid(cells: list[list[Any]]) -> np.ndarray:
    return np.stack([objects(row) for row in cells])


def multi(rng: np.random.Generator) -> Case:
    """Yes/no cells, each with its meaning, one of them odd at times."""
    names = pick(rng, _LABELS, 1, 4)
    spec = LabelSpec.multi(names, name="findings")
    rows = int(rng.integers(1, 6))
    drawn = [[yes_no(rng) for _ in names] for _ in range(rows)]
    if rng.random() < 0.25:
        pool = odd_cells("y")
        cell = pool[rng.integers(len(pool))]
        drawn[rng.integers(rows)][rng.integers(len(names))] = (cell, REFUSED)
    if rng.random() < 0.15:
        return _typed(rng, spec, rows)
    cells = [[c for c, _ in row] for row in drawn]
    meant = np.array([[m for _, m in row] for row in drawn])
    order = rng.permutation(len(names))
    by_name = {names[i]: objects([row[i] for row in cells]) for i in order}
    asked = np.zeros(len(names), bool)  # columns that the container leaves out
    if len(names) > 1:
        asked[order[0]] = rng.random() < 0.3
    some = {n: column for n, column in by_name.items() if not asked[names.index(n)]}
    containers: dict[str, Callable[[], Any]] = {
        "lists": lambda: cells,
        "objects": lambda: _grid(cells),
        "nameless table": lambda: pd.DataFrame(_grid(cells)),
        "table": lambda: pd.DataFrame(some),
        "dict": lambda: {n: list(column) for n, column in some.items()},
        "dict rows": lambda: [{n: column[r] for n, column in some.items()} for r in range(rows)],
    }
    what = list(containers)[rng.integers(len(containers))]
    named = what in ("table", "dict", "dict rows")
    if named:
        meant[:, asked] = UNKNOWN
    bad = np.argwhere(meant == REFUSED)
    minus = (meant == MINUS).any()
    gone = any(isinstance(c, UNTOLD) for row in cells for c in row)
    dates = what.endswith("table") and any(c is pd.NaT for row in cells for c in row)
    place: dict[str, Any] = {}
    if len(bad) == 1 and not minus and not gone and not what.endswith("table"):
        place = {"row": int(bad[0, 0]), "column": names[bad[0, 1]]}
    refused = len(bad) > 0 or (minus and named)
    wanted = None if refused else np.where(meant == MINUS, UNKNOWN, meant)
    return encoding(what, spec, containers[what](), wanted, refusable=bool(minus or dates), **place)


def _typed(rng: np.random.Generator, spec: LabelSpec, rows: int) -> Case:
    """Arrays of one type; what is masked is unknown, -1 among whole numbers too."""
    shape = (rows, spec.num_classes)
    values, gone = rng.integers(0, 2, shape), rng.random(shape) < 0.3
    dtype = ("int8", "uint8", "int32", "int64", "float32", "bool")[rng.integers(6)]
    ids = np.where(gone, UNKNOWN, values)
    pool: dict[str, tuple[Any, np.ndarray]] = {
        "typed": (values.astype(dtype), values),
        "masked": (np.ma.array(values.astype(dtype), mask=gone), ids),
        "masked rows": ([np.ma.array(v, mask=g) for v, g in zip(values, gone, strict=True)], ids),
        "ids": (ids.astype(("int8", "int64", "int32")[rng.integers(3)]), ids),
        "NaN": (np.where(gone, np.nan, values), ids),
        "nullable": (pd.DataFrame(np.where(gone, None, values)).astype("Int64"), ids),
        "booleans": (pd.DataFrame(np.where(gone, None, values.astype(bool))), ids),
        "text": (np.where(gone, "", np.where(values, "yes", "no")), ids),
    }
    what = list(pool)[rng.integers(len(pool))]
    return encoding(what, spec, *pool[what])


def named_rows(rng: np.random.Generator) -> Case:
    """Rows as the names of their labels: lists, or text with a separator."""
    names = pick(rng, _LABELS, 2, 5)
    spec = LabelSpec.multi(names, name="findings")
    values = rng.integers(0, 2, (int(rng.integers(1, 6)), len(names)))
    values[0, 0] = 1  # a list of empty lists has no columns
    gone = rng.random(len(values)) < 0.2
    gone[0] = False
    wanted: np.ndarray | None = np.where(gone[:, None], UNKNOWN, values)
    order = rng.permutation(len(names))
    rows = [[names[i] for i in order if row[i]] for row in values]
    stranger = rng.random() < 0.25
    if stranger:
        wanted = None
        rows[0].append(("Edema", "mass ", "heart", "yes", "?", "", "None")[rng.integers(7)])
    if rng.random() < 0.4:
        kind = (list, tuple)[rng.integers(2)]
        cells = [None if g else kind(row) for row, g in zip(rows, gone, strict=True)]
        given = (cells, objects(cells))[rng.integers(2)]
        return encoding("lists of names", spec, given, wanted)
    if stranger:  # a part without letters is none, spaces around one do not count
        last = rows[0].pop()
        if last in ("", "mass "):
            last = "heart"
        rows[0].append(last)
    separator = ("|", ";", " / ")[rng.integers(3)]
    texts = ["" if g else separator.join(row) or "No Finding"
             for row, g in zip(rows, gone, strict=True)]  # fmt: skip
    given = (texts, np.array(texts), {"findings": texts}, pd.DataFrame({"findings": texts}),
             pd.Series(texts))[rng.integers(5)]  # fmt: skip
    alone = stranger and rows[0][-1] in ("?", "None") and len(rows[0]) == 1
    rules = {"separator": separator, "none_word": "No Finding"}
    return encoding("joined", spec, given, wanted, refusable=alone, **rules)


def declared(rng: np.random.Generator) -> Case:
    """Cells whose spelling is declared: missing, no, uncertain, kept."""
    names = pick(rng, _LABELS, 1, 3)
    spec = LabelSpec.multi(names, name="findings")
    how = ("ignore", "zeros", "ones")[rng.integers(3)]
    words = {"-9": UNKNOWN, "-9.0": UNKNOWN, "NOT DONE": UNKNOWN, "-2": 0, "Minus ": 0, "1": 1,
             "-1": {"ignore": UNKNOWN, "zeros": 0, "ones": 1}[how], "yes": 1, "0": 0, "": UNKNOWN,
             "?": UNKNOWN}  # fmt: skip
    drawn = rng.choice(list(words), (int(rng.integers(1, 6)), len(names)))
    wanted = np.array([[words[word] for word in row] for row in drawn.tolist()])
    rules = {"missing": ["-9", "not done"], "negative": ["-2", "minus"], "uncertain": how}
    numbers = rng.random() < 0.3 and set(drawn.flat) <= {"-9", "-9.0", "-2", "1", "-1", "0"}
    values = drawn.astype(float) if numbers else drawn.astype(object)
    given = (values, pd.DataFrame(values, columns=names), values.tolist())[rng.integers(3)]
    return encoding("declared", spec, given, wanted, **rules)


def columns(rng: np.random.Generator) -> Case:
    """A column of classes beside yes/no labels, by name or one cell for each column."""
    classes = pick(rng, ("red", "green", "blue", "None", "?"), 2, 4)
    spec = LabelSpec.columns([LabelSpec.single(classes, name="colour"), "fever"])
    rows = int(rng.integers(1, 6))
    first, second = (
        [class_cell(classes, rng) for _ in range(rows)],
        [yes_no(rng) for _ in range(rows)],
    )
    if rng.random() < 0.25:
        pool = odd_cells("colour")
        side = (first, second)[rng.integers(2)]
        side[rng.integers(rows)] = (pool[rng.integers(len(pool))], REFUSED)
    meant = [[m for _, m in first], [m for _, m in second]]
    minus = MINUS in meant[0] or MINUS in meant[1]
    refused = REFUSED in meant[0] or REFUSED in meant[1] or MINUS in meant[1]
    block = np.array(meant[0])[:, None] == np.arange(len(classes))
    known = np.array(meant[0]) >= 0
    ids = np.where(known[:, None], block, UNKNOWN)
    wanted = None if refused else np.concatenate([ids, np.array(meant[1])[:, None]], axis=1)
    colour, fever = objects([c for c, _ in first]), objects([c for c, _ in second])
    containers: dict[str, Callable[[], Any]] = {
        "dict": lambda: {"fever": fever, "colour": colour},
        "table": lambda: pd.DataFrame({"colour": colour, "fever": fever}),
        "dict rows": lambda: [
            {"fever": f, "colour": c} for c, f in zip(colour, fever, strict=True)
        ],
        "objects": lambda: np.stack([colour, fever], axis=1),
    }
    what = list(containers)[rng.integers(len(containers))]
    if what == "objects" and refused and REFUSED not in meant[0] + meant[1]:
        wanted = np.concatenate([ids, np.maximum(np.array(meant[1]), UNKNOWN)[:, None]], axis=1)
    return encoding(f"columns, {what}", spec, containers[what](), wanted, refusable=minus)
