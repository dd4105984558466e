"""Small files that unpack to much, or are shaped like no table: refused, or read in bounds."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.inputs_csv import TARGET
from benchmarks.inputs_tally import Case
from labelfeed.data.dataset import Dataset
from labelfeed.data.loading import load_data

__all__ = ["BOMBS", "bomb", "bomb_case"]

_ALLOWED = 8_000_000  # bytes that a file may unpack to
_UNPACKED = 200_000_000
_LIMIT_MB = 100


def bomb_case(rng: np.random.Generator, folder: Path) -> Case:
    """Return the case of a file that would take far more memory than it is allowed.

    Args:
        rng: Draws the kind of file.
        folder: Where it is written.
    """
    kinds = list(BOMBS)
    return bomb(kinds[rng.integers(len(kinds))], folder)


def bomb(what: str, folder: Path) -> Case:
    """Return the case of one of `BOMBS`."""
    suffix, make, fits = BOMBS[what]
    path = folder / f"bomb{suffix}"
    path.write_bytes(make())

    def read() -> Dataset:
        return load_data(path, target=TARGET if suffix != ".npz" else None, max_bytes=_ALLOWED)

    right = (lambda data: len(data) == _ROWS) if fits else None
    return Case(f"{suffix}, {what}", read, right, fits, limit_mb=_LIMIT_MB)


_ROWS = 4


def _text() -> bytes:
    line = b"1.5,2.5,well\n" * 1000
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", compresslevel=1) as file:
        file.write(b"a,b,class\n")
        for _ in range(_UNPACKED // len(line)):
            file.write(line)
    return made.getvalue()


def _zipped(name: str, start: bytes) -> bytes:
    made = io.BytesIO()
    archive = zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open(name, "w") as member:
        member.write(start)
        for _ in range(_UNPACKED // 10**6):
            member.write(bytes(10**6))
    return made.getvalue()


def _header() -> bytes:
    made = io.BytesIO()
    shape = (_UNPACKED // 8 // 4, 4)
    form = {"descr": "<f8", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(made, form)
    return made.getvalue()


def _parquet() -> bytes:
    made = io.BytesIO()
    frame = pd.DataFrame({"a": np.zeros(_UNPACKED // 80), "class": "well"})
    frame.to_parquet(made)
    return made.getvalue()


def _wide() -> bytes:
    names = ",".join(f"x{i}" for i in range(500))
    rows = [",".join(["1.5"] * 500) + f",{'well' if r % 2 else 'ill'}" for r in range(_ROWS)]
    return "\n".join([f"{names},class", *rows]).encode()


def _long_cell() -> bytes:
    rows = [f"{'x' * 2_000_000},{r},{'well' if r % 2 else 'ill'}" for r in range(_ROWS)]
    return "\n".join(["a,b,class", *rows]).encode()


def _quotes() -> bytes:
    return b"a,b,class\n" + b'"' * 2_000_001


# what: (suffix, content, whether it may be read)
BOMBS: dict[str, tuple[str, Callable[[], bytes], bool]] = {
    "text of 200 MB": (".csv.gz", _text, False),
    "array of 200 MB": (".npz", lambda: _zipped("x.npy", _header()), False),
    "sheet of 200 MB": (".xlsx", lambda: _zipped("xl/worksheets/sheet1.xml", b"<x>"), False),
    "rows of 40 MB": (".parquet", _parquet, False),
    "500 columns": (".csv", _wide, True),
    "cells of 2 MB": (".csv", _long_cell, True),
    "2 million quotes": (".csv", _quotes, False),
    "2 million separators": (".csv", lambda: b"a,b,class\n" + b"," * 2_000_000, False),
    "2 million names": (".csv", lambda: b"," * 2_000_000 + b"class\n1\n", False),
}
