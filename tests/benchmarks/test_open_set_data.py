"""Splits by class, and the two file formats."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from benchmarks.open_set_data import load, split


def test_unseen_classes_are_in_no_training_row() -> None:
    x, y = load("digits", None)
    parts = split(x, y, 3, seed=0, most=500)
    new = set(parts.unseen[1])
    assert len(new) == 3 and len(parts.train[0]) == 500
    label = {row.tobytes(): c for row, c in zip(x, y, strict=True)}
    trained = sorted(set(range(10)) - new)
    for rows, ids in (parts.train, parts.validation, parts.known):
        assert [label[row.tobytes()] for row in rows] == [trained[i] for i in ids]
    old = [{row.tobytes() for row in p[0]} for p in (parts.train, parts.validation, parts.known)]
    assert not (old[0] & old[1]) and not (old[0] & old[2]) and not (old[1] & old[2])
    assert set(split(x, y, 3, seed=1, most=500).unseen[1]) != new


def test_vectors_are_standardised_on_the_training_rows() -> None:
    rng = np.random.default_rng(0)
    parts = split(rng.normal(5, 3, (400, 4)), rng.integers(0, 8, 400), 2, seed=0, most=1000)
    np.testing.assert_allclose(parts.train[0].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(parts.train[0].std(axis=0), 1, atol=1e-4)


def test_files_are_read(tmp_path) -> None:
    lines = ["Letter,1,2,3", "B,1,2,3", "A,4,5,6", "B,7,8,9"]
    (tmp_path / "letter-recognition.data").write_text("\n".join(lines) + "\n")
    x, y = load("letter", tmp_path)
    assert y.tolist() == [1, 0, 1] and x[1].tolist() == [4, 5, 6]
    images = np.arange(2 * 4 * 4, dtype=np.uint8)
    head = b"\0\0\x08\x03" + np.array([2, 4, 4], ">i4").tobytes()
    (tmp_path / "notmnist-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + images.tobytes()))
    head = b"\0\0\x08\x01" + np.array([2], ">i4").tobytes()
    (tmp_path / "notmnist-labels-idx1-ubyte.gz").write_bytes(gzip.compress(head + b"\3\0"))
    x, y = load("notmnist", tmp_path)
    assert x.shape == (2, 2, 2, 1) and y.tolist() == [3, 0]
    assert x[0, 0, 0, 0] == pytest.approx((0 + 1 + 4 + 5) / 4 / 255)
    with pytest.raises(SystemExit, match="give --data DIR"):
        load("notmnist", None)
