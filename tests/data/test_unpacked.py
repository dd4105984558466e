from __future__ import annotations

import gzip

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.frame import read_frame
from labelfeed.limits import limits


@pytest.fixture
def bomb(tmp_path):
    """11 MB of one cell in 11 kB."""
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"a,b\n1,")
        file.writelines(b"0" * 1_000_000 for _ in range(11))
        file.write(b"\n")
    assert path.stat().st_size < 20_000
    return path


def test_gzip_is_bounded_and_the_bound_can_be_raised(bomb):
    with (
        limits(max_bytes=1_000_000),
        pytest.raises(DataError, match=r"more than 1\.0 MB, .*allowed"),
    ):
        read_frame(bomb)
    with limits(max_bytes=12_000_000):
        assert read_frame(bomb)[0].shape == (1, 2)
    assert read_frame(bomb)[0].shape == (1, 2)


def test_parquet_is_bounded(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"a": np.zeros(2_000_000), "b": 1}).to_parquet(path)
    assert path.stat().st_size < 100_000
    with limits(max_bytes=1_000_000), pytest.raises(DataError, match=r"it takes 32\.0 MB"):
        read_frame(path)
    assert read_frame(path)[0].shape == (2_000_000, 2)


@pytest.mark.parametrize("place", [3, 12, 40, -6, None])
def test_a_corrupt_gzip(tmp_path, place):
    path = tmp_path / "a.csv.gz"
    content = bytearray(
        gzip.compress("\n".join(["a,b", *(f"{i},{i * i}" for i in range(300))]).encode())
    )
    if place is None:
        content = content[:-20]
    else:
        content[place : place + 4] = b"\xff" * 4
    path.write_bytes(content)
    for most in (None, 10):
        with (
            limits(max_bytes=most),
            pytest.raises(DataError, match=r"cannot be read|allowed|UTF-8"),
        ):
            read_frame(path)


def test_columns_are_bounded(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"x{i}" for i in range(500)) + "\n" + ",".join(["1"] * 500))
    message = r"its 500 columns take 1\.5 MB, and 1\.0 MB are allowed; raise it with --max-bytes 15"
    with limits(max_bytes=1_000_000), pytest.raises(DataError, match=message):
        read_frame(path)
    with limits(max_bytes=1_500_000):
        assert read_frame(path)[0].shape == (1, 500)
