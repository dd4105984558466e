"""The quick reader of CSV files gives what pandas gives, or leaves the file to it."""

from __future__ import annotations

import gzip
import random
import warnings
from pathlib import Path

import pandas as pd
import pytest

from labelfeed.data.frame import read_frame
from labelfeed.data.regular_csv import regular_cells


def by_pandas(path: Path, separator: str) -> list[list[str]] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(path, sep=separator, dtype=str, index_col=False,
                                keep_default_na=False, na_values=[""])  # fmt: skip
    except (ValueError, pd.errors.ParserWarning):
        return None
    return frame.fillna("").values.tolist()


def test_files_of_every_kind_are_read_as_pandas_reads_them_or_left_to_it(tmp_path):
    rng, path, read = random.Random(0), tmp_path / "rows.csv", 0
    atoms = ["1", "07", " ", "  ", "\t", '"', '""', '"b"', "", "é", "NA", "-1", "\\", "#", "'"]
    for trial in range(600):
        separator, end = rng.choice(",;\t"), rng.choice(["\n", "\r\n"])
        parts = [*atoms, separator, *(["\n", "\r\n", "\r"] if trial % 5 == 0 else [])]
        cells = ["".join(rng.choices(parts, k=rng.randint(0, 2))) for _ in range(12)]
        quoted = ['"{}"'.format(c.replace('"', '""')) if rng.random() < 0.5 else c for c in cells]
        if trial % 2:  # else as it comes
            quoted = [c if c.startswith('"') or c.isalnum() else "" for c in quoted]
        lines = ["a b c".replace(" ", separator)]
        lines += [separator.join(quoted[i : i + 3]) for i in range(0, 12, 3)]
        path.write_text(end.join(lines) + end * (trial % 3), newline="")
        found = regular_cells(path, separator, ["a", "b", "c"])
        if found is not None:
            read += 1
            assert found.fillna("").values.tolist() == by_pandas(path, separator), lines
    assert read > 200


@pytest.mark.parametrize(
    "text",
    [
        b"\na,b\n1,2\n",  # the header is not the first line
        b"a,b\n1\n1,2\n",
        b"a,b\n1,2,3\n",
        b"a,b\n \n1,2\n",
        b"a,b\r1,2\r",
        b"a,b\n1,\0\n",
        b"a,b\n1,\xff\n",
        b'a,b\n1,"2\n',
        b'a,b\n1",2\n3,"4',  # an even number of quotes, one of them open
        b'a,b\n1",2\n3,"',
        b'"a\nc",b\n1,2\n',
        b"",
    ],
)
def test_what_is_not_regular_is_left_to_others(tmp_path, text):
    (tmp_path / "rows.csv").write_bytes(text)
    assert regular_cells(tmp_path / "rows.csv", ",", ["a", "b"]) is None


def test_cells_stay_as_they_are_written_over_many_blocks(tmp_path):
    rows = "".join(f'{i:07d},"{i} ""x"", {"y" * 50}",1.50\n' for i in range(150_000))
    text = f"id,what,dose\n{rows}".encode()
    assert len(text) > 2 * (1 << 22)
    (tmp_path / "rows.csv").write_bytes(text)
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress(text, 1))
    for name in ("rows.csv", "rows.csv.gz"):
        frame, notes = read_frame(tmp_path / name)
        assert notes == ()
        assert frame.iloc[-1].tolist() == ["0149999", f'149999 "x", {"y" * 50}', "1.50"]
        assert frame["id"].tolist() == [f"{i:07d}" for i in range(150_000)]


def test_one_column_is_left_to_others(tmp_path):
    (tmp_path / "rows.csv").write_text("a\n1\n\n2\n")
    assert regular_cells(tmp_path / "rows.csv", ",", ["a"]) is None
    assert len(read_frame(tmp_path / "rows.csv")[0]) == 2
