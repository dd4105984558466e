"""`labelfeed predict`: class probabilities of raw rows, into a CSV or Parquet file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.cli.console import in_chunks, note, reading_images, say
from labelfeed.cli.explain import check_explain, explanation_table
from labelfeed.cli.known_coarse import coarse_known, within
from labelfeed.cli.known_labels import count_known, known_labels, known_numbers, parse_known
from labelfeed.cli.known_sides import side_values, with_sides
from labelfeed.cli.opened import open_run
from labelfeed.cli.output import check_out, id_name, write_parts, write_table
from labelfeed.cli.plain_cells import plain_cells
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.frame_chunks import table_chunks
from labelfeed.data.streamed_table import too_large
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.soft import hard_part, soft_columns
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.ordered import median_ranks
from labelfeed.printable import plural
from labelfeed.report.side_tables import side_summary
from labelfeed.runs.kept import KeptRun
from labelfeed.runs.rows import load_rows

__all__ = ["prediction_table", "run_predict"]

_NOTES = 20  # that are told of rows in parts


def run_predict(
    run: str,
    data: str | tuple[str, ...],
    out: str,
    *,
    known: Sequence[str] = (),
    explain: str | None = None,
    labels_file: str | None = None,
    read_sides: bool = True,
    deploy_prior: str | None = None,
    overwrite: bool = False,
    plain: bool = False,
    cells: Mapping[str, Any] | None = None,
    trust: bool | str = False,
    backend: str | None = None,
    quiet: bool = False,
) -> pd.DataFrame:
    """Predict raw rows and write the table; return it, of rows in parts the first one.

    Args:
        run: Run folder.
        data: File or folder with rows, or several tables; no label is read unless `known` names it.
            CSV and Parquet files that unpack to more than is allowed are read in parts.
        out: `.csv` or `.parquet` file to write.
        known: Label columns whose filled cells are fed, and `label=value` for all rows, also of a
            side label; each item may hold several, separated by commas. A value may be soft: `0.7`,
            of a column of classes `red:0.7+blue:0.3`. Of a run with a tree the target may be known
            at a coarser level, and probabilities are those within it.
        explain: `.csv` or `.parquet` file for what each known label changed, row by row.
        labels_file: Table with the labels of images, for `known`.
        read_sides: Whether the side labels of the file are fed, to a run that takes some; they are
            known at inference.
        deploy_prior: How frequent classes or labels are in these rows; see `run_at_prior`.
        overwrite: Whether `out` may be replaced.
        plain: Whether text that a spreadsheet would run gets an apostrophe; see `plain_cells`.
        cells: What cells mean, on top of what the run knows: arguments of `CellRules`.
        trust: Whether the run may import its own code; see `load_run`.
        backend: Keras backend to run on; by default the ONNX copy where there is one.
        quiet: Show no notes and no progress.
    """
    target = Path(out)
    check_out(target, data, overwrite, quiet=quiet)
    rules = CellRules(**(cells or {}))
    loaded = open_run(
        run, lambda line: note(line, quiet), backend=backend, trust=trust, known=bool(known),
        prior=deploy_prior,
    )  # fmt: skip
    told, known = side_values(known, loaded.sides)
    sets, in_cells, known = coarse_known(known, loaded)
    loaded.predictor.check_known(known or None)
    if explain is not None:
        check_explain(explain, known, out, loaded.spec)
        check_out(Path(explain), data, overwrite, quiet=quiet)
    columns, values = parse_known(known, loaded.spec)
    reading: dict[str, Any] = {
        "labels_file": labels_file, "read_labels": bool(columns) or in_cells,
        "read_sides": read_sides, "cells": rules,
    }  # fmt: skip
    why = too_large(data)
    if why is not None:
        if explain is not None:
            raise DataError(f"--explain needs all rows in the memory: {why}.")
        note(f"read in parts: {why}", quiet)
        return _in_parts(
            loaded,
            data,
            target,
            reading,
            (told, sets, in_cells),
            (known, columns, values),
            plain,
            quiet,
        )
    with reading_images(quiet) as on_image:
        dataset = load_rows(loaded, data, on_image=on_image, **reading)
    for line in dataset.notes:
        note(line, quiet)
    dataset = with_sides(dataset, loaded.sides, told)
    shown = known_labels(dataset, loaded.spec, columns, values) if known else None
    if shown is not None:
        complete = int((hard_part(shown) != UNKNOWN).reshape(len(shown), -1).all(axis=1).sum())
        if complete:
            what = f"{complete} of {len(shown)} rows"
            note(f"{what}: every label is known, nothing to predict", quiet)
    probabilities = _predict(loaded, dataset, shown, quiet)
    probabilities, coarse = within(probabilities, sets, in_cells, dataset)
    given = known_numbers(dataset, loaded.spec, columns, values)
    frame = prediction_table(
        dataset, loaded.spec, probabilities, shown, id_name(loaded, dataset), given
    )
    write_table(plain_cells(frame) if plain else frame, target)
    if explain is not None and shown is not None:
        told = explanation_table(loaded, dataset, shown, str(frame.columns[0]))
        write_table(plain_cells(told) if plain else told, Path(explain))
    if not quiet:
        fed = 0 if shown is None else count_known(shown, loaded.spec)
        if coarse:
            note(f"{coarse} rows predicted within the coarser class that is known of them", quiet)
        beside = f"; {side_summary(loaded, dataset)}" if loaded.sides else ""
        rows, labels = plural(len(frame), "row"), plural(fed, "known label")
        say(f"{rows} predicted, {labels} fed{beside}; written to {target}")
    return frame


def _in_parts(
    run: KeptRun,
    data: str | tuple[str, ...],
    target: Path,
    reading: dict[str, Any],
    beside: tuple[Any, Any, bool],
    fed: tuple[Sequence[str], Any, Any],
    plain: bool,
    quiet: bool,
) -> pd.DataFrame:
    """Predict rows that are read in parts, and write the table; return its first part."""
    (told, sets, in_cells), (known, columns, values) = beside, fed
    seen: set[str] = set()
    first: list[pd.DataFrame] = []

    def predicted() -> Iterator[pd.DataFrame]:
        for table in table_chunks(data, encoding=run.data.get("encoding")):
            with table.located():
                dataset = load_rows(run, table, **reading)
                for line in dataset.notes:
                    if line not in seen and len(seen) < _NOTES:
                        note(line, quiet)
                    seen.add(line)
                dataset = with_sides(dataset, run.sides, told)
                shown = known_labels(dataset, run.spec, columns, values) if known else None
                sides = dataset.sides.columns() if dataset.sides.specs else None
                p = run.predict(dataset.features, known=shown, sides=sides)
            p, _ = within(p, sets, in_cells, dataset)
            given = known_numbers(dataset, run.spec, columns, values)
            frame = prediction_table(dataset, run.spec, p, shown, id_name(run, dataset), given)
            first.extend([frame] if not first else [])
            yield plain_cells(frame) if plain else frame

    rows = write_parts(predicted(), target)
    if not quiet:
        say(f"{rows:,} rows predicted in parts; written to {target}")
    return first[0]


def prediction_table(
    dataset: Dataset,
    spec: LabelSpec,
    probabilities: np.ndarray,
    known: np.ndarray | None,
    id_name: str = "row",
    numbers: Mapping[str, np.ndarray] | None = None,
) -> pd.DataFrame:
    """Return the rows of the output file, in the words of the training file.

    Args:
        dataset: The rows, for their ids.
        spec: The run's label spec.
        probabilities: Array of shape `(n, num_classes)`.
        known: Labels that were fed. They stand in the table as given, their `source` says
            `given`, and their probabilities are empty: they are no predictions. Those of a soft one
            are what was said.
        id_name: Name of the id column.
        numbers: Of label columns that are numbers those that were fed, NaN elsewhere.

    Returns:
        Single: id, `predicted`, `p_<class>` ...; multi: id, and for each column `<label>` and
        `p_<label>`, or for a column of classes `p_<label>=<class>` for each; a number is `<label>`,
        its mean, and `<label> (spread)`, its standard deviation. Ordered classes have `<label>
        (median)` too. With `known`, `source` or `<label>_source` tells `given` from `predicted`.
    """
    frame: dict[str, object] = {}

    def add(name: str, column: object) -> None:
        while name in frame:  # a label may itself be called `row` or `p_...`
            name += "_"
        frame[name] = column

    add(id_name, dataset.row_ids)
    single = not spec.shape
    hard = None if known is None else hard_part(known)
    for place, column in enumerate(spec.label_columns):
        p = column.probabilities(probabilities)
        states = p.argmax(axis=1) if column.of_classes else (p[:, 1] >= 0.5).astype(np.int64)
        fed = soft = np.zeros(len(p), bool)
        if known is not None and hard is not None:
            told = column.ids(hard)
            fed = told != UNKNOWN
            soft = fed if single else soft_columns(known, spec)[:, place]
            states = np.where(fed, told, states)
        source = np.where(fed | soft, "given", "predicted")
        if known is not None and single:
            add("source", source)
        if column.number is not None and column.number.means:
            p = np.where(fed[:, None], np.eye(column.num_classes)[states], p)
            mean, spread = column.number.mean_and_spread(p)
            said = (numbers or {}).get(column.name, np.full(len(p), np.nan))
            exact = ~np.isnan(said)
            add(column.name, np.where(exact, said, mean))
            add(f"{column.name} (spread)", np.where(exact, np.nan, spread))
            if known is not None and not single:
                add(f"{column.name}_source", source)
            continue
        add("predicted" if single else column.name, _in_words(column, states))
        if column.ordered and column.of_classes:
            median = np.where(fed, states, median_ranks(p))
            name = "predicted" if single else column.name
            add(f"{name} (median)", _in_words(column, median))
        for own, index in enumerate(column.places):
            shown = p[:, own] if column.of_classes else p[:, 1]
            add(f"p_{spec.name_of(index)}", np.where(fed, np.nan, shown))
        if known is not None and not single:
            add(f"{column.name}_source", source)
    return pd.DataFrame(frame)


def _in_words(column: LabelColumn, states: np.ndarray) -> np.ndarray:
    """Return class ids as the training file writes them: its words, true/false, or 0 and 1."""
    if not column.of_classes and column.names == ("0", "1"):
        return states
    if not column.of_classes and column.names == ("False", "True"):
        return states == 1
    return np.array(column.names, dtype=object)[states]


def _predict(run: KeptRun, dataset: Dataset, known: np.ndarray | None, quiet: bool) -> np.ndarray:
    parts = []
    for rows, part in in_chunks(dataset, "predict", quiet):
        fed = None if known is None else known[rows]
        sides = part.sides.columns() if part.sides.specs else None
        parts.append(run.predict(part.features, known=fed, sides=sides))
    return np.concatenate(parts)
