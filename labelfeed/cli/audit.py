"""`labelfeed audit`: does a run, or a model of the user's own, read the label it is scored on?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.audit.leak import audit
from labelfeed.audit.results import LeakAudit
from labelfeed.audit.side_labels import audit_sides
from labelfeed.cli.audited_model import audited_rows, is_own_model, named_code, own_model
from labelfeed.cli.console import note, print_json, reading_images, say
from labelfeed.cli.judged_generator import run_audit_generator
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.labels.cell_rules import CellRules
from labelfeed.runs.folder import load_run
from labelfeed.runs.generator_folder import is_generator
from labelfeed.runs.rows import load_rows, seen_before, select_rows, training_rows
from labelfeed.types import AnyModel

__all__ = ["run_audit"]


def run_audit(
    run: str,
    data: str,
    *,
    rows: str = "auto",
    labels_file: str | None = None,
    group: str | None = None,
    seed: int = 0,
    as_json: bool = False,
    cells: Mapping[str, Any] | None = None,
    trust: bool | str = False,
    quiet: bool = False,
    train: str | None = None,
    trained_on: str | None = None,
    **own: Any,
) -> LeakAudit:
    """Print, and return, the leak audit of a run; its side labels are audited beside it.

    What is wrong with a side label counts in the verdict of the whole. Of a generator: whether the
    label has an effect, was dropped in training, and whether rows are copies.

    Args:
        run: Run folder; or a model of the user's own: a `.keras` file, or `module:function`.
        data: File or folder with labelled rows.
        rows: `"auto"`, `"held-out"` or `"all"`; see `select_rows`.
        labels_file: Table with the labels of images.
        group: Column of groups, if it is called otherwise than in training.
        seed: Seed of the wrong and permuted labels.
        as_json: Print JSON only.
        cells: What cells mean, on top of what the run knows: arguments of `CellRules`.
        trust: Whether the run may import its own code; see `load_run`.
        quiet: Show no notes and no progress.
        train: `module:function` that trains a model: the control on labels drawn at random.
        trained_on: File of the training rows, to compare with.
        **own: Of a model of the user's own: `target`, `labels` and `drop` as in `load_data`;
            `label_input`, `output` and `unknown_id` as in `audit`.

    Raises:
        DataError: The model or the rows cannot be read.
    """
    hushed = quiet or as_json
    if is_generator(run):
        return run_audit_generator(
            run, data, rows=rows, labels_file=labels_file, group=group, seed=seed, as_json=as_json,
            cells=cells, quiet=quiet, train=train, trained_on=trained_on, **own,
        )  # fmt: skip
    own = {name: value for name, value in own.items() if value not in (None, ())}
    further: dict[str, Any] = {"seed": seed}
    if train is not None:
        further["train"] = named_code(train)
    if str(own.get("label_input")).isdecimal():
        own["label_input"] = int(own["label_input"])
    reading: dict[str, Any] = {
        "labels_file": labels_file,
        "group": group,
        "cells": CellRules(**(cells or {})),
    }
    if is_own_model(run):
        result = _audit_own(run, data, rows, trained_on, reading, trust, hushed, own, further)
        sides: list[LeakAudit] = []
    else:
        if own:
            named = "--" + next(iter(own)).replace("_", "-").replace("labels", "label")
            raise DataError(f"{named} is for a .keras file or MODULE:FUNCTION; a run knows it.")
        if not Path(run).is_dir():
            raise DataError(f"{run}: no run folder, no .keras file, and no MODULE:FUNCTION.")
        loaded = load_run(run, trust=trust)
        with reading_images(hushed) as on_image:
            dataset = load_rows(loaded, data, on_image=on_image, **reading)
        chosen, what = select_rows(loaded, dataset, data, rows)
        note(f"audited on {what}", hushed)
        trained = training_rows(loaded, dataset, data, rows)
        if trained_on is not None:
            trained = load_rows(loaded, trained_on, cells=reading["cells"])
        further |= _beside(chosen, trained)
        seen = seen_before(loaded, chosen, data, rows)
        spec = loaded.spec
        result = audit(loaded, chosen.features, chosen.labels, spec, seen=seen, **further)
        beside = chosen.sides.columns()
        sides = audit_sides(loaded, chosen.features, chosen.labels, beside, seed=seed)
        result = result.beside([warning for side in sides for warning in side.warnings])
    if as_json:
        more = {"sides": [side.to_dict() for side in sides]} if sides else {}
        print_json({**result.to_dict(), **more})
    else:
        say(str(result))
        for side in sides:
            say(f"side label, fed on purpose: {side}")
    return result


def _audit_own(
    name: str,
    data: str,
    rows: str,
    trained_on: str | None,
    reading: dict[str, Any],
    trust: bool | str,
    hushed: bool,
    own: dict[str, Any],
    further: dict[str, Any],
) -> LeakAudit:
    if rows == "held-out":
        raise DataError("--rows held-out is for a run; of another model the file tells nothing.")
    model = own_model(name, trust)
    columns: dict[str, Any] = {k: own.pop(k) for k in ("target", "labels", "drop") if k in own}
    dataset = audited_rows(model, data, **columns, **reading)
    trained = None
    if trained_on is not None:
        trained = audited_rows(model, trained_on, spec=dataset.spec, **{**columns, **reading})
    note(f"audited on {int(dataset.labelled.sum())} labelled rows", hushed)
    further |= _beside(dataset, trained)
    if isinstance(dataset.features, pd.DataFrame):
        model = _of_columns(model, dataset.features, name)
        if "train" in further:
            further["train"] = _wrapped_train(further["train"], dataset.features)
    return audit(model, dataset.features, dataset.labels, dataset.spec, **own, **further)


def _beside(dataset: Dataset, trained: Dataset | None) -> dict[str, Any]:
    """Return groups, and training rows, as arguments of `audit`."""
    found: dict[str, Any] = {}
    if dataset.groups is not None:
        found["groups"] = pd.Series(dataset.groups, name=dataset.group_name)
    if trained is not None:
        found["trained_on"] = (trained.features, trained.labels)
    return found


def _of_columns(model: AnyModel, frame: pd.DataFrame, name: str) -> AnyModel:
    """Return a function that is handed tables again; a network takes numbers alone."""
    words = [str(column) for column in frame.columns if frame[column].dtype.kind not in "fiub"]
    gaps = [str(column) for column in frame.columns if frame[column].isna().any()]
    if not inspect.isroutine(model):
        for what, columns in (("holds words", words), ("has empty cells", gaps)):
            if columns:
                raise DataError(
                    f"{name} takes numbers, and column {columns[0]!r} {what}: --drop it, or name a "
                    "function (rows, label) -> scores that prepares the rows, MODULE:FUNCTION."
                )
        return model
    kinds = frame.dtypes.to_dict()

    def table(x: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(x, columns=list(kinds)).astype(kinds)

    return _wrapped(model, table)


def _wrapped(function: Callable[..., Any], table: Callable[[np.ndarray], pd.DataFrame]) -> Any:
    return lambda x, label: function(table(x), label)


def _wrapped_train(train: Callable[..., Any], frame: pd.DataFrame) -> Callable[..., Any]:
    return lambda x, y: _of_columns(train(x, y), frame, "what train= returns")
