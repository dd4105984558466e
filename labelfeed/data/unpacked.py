"""How large a compressed table becomes, found out before it is read into the memory."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

from labelfeed.data.dataset import DataError
from labelfeed.limits import allowed_bytes, in_words

__all__ = [
    "check_bytes",
    "check_gzip",
    "check_parquet",
    "check_total",
    "check_width",
    "unpacked_size",
]

_TEXT_SHARE = 0.125  # of the memory: cells of text take several times what they take in the file
_TABLE_SHARE = 0.5
_DEFLATE = 1032  # a byte of deflate becomes at most so many
_BLOCK = 1 << 20
_COLUMN = 3000  # bytes of a column without a row in the memory, measured


def check_gzip(path: Path) -> None:
    """Raise `DataError` if a `.gz` file becomes larger than allowed (`labelfeed.limits`).

    Raises:
        OSError, EOFError, zlib.error: It is no gzip file, or broken.
    """
    most = allowed_bytes(_TEXT_SHARE)
    if path.stat().st_size * _DEFLATE <= most:
        return
    size = 0
    with gzip.open(path) as file:
        while block := file.read(_BLOCK):
            size += len(block)
            if size > most:
                _refuse(path, f"more than {in_words(most)}", most, 2 * most)


def check_parquet(path: Path) -> None:
    """Raise `DataError` if a Parquet file declares more than is allowed.

    Raises:
        OSError, ValueError: It is no Parquet file.
    """
    check_bytes(path, _declared(path))


def _declared(path: Path) -> int:
    """Return the bytes that a Parquet file declares."""
    import pyarrow.parquet

    told = pyarrow.parquet.read_metadata(path)
    declared = sum(told.row_group(i).total_byte_size for i in range(told.num_row_groups))
    # Runs of one value take no room in the file, and eight bytes a row in the memory.
    return max(declared, 8 * told.num_rows * told.num_columns)


def unpacked_size(files: Sequence[Path], text: bool) -> tuple[int, int]:
    """Return the bytes that tables unpack to together, and how many may be read into the memory.

    Args:
        files: All CSV, or all Parquet. Of a `.gz` five times its size is taken: it is not unpacked.
        text: Whether they are CSV.

    Raises:
        OSError, ValueError: A file cannot be read.
    """
    if not text:
        return sum(map(_declared, files)), allowed_bytes(_TABLE_SHARE)
    sizes = (file.stat().st_size * (5 if file.suffix.lower() == ".gz" else 1) for file in files)
    return sum(sizes), allowed_bytes(_TEXT_SHARE)


def check_total(files: Sequence[Path], text: bool) -> None:
    """Raise `DataError` if several tables together are more than is allowed."""
    try:
        size, most = unpacked_size(files, text)
    except (OSError, ValueError):  # whoever reads the file says what is wrong
        return
    if size > most:
        raise DataError(
            f"{len(files)} files, {files[0]} the first: together they take {in_words(size)}, and "
            f"{in_words(most)} are allowed; raise it with --max-bytes {size} (Python: max_bytes). "
            "labelfeed train reads more than that too: from disk (--stream)."
        )


def check_bytes(path: Path, size: int, text: bool = False) -> None:
    """Raise `DataError` if so many bytes are more than allowed, of text or of a table."""
    if size > (most := allowed_bytes(_TEXT_SHARE if text else _TABLE_SHARE)):
        _refuse(path, in_words(size), most, size)


def check_width(path: Path, columns: int) -> None:
    """Raise `DataError` if so many columns alone take more than allowed of text."""
    size = columns * _COLUMN
    if size > (most := allowed_bytes(_TEXT_SHARE)):
        raise DataError(
            f"{path}: its {columns:,} columns take {in_words(size)}, and {in_words(most)} are "
            f"allowed; raise it with --max-bytes {size} (Python: max_bytes)."
        )


def _refuse(path: Path, size: str, most: int, enough: int) -> None:
    raise DataError(
        f"{path}: unpacked it takes {size}, and {in_words(most)} are allowed; raise it with "
        f"--max-bytes {enough} (Python: max_bytes)."
    )
