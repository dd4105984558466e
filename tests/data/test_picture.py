from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import EpsImagePlugin, Image

from labelfeed.data.dataset import DataError
from labelfeed.data.picture import read_picture, to_white
from labelfeed.limits import limits


def png(width: int, height: int, data: bytes = b"") -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(data)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.png"


@pytest.mark.parametrize("kind", ["EPS", "GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_only_png_and_jpeg_whatever_the_name(path, kind, monkeypatch):
    def started(*args, **options):
        raise AssertionError("Ghostscript")

    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", started)
    Image.new("RGB", (8, 8)).save(path, format=kind)
    with pytest.raises(DataError, match=r"a\.png: .*it is no PNG or JPEG file"):
        read_picture(path, (4, 4), "rgb")
    Image.new("RGB", (8, 8)).save(path, format="JPEG")  # the content counts, not the name
    assert read_picture(path, (4, 4), "rgb").pixels.shape == (4, 4, 3)


@pytest.mark.parametrize("size", [(9000, 8000), (12_000, 12_000), (50_000, 50_000)])
def test_pixels_are_counted_before_they_are_unpacked(path, size, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("unpacked"))
    path.write_bytes(png(*size))
    with pytest.raises(DataError, match=r"64000000 are allowed; .*--max-pixels"):
        read_picture(path, (4, 4), "grey")


def test_the_bound_of_pixels_can_be_raised_beyond_pillows(path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    path.write_bytes(png(30, 30, (b"\0" + b"\x50" * 30) * 30))
    with limits(max_pixels=15), pytest.raises(DataError, match="15 are allowed"):
        read_picture(path, (4, 4), "grey")
    with limits(max_pixels=899), pytest.raises(DataError, match="30 x 30 pixels, and 899"):
        read_picture(path, (4, 4), "grey")
    with limits(max_pixels=900):
        assert (read_picture(path, (4, 4), "grey").pixels == 0x50).all()
    assert Image.MAX_IMAGE_PIXELS == 10


def test_sixteen_bits_stay(path):
    Image.fromarray(np.arange(4096, dtype=np.uint16).reshape(64, 64)).save(path)
    found = read_picture(path, (64, 64), "grey")
    assert found.pixels.dtype == np.uint16 and found.brightest == 4095
    np.testing.assert_array_equal(found.pixels.ravel(), np.arange(4096))
    assert read_picture(path, (8, 4), "rgb").pixels.shape == (4, 8, 3)


def test_white():
    assert to_white(np.array([0, 1, 4000, 4095, 9999], np.uint16), 4095).tolist() == [
        0, 16, 64015, 65535, 65535,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "alpha"), [("RGB", False), ("L", False), ("RGBA", True), ("LA", True), ("P", False)]
)
def test_an_alpha_channel_is_told(path, mode, alpha):
    Image.new(mode, (8, 8)).save(path)
    assert read_picture(path, (4, 4), "rgb").alpha is alpha


def test_transparency_of_a_palette_is_told(path):
    Image.new("P", (8, 8)).save(path, transparency=0)
    assert read_picture(path, (4, 4), "rgb").alpha
