"""Where a run may be written, and how: complete or not at all, and never over files of others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from labelfeed.data.seen_rows import SeenRows
from labelfeed.models.keras_private import without_tensorflow
from labelfeed.records.checkpoint import CHECKPOINT, Checkpoint
from labelfeed.records.held_out import HELD_OUT
from labelfeed.records.stored import CARD
from labelfeed.records.training_log import LOG
from labelfeed.runs.folder import Run
from labelfeed.runs.kept import (
    CODEC,
    FORMAT,
    MODEL,
    PREPROCESS,
    RUN,
    SEEN,
    SPLIT,
    RunError,
    read_json,
)
from labelfeed.types import JSON
from labelfeed.writing import is_draft, replacing, replacing_files, try_place

__all__ = ["TRACKED", "check_free", "save_run", "save_scores"]

TRACKED = (LOG, "tensorboard", CHECKPOINT)
"""What a training writes before there is a run; a kill may leave it alone in the folder."""


def check_free(path: str | Path, overwrite: bool = False) -> None:
    """Raise `RunError` unless a run may be written to `path`; that is tried, and leaves no trace.

    A folder that is there is only taken if it is empty, or when asked to if it is a run, or if it
    is one whose training was stopped before it was scored and may go on; then the files of that run
    are replaced, and no others.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_dir():
            raise RunError(f"{path} is a file; a run is a folder.")
        inside = {p.name for p in path.iterdir()} if path.exists() else set()
        inside = {name for name in inside if not is_draft(name) and name not in TRACKED}
        if inside:
            _check_replaceable(path, inside, overwrite)
        try_place(path, PREPROCESS)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error}") from error


def _check_replaceable(path: Path, inside: set[str], overwrite: bool) -> None:
    if RUN not in inside:
        raise RunError(f"{path} holds other files and is no run; choose another folder.")
    if not overwrite and not Checkpoint.is_unscored(path / CHECKPOINT):
        raise RunError(f"{path} holds a run already; choose another folder, or overwrite it.")
    try:
        record = read_json(path / RUN)
    except RunError:
        record = {}
    if not {"format", "label"} <= set(record):
        raise RunError(
            f"{path} is not replaced: {path / RUN} is broken, or of another program. Choose "
            "another folder, or remove that file yourself."
        )
    for name in (MODEL, RUN, PREPROCESS, SPLIT, SEEN, HELD_OUT, CARD, LOG):
        if (path / name).is_dir():
            raise RunError(f"{path / name} is a folder, no file of a run; choose another folder.")


def save_run(run: Run, path: str | Path, overwrite: bool = False) -> Path:
    """Write a run folder: `model.keras`, `run.json`, `preprocess.json`, `split.json`, `seen.npz`.

    And `held_out.npz` where held-out rows were scored.

    They are written beside their places and then moved there, so that a run is complete or not
    there, and an earlier one stands until the new one is complete.

    Args:
        run: What to save.
        path: Folder of the run; its parents are made.
        overwrite: Whether the files of a run that is there may be replaced; other files in the
            folder stay.

    Returns:
        The path.

    Raises:
        RunError: Something is there already, or the folder cannot be written.
    """
    path = Path(path)
    check_free(path, overwrite)
    before = (path / RUN).exists()
    try:
        with replacing_files(path) as fresh:
            with without_tensorflow():
                run.model.save(fresh / MODEL)
            _write(fresh / PREPROCESS, run.preprocessor.to_json())
            _write(fresh / SPLIT, run.split)
            (SeenRows.none() if run.seen is None else run.seen).save(fresh / SEEN)
            if run.held_out is not None:
                run.held_out.save(fresh / HELD_OUT)
            _write(fresh / RUN, _record(run))
        if before:  # what belongs to the run that stood there
            for name in (CARD, LOG, CODEC, *([HELD_OUT] if run.held_out is None else [])):
                (path / name).unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error}") from error
    return path


def save_scores(run: Run, path: str | Path) -> None:
    """Write the record of a run that is saved already once more, with its scores.

    Args:
        run: The run with its scores as `metrics`.
        path: Its folder.

    Raises:
        RunError: The folder cannot be written; the record is as before.
    """
    try:
        if run.held_out is not None:
            with replacing(Path(path) / HELD_OUT) as draft:
                run.held_out.save(draft)
        with replacing(Path(path) / RUN) as draft:
            _write(draft, _record(run))
    except OSError as error:
        raise RunError(f"{Path(path) / RUN} cannot be written: {error}") from error


def _record(run: Run) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "versions": run.versions,
        "label": run.spec.get_config(),
        "sides": [spec.get_config() for spec in run.sides],
        "options": run.options,
        "data": run.data,
        "metrics": run.metrics,
    }


def _write(path: Path, content: JSON) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
