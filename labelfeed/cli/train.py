"""`labelfeed train`: from a data file to a run folder."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click

from labelfeed.cli.console import note, progress, reading_images
from labelfeed.data.loading import load_data
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import TrainingOptions
from labelfeed.report.score_tables import main_table
from labelfeed.report.tables import table_text
from labelfeed.runs.folder import Run, check_free, save_run
from labelfeed.runs.train import train
from labelfeed.strategies.choose import most_epochs

__all__ = ["run_train"]


def run_train(
    data: str,
    out: str,
    *,
    reading: dict[str, Any],
    options: TrainingOptions,
    overwrite: bool = False,
    quiet: bool = False,
) -> Run:
    """Train on a file, save the run, and print its held-out scores.

    Args:
        data: File or folder with rows.
        out: Folder of the run.
        reading: Arguments of `load_data`.
        options: How to train.
        overwrite: Whether a run at `out` may be replaced.
        quiet: Print nothing but errors.
    """
    check_free(out, overwrite)
    with reading_images(quiet) as on_image:
        dataset = load_data(data, on_image=on_image, **reading)
    for line in dataset.notes:
        note(line, quiet)
    unlabelled = int((~dataset.labelled).sum())
    if not quiet:
        spec = dataset.spec
        some = f", {unlabelled} without a label" if unlabelled else ""
        click.echo(f"{data}: {len(dataset)} rows{some}; {_what(spec)}")
    with progress("train", most_epochs(options, dataset), quiet) as step:
        run = train(
            dataset,
            options,
            on_epoch=lambda epoch, logs: step(epoch, _losses(logs)),
            note=lambda line: note(line, quiet),
        )
    size = reading.get("image_size", 32)
    record = {
        "path": str(data),
        "kind": dataset.kind,
        "fingerprint": dataset.fingerprint,
        **{key: value for key, value in reading.items() if value is not None},
        "image_size": [size, size] if isinstance(size, int) else list(size),
    }
    record = {key: list(v) if isinstance(v, tuple) else v for key, v in record.items()}
    run = dataclasses.replace(run, data=record)
    save_run(run, out, overwrite)
    if not quiet:
        done = run.metrics["training"]
        click.echo(
            f"trained {done['epochs']} epochs on {done['train_rows']} rows (best: "
            f"{done['best_epoch']}), held out {done['test_rows']}; saved in {Path(out)}"
        )
        if "nothing_known" in run.metrics:
            click.echo(table_text(main_table(run.metrics)))
    return run


def _what(spec: LabelSpec) -> str:
    """Return how many yes/no labels there are, and which columns of classes, in words."""
    yes_no = sum(not column.of_classes for column in spec.label_columns)
    parts = [f"{yes_no} yes/no labels"] if yes_no else []
    parts += [f"{c.name!r} of {c.num_classes} classes" for c in spec.label_columns if c.of_classes]
    return ", ".join(parts)


def _losses(logs: dict[str, float]) -> str:
    text = f"loss {logs['loss']:.4f}"
    return text + (f", validation {logs['val_loss']:.4f}" if "val_loss" in logs else "")
