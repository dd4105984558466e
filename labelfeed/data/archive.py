"""Arrays out of an npz, after a look at what it declares: nothing is unpacked before it is checked.

Not `numpy.load`: it allocates whatever shape a header names, and unpacks whatever compression a
zip can have, so that a thousand bytes can fill the memory.
"""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from labelfeed.data.dataset import DataError
from labelfeed.limits import allowed_bytes, in_words

__all__ = ["read_archive"]

_SHARE = 0.5  # of the memory: features are copied once when they are preprocessed
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
_WRITTEN_BY_NUMPY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_archive(path: Path, names: Sequence[str]) -> dict[str, np.ndarray | None]:
    """Return the named arrays of an npz, and `None` for each other one.

    Args:
        path: The file.
        names: Arrays to read, where they are there.

    Raises:
        DataError: The file is broken, encrypted, compressed in another way than NumPy does, holds
            Python objects, or would take more memory than allowed (`labelfeed.limits`).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {
                info.filename.removesuffix(".npy"): info
                for info in archive.infolist()
                if info.filename.endswith(".npy")
            }
            found: dict[str, np.ndarray | None] = dict.fromkeys(members)
            wanted = [name for name in dict.fromkeys(names) if name in members]
            _check_size(path, sum(members[name].file_size for name in wanted))
            for name in wanted:
                found[name] = _read(path, archive, name, members[name])
    except DataError:
        raise
    except (
        OSError, ValueError, EOFError, SyntaxError, KeyError, TypeError, NotImplementedError,
        RuntimeError, MemoryError, tokenize.TokenError, zipfile.BadZipFile, zlib.error,
    ) as error:  # fmt: skip
        # RuntimeError and MemoryError: a header that is nested too deeply to be read.
        reason = str(error) or type(error).__name__
        raise DataError(f"{path}: cannot be read as npz: {reason}") from error
    return found


def _read(path: Path, archive: zipfile.ZipFile, name: str, info: zipfile.ZipInfo) -> np.ndarray:
    if info.flag_bits & 1:
        raise DataError(f"{path}: {name!r} is encrypted; save it without a password.")
    if info.compress_type not in _WRITTEN_BY_NUMPY:
        raise DataError(
            f"{path}: {name!r} is compressed in a way that numpy.savez_compressed does not use."
        )
    with archive.open(info) as member:
        _check_header(path, name, member, info.file_size)
    with archive.open(info) as member:
        array: np.ndarray = npy.read_array(member, allow_pickle=False)
        member.read(1)  # the end: only there the checksum is compared
    return array.astype(array.dtype.newbyteorder("="), copy=False)  # pandas takes no other


def _check_header(path: Path, name: str, member: IO[bytes], size: int) -> None:
    """Raise `DataError` unless the declared shape and type are just what the member holds."""
    version = npy.read_magic(member)
    if version not in _HEADERS:
        raise DataError(f"{path}: {name!r} has the npy format {version}; expected plain numbers.")
    shape, _, dtype = _HEADERS[version](member)
    if dtype.hasobject:
        raise DataError(
            f"{path}: {name!r} is an array of Python objects, which is not read; "
            "save it as numbers or as fixed-width text (dtype 'U')."
        )
    count = math.prod(shape)
    if any(length < 0 for length in shape) or (dtype.itemsize == 0 and count):
        raise DataError(f"{path}: {name!r} has the shape {shape} of {dtype}; it is broken.")
    held = size - member.tell()
    if count * dtype.itemsize != held:
        raise DataError(
            f"{path}: {name!r} declares {in_words(count * dtype.itemsize)}, shape {shape} of "
            f"{dtype}, and holds {in_words(held)}; it is broken."
        )


def _check_size(path: Path, size: int) -> None:
    if size > (most := allowed_bytes(_SHARE)):
        raise DataError(
            f"{path}: its arrays take {in_words(size)}, more than the {in_words(most)} allowed; "
            f"raise it with --max-bytes {size} (Python: max_bytes)."
        )
