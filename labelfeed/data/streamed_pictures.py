"""A folder of pictures that do not fit into the memory: a sample, and all of them in turn."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.duplicates import row_hashes
from labelfeed.data.files import data_files
from labelfeed.data.files_below import files_below
from labelfeed.data.images import IMAGE_SUFFIXES
from labelfeed.data.loading import load_data
from labelfeed.data.pixels import Pixels, UnreadPictures, pixel_bytes
from labelfeed.data.row_sides import RowSides, sample_ranks
from labelfeed.data.split import Split
from labelfeed.data.streamed_part import StreamedPart, learned, split_of_sample
from labelfeed.labels.spec import LabelSpec
from labelfeed.limits import in_words, memory
from labelfeed.types import DataPath

__all__ = ["StreamedPictures", "pictures_too_large", "stream_pictures"]

_SAMPLE = 50_000  # pictures
_SAMPLE_SHARE = 1 / 16  # of the memory, in pixels of a byte
_CHUNK_BYTES = 32e6
_EACH = 3  # pictures of each class that the sample holds at least


@dataclasses.dataclass(frozen=True)
class StreamedPictures:
    """Pictures of a folder, of which a sample is in the memory, and the labels of all.

    Args:
        pictures: All of them, unread.
        sample: A seeded sample of them, read.
        numbers: int `(n,)`: number of each picture of the sample among all, from 1.
        sides: On which side of a split each picture stands.
    """

    pictures: Dataset
    sample: Dataset
    numbers: np.ndarray
    sides: RowSides

    @property
    def rows(self) -> int:
        """The number of all pictures."""
        return len(self.pictures)

    def split(self, test_share: float, validation_share: float) -> Split:
        """Return the parts of the sample, as positions in it.

        Raises:
            DataError: A part that is wanted, or training, gets no labelled picture.
        """
        part = self._parts(self.sample, self.numbers, test_share, validation_share)
        return split_of_sample(self.sample, part, test_share, validation_share)

    def training(
        self,
        test_share: float,
        validation_share: float,
        spec: LabelSpec,
        sides: Sequence[LabelSpec],
    ) -> Iterator[StreamedPart]:
        """Yield all labelled training pictures, some at a time; every file is read and checked.

        Args:
            test_share: As for `split`, and likewise `validation_share`.
            validation_share: Share of the validation part.
            spec: The label spec, which is that of the pictures.
            sides: Specs of the side labels, likewise.

        Raises:
            DataError: A picture that cannot be read.
        """
        split = self.split(test_share, validation_share)
        held = np.sort(np.concatenate([split.test, split.validation]))
        held_out = np.unique(row_hashes(self.sample.features)[held])
        each = int(np.prod(self.pictures.features.shape[1:]))
        step = max(1, int(_CHUNK_BYTES / each))
        for start in range(0, self.rows, step):
            some = self.pictures.take(slice(start, min(start + step, self.rows)))
            some = _read(some, self.sample.white or 0)
            numbers = np.arange(start + 1, start + len(some) + 1)
            used = (self._parts(some, numbers, test_share, validation_share) == 0) & learned(some)
            equal = np.zeros(len(some), bool)
            if some.groups is not None:
                equal = used & np.isin(row_hashes(some.features), held_out)
            yield StreamedPart(some.take(used & ~equal), len(some), int(equal.sum()))

    def _parts(self, rows: Dataset, numbers: np.ndarray, test: float, held: float) -> np.ndarray:
        groups = None if rows.groups is None else pd.Series(rows.groups)
        return self.sides.parts_of(row_hashes(rows.features), groups, numbers, test, held)


def stream_pictures(
    path: DataPath,
    *,
    seed: int = 0,
    sample_rows: int | None = None,
    on_image: Callable[[int, int], None] | None = None,
    **reading: Any,
) -> StreamedPictures:
    """Read the labels of all pictures of a folder, and the pixels of a sample.

    Args:
        path: The folder.
        seed: Of sample and split, >= 0.
        sample_rows: Pictures of the sample; `None`: 50,000, less where they are large.
        on_image: Called after each picture of the sample with the number read and that of all.
        **reading: Arguments of `load_data`.

    Raises:
        DataError: As for `load_data`, or columns beside pictures or labels that are numbers.
    """
    if reading.get("beside"):
        raise DataError("--beside needs all pictures in the memory: it does not go with --stream.")
    found = load_data(path, unread=True, **reading)
    if found.numbers or found.sides.numbers:
        name = next(iter({**found.numbers, **found.sides.numbers}))
        raise DataError(
            f"{name!r} is cut into ranges by all pictures in the memory: that does not go with "
            f"--stream. Give its cut points, --ranges {name}=A,B, or classes, --ranges {name}=0."
        )
    each = int(np.prod(found.features.shape[1:]))
    most = sample_rows or max(100, min(_SAMPLE, int(memory() * _SAMPLE_SHARE / each)))
    ranks = sample_ranks(np.arange(1, len(found) + 1), seed)
    for column in found.spec.label_columns:
        ids = pd.Series(column.ids(found.labels))
        ranks[((ids >= 0) & (ids.groupby(ids).cumcount() < _EACH)).to_numpy()] = 0
    chosen = np.sort(np.argsort(ranks, kind="stable")[: max(most, int((ranks == 0).sum()))])
    sample = _read(found.take(chosen), reading.get("image_white"), on_image)
    group = found.group_name or None
    sides = RowSides((), group, seed).of_pictures(sample.features)
    return StreamedPictures(found, sample, chosen + 1, sides)


def pictures_too_large(path: DataPath, reading: dict[str, Any]) -> str | None:
    """Return why the pictures of a folder are not read into the memory, in words; `None`: they are.

    Args:
        path: As for `load_data`.
        reading: Its arguments.
    """
    folder = data_files(path)[0]
    if not folder.is_dir():
        return None
    files = tuple(p for p in files_below(folder).paths if p.suffix.lower() in IMAGE_SUFFIXES)
    size = reading.get("image_size") or 32
    height, width = (size, size) if isinstance(size, int) else size
    color = reading.get("image_color") or "rgb"
    pictures = UnreadPictures(files, tuple(map(str, files)), (height, width), color)
    taken, most = pixel_bytes(pictures)
    return f"{in_words(taken)} are more than the {in_words(most)} allowed" if taken > most else None


def _read(
    rows: Dataset, white: int | None, on_image: Callable[[int, int], None] | None = None
) -> Dataset:
    unread: UnreadPictures = rows.features
    read: Pixels = unread.read(white, on_image)
    return dataclasses.replace(
        rows, features=read.pixels, white=read.white, notes=rows.notes + read.notes
    )
