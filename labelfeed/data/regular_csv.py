"""CSV files in which every row has all its cells: read in parallel, each cell as it is written."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import pandas as pd

__all__ = ["regular_cells"]

_BLOCK = 1 << 22  # bytes; a row has to fit into one
_SCAN = 1 << 24
_TAIL = 4096  # blank lines at the end


def regular_cells(path: Path, separator: str, names: Sequence[str]) -> pd.DataFrame | None:
    """Return the cells of a CSV as text, NaN where empty; `None` for a file that is not regular.

    Nothing is told of what is wrong with a file: whoever gets `None` reads it in another way, row
    by row. A regular file is UTF-8 with its header in the first line, every row has as many
    cells as the header, and every quote is closed.

    Args:
        path: A `.csv`, `.tsv` or the like; `.gz` is unpacked.
        separator: What stands between cells.
        names: The cells of the header, at least two.

    Returns:
        Frame whose columns are numbered from 0; text takes no Python objects on pandas 3.

    Raises:
        OSError, EOFError, zlib.error: The file cannot be read or unpacked.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "rows.csv"
        ...     _ = path.write_text("age,site\\n07,a\\n,NA\\n")
        ...     cells = regular_cells(path, ",", ["age", "site"])
        >>> cells.values.tolist()
        [['07', 'a'], [nan, 'NA']]
    """
    import pyarrow
    import pyarrow.csv

    if len(names) < 2:
        return None  # a blank line may be a row
    with _opened(path) as file:
        quotes = _quotes(file)
        if quotes is None:
            return None
        file.seek(0)
        columns = [str(place) for place in range(len(names))]
        try:
            table = pyarrow.csv.read_csv(
                file,
                pyarrow.csv.ReadOptions(column_names=columns, skip_rows=1, block_size=_BLOCK),
                pyarrow.csv.ParseOptions(delimiter=separator, newlines_in_values=quotes > 0),
                pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(columns, pyarrow.large_string()),  # as pandas has it
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
        except pyarrow.ArrowInvalid:
            return None
        if quotes and table.num_rows and not _ends_with(file, separator, table[-1][-1].as_py()):
            return None
    frame: pd.DataFrame = table.to_pandas(self_destruct=True, split_blocks=True)
    return frame.set_axis(range(len(names)), axis=1)


def _opened(path: Path) -> IO[bytes]:
    if path.suffix.lower() != ".gz":
        return path.open("rb")
    with gzip.open(path) as file:  # Python's checks what it unpacks
        return io.BytesIO(file.read())


def _quotes(file: IO[bytes]) -> int | None:
    """Return the number of quotes; `None` where the readers differ, or a quote is left open."""
    quotes, returns, lines, last = 0, 0, 0, b""
    while block := file.read(_SCAN):
        if not last:
            header = block.split(b"\n", 1)[0]
            if not header.strip() or header.count(b'"') % 2:
                return None
        if b"\0" in block:
            return None
        quotes += block.count(b'"')
        if b"\r" in block:
            returns += block.count(b"\r")
            lines += block.count(b"\r\n")
        lines += last + block[:1] == b"\r\n"
        last = block[-1:]
    return quotes if last and quotes % 2 == 0 and returns == lines else None


def _ends_with(file: IO[bytes], separator: str, cell: str | None) -> bool:
    """Tell whether a file ends with this cell, bare or in quotes that are closed."""
    text = cell or ""
    quoted = '"' + text.replace('"', '""') + '"'
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - len(quoted.encode()) - _TAIL, 0))
    end = file.read().rstrip(b"\r\n")
    return end.endswith((f"{separator}{text}".encode(), f"{separator}{quoted}".encode()))
