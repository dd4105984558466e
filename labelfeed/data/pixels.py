"""The pixels of all pictures of a folder in one array, with one meaning of white."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from labelfeed.data.dataset import DataError
from labelfeed.data.picture import read_picture, to_white
from labelfeed.limits import allowed_bytes, in_words
from labelfeed.types import Features

__all__ = ["Pixels", "UnreadPictures", "pixel_bytes", "read_pixels"]

_SHARE = 0.5  # of the memory: they are copied once when they are preprocessed


@dataclasses.dataclass(frozen=True)
class Pixels:
    """Pixels of pictures.

    Args:
        pixels: Array of shape `(n, height, width, channels)`: uint8, or uint16 with 65535 as white.
        white: Value that is white in the files of 16 bits; `None` where uint8 is returned.
        notes: What the user should know, a line each.
    """

    pixels: Features
    white: int | None
    notes: tuple[str, ...]


def read_pixels(
    paths: Sequence[Path],
    ids: Sequence[str],
    size: tuple[int, int],
    color: str,
    white: int | None = None,
    on_image: Callable[[int, int], None] | None = None,
) -> Pixels:
    """Read pictures, resized.

    Pictures of 16 bits often hold 10 or 12 (X-ray, microscopes), so that their upper 8 bits are
    nearly black. They are stretched by the bits that they use, those of 8 bits by 8.

    Args:
        paths: PNG and JPEG files.
        ids: Their names in notes.
        size: Height and width.
        color: `"rgb"` or `"grey"`.
        white: Value that is white in pictures of 16 bits, as it was in training; 0 where training
            had none of them: of each the upper 8 bits. `None` finds it.
        on_image: Called after each image with the number read and the number of all.

    Raises:
        DataError: A picture that cannot be read, or more bytes than allowed (`labelfeed.limits`).
    """
    shape = (len(paths), *size, 3 if color == "rgb" else 1)
    _check_size(shape, 1 if white in (None, 0) else 2)
    images = np.empty(shape, np.uint8)
    wide = np.zeros(len(paths), bool)
    alpha = np.zeros(len(paths), bool)
    brightest = 0
    for row, path in enumerate(paths):
        picture = read_picture(path, (size[1], size[0]), color)
        pixels, alpha[row] = picture.pixels, picture.alpha
        wide[row] = pixels.dtype == np.uint16
        if wide[row]:
            brightest = max(brightest, picture.brightest)
            if white == 0:
                pixels = pixels >> 8
            elif images.dtype == np.uint8:
                _check_size(shape, 2)
                images = images.astype(np.uint16)
        images[row] = pixels
        if on_image is not None:
            on_image(row + 1, len(paths))
    notes = []
    if alpha.any():
        first = ids[int(alpha.argmax())]
        notes.append(f"{alpha.sum()} image(s) have an alpha channel, which is dropped ({first})")
    first = ids[int(wide.argmax())] if wide.any() else ""
    if white == 0:
        if wide.any():
            what = "of 16 bits, of which the upper 8 are read, as the run was trained on 8"
            notes.append(f"{wide.sum()} image(s) {what} ({first})")
        return Pixels(images, None, tuple(notes))
    if white is None:
        if not wide.any():
            return Pixels(images, None, tuple(notes))
        bits = max(brightest.bit_length(), 1)
        white = 2**bits - 1
        what = f"of 16 bits, of which {bits} are used: {white} is read as white"
        notes.append(f"{wide.sum()} image(s) {what} ({first})")
    elif brightest > white:
        what = (
            f"images are as bright as {brightest}; the run takes {white} for white and cuts there"
        )
        notes.append(what)
    common = np.empty(shape, np.uint16)
    for row in range(len(paths)):
        common[row] = to_white(images[row], white if wide[row] else 255)
    return Pixels(common, white, tuple(notes))


@dataclasses.dataclass(frozen=True)
class UnreadPictures:
    """Pictures that stay on disk, in the place of their pixels.

    Args:
        paths: PNG and JPEG files.
        ids: Their names.
        size: Height and width.
        color: `"rgb"` or `"grey"`.

    Example:
        >>> pictures = UnreadPictures((Path("a.png"), Path("b.png")), ("a", "b"), (8, 8), "grey")
        >>> pictures.shape, pictures[[1]].ids
        ((2, 8, 8, 1), ('b',))
    """

    paths: tuple[Path, ...]
    ids: tuple[str, ...]
    size: tuple[int, int]
    color: str

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape that their pixels have."""
        return (len(self.paths), *self.size, 3 if self.color == "rgb" else 1)

    @property
    def ndim(self) -> int:
        """4: `(n, height, width, channels)`."""
        return len(self.shape)

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.paths)

    def __getitem__(self, rows: np.ndarray | Sequence[int] | slice) -> UnreadPictures:
        """Return some of them."""
        chosen = np.arange(len(self))[rows]
        paths, ids = tuple(self.paths[k] for k in chosen), tuple(self.ids[k] for k in chosen)
        return dataclasses.replace(self, paths=paths, ids=ids)

    def read(
        self, white: int | None = None, on_image: Callable[[int, int], None] | None = None
    ) -> Pixels:
        """Return their pixels; arguments as for `read_pixels`."""
        return read_pixels(self.paths, self.ids, self.size, self.color, white, on_image)


def pixel_bytes(pictures: UnreadPictures) -> tuple[int, int]:
    """Return the bytes of the pixels, and how many may be read into the memory."""
    return int(np.prod(pictures.shape, dtype=object)), allowed_bytes(_SHARE)


def _check_size(shape: tuple[int, ...], width: int) -> None:
    size = width * int(np.prod(shape, dtype=object))
    if size > (most := allowed_bytes(_SHARE)):
        raise DataError(
            f"{shape[0]} images of {shape[1]} x {shape[2]} pixels take {in_words(size)}, and "
            f"{in_words(most)} are allowed: choose a smaller image size, or raise it with "
            f"--max-bytes {size} (Python: max_bytes)."
        )
