"""Folders of pictures, one of them odd or damaged."""

from __future__ import annotations

import io
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.inputs_tally import Case
from labelfeed.data.dataset import Dataset
from labelfeed.data.loading import load_data

__all__ = ["picture_case"]

SIDE = 8


def picture_case(rng: np.random.Generator, folder: Path) -> Case:
    """Return the case of a folder of two classes; one picture in it is odd.

    Args:
        rng: Draws the pictures and what is odd.
        folder: Written anew.
    """
    shutil.rmtree(folder, ignore_errors=True)
    pixels = rng.integers(0, 256, (8, SIDE, SIDE, 3)).astype(np.uint8)
    for place, picture in enumerate(pixels):
        file = folder / "ab"[place % 2] / f"{place}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_png(Image.fromarray(picture)))
    odd = folder / "a" / "0.png"
    whole = bytearray(odd.read_bytes())
    what = _WAYS[rng.integers(len(_WAYS))]
    expected: np.ndarray | None = pixels[0]
    refusable = what in ("flip", "cut", "tail")
    if what == "flip":
        whole[int(rng.integers(len(whole)))] ^= 1 << int(rng.integers(8))
    elif what == "cut":
        del whole[int(rng.integers(len(whole))) :]
    elif what == "tail":
        whole += rng.bytes(100)
    elif what in ("RGBA", "P", "CMYK"):
        mode = {"RGBA": "RGBA", "P": "P", "CMYK": "CMYK"}[what]
        made = Image.fromarray(pixels[0]).convert(mode)
        if mode == "CMYK":
            buffer = io.BytesIO()
            made.save(buffer, "JPEG")
            whole, made = bytearray(buffer.getvalue()), Image.open(io.BytesIO(buffer.getvalue()))
            refusable = True
        else:
            whole = bytearray(_png(made))
        expected = np.asarray(made.convert("RGB"))
    elif what in _FOREIGN:
        whole, expected = bytearray(_FOREIGN[what]), None
    elif what == "huge":  # declares 100,000 x 100,000 pixels
        whole[16:24] = struct.pack(">II", 100_000, 100_000)
        whole[29:33] = struct.pack(">I", zlib.crc32(whole[12:29]))
        expected = None
    elif what == "other files":
        (folder / "a" / "notes.txt").write_text("seen")
        (folder / ".DS_Store").write_bytes(b"x")
        (folder / "b" / "Thumbs.db").write_bytes(b"x")
    odd.write_bytes(whole)

    def right(data: Dataset) -> bool:
        order = [int(Path(str(name)).stem) for name in data.row_ids]
        same = sorted(order) == list(range(8)) and data.spec.names == ("a", "b")
        same = same and data.labels.tolist() == [place % 2 for place in order]
        for place, features in zip(order, data.features, strict=True):
            wanted = pixels[place] if place else expected
            if refusable and not place:
                continue  # damaged pixels are what the reader of pictures makes of them
            same = same and np.array_equal(features, wanted)
        return same

    def read() -> Dataset:
        return load_data(folder, image_size=SIDE)

    return Case(f"pictures, {what}", read, None if expected is None else right, refusable)


def _png(image: Image.Image) -> bytes:
    made = io.BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


def _gif() -> bytes:
    made = io.BytesIO()
    Image.new("L", (SIDE, SIDE)).save(made, "GIF")
    return made.getvalue()


_FOREIGN = {
    "empty": b"",
    "a page": b"<html><body>Not found</body></html>",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\nshowpage\n",
    "GIF": _gif(),
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "signature only": b"\x89PNG\r\n\x1a\n",
}
_WAYS = (
    "whole",
    "flip",
    "flip",
    "cut",
    "tail",
    "RGBA",
    "P",
    "CMYK",
    "huge",
    "other files",
    *_FOREIGN,
)
