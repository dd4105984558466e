"""Image folders: one subfolder per class, or a CSV with the labels of each file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from labelfeed.data import label_reading
from labelfeed.data.beside import PicturesAndColumns, beside_columns, check_beside
from labelfeed.data.classes import natural
from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.data.files_below import files_below
from labelfeed.data.image_table import image_table
from labelfeed.data.label_reading import label_columns, unlabelled
from labelfeed.data.labelling import Labelled, as_text, single_labels, spec_columns
from labelfeed.data.pixels import Pixels, UnreadPictures
from labelfeed.data.side_numbers import split_by_name
from labelfeed.data.sides import SideRanges, read_sides, side_names
from labelfeed.data.spellings import spelling_notes
from labelfeed.data.weights import read_weights, weight_columns
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import NO_RULES
from labelfeed.labels.spec import LabelSpec

__all__ = ["IMAGE_SUFFIXES", "load_images"]

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")
_UNLABELLED = ("unlabelled", "unlabeled")


def load_images(
    folder: str | Path,
    *,
    size: int | tuple[int, int] = 32,
    color: str = "rgb",
    target: str | None = None,
    labels: Sequence[str] = (),
    labels_file: str | Path | None = None,
    file_column: str = "file",
    encoding: str | None = None,
    spec: LabelSpec | None = None,
    sides: Sequence[str | LabelSpec] = (),
    weights: Sequence[str] = (),
    beside: Sequence[str] = (),
    side_ranges: SideRanges | None = None,
    group: str | None = None,
    read_labels: bool = True,
    white: int | None = None,
    cells: CellRules = NO_RULES,
    on_image: Callable[[int, int], None] | None = None,
    unread: bool = False,
) -> Dataset:
    """Load PNG and JPEG files of a folder.

    Without `labels_file` the class of an image is the subfolder it lies in, at any depth below;
    files directly in the folder, or in a subfolder `unlabelled`, have no label. With
    `labels_file` the labels stand in a CSV or Parquet table, one row per image, and `target` and
    `labels` mean what they mean for a table; images that the table does not list have no label.

    Args:
        folder: The folder.
        size: Side length, or (height, width), that every image is resized to, in pixels.
        color: `"rgb"` or `"grey"`.
        target: Name of the label (`"label"` when `None`); with `labels_file` its target column.
        labels: Further yes/no columns of `labels_file`.
        labels_file: Table with a column of file names and label columns.
        file_column: Column of `labels_file` with paths relative to the folder.
        encoding: Encoding of `labels_file`; see `labelfeed.data.table.read_frame`.
        spec: Label spec of a saved run.
        sides: Columns of `labels_file` with side labels, known at inference; or their specs of a
            saved run.
        side_ranges: How side columns of numbers are cut into ranges; see `read_sides`.
        weights: Columns of `labels_file` with weights; see `load_table`.
        beside: Columns of `labels_file` that are features beside the picture, missing where a
            picture is not listed; then `features` is a `PicturesAndColumns`.
        group: Column of `labels_file` with groups, such as patients, that stay on one side of every
            split. With `spec` it may be absent.
        read_labels: With `spec`: whether to read the labels; if not, all are unknown.
        white: Value that is white in pictures of 16 bits; 0 keeps the upper 8 bits only. `None`
            finds the bits that these pictures use: 4095 for 12 bits.
        cells: What cells of `labels_file` mean that are no plain values; see `load_table`.
        on_image: Called after each image with the number read and the number of all.
        unread: Whether pictures stay on disk: `features` are `UnreadPictures` then.

    Returns:
        A `Dataset` of kind `"images"`: features uint8 of shape `(n, height, width, channels)`, or
        uint16 with 65535 as white where a picture has 16 bits; row ids are the paths relative to
        the folder, sorted; `white` as above, for the rows of another day.

    Raises:
        DataError: No folder, no images, a broken image, more pixels than allowed
            (`labelfeed.limits`), or a table that does not fit.
        LabelError: A subfolder or label that `spec` does not have.

    Example:
        >>> data = load_images("xrays", size=64, color="grey")  # doctest: +SKIP
    """
    folder = Path(folder)
    source = str(folder)
    if color not in ("rgb", "grey"):
        raise DataError(f"color must be 'rgb' or 'grey', got {color!r}.")
    height, width = (size, size) if isinstance(size, int) else size
    if min(height, width) < 4:
        raise DataError(f"size must be at least 4 pixels, got {height} x {width}.")
    paths, notes = _find(folder)
    ids = [path.relative_to(folder).as_posix() for path in paths]
    given: dict[str, Any]
    columns: tuple[str, ...]
    where = source
    side_cells: dict[str, Any] = {}
    heavy: dict[str, Any] = {}
    several = bool(labels or cells.separator if spec is None else spec.shape)
    groups = None
    check_beside(beside, (), labels_file)
    columns_of: Any = None
    if labels_file is not None and (beside or sides or group or spec is None or read_labels):
        wanted = [target or "label", *labels] if spec is None else None
        listed, left = image_table(
            Path(labels_file),
            file_column,
            ids,
            wanted,
            spec,
            sides,
            cells,
            group,
            encoding,
            weights,
            beside,
        )
        found = {name: listed.pop(name) for name in beside}
        if beside:
            columns_of, told_of = beside_columns(found, ids, labels_file, encoding, cells)
            notes += told_of
        notes += left
        groups = listed.pop(group, None) if group else None
        asked = wanted if spec is None else label_columns(spec, cells, listed)
        kept = {*(asked or ()), *side_names(sides)}
        heavy = {name: listed.pop(name) for name in [*listed] if name not in kept}
        side_cells = {name: listed.pop(name) for name in side_names(sides) if name in listed}
        if spec is not None and read_labels and not listed:
            raise DataError(f"{labels_file}: has none of the label columns of the run.")
    elif any(isinstance(side, str) for side in sides):
        raise DataError(f"{source}: side labels of images need a table with them: labels_file.")
    elif weights and spec is None:
        raise DataError(f"{source}: weights of images need a table with them: labels_file.")
    elif group is not None and spec is None:
        raise DataError(f"{source}: groups of images need a table with them: labels_file.")
    if spec is not None and not read_labels:
        given, columns = {}, ()
    elif labels_file is not None:
        given, columns = listed, tuple(listed)
        where = str(labels_file)
    else:
        if several:
            raise DataError(f"{source}: several labels of an image need a table: labels_file.")
        name = spec.name if spec is not None else target or "label"
        given = {name: [_class_of(i) for i in ids]}
        columns = (name,) if any(c is not None for c in given[name]) else ()
        if spec is None and not columns:
            raise DataError(
                f"{source}: no class subfolders; put the images of each class into a folder of "
                "its name, or pass a table with labels_file."
            )
    fresh = spec is None
    ranges, side_ranges = split_by_name(side_ranges, list(given) if fresh else ())
    if spec is not None and not read_labels:
        read = unlabelled(spec, len(ids))
    elif labels_file is None and not several:
        # A class folder that the spec does not know is told with a file, not a row number.
        name, values = next(iter(given.items()))
        read = _folder_classes(values, ids, name, spec, source)
    else:
        read = label_reading.read_labels(given, spec, where, cells, ranges)
    weighing = weight_columns(weights, spec_columns(read.spec), heavy, where, needed=False)
    read, weighed, light = read_weights(heavy, weighing, read, where)
    files = UnreadPictures(tuple(paths), tuple(ids), (height, width), color)
    pictures = Pixels(files, None, ()) if unread else files.read(white, on_image)
    side_labels, told = read_sides(side_cells, sides, len(ids), ranges=side_ranges, cells=cells)
    spellings = read.spellings + side_labels.spellings
    pixels = pictures.pixels
    return Dataset(
        "images",
        pixels if columns_of is None else PicturesAndColumns(pixels, columns_of),
        read.labels,
        read.spec,
        np.array(ids, dtype=object),
        source,
        columns,
        notes + light + read.notes + pictures.notes + told + spelling_notes(spellings, fresh),
        side_labels,
        pictures.white,
        soft=read.soft,
        cells=cells,
        spellings=spellings,
        weights=weighed,
        numbers=read.numbers,
        groups=groups,
        group_name=(group or "") if groups is not None else "",
    )


def _find(folder: Path) -> tuple[list[Path], tuple[str, ...]]:
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "no such folder"
        raise DataError(f"{folder}: {what}.")
    found = files_below(folder)
    files, notes = found.paths, found.notes(folder)
    images = [path for path in files if path.suffix.lower() in IMAGE_SUFFIXES]
    if not images:
        also = f"; {'; '.join(notes)}" if notes else ""
        raise DataError(f"{folder}: no PNG or JPEG file in it ({len(files)} other files{also}).")
    others = [p for p in files if p.suffix.lower() not in (*IMAGE_SUFFIXES, ".csv", ".parquet")]
    if others:
        first = others[0].relative_to(folder).as_posix()
        skipped = f"{len(others)} file(s) skipped that are not PNG or JPEG (first: {first})"
        notes = (skipped, *notes)
    return images, notes


def _class_of(image_id: str) -> str | None:
    top, slash, _ = image_id.partition("/")
    return top if slash and top.lower() not in _UNLABELLED else None


def _folder_classes(
    values: Sequence[str | None], ids: Sequence[str], name: str, spec: LabelSpec | None, source: str
) -> Labelled:
    """Return labels and spec of class folders: whatever a folder is called, it is a class."""
    texts = as_text(values)
    if spec is None:
        classes = sorted({text for text in texts if text is not None}, key=natural)
        if len(classes) < 2:
            return single_labels(texts, name, None, source)  # says what is wrong
        spec = LabelSpec.single(classes, name=name)
    elif spec.names is not None:
        for text, image in zip(texts, ids, strict=True):
            if text is not None and text not in spec.names:
                what = f"the run has no class {text!r}.{did_you_mean(text, spec.names)}"
                raise DataError(what, place=f"{source}: {image}", column=spec.name, value=text)
    return single_labels(texts, name, spec, source)
