"""One PNG or JPEG file into pixels, and nothing else: no other format, no more pixels than allowed.

A file is what its content says, not its name: Pillow would start Ghostscript for an EPS that is
called .png, and fill the memory for a small file that declares a large picture.
"""

from __future__ import annotations

import dataclasses
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from labelfeed.data.dataset import DataError
from labelfeed.limits import allowed_pixels

__all__ = ["FORMATS", "Picture", "read_picture", "to_white"]

FORMATS = ("PNG", "JPEG")
_ALPHA = ("RGBA", "LA", "PA", "RGBa", "La")


@dataclasses.dataclass(frozen=True)
class Picture:
    """Pixels of a file.

    Args:
        pixels: Array of shape `(height, width, channels)`: uint8, or uint16 for a grey picture of
            16 bits, as the file has them.
        alpha: Whether the file has an alpha channel, which is not in the pixels.
        brightest: Greatest value before the picture was resized.
    """

    pixels: np.ndarray
    alpha: bool
    brightest: int


def read_picture(path: Path, size: tuple[int, int], color: str) -> Picture:
    """Read one picture.

    Args:
        path: PNG or JPEG file.
        size: Width and height to resize it to, in pixels.
        color: `"rgb"` or `"grey"`.

    Raises:
        DataError: It is of another format, broken, or has more pixels than allowed
            (`labelfeed.limits`); names the file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our bound counts
            with _open(path) as opened:
                if opened.width * opened.height > (most := allowed_pixels()):
                    _refuse(path, f"{opened.width} x {opened.height} pixels", most)
                alpha = opened.mode in _ALPHA or "transparency" in opened.info
                image: Image.Image = ImageOps.exif_transpose(opened)
                if image.mode.startswith("I"):
                    return Picture(*_wide(image, size, color))
                image = image.convert("RGB" if color == "rgb" else "L")
                image = image.resize(size, Image.Resampling.BILINEAR)
                pixels = np.asarray(image, dtype=np.uint8)
    except DataError:
        raise
    except UnidentifiedImageError as error:
        what = "it is no PNG or JPEG file, or broken"
        raise DataError(f"{path}: cannot be read as an image: {what}.") from error
    except Exception as error:  # a broken file raises what its broken part happens to raise
        reason = str(error) or type(error).__name__
        raise DataError(f"{path}: cannot be read as an image: {reason}") from error
    return Picture(pixels if color == "rgb" else pixels[..., None], alpha, 255)


def to_white(pixels: np.ndarray, white: int) -> np.ndarray:
    """Return uint16 pixels stretched so that `white` becomes 65535; brighter ones are cut there.

    Example:
        >>> to_white(np.array([0, 4095, 5000]), 4095).tolist()
        [0, 65535, 65535]
    """
    cut = np.minimum(pixels, white).astype(np.float64)
    stretched: np.ndarray = np.rint(cut * (65535 / white)).astype(np.uint16)
    return stretched


def _open(path: Path) -> Image.Image:
    try:
        return Image.open(path, formats=FORMATS)
    except Image.DecompressionBombError as error:
        bound = Image.MAX_IMAGE_PIXELS
        most = allowed_pixels()
        if bound is None or most < 2 * bound:
            _refuse(path, "too many pixels", most, error)
    # Beyond twice Pillow's own bound nothing can be opened but without it; then ours is checked.
    Image.MAX_IMAGE_PIXELS = None
    try:
        return Image.open(path, formats=FORMATS)
    finally:
        Image.MAX_IMAGE_PIXELS = bound


def _wide(image: Image.Image, size: tuple[int, int], color: str) -> tuple[np.ndarray, bool, int]:
    """Return pixels, alpha and the greatest value of a picture of 16 bits."""
    values = np.asarray(image).clip(0, 65535).astype(np.float32)
    resized = Image.fromarray(values).resize(size, Image.Resampling.BILINEAR)
    pixels = np.rint(np.asarray(resized)).clip(0, 65535).astype(np.uint16)[..., None]
    return np.repeat(pixels, 3 if color == "rgb" else 1, axis=2), False, int(values.max())


def _refuse(path: Path, found: str, most: int, error: Exception | None = None) -> None:
    raise DataError(
        f"{path}: {found}, and {most} are allowed; make the picture smaller, or raise it with "
        "--max-pixels (Python: max_pixels)."
    ) from error
