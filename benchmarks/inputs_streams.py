"""Several files as one table that stays on disk: as they stand, as read at once, or refused."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.inputs_csv import COLUMNS, TARGET, Rows, base_rows, spelt
from benchmarks.inputs_files import damaged, same_cells
from benchmarks.inputs_tally import Case
from labelfeed.data.dataset import Dataset
from labelfeed.data.loading import load_data
from labelfeed.data.streamed_table import StreamedTable, stream_table
from labelfeed.labels.errors import CellError

__all__ = ["stream_case"]

_SPLIT = (0.25, 0.0)


def stream_case(seed: int, number: int, folder: Path) -> Case:
    """Return the case of a number: files in a folder, of which one is odd or damaged.

    Args:
        seed: Of all cases.
        number: Which case.
        folder: Where the files are written; what is there is removed.
    """
    rng = np.random.default_rng([seed, number])
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    rows = base_rows(rng, 36)
    cut = sorted(int(i) for i in rng.choice(np.arange(4, 33), 2, replace=False))
    parts = [rows[: cut[0]], rows[cut[0] : cut[1]], rows[cut[1] :]]
    contents = [("csv", spelt(part).encode()) for part in parts]
    at = int(rng.integers(3))
    pool = (_HARMLESS, _BROKEN, None)[rng.integers(3)]
    if pool is None:
        content = bytearray(contents[at][1])
        what = f"file {at}, {damaged(content, rng)}"
        contents[at] = ("csv", bytes(content))
    else:
        name = list(pool)[rng.integers(len(pool))]
        what = f"file {at}, {name}"
        contents[at] = pool[name](parts[at])
    for place, (suffix, content) in enumerate(contents):
        (folder / f"{place}.{suffix}").write_bytes(content)
    names = sorted(folder.iterdir())
    path = (folder, str(folder / "*"), tuple(map(str, names)))[rng.integers(3)]

    def read() -> tuple[StreamedTable, int]:
        table = stream_table(path, target=TARGET)
        return table, sum(len(p.rows) for p in table.training(*_SPLIT, table.sample.spec, ()))

    def whole(found: tuple[StreamedTable, int]) -> bool:
        split = found[0].split(*_SPLIT)
        there = int(found[0].sample.labelled[split.train].sum())
        return found[0].rows == len(found[0].sample) and found[1] == there

    if pool is _BROKEN:
        return Case(what, read, None)

    def right(found: tuple[StreamedTable, int]) -> bool:
        data = found[0].sample
        same = same_cells(data, COLUMNS, rows) if pool else _as_at_once(data, path)
        return whole(found) and same

    return Case(what, read, right, pool is None)


def _as_at_once(data: Dataset, path: Any) -> bool:
    """Return whether the rows are those that reading all files at once gives."""
    try:
        other = load_data(path, target=TARGET)
    except CellError:
        return False
    same = data.spec == other.spec and np.array_equal(data.labels, other.labels)
    try:
        pd.testing.assert_frame_equal(data.features, other.features, check_dtype=False)
    except AssertionError:
        return False
    return bool(same)


def _parquet(rows: Rows) -> bytes:
    cells = [[cell or None for cell in row] for row in rows]
    frame = pd.DataFrame(cells, columns=list(COLUMNS))
    frame["age"], frame["dose"] = frame["age"].astype(float), frame["dose"].astype(float)
    return bytes(frame.to_parquet())


def _longer(rows: Rows) -> bytes:
    return spelt([[*row, "1"] for row in rows], (*COLUMNS, "z")).encode()


def _moved(rows: Rows) -> bytes:
    return spelt([row[::-1] for row in rows], COLUMNS[::-1]).encode()


_HARMLESS: dict[str, Callable[[Rows], tuple[str, bytes]]] = {
    "as it is": lambda rows: ("csv", spelt(rows).encode()),
    "other order": lambda rows: ("csv", _moved(rows)),
    "CRLF": lambda rows: ("csv", spelt(rows).replace("\n", "\r\n").encode()),
    "gzip": lambda rows: ("csv.gz", gzip.compress(spelt(rows).encode())),
    "byte order mark": lambda rows: ("csv", b"\xef\xbb\xbf" + spelt(rows).encode()),
    "no last newline": lambda rows: ("csv", spelt(rows).rstrip("\n").encode()),
    "blank line at the end": lambda rows: ("csv", (spelt(rows) + "\n").encode()),
}
_BROKEN: dict[str, Callable[[Rows], tuple[str, bytes]]] = {
    "a column more": lambda rows: ("csv", _longer(rows)),
    "a column less": lambda rows: ("csv", spelt([r[1:] for r in rows], COLUMNS[1:]).encode()),
    "a column renamed": lambda rows: ("csv", spelt(rows).replace("age", "Age", 1).encode()),
    "no target": lambda rows: ("csv", spelt(rows).replace("class", "klass", 1).encode()),
    "no header": lambda rows: ("csv", spelt(rows).partition("\n")[2].encode()),
    "semicolons": lambda rows: ("csv", spelt(rows, separator=";").encode()),
    "empty": lambda rows: ("csv", b""),
    "two columns of a name": lambda rows: ("csv", spelt(rows).replace("dose", "age", 1).encode()),
    "a row too long": lambda rows: ("csv", (spelt(rows) + "1,2,a,b,well,more\n").encode()),
    "quote left open": lambda rows: ("csv", (spelt(rows) + '1,2,a,"b,well\n').encode()),
    "cut gzip": lambda rows: ("csv.gz", gzip.compress(spelt(rows).encode())[:-9]),
    "no gzip": lambda rows: ("csv.gz", spelt(rows).encode()),
    "Parquet among them": lambda rows: ("parquet", _parquet(rows)),
    "Parquet that is none": lambda rows: ("parquet", b"PAR1" + bytes(50) + b"PAR1"),
    "a program": lambda rows: ("csv", b"\x7fELF" + bytes(range(256))),
}  # fmt: skip
