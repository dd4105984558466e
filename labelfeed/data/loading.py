"""One entry for every kind of data: a table, an npz archive or an image folder."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from labelfeed.data.arrays import load_arrays
from labelfeed.data.coarse import with_tree, with_upper_classes
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.files import TABLE_SUFFIXES, data_files, format_of
from labelfeed.data.files_below import files_below
from labelfeed.data.gaps import gap_notes
from labelfeed.data.images import load_images
from labelfeed.data.order import in_order
from labelfeed.data.read_table import ReadTable
from labelfeed.data.sides import SideRanges
from labelfeed.data.table import load_table
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.spec import LabelSpec
from labelfeed.limits import bounded
from labelfeed.sides.tree import Tree
from labelfeed.types import DataPath

__all__ = ["fingerprint", "load_data"]


@bounded
def load_data(
    path: DataPath | ReadTable,
    *,
    target: str | None = None,
    labels: Sequence[str] = (),
    spec: LabelSpec | None = None,
    id_column: str | None = None,
    drop: Sequence[str] = (),
    decimal: str | None = None,
    dates: Sequence[str] = (),
    encoding: str | None = None,
    group: str | None = None,
    sides: Sequence[str | LabelSpec] = (),
    side_ranges: SideRanges | None = None,
    weights: Sequence[str] = (),
    beside: Sequence[str] = (),
    training_only: Sequence[str] = (),
    tree: Tree | None = None,
    order: Mapping[str, Sequence[str]] | None = None,
    features: str = "x",
    image_size: int | tuple[int, int] = 32,
    image_color: str = "rgb",
    image_white: int | None = None,
    labels_file: str | Path | None = None,
    file_column: str = "file",
    read_labels: bool = True,
    cells: CellRules | None = None,
    on_image: Callable[[int, int], None] | None = None,
    unread: bool = False,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
) -> Dataset:
    """Load what `path` is: a table (`load_table`), npz (`load_arrays`), or an image folder.

    Args:
        path: File or folder; several tables of one format, a pattern such as `rows/*.csv` or a
            folder of tables are one table, its rows counted through; a table that is read already.
        target: Label column (table, labels file), label array (npz), name of the label (images).
        labels: Further yes/no label columns.
        spec: Label spec of a saved run, instead of `target` and `labels`.
        id_column: Column of a table with row ids.
        drop: Columns of a table that are no features.
        decimal: How a table writes numbers, `","` or `"."`; see `load_table`.
        dates: Columns of a table that are dates, `COL` or `COL=HOW`; see `load_table`.
        encoding: Encoding of a CSV, also of the labels file, such as `"latin-1"`.
        group: Groups, such as patients, of which no row stands on another side of a split than the
            others: a column of a table or of the labels file of images, an array of an npz (there
            also `"groups"` when `None`). It is no feature. With `spec` it may be absent.
        sides: Side labels, known at inference: columns of a table or of the labels file of images,
            arrays of an npz; or their specs of a saved run.
        side_ranges: By side column or label column of numbers, such as age, how many ranges of it
            are the classes (0: each number is one), or the cut points; by default 5 with as many
            rows each. A label that is a number is predicted with mean and spread.
        weights: Columns (npz: an array) with the weights of rows, `COL`, or of one label,
            `LABEL=COL`; no features.
        beside: Columns of the labels file of images that are features beside the picture.
        training_only: Columns of a table that only training sees, no features; prediction does not
            need them. With `spec` they are left unread.
        tree: Coarser classes of the classes of a single label: a cell may name one of these where
            the class is not known; see `labelfeed.data.coarse.with_tree`.
        order: For columns whose classes stand in an order the classes, lowest first.
        features: Feature array of an npz.
        image_size: Side length or (height, width) of images, in pixels.
        image_color: `"rgb"` or `"grey"`.
        image_white: Value that is white in pictures of 16 bits; see `load_images`.
        labels_file: Table with the labels of the images.
        file_column: Its column of file names.
        read_labels: With `spec`: whether to read the labels; if not, all are unknown.
        cells: What cells mean that are no plain values (unknown, uncertain, none apply, several
            labels in one); see `CellRules` and `load_table`.
        on_image: Called after each image with the number read and the number of all.
        unread: Whether the pictures of a folder stay on disk; see `load_images`.
        max_pixels: Most pixels of one picture; 64 million unless told otherwise.
        max_bytes: Most bytes that a file may unpack to; `None`: half of the memory, for text an
            eighth. Both as in `labelfeed.limits.limits`.

    Returns:
        A `Dataset`.

    Raises:
        DataError: Nothing that can be read is there.
        LabelError: A label that does not fit; names row and column.
    """
    if not isinstance(target, str | None):
        raise DataError(
            f"target= is the name of one column, got {target!r}; yes/no columns beside it go into "
            "labels=, columns of classes into a spec (LabelSpec.columns)."
        )
    del max_pixels, max_bytes  # `bounded` has set them
    cells = CellRules() if cells is None else cells
    ranked = [name for name in order or () if name in (target, *labels)]
    if ranked:  # classes, no number
        side_ranges = {**dict.fromkeys(ranked, 0), **(side_ranges or {})}
    if order:  # a class called none is one
        cells = cells.plus(CellRules(keep=[name for names in order.values() for name in names]))
    if isinstance(path, ReadTable):
        read, files = path, tuple(file for file, _ in path.files)
    else:
        read, files = None, data_files(path)
    path, mark = files[0], ""
    for file in () if read else files:
        if not file.exists():
            raise DataError(f"{file}: no such file or folder.")
    try:  # before it is read: another file may stand there after training
        if not read and (path.is_file() or path.is_dir()):
            mark = fingerprint(files)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    if beside and not path.is_dir():
        raise DataError(
            f"{path}: columns beside pictures (--beside) are for a folder of images; of a table "
            "every column that nothing else uses is a feature."
        )
    if training_only and spec is None and (path.is_dir() or path.suffix.lower() == ".npz"):
        raise DataError(
            f"{path}: training-only columns (--training-only) are those of a table (CSV, Excel, "
            "Parquet). For pictures and arrays take labelfeed.strategies.training_only in Python."
        )
    run_spec = spec
    if tree is not None and spec is not None:
        spec = with_upper_classes(tree, spec)
    if path.is_dir():
        dataset = load_images(
            path,
            size=image_size,
            color=image_color,
            target=target,
            labels=labels,
            labels_file=labels_file,
            file_column=file_column,
            encoding=encoding,
            spec=spec,
            sides=sides,
            weights=weights,
            beside=beside,
            side_ranges=side_ranges,
            group=group,
            read_labels=read_labels,
            cells=cells,
            white=image_white,
            on_image=on_image,
            unread=unread,
        )
    elif path.suffix.lower() == ".npz":
        if labels:
            raise DataError(
                f"{path}: an npz has no label columns; give {target or 'y'!r} as (n, labels)."
            )
        dataset = load_arrays(
            path,
            features=features,
            target=target,
            spec=spec,
            sides=sides,
            weights=weights,
            side_ranges=side_ranges,
            group=group,
            read_labels=read_labels,
            cells=cells,
        )
    elif format_of(path) is not None:
        dataset = load_table(
            read or files,
            target=target,
            labels=labels,
            spec=spec,
            id_column=id_column,
            drop=drop,
            sides=sides,
            decimal=decimal,
            weights=weights,
            side_ranges=side_ranges,
            dates=dates,
            encoding=encoding,
            group=group,
            training_only=training_only,
            read_labels=read_labels,
            cells=cells,
        )
    else:
        expected = f"{', '.join(TABLE_SUFFIXES)} or .npz, or a folder of images"
        raise DataError(f"{path}: expected {expected}.")
    if tree is not None:
        dataset = with_tree(dataset, tree, run_spec)
    if order:
        dataset = in_order(dataset, order)
    if spec is None:
        dataset = dataclasses.replace(dataset, notes=dataset.notes + gap_notes(dataset))
    return dataclasses.replace(dataset, fingerprint=mark)


def fingerprint(path: DataPath) -> str:
    """Return the SHA-256 of a file or several, or of the names and sizes of a folder's files.

    It tells whether rows are the very rows that a run was trained on.
    """
    files, digest = data_files(path), hashlib.sha256()
    if len(files) > 1:
        return hashlib.sha256("".join(map(fingerprint, files)).encode()).hexdigest()
    path = files[0]
    if path.is_dir():
        for file in files_below(path, hidden=True).paths:
            entry = f"{file.relative_to(path).as_posix()}\0{file.stat().st_size}\n"
            digest.update(entry.encode(errors="surrogateescape"))
        return digest.hexdigest()
    with path.open("rb") as opened:
        while block := opened.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
