"""The table beside a folder of images: its columns in the order of the files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from labelfeed.data.beside import check_beside, unused_columns
from labelfeed.data.dataset import DataError, check_group, did_you_mean
from labelfeed.data.frame import read_frame
from labelfeed.data.label_reading import label_columns
from labelfeed.data.labelling import as_text
from labelfeed.data.sides import side_names
from labelfeed.data.weights import weight_columns
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.spec import LabelSpec

__all__ = ["image_table"]


def image_table(
    path: Path,
    file_column: str,
    ids: Sequence[str],
    labels: Sequence[str] | None,
    spec: LabelSpec | None,
    sides: Sequence[str | LabelSpec],
    cells: CellRules,
    group: str | None,
    encoding: str | None,
    weights: Sequence[str],
    beside: Sequence[str],
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return columns in the order of the images, and a line about those that nothing reads.

    Args:
        path: The table.
        file_column: Its column of paths relative to the folder.
        ids: Those of the images.
        labels: Label columns, all of which have to be there; `None` with a spec.
        spec: Label spec of a saved run, whose columns need not be there.
        sides: Side labels: names have to be there, specs of a saved run need not.
        cells: What cells mean that are no plain values.
        group: Column of groups; with `spec` it may be absent.
        encoding: Encoding of a CSV.
        weights: Columns of weights; see `labelfeed.data.weights.weight_columns`.
        beside: Columns that are features beside the picture; they have to be there.

    Returns:
        Object arrays `(n,)` by column, `None` for images that the table does not list.

    Raises:
        DataError: A column is not there or used twice, or a file is no image or named twice.
    """
    frame, _ = read_frame(path, encoding)
    wanted = list(labels or ())
    if spec is not None:
        wanted = [c for c in label_columns(spec, cells, frame.columns) if c in frame.columns]
    for side, name in zip(sides, side_names(sides), strict=True):
        if name in wanted or name == file_column:
            raise DataError(f"{name!r} cannot be both a side label and the target or file column.")
        if isinstance(side, str) or name in frame.columns:
            wanted.append(name)
    check_group(group, [*wanted, file_column], "target, side label or file column")
    if group is not None and (spec is None or group in frame.columns):
        wanted.append(group)
    heavy = weight_columns(weights, wanted, frame.columns, str(path), needed=labels is not None)
    wanted += [n for n in heavy.values() if n in frame.columns and n not in wanted]
    check_beside(beside, [*wanted, file_column], path)
    wanted += beside
    for name in (file_column, *wanted):
        if name not in frame.columns:
            raise DataError(
                f"{path}: there is no column {name!r}.{did_you_mean(name, frame.columns)}"
            )
    place = {image: row for row, image in enumerate(ids)}
    given = {name: np.full(len(ids), None, dtype=object) for name in wanted}
    values = {name: np.asarray(frame[name], dtype=object) for name in wanted}
    seen: set[str] = set()
    for row, cell in enumerate(as_text(frame[file_column])):
        image = "" if cell is None else cell.replace("\\", "/").removeprefix("./")
        if image not in place or image in seen:
            twice = f"{image!r} stands there twice."
            raise DataError(
                twice if image in seen else f"there is no image {image!r} in the folder.",
                place=f"{path}: data row {row + 1}, column {file_column!r}",
                row=row + 1,
                column=file_column,
                value=image,
            )
        seen.add(image)
        for name in wanted:
            given[name][place[image]] = values[name][row]
    used = [file_column, *wanted]
    return given, unused_columns(path, list(frame.columns), used) if spec is None else ()
