"""In which encoding the text of a table is: as its first bytes or the user say, else UTF-8."""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from labelfeed.data.dataset import DataError

__all__ = ["encoding_of", "opened", "undecodable"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-16", "utf-32")
_BLOCK = 1 << 20


def encoding_of(path: Path, given: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the encoding of a text file, as Python calls it, and a note where it is not `given`.

    A byte order mark at the start says what it is, whatever is given. A file that is UTF-8, and
    more than ASCII, is not read as anything else: text of other encodings happens to be so nearly
    never.

    Args:
        path: A text file, `.gz` or not.
        given: Name of an encoding, such as `"latin-1"`; `None` for UTF-8.

    Raises:
        DataError: There is no such encoding of text, or the file looks like UTF-16 and nothing
            says so.

    Example:
        >>> encoding_of(Path("rows.csv"), "latin-1")  # doctest: +SKIP
        ('latin-1', ())
    """
    wanted = None if given is None else _known(given)
    with _bytes(path) as file:
        start = file.read(4096)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name, ()
    if wanted is None:
        _check_wide(path, start)
        return "utf-8-sig", ()
    plain, ascii_only = _is_utf8(path)
    if plain and not (ascii_only and not wanted.startswith(_WIDE)):
        if wanted in ("utf-8", "utf-8-sig"):
            return "utf-8-sig", ()
        return "utf-8-sig", (f"the text is UTF-8 and read so, not as --encoding {given} says",)
    return wanted, ()


def opened(path: Path, encoding: str) -> IO[str]:
    """Open a text file, `.gz` or not; line ends stay as they are."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def undecodable(path: Path, encoding: str) -> DataError:
    """Return the error for a file that is not of its encoding; names the first such line.

    Args:
        path: The file.
        encoding: As `encoding_of` returned it.
    """
    name = "UTF-8" if encoding == "utf-8-sig" else encoding
    place, hint = "", "Say which encoding it is, as in --encoding latin-1"
    if not encoding.startswith(_WIDE):
        with _bytes(path) as file:
            for number, line in enumerate(file, 1):
                try:
                    line.decode(encoding)
                except UnicodeDecodeError as error:
                    byte = line[error.start]
                    place = f" (line {number}: byte {byte:#04x}"
                    if encoding == "utf-8-sig":
                        western = "cp1252" if 0x80 <= byte < 0xA0 else "latin-1"
                        read = line[error.start :].decode(western, "replace")[0]
                        place += f", {read!r} in {western}"
                        hint = f"Say which encoding it is, as in --encoding {western}"
                    place += ")"
                    break
    return DataError(f"{path}: not {name} text{place}. {hint} (Python: encoding=), or save it as "
                     "UTF-8.")  # fmt: skip


def _known(name: str) -> str:
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except LookupError as error:  # also for codecs that are none of text, such as base64
        raise DataError(
            f"There is no text encoding {name!r}; expected one such as utf-8, utf-16, latin-1, "
            "cp1252 or mac-roman."
        ) from error


def _check_wide(path: Path, start: bytes) -> None:
    """Refuse UTF-16 without a mark: every other byte of plain letters is zero."""
    for name, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if len(zeros) > 4 and zeros.count(0) > 0.6 * len(zeros):
            raise DataError(
                f"{path}: looks like UTF-16 text, not UTF-8: say so with --encoding {name} "
                f"(Python: encoding={name!r}), or save it as UTF-8."
            )


def _is_utf8(path: Path) -> tuple[bool, bool]:
    """Tell whether a file is UTF-8, without zero bytes, and whether it is ASCII alone."""
    decoder, ascii_only = codecs.getincrementaldecoder("utf-8")(), True
    try:
        for block in _blocks(path):
            decoder.decode(block)
            ascii_only = ascii_only and block.isascii()
            if b"\0" in block:
                return False, False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False, False
    return True, ascii_only


def _blocks(path: Path) -> Iterator[bytes]:
    with _bytes(path) as file:
        while block := file.read(_BLOCK):
            yield block


def _bytes(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]
