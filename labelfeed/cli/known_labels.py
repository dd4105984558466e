"""The labels that a command is told, by column or by value, certain or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.data.labelling import spec_columns
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import UNKNOWN, LabelError
from labelfeed.labels.ranges import number_of
from labelfeed.labels.soft import hard_part, soft_columns, soft_known_of_rows
from labelfeed.labels.spec import LabelSpec

__all__ = ["count_known", "known_labels", "known_numbers", "parse_known"]


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


def known_labels(
    dataset: Dataset, spec: LabelSpec, columns: Sequence[str], values: dict[str, str]
) -> np.ndarray:
    """Return the labels that are fed: int32 in the shape of `dataset.labels`, -1 unknown.

    Where some are soft it is float64, of probabilities; see `soft_known_of_rows`.

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
    known = np.full_like(dataset.labels, UNKNOWN, dtype=np.float64)
    by_name = {column.name: column for column in spec.label_columns}
    for name in columns:
        by_name[name].put(known, by_name[name].ids(dataset.labels))
        if dataset.soft is not None:  # of yes/no columns
            own = list(by_name[name].places)
            soft = dataset.soft[:, own].astype(np.float64).round(6)  # as it was written
            known[:, own] = np.where(np.isnan(soft), known[:, own], soft)
    for name, value in values.items():
        encoded = _encoded_value(name, value, spec, dataset.cells)
        if spec.shape:
            own = list(by_name[name].places)
            known[:, own] = encoded[:, own]
        else:
            known[:] = encoded
    some = spec.shape and soft_columns(known, spec).any()
    return known if some else known.astype(np.int32)


def known_numbers(
    dataset: Dataset, spec: LabelSpec, columns: Sequence[str], values: dict[str, str]
) -> dict[str, np.ndarray]:
    """Return the numbers that are fed of label columns that are some, `(n,)`, NaN where unknown.

    Args:
        dataset: Rows with the labels that the file has.
        spec: The run's label spec.
        columns: Label columns whose cells of the file are fed.
        values: Value for all rows by label.
    """
    found = {}
    for column in spec.label_columns:
        if column.number is None:
            continue
        if column.name in values:
            number = number_of(values[column.name])
            minus = number == -1 and column.number.edges[0] > 0  # unknown
            value = np.nan if number is None or minus else number
            found[column.name] = np.full(len(dataset), value)
        elif column.name in columns and column.name in dataset.numbers:
            found[column.name] = dataset.numbers[column.name].values
    return found


def _encoded_value(name: str, value: str, spec: LabelSpec, cells: CellRules) -> np.ndarray:
    rules = CellRules(**{**cells.to_json(), "uncertain": {}})  # what is known is not uncertain
    if rules.declared("-1") is None:
        rules = spec.id_cells.plus(rules)
    try:
        return _hard_or_soft(name, value, spec, rules)
    except LabelError as error:  # there is no row 0 here
        raise error.at(f"--known {name}={value}") from error


def _hard_or_soft(name: str, value: str, spec: LabelSpec, rules: CellRules) -> np.ndarray:
    try:
        encoded: np.ndarray = spec.encode([{name: value}], cells=rules)
    except LabelError:
        if not spec.shape:
            raise
        encoded = soft_known_of_rows([{name: value}], 1, spec)
    return encoded


def count_known(known: np.ndarray, spec: LabelSpec) -> int:
    """Return how many labels are known, softly or not."""
    hard = hard_part(known)
    told = sum(int((column.ids(hard) != UNKNOWN).sum()) for column in spec.label_columns)
    return told + (int(soft_columns(known, spec).sum()) if spec.shape else 0)
