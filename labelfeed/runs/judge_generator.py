"""Judge a generator's run on a file: which rows are real, which it makes, what they are worth."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.files import data_files, of_files
from labelfeed.data.loading import fingerprint
from labelfeed.data.read_table import table_if_any
from labelfeed.judging.judge import Judge
from labelfeed.judging.judged import Judged
from labelfeed.judging.pictures import picture_frames
from labelfeed.labels.cell_rules import CellRules
from labelfeed.runs.generator import PICTURE, Generator
from labelfeed.runs.rows import read_rows
from labelfeed.synthetic import TableCodec
from labelfeed.synthetic.category_column import IdColumn
from labelfeed.synthetic.number_column import DateColumn
from labelfeed.synthetic.training_rows import training_rows_of
from labelfeed.types import DataPath

__all__ = ["GeneratorJudged", "RealRows", "judge_generator", "real_rows"]

_MOST = 10_000  # rows that are made
_MOST_LABELS = 5  # label columns that are judged each
_FEW = 0.1  # rows that rare classes lack, as a share of all, below which none are made for them


@dataclasses.dataclass(frozen=True, eq=False)
class RealRows:
    """The real rows that a generator is judged against.

    Attributes:
        train: Those that it learned from, with the columns that it makes.
        held_out: Those that it has never seen.
        what: Which they are, in words.
    """

    train: pd.DataFrame
    held_out: pd.DataFrame
    what: str


@dataclasses.dataclass(frozen=True, eq=False)
class GeneratorJudged:
    """A generator judged, and the rows that it was judged by.

    Attributes:
        judged: The figures.
        real: The real rows.
        synthetic: The rows that it made.
        target: The label columns that were judged.
        notes: What was left out.
    """

    judged: Judged
    real: RealRows
    synthetic: pd.DataFrame
    target: tuple[str, ...]
    notes: tuple[str, ...] = ()


def real_rows(
    run: Generator,
    path: DataPath,
    *,
    labels_file: str | None = None,
    cells: CellRules | None = None,
    on_image: Callable[[int, int], None] | None = None,
) -> RealRows:
    """Return the training rows of a generator, and rows that it has never seen.

    Args:
        run: The generator.
        path: Its training file (or files, in the order of then), of which its test rows are held
            out; or others, all rows of which are, when the training file still stands where it
            stood.
        labels_file: Table with the labels of images.
        cells: What cells mean, on top of what the run knows.
        on_image: Called as `on_image(done, total)` while images are read.

    Raises:
        DataError: The training file is neither this one nor where it was, or no row was held out.
    """

    def read(file: DataPath) -> pd.DataFrame:
        table = table_if_any(file, run.data.get("encoding"))
        data = read_rows(
            run.data, run.spec, run.sides, table or file, labels_file=labels_file, cells=cells,
            on_image=on_image,
        )  # fmt: skip
        return _frame(run, data, None if table is None else table.frame)

    files = data_files(path)
    for file in files:
        if not file.exists():
            raise DataError(f"{file}: no such file or folder.")
    known, named = run.data.get("fingerprint"), of_files(files)
    if known == fingerprint(path):
        frame = read(path)
        test = np.asarray(run.split.get("test", ()), int)
        if not test.size:
            raise DataError(
                "The generator held no rows out (--test-share 0): give a file of rows that it has "
                "not seen."
            )
        train = _learned(run, frame)
        held_out = frame.iloc[test]
        what = f"{len(held_out):,} held-out rows of the training file"
    else:
        before = run.data.get("path")
        if not before or not _is_there(before, known):
            raise DataError(
                f"{named} is not the file that the generator learned from, and {before} is gone or "
                "has changed: whether rows are copies is told by the training rows. Give that file."
            )
        learned = data_files(before)
        if {file.resolve() for file in files} & {file.resolve() for file in learned}:
            raise DataError(
                f"{named}: the generator learned from {of_files(learned)}, whose part "
                "this is: give all of them, in that order, or files that it has not seen."
            )
        train, held_out = _learned(run, read(before)), read(path)
        what = f"{len(held_out):,} rows of {named}"
    labelled = held_out[list(run.labels)].notna().any(axis=1)
    if not labelled.any():
        raise DataError(f"{named}: no row has a label (looked for {', '.join(run.labels)}).")
    return RealRows(train, held_out, f"{what}, beside {len(train):,} training rows")


def judge_generator(
    run: Generator,
    rows: RealRows,
    *,
    seed: int = 0,
    progress: Callable[[str], None] = lambda text: None,
) -> GeneratorJudged:
    """Judge what a generator makes: as many rows as it learned from, at most 10,000.

    Args:
        run: The generator.
        rows: Real rows, as `real_rows` gives them.
        seed: Of the rows and of the judges.
        progress: Is told what is done now.
    """
    labels = tuple(c.name for c in run.spec.label_columns)
    target = labels[:_MOST_LABELS]
    notes: tuple[str, ...] = ()
    if len(labels) > len(target):
        notes = (f"{len(labels) - len(target)} more label columns are judged as columns alone",)
    progress("making rows")
    synthetic = run.sample(min(len(rows.train), _MOST), seed=seed)
    beside = _for_rare_classes(run, rows.train, target[0], seed) if len(labels) == 1 else None
    frames = [rows.train, rows.held_out, synthetic, *([] if beside is None else [beside])]
    tables = _tables(run, frames)
    judge = Judge(tables[0], tables[1], target, seed=seed, progress=progress)
    judged = judge(*tables[2:])
    return GeneratorJudged(judged, rows, synthetic, target, notes)


def _is_there(path: DataPath, known: str | None) -> bool:
    """Tell whether the files of a path stand there as they did."""
    try:
        return fingerprint(path) == known
    except (DataError, OSError):
        return False


def _frame(run: Generator, data: Dataset, raw: pd.DataFrame | None) -> pd.DataFrame:
    """Return rows of a file as the generator writes them; `raw` are its cells, of a table."""
    if not isinstance(run.codec, TableCodec):
        pictures = run.codec.decode(run.codec.encode(np.asarray(data.features)))
        columns: dict[str, Any] = {}
        for column in run.spec.label_columns:
            names = np.array([*column.names, None], object)
            columns[column.name] = names[column.ids(data.labels)]
        for spec, ids in zip(run.sides, data.sides.columns().values(), strict=True):
            words = [spec.name_of(k) for k in range(spec.num_classes)]
            columns[spec.name] = np.array([*words, None], object)[ids]
        return pd.DataFrame({**columns, PICTURE: list(pictures)})
    return run.codec.table(training_rows_of(data, raw, run.data.get("id_column")).frame)


def _learned(run: Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that were neither for testing nor for stopping."""
    kept = np.ones(len(frame), bool)
    for part in ("test", "validation"):
        kept[np.asarray(run.split.get(part, ()), int)] = False
    return frame[kept]


def _for_rare_classes(
    run: Generator, train: pd.DataFrame, target: str, seed: int
) -> pd.DataFrame | None:
    """Return rows that fill every class up to the most frequent one, where some are rare."""
    counts = train[target].dropna().value_counts()
    if not 2 <= len(counts) <= run.spec.label_columns[0].num_classes:
        return None  # numbers have no classes
    missing = counts.max() - counts
    if missing.sum() <= _FEW * len(train):
        return None
    shares = missing / max(1.0, missing.sum() / _MOST)
    wanted = np.repeat(missing.index.to_numpy(object), shares.astype(int))
    return run.sample(len(wanted), {target: wanted}, seed=seed + 1)


def _tables(run: Generator, frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Return rows as the judges read them: pictures as pixels, dates as numbers, no ids."""
    if not isinstance(run.codec, TableCodec):
        return picture_frames(
            [(np.stack(list(f[PICTURE])), f.drop(columns=PICTURE)) for f in frames]
        )
    anew = [column.name for column in run.codec.columns if isinstance(column, IdColumn)]
    dates = [column for column in run.codec.columns if isinstance(column, DateColumn)]

    def read(frame: pd.DataFrame) -> pd.DataFrame:
        numbers = {column.name: column.read(frame[column.name])[0] for column in dates}
        return frame.assign(**numbers).drop(columns=anew)

    return [read(frame) for frame in frames]
