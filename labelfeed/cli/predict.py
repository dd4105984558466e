"""`labelfeed predict`: class probabilities of raw rows, into a CSV or Parquet file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.cli.console import in_chunks, note, reading_images, say
from labelfeed.cli.explain import check_explain, explanation_table
from labelfeed.cli.known_sides import side_values, with_sides
from labelfeed.cli.output import check_out, id_name, write_table
from labelfeed.cli.plain_cells import plain_cells
from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.data.labelling import spec_columns
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN, LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.report.side_tables import side_summary
from labelfeed.runs.folder import Run, load_run
from labelfeed.runs.rows import load_rows

__all__ = [
    "known_labels",
    "parse_known",
    "prediction_table",
    "run_predict",
]


def run_predict(
    run: str,
    data: str,
    out: str,
    *,
    known: Sequence[str] = (),
    explain: str | None = None,
    labels_file: str | None = None,
    read_sides: bool = True,
    overwrite: bool = False,
    plain: bool = False,
    cells: Mapping[str, Any] | None = None,
    trust: bool | str = False,
    quiet: bool = False,
) -> pd.DataFrame:
    """Predict raw rows and write the table.

    Args:
        run: Run folder.
        data: File or folder with rows; no label is read unless `known` names it.
        out: `.csv` or `.parquet` file to write.
        known: Label columns whose filled cells are fed, and `label=value` for all rows, also of a
            side label; each item may hold several, separated by commas.
        explain: `.csv` or `.parquet` file for what each known label changed, row by row.
        labels_file: Table with the labels of images, for `known`.
        read_sides: Whether the side labels of the file are fed, to a run that takes some; they are
            known at inference.
        overwrite: Whether `out` may be replaced.
        plain: Whether text that a spreadsheet would run gets an apostrophe; see `plain_cells`.
        cells: What cells mean, on top of what the run knows: arguments of `CellRules`.
        trust: Whether the run may import its own code; see `load_run`.
        quiet: Show no notes and no progress.
    """
    target = Path(out)
    check_out(target, data, overwrite, quiet=quiet)
    rules = CellRules(**(cells or {}))
    loaded = load_run(run, trust=trust)
    told, known = side_values(known, loaded.sides)
    loaded.predictor.check_known(known or None)
    if explain is not None:
        check_explain(explain, known, out, loaded.spec)
        check_out(Path(explain), data, overwrite, quiet=quiet)
    columns, values = parse_known(known, loaded.spec)
    with reading_images(quiet) as on_image:
        dataset = load_rows(
            loaded,
            data,
            labels_file=labels_file,
            read_labels=bool(columns),
            read_sides=read_sides,
            on_image=on_image,
            cells=rules,
        )
    for line in dataset.notes:
        note(line, quiet)
    dataset = with_sides(dataset, loaded.sides, told)
    shown = known_labels(dataset, loaded.spec, columns, values) if known else None
    if shown is not None:
        complete = int((shown != UNKNOWN).reshape(len(shown), -1).all(axis=1).sum())
        if complete:
            what = f"{complete} of {len(shown)} rows"
            note(f"{what}: every label is known, nothing to predict", quiet)
    probabilities = _predict(loaded, dataset, shown, quiet)
    frame = prediction_table(dataset, loaded.spec, probabilities, shown, id_name(loaded, dataset))
    write_table(plain_cells(frame) if plain else frame, target)
    if explain is not None and shown is not None:
        told = explanation_table(loaded, dataset, shown, str(frame.columns[0]))
        write_table(plain_cells(told) if plain else told, Path(explain))
    if not quiet:
        fed = 0 if shown is None else _count_known(shown, loaded.spec)
        beside = f"; {side_summary(loaded, dataset)}" if loaded.sides else ""
        say(f"{len(frame)} rows predicted, {fed} known labels fed{beside}; written to {target}")
    return frame


def known_labels(
    dataset: Dataset, spec: LabelSpec, columns: Sequence[str], values: dict[str, str]
) -> np.ndarray:
    """Return the labels that are fed: int32 in the shape of `dataset.labels`, -1 unknown.

    Args:
        dataset: Rows with the labels that the file has.
        spec: The run's label spec.
        columns: Label columns whose cells of the file are fed.
        values: Value for all rows by label; it wins over the file.

    Raises:
        DataError: The file lacks a column.
        LabelError: A value that the label cannot have.
    """
    missing = [c for c in columns if dataset.kind == "table" and c not in dataset.label_names]
    if missing or (columns and not dataset.label_names):
        name = (missing or columns)[0]
        raise DataError(f"{dataset.source}: there is no label column {name!r} to take as known.")
    known = np.full_like(dataset.labels, UNKNOWN)
    by_name = {column.name: column for column in spec.label_columns}
    for name in columns:
        by_name[name].put(known, by_name[name].ids(dataset.labels))
    for name, value in values.items():
        by_name[name].put(
            known, by_name[name].ids(_encoded_value(name, value, spec, dataset.cells))
        )
    return known


def _encoded_value(name: str, value: str, spec: LabelSpec, cells: CellRules) -> np.ndarray:
    rules = CellRules(**{**cells.to_json(), "uncertain": {}})  # what is known is not uncertain
    if rules.declared("-1") is None:
        rules = spec.id_cells.plus(rules)
    try:
        encoded: np.ndarray = spec.encode([{name: value}], cells=rules)
    except LabelError as error:  # there is no row 0 here
        raise error.at(f"--known {name}={value}") from error
    return encoded


def prediction_table(
    dataset: Dataset,
    spec: LabelSpec,
    probabilities: np.ndarray,
    known: np.ndarray | None,
    id_name: str = "row",
) -> pd.DataFrame:
    """Return the rows of the output file, in the words of the training file.

    Args:
        dataset: The rows, for their ids.
        spec: The run's label spec.
        probabilities: Array of shape `(n, num_classes)`.
        known: Labels that were fed. They stand in the table as given, their `source` says
            `given`, and their probabilities are empty: they are no predictions.
        id_name: Name of the id column.

    Returns:
        Single: id, `predicted`, `p_<class>` ...; multi: id, and for each column `<label>` and
        `p_<label>`, or for a column of classes `p_<label>=<class>` for each. With `known`,
        `source` or `<label>_source` tells `given` from `predicted`.
    """
    frame: dict[str, object] = {}

    def add(name: str, column: object) -> None:
        while name in frame:  # a label may itself be called `row` or `p_...`
            name += "_"
        frame[name] = column

    add(id_name, dataset.row_ids)
    single = not spec.shape
    for column in spec.label_columns:
        p = column.probabilities(probabilities)
        states = p.argmax(axis=1) if column.of_classes else (p[:, 1] >= 0.5).astype(np.int64)
        fed = np.zeros(len(p), bool)
        if known is not None:
            told = column.ids(known)
            fed = told != UNKNOWN
            states = np.where(fed, told, states)
        source = np.where(fed, "given", "predicted")
        if known is not None and single:
            add("source", source)
        add("predicted" if single else column.name, _in_words(column, states))
        for place, index in enumerate(column.places):
            shown = p[:, place] if column.of_classes else p[:, 1]
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


def _predict(run: Run, dataset: Dataset, known: np.ndarray | None, quiet: bool) -> np.ndarray:
    parts = []
    for rows, part in in_chunks(dataset, "predict", quiet):
        fed = None if known is None else known[rows]
        sides = part.sides.columns() if part.sides.specs else None
        parts.append(run.predict(part.features, known=fed, sides=sides))
    return np.concatenate(parts)


def parse_known(known: Sequence[str], spec: LabelSpec) -> tuple[list[str], dict[str, str]]:
    """Split each `a,b=1` into label columns and values for all rows.

    Args:
        known: What the user wrote after each `--known`.
        spec: The run's label spec.

    Raises:
        DataError: The run has no such label, or a label stands there twice.
    """
    names = spec_columns(spec)
    columns: list[str] = []
    values: dict[str, str] = {}
    for item in known:
        for part in [item] if item in names else item.split(","):
            name, equals, value = part.partition("=")
            if part in names:
                name, equals = part, ""
            name = name.strip()
            if spec.shape and name == spec.name and not equals:  # the column that names them all
                columns += [label for label in names if label not in columns]
                continue
            if name not in names:
                raise DataError(
                    f"--known {name!r}: the run has no such label.{did_you_mean(name, names)}"
                )
            if name in columns or name in values:
                raise DataError(f"--known names {name!r} twice; give it once.")
            if equals:
                values[name] = value.strip()
            else:
                columns.append(name)
    return columns, values


def _count_known(known: np.ndarray, spec: LabelSpec) -> int:
    return sum(int((column.ids(known) != UNKNOWN).sum()) for column in spec.label_columns)
