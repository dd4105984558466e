"""The files that a user names: one, several, those of a pattern, or the tables of a folder."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from labelfeed.data.dataset import DataError
from labelfeed.data.files_below import files_below
from labelfeed.types import DataPath

__all__ = ["TABLE_SUFFIXES", "data_files", "format_of", "of_files"]

TABLE_SUFFIXES = (".csv", ".tsv", ".parquet", ".pq", ".xlsx")
_PICTURES = (".png", ".jpg", ".jpeg")
_FORMATS = {".csv": "CSV", ".tsv": "CSV", ".parquet": "Parquet", ".pq": "Parquet", ".xlsx": "Excel"}


def data_files(path: DataPath) -> tuple[Path, ...]:
    """Return the files that are meant, in order; a folder of pictures stays one path.

    Args:
        path: A file; a folder; a pattern such as `rows/*.parquet`; or several of them. A folder of
            tables, at any depth and without pictures, means its tables.

    Returns:
        At least one path. Several are tables of one format.

    Raises:
        DataError: A pattern or a list that names nothing, a file named twice, files that are no
            tables, or tables of several formats.

    Example:
        >>> data_files(["a.csv", "b.csv"]) == (Path("a.csv"), Path("b.csv"))
        True
    """
    given = [path] if isinstance(path, (str, Path)) else list(path)
    found = [file for item in given for file in _meant(item)]
    if not found:
        raise DataError("No data file is named.")
    if len(found) == 1:
        return (found[0],)
    if len(set(found)) < len(found):
        twice = next(file for file in found if found.count(file) > 1)
        raise DataError(f"{twice} is named twice: its rows would count twice.")
    formats = {file: format_of(file) for file in found}
    for file, kind in formats.items():
        if kind is None:
            raise DataError(
                f"{file}: of several files each must be a table ({', '.join(TABLE_SUFFIXES)})."
            )
        if kind != formats[found[0]]:
            raise DataError(
                f"{file} is {kind} and {found[0]} is {formats[found[0]]}: several files must be of "
                "one format."
            )
    return tuple(found)


def format_of(path: Path) -> str | None:
    """Return `"CSV"`, `"Parquet"` or `"Excel"`; `None` for a file that is no table."""
    name = path.name.lower().removesuffix(".gz")
    return next((kind for end, kind in _FORMATS.items() if name.endswith(end)), None)


def of_files(files: Sequence[Path]) -> str:
    """Return the name of one file or several, for messages.

    Example:
        >>> of_files([Path("a.csv"), Path("b.csv")])
        'a.csv and 1 more'
    """
    more = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
    return f"{files[0]}{more}"


def _meant(item: str | Path) -> list[Path]:
    path = Path(item)
    if path.is_dir():
        below = files_below(path).paths
        tables = [file for file in below if format_of(file) in ("CSV", "Parquet")]
        pictures = any(file.suffix.lower() in _PICTURES for file in below)
        return [path] if pictures or not tables else tables
    if not path.exists() and glob.has_magic(str(item)):
        matching = sorted(Path(name) for name in glob.glob(str(item), recursive=True))
        if not matching:
            raise DataError(f"{item}: no file matches this pattern.")
        return matching
    return [path]
