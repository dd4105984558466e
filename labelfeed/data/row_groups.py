"""Rows on disk in groups, each read as arrays: what training streams from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from labelfeed.data.dataset import DataError, did_you_mean
from labelfeed.data.files import data_files, format_of
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.errors import CellError
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import ArrowSchema, ArrowTable, DataPath, Features

__all__ = ["ParquetGroups", "RowGroups", "Rows", "picked_rows", "row_bytes", "rows_together"]

Rows = tuple[Any, ...]
"""`(x, y)` or `(x, y, sample_weight)` of some rows; x is an array, or a dict of arrays by input."""


class RowGroups(Protocol):
    """Rows in groups, of which any can be read by itself."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Rows of each group."""

    def read(self, group: int) -> Rows:
        """Return the rows of a group, prepared and checked."""


class ParquetGroups:
    """The row groups of Parquet files, whose columns are numbers: features, labels, side labels.

    Labels and numbers are checked as they are read: an error names file, row and column.

    Args:
        paths: Parquet files, as for `data_files`.
        spec: `LabelSpec` of the label, whose columns are named as in a table.
        features: Columns that are features, in order; `None`: all that are nothing else.
        sides: Specs of side labels, columns of these names.
        weight: Column with the weight of each row.
        drop: Columns that are no features.
        allow_nan: Whether features may be missing: NaN.
        cells: What cells of labels mean that are no plain values; see `LabelSpec.encode`.

    Raises:
        DataError: A file is no Parquet file or lacks a column, the files have different columns, or
            a feature is no number.

    Example:
        >>> import tempfile
        >>> import pandas as pd
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     rows = pd.DataFrame({"age": [30, 41.5], "ill": [0, 1]})
        ...     rows.to_parquet(f"{folder}/rows.parquet")
        ...     groups = ParquetGroups(folder, LabelSpec.single(2, name="ill"))
        ...     x, y = groups.read(0)
        >>> x.tolist(), y.tolist(), groups.features
        ([[30.0], [41.5]], [0, 1], ('age',))
    """

    def __init__(
        self,
        paths: DataPath,
        spec: LabelSpec,
        *,
        features: Sequence[str] | None = None,
        sides: Sequence[LabelSpec] = (),
        weight: str | None = None,
        drop: Sequence[str] = (),
        allow_nan: bool = False,
        cells: CellRules | None = None,
    ) -> None:
        """Look at the files, without reading rows."""
        import pyarrow.parquet

        self.spec, self.sides, self.weight = spec, tuple(sides), weight
        self.allow_nan, self.cells = allow_nan, cells
        self.labels = tuple(column.name for column in spec.label_columns)
        beside = {*self.labels, *(side.name for side in self.sides), weight, *drop}
        self._groups: list[tuple[Path, Any, int, int]] = []
        first: Path | None = None
        for path in data_files(paths):
            if format_of(path) != "Parquet":
                raise DataError(f"{path}: expected a Parquet file (.parquet).")
            try:
                told = pyarrow.parquet.read_metadata(path)
            except (OSError, ValueError) as error:
                raise DataError(f"{path}: cannot be read as Parquet: {error}") from error
            schema = told.schema.to_arrow_schema()
            index = (schema.pandas_metadata or {}).get("index_columns", ())
            names = [name for name in schema.names if name not in index]
            if first is None:
                first, columns = path, names
                own = [name for name in names if name not in beside]
                self.features = tuple(own if features is None else features)
            if set(names) != set(columns):
                other = sorted(set(names) ^ set(columns))[0]
                raise DataError(f"{path}: its columns are not those of {first} ({other!r}).")
            self._check(schema, path)
            before = 0
            for number in range(told.num_row_groups):
                if rows := told.row_group(number).num_rows:
                    self._groups.append((path, told, number, before))
                before += rows
        if not self._groups:
            raise DataError(f"{first}: there is no row.")

    def _check(self, schema: ArrowSchema, path: Path) -> None:
        import pyarrow.types as kinds

        wanted = [*self.features, *self.labels, *(side.name for side in self.sides)]
        for name in [*wanted, self.weight]:
            if name is not None and name not in schema.names:
                raise DataError(
                    f"{path}: there is no column {name!r}.{did_you_mean(name, schema.names)}"
                )
        if not self.features:
            raise DataError(f"{path}: no feature column is left beside the label.")
        for name in self.features:
            kind = schema.field(name).type
            if not any(is_kind(kind) for is_kind in (kinds.is_integer, kinds.is_floating,
                                                     kinds.is_boolean, kinds.is_null)):  # fmt: skip
                raise DataError(
                    f"{path}: the feature {name!r} holds {kind}, no numbers. labelfeed train "
                    "prepares words and dates; here drop it, or write numbers."
                )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Rows of each row group that has any, file by file."""
        return tuple(told.row_group(number).num_rows for _, told, number, _ in self._groups)

    def read(self, group: int) -> Rows:
        """Return `(x, y)` or `(x, y, weight)` of a row group.

        Args:
            group: Its number in `sizes`.

        Returns:
            x is float32 `(n, d)`, with side labels a dict of it (`"features"`) and of their ids by
            input; y is int32 `(n,)` or `(n, num_labels)`, -1 unknown; weights are float32 `(n,)`.

        Raises:
            CellError: A cell does not fit; names file, row and column.
        """
        import pyarrow.parquet

        path, told, number, before = self._groups[group]
        names = [*self.features, *self.labels, *(side.name for side in self.sides)]
        names += [self.weight] if self.weight else []
        file = pyarrow.parquet.ParquetFile(path, metadata=told)
        try:
            table = file.read_row_group(number, columns=list(dict.fromkeys(names)))
        except (OSError, ValueError) as error:
            raise DataError(f"{path}: row group {number} cannot be read: {error}") from error
        finally:
            file.close()
        x = np.empty((table.num_rows, len(self.features)), np.float32)
        for place, name in enumerate(self.features):
            x[:, place] = self._numbers(table, name, path, before)
        y = self._ids(self.spec, table, self.labels, path, before)
        given: Any = x
        if self.sides:
            ids = {s.input_name: self._ids(s, table, (s.name,), path, before) for s in self.sides}
            given = {"features": x, **ids}
        if not self.weight:
            return given, y
        weight = self._numbers(table, self.weight, path, before, least=0.0)
        return given, y, weight.astype(np.float32)

    def _numbers(
        self, table: ArrowTable, name: str, path: Path, before: int, least: float = -np.inf
    ) -> np.ndarray:
        numbers: np.ndarray = table[name].to_numpy()
        if numbers.dtype == object:  # true, false and empty
            numbers = np.array([np.nan if v is None else v for v in numbers], np.float32)
        if numbers.dtype.kind == "f":
            wrong = ~np.isfinite(numbers)
            if self.allow_nan and least < 0:
                wrong = np.zeros(len(numbers), bool)
            numbers = numbers.astype(np.float32) if not wrong.any() else numbers
        else:
            wrong = np.zeros(len(numbers), bool)
        wrong = wrong | (numbers < least)
        if wrong.any():
            at = int(wrong.argmax())
            what = "a finite number" if least < 0 else "a finite weight, 0 or more"
            row = before + at + 1
            raise DataError(
                place=f"{path}: row {row}, column {name!r}", row=row, column=name,
                value=numbers[at], expected=what, count=int(wrong.sum()),
            )  # fmt: skip
        return numbers

    def _ids(
        self, spec: LabelSpec, table: ArrowTable, names: Sequence[str], path: Path, before: int
    ) -> np.ndarray:
        frame = table.select(list(names)).to_pandas()
        try:
            values = frame[names[0]] if spec.kind == "single" else frame
            return spec.encode(values, first_row=before + 1, cells=self.cells)
        except CellError as error:
            raise error.within(str(path)) from error


def rows_together(parts: Iterator[Rows], size: int) -> Rows:
    """Return the rows of several groups as one, without ever holding them twice.

    Args:
        parts: The groups.
        size: Rows of all of them.
    """
    whole: Any = None
    start = 0
    for part in parts:
        if whole is None:
            whole = _mapped(part, lambda a: np.empty((size, *a.shape[1:]), a.dtype))
        end = start + len(part[1])
        _fill(whole, part, slice(start, end))
        start = end
    made: Rows = whole
    return made


def picked_rows(rows: Rows, which: np.ndarray) -> Rows:
    """Return some of the rows, in this order."""
    taken: Rows = _mapped(rows, lambda a: a[which])
    return taken


def row_bytes(rows: Rows) -> float:
    """Return the bytes that a row takes, on average."""
    sizes: list[int] = []
    _mapped(rows, lambda a: sizes.append(a.nbytes))
    return sum(sizes) / max(len(rows[1]), 1)


def _mapped(part: Features, change: Callable[[np.ndarray], object]) -> Any:
    if isinstance(part, tuple):
        return tuple(_mapped(value, change) for value in part)
    if isinstance(part, Mapping):
        return {key: _mapped(value, change) for key, value in part.items()}
    return change(part)


def _fill(whole: Features, part: Features, where: slice) -> None:
    if isinstance(part, tuple):
        for into, value in zip(whole, part, strict=True):
            _fill(into, value, where)
    elif isinstance(part, Mapping):
        for key, value in part.items():
            _fill(whole[key], value, where)
    else:
        whole[where] = part
