"""Prepared rows in files of a folder, written once and read in groups in any order."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from labelfeed.data.dataset import DataError
from labelfeed.data.row_groups import Rows, row_bytes
from labelfeed.limits import in_words

__all__ = ["Spool", "check_space"]

_GROUP_BYTES = 1 << 20  # read at once; a block of training mixes many
_SPARE = 1.05  # of the space that rows take


class Spool:
    """Rows written one part after the other, then read as `labelfeed.data.row_groups.RowGroups`.

    Each array is one file of plain numbers; nothing else is kept, and nothing is pickled.

    Args:
        folder: A folder that is there and empty.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder, Spool(Path(folder)) as spool:
        ...     for start in (0, 3):
        ...         spool.append((np.arange(start, start + 3.0)[:, None], np.arange(3)))
        ...     x, y = spool.read(0)
        >>> x[:, 0].tolist(), y.tolist(), spool.sizes
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [0, 1, 2, 0, 1, 2], (6,))
    """

    def __init__(self, folder: Path) -> None:
        """Start without rows."""
        self.folder, self.rows = folder, 0
        self._arrays: list[tuple[np.dtype[Any], tuple[int, ...]]] = []
        self._keys: list[str] | None = None
        self._files: list[IO[bytes]] = []
        self._group = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the writing."""
        for file in self._files:
            file.close()
        self._files = []

    def append(self, rows: Rows) -> None:
        """Write rows behind those that are there; all parts have the same arrays.

        Raises:
            DataError: They cannot be written; the disk is full.
        """
        if not len(rows[1]):
            return
        arrays = self._flat(rows)
        try:
            if not self._arrays:
                self._arrays = [(array.dtype, array.shape[1:]) for array in arrays]
                self._group = max(1, int(_GROUP_BYTES / row_bytes(rows)))
                self._files = [
                    (self.folder / f"{place}.bin").open("wb") for place in range(len(arrays))
                ]
            for array, file, (kind, shape) in zip(arrays, self._files, self._arrays, strict=True):
                if array.dtype != kind or array.shape[1:] != shape:
                    raise ValueError(f"expected {kind} {shape}, got {array.dtype} {array.shape}")
                file.write(np.ascontiguousarray(array).data)
        except OSError as error:
            raise DataError(f"{self.folder} cannot be written: {error}") from error
        self.rows += len(rows[1])

    def _flat(self, rows: Rows) -> list[np.ndarray]:
        """Return the arrays of rows: of x by name, of y, and the weights."""
        x, *rest = rows
        if isinstance(x, dict):
            self._keys = list(x) if self._keys is None else self._keys
            return [*(x[key] for key in self._keys), *rest]
        return [x, *rest]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Rows of each group: as many as take 1 MB, the last one the rest."""
        whole, rest = divmod(self.rows, self._group)
        return (self._group,) * whole + ((rest,) if rest else ())

    def read(self, group: int) -> Rows:
        """Return the rows of a group."""
        for file in self._files:
            file.flush()
        start = group * self._group
        size = min(self._group, self.rows - start)
        found = []
        for place, (kind, shape) in enumerate(self._arrays):
            each = int(np.prod(shape, dtype=int))
            array = np.fromfile(
                self.folder / f"{place}.bin", kind, size * each, offset=start * each * kind.itemsize
            )
            found.append(array.reshape(size, *shape))
        if self._keys is None:
            return tuple(found)
        count = len(self._keys)
        return (dict(zip(self._keys, found, strict=False)), *found[count:])


def check_space(folder: Path, size: float) -> None:
    """Raise `DataError` unless a folder has room for so many bytes.

    Args:
        folder: The folder.
        size: Bytes.
    """
    free = shutil.disk_usage(folder).free
    if size * _SPARE > free:
        raise DataError(
            f"Prepared rows take {in_words(size)} on disk while the training lasts, and "
            f"{in_words(free)} are free in {folder.resolve()}: choose an --out on a larger disk."
        )
