"""`labelfeed predict --prototypes`: classes that training never met, from a few labelled rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.cli.console import note, reading_images, say
from labelfeed.cli.embed import embedded
from labelfeed.cli.output import check_out, id_name, write_table
from labelfeed.cli.plain_cells import plain_cells
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.nearest_prototype import NearestPrototype
from labelfeed.runs.folder import load_run
from labelfeed.runs.rows import load_labelled, load_rows

__all__ = ["prototype_table", "run_prototypes"]


def run_prototypes(
    run: str,
    data: str,
    out: str,
    *,
    prototypes: str,
    reject: float | None = None,
    labels_file: str | None = None,
    overwrite: bool = False,
    plain: bool = False,
    cells: Mapping[str, Any] | None = None,
    trust: bool | str = False,
    quiet: bool = False,
) -> pd.DataFrame:
    """Predict raw rows by the nearest prototype and write the table.

    Args:
        run: Run folder; it need not know the classes.
        data: File or folder with rows; no label is read.
        out: `.csv` or `.parquet` file to write.
        prototypes: File or folder with labelled rows of the classes to predict.
        reject: Share in (0, 1) of rows of no listed class that may be accepted, as estimated from
            the labelled rows; other rows get no class. `None` gives each row a class.
        labels_file: Table with the labels of the labelled images.
        overwrite: Whether `out` may be replaced.
        plain: Whether text that a spreadsheet would run gets an apostrophe; see `plain_cells`.
        cells: What cells mean, on top of what the run knows: arguments of `CellRules`.
        trust: Whether the run may import its own code; see `load_run`.
        quiet: Show no notes and no progress.
    """
    target = Path(out)
    check_out(target, data, overwrite, quiet=quiet)
    if target.exists() and Path(prototypes).exists() and target.samefile(prototypes):
        raise DataError(f"{target} is the file of labelled rows itself; choose another output.")
    rules = CellRules(**(cells or {}))
    loaded = load_run(run, trust=trust)
    if loaded.spec.kind != "single":
        raise DataError(
            f"{run} predicts {loaded.spec.num_classes} yes/no labels; prototypes need a run of one "
            "label (labelfeed train --target COL --strategy margin)."
        )
    with reading_images(quiet) as on_image:
        labelled = load_labelled(
            loaded, prototypes, labels_file=labels_file, on_image=on_image, cells=rules
        )
    labelled = labelled.take(labelled.labelled)
    vectors = embedded(loaded, labelled, True, quiet)
    nearest = NearestPrototype.fit(vectors, labelled.labels, labelled.spec)
    with reading_images(quiet) as on_image:
        dataset = load_rows(loaded, data, read_labels=False, on_image=on_image, cells=rules)
    for line in dataset.notes:
        note(line, quiet)
    if known := _trained_on(loaded.spec, labelled.spec):
        note(
            f"{known} of {labelled.spec.num_classes} classes were trained on: for them the "
            "estimated false accept rate is too optimistic",
            quiet or reject is None,
        )
    frame = prototype_table(
        dataset, nearest, embedded(loaded, dataset, True, quiet), reject, id_name(loaded, dataset)
    )
    write_table(plain_cells(frame) if plain else frame, target)
    if not quiet:
        say(_summary(frame, nearest, len(labelled), reject, target))
    return frame


def prototype_table(
    dataset: Dataset,
    nearest: NearestPrototype,
    embedding: np.ndarray,
    reject: float | None,
    id_column: str = "row",
) -> pd.DataFrame:
    """Return the rows of the output file.

    Args:
        dataset: The rows, for their ids.
        nearest: The prototypes.
        embedding: Embeddings of the rows, `(n, dimension)`.
        reject: As for `run_prototypes`.
        id_column: Name of the id column.

    Returns:
        Id; `predicted`, empty where rejected; `none_of_these`, 1 minus the greatest cosine, in
        [0, 2]; and `cos_<class>` for every class.
    """
    cosine = nearest.cosines(embedding)
    ids = nearest.predict(embedding, reject) if len(embedding) else np.zeros(0, np.int32)
    names = np.array([nearest.spec.name_of(i) for i in range(nearest.spec.num_classes)], object)
    columns: dict[str, Any] = {id_column: dataset.row_ids}
    columns["predicted"] = np.where(ids == UNKNOWN, None, names[ids])
    columns["none_of_these"] = 1 - cosine.max(axis=1)
    columns |= {f"cos_{name}": cosine[:, i] for i, name in enumerate(names)}
    return pd.DataFrame(columns)


def _trained_on(trained: LabelSpec, listed: LabelSpec) -> int:
    def names(spec: LabelSpec) -> set[str]:
        return {spec.name_of(i) for i in range(spec.num_classes)}

    return len(names(trained) & names(listed))


def _summary(
    frame: pd.DataFrame, nearest: NearestPrototype, rows: int, reject: float | None, path: Path
) -> str:
    count = nearest.spec.num_classes
    text = f"{len(frame)} rows predicted by {count} prototypes of {rows} labelled rows"
    if reject is not None:
        none = int(frame["predicted"].isna().sum())
        text += f", {none} of them none of these (cosine {nearest.threshold(reject):.3f} or less"
        accepted = nearest.accepted(reject)
        if accepted is not None:
            text += f"; estimated: {accepted:.0%} of rows of these classes are accepted"
        text += ")"
    return f"{text}; written to {path}"
