"""`labelfeed sample`: rows or pictures made anew, or the empty cells of rows filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

from labelfeed.cli.console import note, say
from labelfeed.cli.output import check_out, write_table
from labelfeed.cli.plain_cells import plain_cells
from labelfeed.data.dataset import DataError
from labelfeed.data.frame import read_frame
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.errors import CellError
from labelfeed.runs.generator import PICTURE, Generator
from labelfeed.runs.generator_folder import load_generator
from labelfeed.runs.rows import read_rows
from labelfeed.synthetic import TableCodec
from labelfeed.synthetic.asked import parse_asked

__all__ = ["run_sample"]


def run_sample(
    run: str,
    out: str,
    *,
    n: int | None = None,
    given: str | None = None,
    known: Sequence[str] = (),
    guidance: float = 1.0,
    seed: int = 0,
    overwrite: bool = False,
    plain: bool = False,
    cells: Mapping[str, Any] | None = None,
    quiet: bool = False,
) -> pd.DataFrame:
    """Make rows and write them.

    Args:
        run: Folder of a generator.
        out: `.csv` or `.parquet` file to write; of pictures a folder.
        n: How many rows.
        given: Rows whose empty cells are filled instead.
        known: `COL=VALUE` for all rows; of `given` those whose cell is empty.
        guidance: How much labels count.
        seed: Of everything that is drawn.
        overwrite: Whether `out` may be replaced.
        plain: Whether text that a spreadsheet would run gets an apostrophe; see `plain_cells`.
        cells: What cells of `given` mean: arguments of `CellRules`.
        quiet: Show no notes.

    Raises:
        DataError: The output cannot be written, or there is no such column or value.
        LabelError: A label has no such value; suggests the nearest.
    """
    loaded = load_generator(run)
    asked = parse_asked(known, loaded.names)
    target = Path(out)
    if guidance == 0 and (unread := [name for name in asked if name in loaded.labels]):
        note(f"--guidance 0 leaves labels out: not followed: {', '.join(unread)}", quiet)
        asked = {name: value for name, value in asked.items() if name not in unread}
    if not isinstance(loaded.codec, TableCodec):
        if given is not None:
            raise DataError("--given is for rows of a table; this generator makes pictures.")
        _check_folder(target)
        frame = _sampled(loaded, n or 1, asked, guidance, seed)
        _write_pictures(frame, target)
    else:
        check_out(target, given or run, overwrite, quiet=quiet)
        if given is None:
            one = pd.DataFrame({k: [v] for k, v in asked.items() if k not in loaded.spelling})
            for line in loaded.codec.outside(one):
                note(line, quiet)
            frame = _sampled(loaded, n or 1, asked, guidance, seed)
        else:
            frame = _filled(loaded, given, asked, guidance, seed, cells, quiet)
        write_table(plain_cells(frame) if plain else frame, target)
    if not quiet:
        told = ", ".join(f"{name} {value}" for name, value in asked.items())
        what = f"{len(frame)} rows made" if given is None else f"{len(frame)} rows filled"
        say(f"{what}{f' for {told}' if told else ''}; written to {target}")
    return frame


def _sampled(
    run: Generator, n: int, asked: Mapping[str, str], guidance: float, seed: int
) -> pd.DataFrame:
    try:
        return run.sample(n, asked, guidance=guidance, seed=seed)
    except CellError as error:  # there is no row 0 here
        raise error.at("--known") from error


def _filled(
    run: Generator,
    given: str,
    asked: Mapping[str, str],
    guidance: float,
    seed: int,
    cells: Mapping[str, Any] | None,
    quiet: bool,
) -> pd.DataFrame:
    """Return the rows of a file with its empty cells filled; all others as they stand there."""
    if asked:
        raise DataError("--known goes with --n; write it into the cells of the rows to be filled.")
    raw, _ = read_frame(given, run.data.get("encoding"))
    kept = {k: v for k, v in run.data.items() if k != "id_column" or v in raw.columns}
    data = None  # labels alone, or columns of an npz
    if run.data.get("kind") == "table" and set(raw.columns) - {
        *run.labels,
        kept.get("id_column"),
        kept.get("group"),
    }:
        rules = CellRules(**cells) if cells else None
        data = read_rows(kept, run.spec, run.sides, given, cells=rules)
    frame = run.fill(raw, data, guidance=guidance, seed=seed)
    more = len(frame.columns) - len(raw.columns)
    beside = f", {more} columns added" if more else ""
    note(f"{_differing(raw, frame)} empty cells filled{beside}", quiet)
    return frame


def _differing(raw: pd.DataFrame, filled: pd.DataFrame) -> int:
    """Return how many cells of a table stand otherwise in another; words may mean empty too."""
    cells = [t.astype(object).where(t.notna(), None).to_numpy() for t in (raw, filled[raw.columns])]
    return int((cells[0] != cells[1]).sum())


def _check_folder(path: Path) -> None:
    if path.suffix.lower() in (".csv", ".parquet"):
        raise DataError(
            f"{path}: this generator makes pictures, which go into a folder: --out DIR."
        )
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise DataError(f"{path} is there already; choose another folder for the pictures.")


def _write_pictures(frame: pd.DataFrame, folder: Path) -> None:
    """Write each picture as a PNG file, and their labels as `labels.csv`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        digits = max(len(str(len(frame))), 4)
        files = [f"{number:0{digits}d}.png" for number in range(1, len(frame) + 1)]
        for file, pixels in zip(files, frame.pop(PICTURE), strict=True):
            Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels).save(folder / file)
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error}") from error
    frame.insert(0, "file", files)
    write_table(frame, folder / "labels.csv")
