"""Prepared rows written in parts, read in groups."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from labelfeed.data import spool
from labelfeed.data.dataset import DataError
from labelfeed.data.spool import Spool, check_space


def test_what_was_written_in_parts_is_read_in_groups(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(spool, "_GROUP_BYTES", 3 * (8 + 4 + 8 + 4))
    x, side = np.arange(20, dtype=np.float32).reshape(10, 2), np.arange(10, dtype=np.int32)
    y, weight = np.arange(10), np.linspace(0, 1, 10, dtype=np.float32)
    with Spool(tmp_path) as written:
        for part in (slice(0, 4), slice(4, 4), slice(4, 10)):
            written.append(({"x": x[part], "side": side[part]}, y[part], weight[part]))
    assert written.sizes == (3, 3, 3, 1) and written.rows == 10
    parts = [written.read(group) for group in range(4)]
    assert np.array_equal(np.concatenate([p[0]["x"] for p in parts]), x)
    assert np.array_equal(np.concatenate([p[0]["side"] for p in parts]), side)
    assert np.array_equal(np.concatenate([p[2] for p in parts]), weight)
    assert parts[3][1].tolist() == [9]


def test_pictures_keep_their_shape(tmp_path: Path) -> None:
    x = np.arange(48, dtype=np.uint8).reshape(4, 2, 2, 3)
    with Spool(tmp_path) as written:
        written.append((x, np.zeros((4, 2), np.float32)))
        assert np.array_equal(written.read(0)[0], x) and written.read(0)[1].shape == (4, 2)
        with pytest.raises(ValueError, match="expected uint8"):
            written.append((x.astype(float), np.zeros((4, 2), np.float32)))


def test_a_disk_without_room_is_said_before_anything_is_written(tmp_path: Path) -> None:
    check_space(tmp_path, 10)
    with pytest.raises(DataError, match=r"take .* on disk .* choose an --out on a larger disk"):
        check_space(tmp_path, 1e18)
