"""Mutated files of every kind through `load_data`."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.inputs_bombs import bomb_case
from benchmarks.inputs_csv import COLUMNS, TARGET, Mutated, base_rows, csv_file
from benchmarks.inputs_pictures import picture_case
from benchmarks.inputs_tally import Case
from labelfeed.data.dataset import Dataset
from labelfeed.data.loading import load_data
from labelfeed.labels.spec import LabelSpec

__all__ = ["damaged", "file_case", "same_cells", "typed_file"]

_SPEC = LabelSpec.single(["ill", "well"], name=TARGET)
_BOMBS = 50  # one of so many files is a bomb


def file_case(seed: int, number: int, folder: Path) -> Case:
    """Return the case of a number; its file is written to a folder.

    Args:
        seed: Of all cases.
        number: Which case.
        folder: Where the file is written; the last one of that kind is overwritten.
    """
    rng = np.random.default_rng([seed, number])
    if number % _BOMBS == 0:
        return bomb_case(rng, folder)
    draw = rng.integers(8)
    if draw == 0:
        return picture_case(rng, folder / "pictures")
    if draw == 1:
        return _arrays(rng, folder)
    mutated = typed_file(rng) if draw == 2 else csv_file(rng)
    path = folder / f"rows{mutated.suffix}"
    path.write_bytes(mutated.content)
    names = mutated.names
    if names is not None and rng.random() < 0.25:
        return _later(mutated, path, names)

    def read() -> Dataset:
        return load_data(path, target=TARGET, **mutated.reading)

    right = None if names is None else lambda data: same_cells(data, names, mutated.rows)
    return Case(f"{mutated.suffix}, {mutated.what}", read, right, not mutated.strict)


def _later(mutated: Mutated, path: Path, names: tuple[str, ...]) -> Case:
    """Return the case of a file that a run reads: a class that it does not know is refused."""
    targets = [_plain(row[names.index(TARGET)]) for row in mutated.rows]
    strange = [place for place, cell in enumerate(targets, 1) if cell not in ("ill", "well", None)]
    right = None if strange else lambda data: same_cells(data, names, mutated.rows)

    def read() -> Dataset:
        return load_data(path, spec=_SPEC, **mutated.reading)

    what = f"{mutated.suffix}, {mutated.what}, for a run"
    return Case(what, read, right, not mutated.strict)


def same_cells(data: Dataset, names: tuple[str, ...], rows: list[list[str]]) -> bool:
    """Return whether a dataset holds just these cells: features, and names of classes."""
    features = [name for name in names if name not in ("", TARGET)]
    if sorted(data.features.columns) != sorted(features) or len(data) != len(rows):
        return False
    for place, name in enumerate(names):
        if not name:
            continue
        given = data.spec.decode(data.labels) if name == TARGET else data.features[name]
        if [_plain(cell) for cell in given] != [_plain(row[place]) for row in rows]:
            return False
    return True


_MISSING = {"", "?", "na", "n/a", "<na>", "nan", "none", "null", "unknown"}


def _plain(cell: Any) -> Any:
    """Return what a cell is, however it is written: a number, a word, `None`."""
    if cell is None or cell is pd.NA or cell != cell:
        return None
    text = str(cell).strip()
    if text.lower() in _MISSING:
        return None
    try:
        number = float(text) if "_" not in text else math.nan
    except ValueError:
        return text
    return number if number == number else text


def typed_file(rng: np.random.Generator) -> Mutated:
    """Return a Parquet or Excel file: whole, in other types, or with bytes changed."""
    rows = base_rows(rng)
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).replace({"": None})
    frame["age"], frame["dose"] = frame["age"].astype(float), frame["dose"].astype(int)
    suffix = (".parquet", ".xlsx")[rng.integers(2)]
    kinds: dict[str, Any] = {"dose": ("float32", "Int64", "uint8", "int16")[rng.integers(4)]}
    kinds |= {"site": ("category", "string", "object")[rng.integers(3)]}
    frame = frame.astype(kinds)
    made = io.BytesIO()
    if suffix == ".parquet":
        frame.to_parquet(made, compression=("snappy", "gzip", None)[rng.integers(3)])
    else:
        frame.to_excel(made, index=False)
    content = bytearray(made.getvalue())
    if rng.random() < 0.3:
        return Mutated(f"{kinds}", bytes(content), suffix, COLUMNS, rows, strict=True)
    what = damaged(content, rng)
    read = pd.read_parquet if suffix == ".parquet" else pd.read_excel
    try:  # what the bytes are now, if they are anything
        found = read(io.BytesIO(bytes(content)))
        cells = [["" if c is None or c is pd.NA or c != c else str(c) for c in row]
                 for row in found.astype(object).itertuples(index=False)]  # fmt: skip
        names = tuple(map(str, found.columns))
    except Exception:
        names, cells = COLUMNS, rows
    return Mutated(what, bytes(content), suffix, names, cells)


def damaged(content: bytearray, rng: np.random.Generator) -> str:
    """Change bytes in place, and return what was done."""
    what = ("flip", "cut", "zeros", "delete")[rng.integers(4)]
    for _ in range(rng.integers(1, 6)):
        place = int(rng.integers(max(len(content), 1)))
        if what == "flip" and content:
            content[place] ^= 1 << int(rng.integers(8))
        elif what == "cut":
            del content[place:]
        elif what == "zeros":
            content[place : place + 8] = bytes(len(content[place : place + 8]))
        else:
            del content[place : place + 3]
    return what


def _arrays(rng: np.random.Generator, folder: Path) -> Case:
    """Return an npz: whole, of another type or shape, broken, or with bytes changed."""
    x, y = rng.normal(size=(20, 4)), np.arange(20) % 3
    names = np.array(["a", "b", "c"])[y]
    weird = np.array([None, 1], object)
    harmless: dict[str, Callable[[], dict[str, Any]]] = {
        "as it is": lambda: {"x": x, "y": y},
        "names": lambda: {"x": x, "y": names},
        "fortran": lambda: {"x": np.asfortranarray(x), "y": y.astype("uint8")},
        "big endian": lambda: {"x": x.astype(">f8"), "y": y.astype(">i4")},
        "one-hot": lambda: {"x": x, "y": np.eye(3)[y]},
        "more arrays": lambda: {"x": x, "y": y, "z": np.zeros(3), "w": np.array("text")},
    }
    broken: dict[str, Callable[[], dict[str, Any]]] = {
        "objects": lambda: {"x": x, "y": np.array([weird] * 10).ravel()},
        "lengths": lambda: {"x": x, "y": y[:-1]},
        "no x": lambda: {"features": x, "y": y},
        "no y": lambda: {"x": x, "labels": y},
        "infinite": lambda: {"x": np.where(np.arange(4) == 1, np.inf, x), "y": names[:3]},
        "text": lambda: {"x": x.astype(str), "y": y[:5]},
        "flat": lambda: {"x": x[:, 0], "y": y},
        "five axes": lambda: {"x": np.zeros((20, 1, 1, 1, 1)), "y": y},
        "complex": lambda: {"x": x.astype(complex), "y": y},
        "dates": lambda: {"x": x.astype("datetime64[s]"), "y": y},
        "empty": lambda: {"x": x[:0], "y": y[:0]},
        "one class": lambda: {"x": x, "y": y * 0},
        "cube of labels": lambda: {"x": x, "y": np.zeros((20, 2, 2))},
    }
    path, made, kind = folder / "rows.npz", io.BytesIO(), rng.integers(3)
    pool = broken if kind == 1 else harmless
    what = list(pool)[rng.integers(len(pool))]
    (np.savez, np.savez_compressed)[rng.integers(2)](made, **pool[what]())
    content = bytearray(made.getvalue())
    if kind == 2:
        what = f"{what}, {_hostile(content, rng)}"
    path.write_bytes(content)

    def right(data: Dataset) -> bool:
        shown = np.array(data.spec.names or range(data.spec.num_classes))[data.labels]
        same = np.array_equal(np.unique(shown, return_inverse=True)[1], y)
        return same and np.array_equal(data.features, x)

    return Case(f".npz, {what}", lambda: load_data(path), None if kind == 1 else right, kind == 2)


def _hostile(content: bytearray, rng: np.random.Generator) -> str:
    """Change an npz in place so that it may declare anything, and return what was done."""
    if rng.random() < 0.6:
        return damaged(content, rng)
    shape = ("(10**12, 4)", "(-1, 4)", "(20, 10**30)", "(" * 200, "()", "(20, 4), 'a': __import__")
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape[rng.integers(6)]}, }}"
    text = header.encode().ljust(117) + b"\n"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", (0, 8, 12, 14)[rng.integers(4)]) as archive:
        size = len(text).to_bytes(2, "little")
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00" + size + text + bytes(640))
        archive.writestr("y.npy", b"\x93NUMPY\x01\x00" + size + text + bytes(160))
    content[:] = made.getvalue()
    return header
