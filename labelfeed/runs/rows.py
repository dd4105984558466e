"""Reads the rows that a saved run is applied to, the way its training file was read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.files import data_files, format_of
from labelfeed.data.label_cells import label_cells
from labelfeed.data.labelling import as_text
from labelfeed.data.loading import fingerprint, load_data
from labelfeed.data.read_table import ReadTable, read_table
from labelfeed.data.seen_rows import SeenRows
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.spec import LabelSpec
from labelfeed.runs.kept import KeptRun
from labelfeed.sides.tree import Tree
from labelfeed.types import DataPath

__all__ = ["load_labelled", "load_rows", "read_rows", "seen_before", "select_rows", "training_rows"]


def load_rows(
    run: KeptRun,
    path: DataPath | ReadTable,
    *,
    labels_file: str | None = None,
    group: str | None = None,
    read_labels: bool = True,
    read_sides: bool = True,
    on_image: Callable[[int, int], None] | None = None,
    cells: CellRules | None = None,
) -> Dataset:
    """Load a file for a run: same label spec, id column, image size and array names.

    Args:
        run: The run.
        path: The file or folder; it may be of another format than the training file, if it has
            the same kind of rows. Several tables are one; so is one that is read already.
        labels_file: Table with the labels of images.
        group: Column of groups, if it is called otherwise here than in training.
        read_labels: Whether to read labels at all.
        read_sides: Whether to read side labels, for a run that takes them; if not, all are unknown.
        on_image: Called as `on_image(done, total)` while images are read.
        cells: What cells mean, on top of the run's rules.

    Raises:
        DataError: It is of another kind, cannot be read, or has no column `group`.
        LabelError: A label that the run does not know; names row and column.
    """
    data = read_rows(
        run.data, run.spec, run.sides if read_sides else (), path, labels_file=labels_file,
        group=group, read_labels=read_labels, on_image=on_image, cells=cells,
    )  # fmt: skip
    notes = data.notes + run.preprocessor.told(data.features)
    if run.interrupted:
        notes += (_interrupted(run),)
    return dataclasses.replace(data, notes=notes)


def read_rows(
    kept: dict[str, Any],
    spec: LabelSpec,
    sides: Sequence[LabelSpec],
    path: DataPath | ReadTable,
    *,
    labels_file: str | None = None,
    group: str | None = None,
    read_labels: bool = True,
    on_image: Callable[[int, int], None] | None = None,
    cells: CellRules | None = None,
) -> Dataset:
    """Load a file the way that a training file was read; arguments as for `load_rows`.

    Args:
        kept: How the training file was read, as a run keeps it.
        spec: The label spec.
        sides: The specs of the side labels to read.
        path: As for `load_rows`, and likewise those that follow.
        labels_file: As there.
        group: As there.
        read_labels: As there.
        on_image: As there.
        cells: As there.
    """
    if kept.get("kind") == "images" and kept.get("labels_file") and labels_file is None:
        read_labels = False  # folders were no classes in training either
    data = load_data(
        path,
        spec=spec,
        id_column=_id_column(kept, path),
        labels_file=labels_file,
        sides=sides,
        weights=kept.get("weights") or () if read_labels else (),
        read_labels=read_labels,
        cells=_cells(kept, cells),
        on_image=on_image,
        tree=Tree(kept["tree"]) if kept.get("tree") else None,
        **_reading(kept) | ({"group": group} if group else {}),
    )
    _check_kind(kept, data)
    if read_labels and kept.get("annotators") and data.kind == "table" and not data.label_names:
        from labelfeed.noise.annotated_rows import with_agreed_labels  # scikit-learn behind it

        data = with_agreed_labels(data, path, kept["annotators"], kept.get("encoding"))
    if group is not None and data.groups is None:
        raise DataError(f"{data.source}: there is no column of groups {group!r}.")
    return data


def _interrupted(run: KeptRun) -> str:
    done = run.metrics["training"]
    phase = f"phase {len(done['phases'])}, " if len(done.get("phases", ())) > 1 else ""
    return (
        f"the training of this run was INTERRUPTED ({phase}{done.get('epochs')} whole epochs "
        "in all): its weights are the best until then"
    )


def load_labelled(
    run: KeptRun,
    path: DataPath,
    *,
    labels_file: str | None = None,
    on_image: Callable[[int, int], None] | None = None,
    cells: CellRules | None = None,
) -> Dataset:
    """Load labelled rows for a run whose classes may be other ones than the run's.

    Args:
        run: The run, of a single label; its label column is where the classes stand.
        path: The file or folder.
        labels_file: Table with the labels of images.
        on_image: Called as `on_image(done, total)` while images are read.
        cells: What cells mean, on top of the run's rules.

    Raises:
        DataError: It is of another kind, cannot be read, or has no labels.
    """
    reading, rules = _reading(run.data), _cells(run.data, cells)
    reading.pop("group", None)
    data = load_data(
        path,
        spec=_classes(path, run.spec.name, rules, reading.get("encoding")),
        cells=rules,
        id_column=_id_column(run.data, path),
        labels_file=labels_file,
        on_image=on_image,
        **{"target": run.spec.name, **reading},
    )
    _check_kind(run.data, data)
    if not data.labelled.any():
        raise DataError(f"{path}: no row has a label (looked for {run.spec.name!r}).")
    return data


def _cells(kept: dict[str, Any], cells: CellRules | None) -> CellRules:
    """Return the rules by which a run's training file was read, and more on top."""
    rules = kept.get("cells")
    # Before there were rules, -1 was unknown.
    own = CellRules(missing=-1) if rules is None else CellRules.from_json(rules)
    return own if cells is None else own.plus(cells)


def _classes(
    path: DataPath, target: str, cells: CellRules, encoding: str | None
) -> LabelSpec | None:
    """Return the classes of a table's column, however few rows each has."""
    if format_of(data_files(path)[0]) is None:
        return None
    table = read_table(path, encoding)
    frame = table.frame
    if target not in frame.columns:
        return None
    read = label_cells(target, as_text(frame[target]), cells, table.source, single=True)
    found = {text for text in read.texts if text is not None}
    return LabelSpec.single(sorted(found), name=target) if len(found) > 1 else None


def _reading(kept: dict[str, Any]) -> dict[str, Any]:
    """Return how the training file was read, as arguments of `load_data`."""
    if kept.get("kind") != "images":
        keys = ("features", "target", "decimal", "dates", "encoding", "group", "training_only")
        return {key: kept[key] for key in keys if kept.get(key)}
    return {
        "image_size": tuple(kept["image_size"]),
        "image_color": kept["image_color"],
        "image_white": kept.get("image_white") or 0,  # 0: there were pictures of 8 bits only
        "file_column": kept.get("file_column", "file"),
        "beside": tuple(kept.get("beside") or ()),
        "encoding": kept.get("encoding"),
        "group": kept.get("group"),
    }


def _check_kind(kept: dict[str, Any], data: Dataset) -> None:
    if kept.get("kind", data.kind) != data.kind:
        raise DataError(
            f"{data.source}: holds {data.kind}, but the run was trained on {kept['kind']}."
        )


def select_rows(run: KeptRun, data: Dataset, path: DataPath, which: str) -> tuple[Dataset, str]:
    """Return the labelled rows to judge a run on, and a sentence that says which.

    Args:
        run: The run.
        data: All rows of the file.
        path: The file, to tell whether it is the training file.
        which: `"auto"` takes the held-out rows of the training file, and all rows of any other;
            `"held-out"` insists on the training file; `"all"` takes all.

    Raises:
        DataError: There is no such row.
    """
    same = run.data.get("fingerprint") == (data.fingerprint or fingerprint(path))
    if which == "held-out" and not same:
        raise DataError(
            f"{data.source} is not the file that the run was trained on: no row is held out."
        )
    if which == "held-out" or (which == "auto" and same):
        test = np.asarray(run.split.get("test", ()), dtype=int)
        if not test.size:
            raise DataError("The run held no rows out (--test-share 0); give rows it has not seen.")
        if test.max() >= len(data):
            raise DataError(
                f"{data.source} has {len(data)} rows; the run holds out row {test.max() + 1}."
            )
        chosen = data.take(test)
        what = f"{len(test)} held-out rows of the training file"
    else:
        chosen = data.take(data.labelled)
        what = f"{len(chosen)} labelled rows"
        if same:
            what += ", most of which the run was TRAINED on"
        elif _same_place(run.data.get("path"), path):
            what += " of the training file, which has CHANGED: the run was trained on some of them"
    if not chosen.labelled.any():
        names = ", ".join(repr(c) for c in (data.label_names or (run.spec.name,)))
        raise DataError(f"{data.source}: no row has a label (looked for {names}).")
    return chosen, what


def seen_before(run: KeptRun, rows: Dataset, path: DataPath, which: str) -> SeenRows:
    """Return what a run has seen in training, to compare the rows with that it is judged on.

    Args:
        run: The run.
        rows: The rows, as from `select_rows`.
        path: Their file.
        which: As for `select_rows`.

    Returns:
        What it has seen; nothing where that was not kept, and for all rows of the training file,
        most of which it has seen of course.
    """
    same = run.data.get("fingerprint") == (rows.fingerprint or fingerprint(path))
    return SeenRows.none() if run.seen is None or (which == "all" and same) else run.seen


def training_rows(run: KeptRun, data: Dataset, path: DataPath, which: str) -> Dataset | None:
    """Return the labelled rows that a run was trained on, where its training file is looked at.

    Args:
        run: The run.
        data: All rows of the file.
        path: Their file.
        which: As for `select_rows`.

    Returns:
        Training and validation rows; `None` of another file, and where all rows are judged.
    """
    same = run.data.get("fingerprint") == (data.fingerprint or fingerprint(path))
    if which == "all" or not same:
        return None
    chosen = data.labelled.copy()
    chosen[np.asarray(run.split.get("test", ()), dtype=int)] = False
    return data.take(chosen) if chosen.any() else None


def _same_place(kept: str | list[str] | None, path: DataPath) -> bool:
    if not kept:
        return False
    there = [Path(p).resolve() for p in ([kept] if isinstance(kept, str) else kept)]
    return there == [file.resolve() for file in data_files(path)]


def _id_column(kept: dict[str, Any], path: DataPath | ReadTable) -> str | None:
    """Return the run's id column; only tables have one."""
    is_table = isinstance(path, ReadTable) or format_of(data_files(path)[0]) is not None
    return kept.get("id_column") if is_table else None
