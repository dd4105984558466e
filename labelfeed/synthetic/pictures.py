"""Pictures as numbers in [-1, 1], and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from labelfeed.data.described import from_description
from labelfeed.types import JSON

__all__ = ["PictureCodec"]


@dataclasses.dataclass(frozen=True)
class PictureCodec:
    """Pictures `(n, height, width, channels)` between black and white, as numbers in [-1, 1].

    Args:
        height: In pixels.
        width: In pixels.
        channels: 1 or 3.
        low: Value of black.
        high: Value of white.

    Example:
        >>> pixels = np.array([0, 128, 255], np.uint8).reshape(1, 1, 3, 1)
        >>> codec = PictureCodec.fit(pixels)
        >>> codec.decode(codec.encode(pixels)).ravel().tolist()
        [0, 128, 255]
    """

    height: int
    width: int
    channels: int
    low: float
    high: float

    @classmethod
    def fit(cls, pictures: np.ndarray) -> PictureCodec:
        """Learn the shape; of pixels that are no whole numbers of 8 or 16 bits, the ends too."""
        pictures = np.asarray(pictures)
        height, width = (int(size) for size in pictures.shape[1:3])
        channels = int(pictures.shape[3]) if pictures.ndim == 4 else 1
        ends = {np.uint8: (0.0, 255.0), np.uint16: (0.0, 65535.0)}.get(pictures.dtype.type)
        low, high = ends or (float(np.nanmin(pictures)), float(np.nanmax(pictures)))
        return cls(height, width, channels, low, high if high > low else low + 1.0)

    @property
    def shape(self) -> tuple[int, int, int]:
        """`(height, width, channels)`."""
        return self.height, self.width, self.channels

    def encode(self, pictures: np.ndarray) -> np.ndarray:
        """Return float32 in [-1, 1]."""
        values = np.asarray(pictures, np.float32).reshape(-1, *self.shape)
        return (values - np.float32(self.low)) * np.float32(2 / (self.high - self.low)) - 1

    def decode(self, x: np.ndarray) -> np.ndarray:
        """Return uint8 pictures: black is 0, white 255."""
        return np.rint((np.clip(x, -1, 1) + 1) * 127.5).astype(np.uint8)

    def to_json(self) -> dict[str, Any]:
        """Return the codec as JSON types."""
        return {"pictures": dataclasses.asdict(self)}

    @classmethod
    def from_json(cls, described: JSON) -> PictureCodec:
        """Return the codec that `to_json` described.

        Raises:
            ValueError: Something is missing, of another type, or does not fit.
        """
        if not isinstance(described, Mapping) or not isinstance(described.get("pictures"), Mapping):
            raise ValueError("expected an object 'pictures'")
        found: PictureCodec = from_description(cls, described["pictures"])
        if min(found.shape) < 1 or found.channels not in (1, 3) or not found.low < found.high:
            raise ValueError(f"{found} are no pictures")
        return found
