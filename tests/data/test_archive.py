from __future__ import annotations

import io
import struct
import zipfile

import numpy as np
import pytest

from labelfeed.data.archive import read_archive
from labelfeed.data.arrays import load_arrays
from labelfeed.data.dataset import DataError
from labelfeed.limits import limits

X = np.arange(12.0).reshape(4, 3)


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=False)
    return stream.getvalue()


def declared(header: str, version: int = 1) -> bytes:
    text = header.encode() + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text


def archive(path, how=zipfile.ZIP_DEFLATED, **members: bytes):
    with zipfile.ZipFile(path, "w", how) as made:
        for name, content in members.items():
            made.writestr(f"{name}.npy", content)
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.npz"


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("array", [X, X.T.copy().T, np.array(["b", ""]), np.zeros((0, 3)), X[0, 0]])
def test_reads_what_numpy_reads(path, save, array):
    save(path, x=array, other=X)
    found = read_archive(path, ["x", "absent"])
    assert found["other"] is None and set(found) == {"x", "other"}
    np.testing.assert_array_equal(found["x"], array)
    assert found["x"].dtype == array.dtype


def test_numbers_of_another_byte_order(path):
    np.savez(path, x=X.astype(">f8"), y=np.array([0, 1, 2, 1], ">i4"))
    data = load_arrays(path)
    assert data.features.dtype.isnative and data.labels.tolist() == [0, 1, 2, 1]
    np.testing.assert_array_equal(data.features, X)


BOMB = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 30), }"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (declared(BOMB) + bytes(80), r"'x' declares 240\.0 GB, shape .* and holds 80 bytes"),
        (declared(BOMB.replace("1000000000", "-1")), "it is broken"),
        (declared(BOMB.replace("<f8", "<U0")), "it is broken"),
        (declared(BOMB.replace("<f8", "|O")), "Python objects"),
        (declared(BOMB, 2), "it is broken"),
        (declared("(" * 5000 + ")" * 5000), "cannot be read as npz"),
        (declared("{'shape': ((((, }"), "cannot be read as npz"),
        (declared("{}"), "cannot be read as npz"),
        (b"\x93NUMPY\x03\x00", r"npy format \(3, 0\)"),
        (b"", "cannot be read as npz"),
        (npy(X)[:-8], "it is broken"),
        (npy(X) + b"more", "it is broken"),
    ],
)
def test_what_is_declared_is_checked_before_it_is_read(path, content, message):
    with pytest.raises(DataError, match=message):
        load_arrays(archive(path, x=content, y=npy(np.zeros(4))))


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_thousand_bytes_stay_small(path, how):
    archive(path, how, x=npy(np.zeros((4000, 1000))), y=npy(np.zeros(4000)))
    assert path.stat().st_size < 20_000  # 32 MB, unpacked
    with pytest.raises(DataError, match=r"numpy\.savez_compressed does not use"):
        load_arrays(path)


def test_the_bytes_are_bounded_by_an_option(path):
    np.savez_compressed(path, x=X, y=[0, 1, 0, 1], unread=np.zeros(10_000))
    with limits(max_bytes=300), pytest.raises(DataError, match="more than the 300 bytes allowed"):
        load_arrays(path)
    with limits(max_bytes=1000):
        assert load_arrays(path).features.shape == (4, 3)


def test_a_broken_member(path):
    np.savez_compressed(path, x=np.random.default_rng(0).random((40, 30)), y=[0, 1] * 20)
    content = bytearray(path.read_bytes())
    for start in range(60, 9000, 300):
        broken = content.copy()
        broken[start : start + 8] = b"\xff" * 8
        path.write_bytes(broken)
        with pytest.raises(DataError):
            load_arrays(path)


def test_an_encrypted_member(path):
    np.savez(path, x=X, y=[0, 1, 0, 1])
    content = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="'x' is encrypted"):
        load_arrays(path)
