"""`labelfeed train`: from a data file to a run folder."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from labelfeed.audit.run_curves import judged_with_curves
from labelfeed.cli.console import note, phase_bars, say, tell_leftovers
from labelfeed.cli.files import shown
from labelfeed.cli.interrupts import interrupts
from labelfeed.cli.rows_to_train import load_to_train, naming_files
from labelfeed.comparison.rows import words_by
from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.by_value import scores_by_value
from labelfeed.options import TrainingOptions
from labelfeed.records.training_log import LOG, TrainingLog
from labelfeed.report.card import write_card
from labelfeed.report.score_tables import main_table
from labelfeed.report.summaries import by_tables
from labelfeed.report.tables import table_text
from labelfeed.runs.folder import Run
from labelfeed.runs.kept import RUN, RunError
from labelfeed.runs.resuming import Work
from labelfeed.runs.saving import check_free, save_run, save_scores
from labelfeed.runs.streaming import SCRATCH, streamed_options
from labelfeed.runs.tracking import JsonLines, Tracker, tracker
from labelfeed.runs.train import train
from labelfeed.scaling.processes import told_processes
from labelfeed.strategies.choose import choose_strategy, planned
from labelfeed.tuning.study import Study
from labelfeed.tuning.tune import rows_about
from labelfeed.writing import CHECKPOINT_EVERY, leftovers

__all__ = ["free_beside", "read_as", "run_train"]


def run_train(
    data: str | tuple[str, ...],
    out: str,
    *,
    reading: dict[str, Any],
    options: TrainingOptions,
    annotators: Sequence[str] = (),
    by: Sequence[str] = (),
    track: Sequence[str] = (),
    like: Study | None = None,
    devices: int | Literal["all"] | None = None,
    shard_classes: bool = False,
    overwrite: bool = False,
    checkpoint: float = CHECKPOINT_EVERY,
    quiet: bool = False,
    stream: bool | None = None,
    command: str = "",
) -> Run:
    """Train on a file, save the run, and print its held-out scores.

    Args:
        data: File or folder with rows, or several tables that are one.
        out: Folder of the run.
        reading: Arguments of `load_data`; `cells` is a dict, the arguments of `CellRules`.
        options: How to train.
        annotators: Columns of several annotators, who label the target together.
        by: Columns; the held-out rows of each of their values are scored by themselves too.
        track: Keys of `TRACKERS`.
        like: A study, whose settings `options` have: rows and test part have to be its own.
        devices: As of `train`.
        shard_classes: As of `train`.
        overwrite: Whether a run at `out` may be replaced.
        checkpoint: Seconds of training that a kill may cost; what is done is in `checkpoint` in
            the folder until the run is complete.
        quiet: Print nothing but errors.
        stream: Whether rows stay on disk; `None`: where they are more than may be read.
        command: What was typed, for the record.
    """
    check_free(out, overwrite)
    tell_leftovers(leftovers(out), quiet)
    tell_leftovers(leftovers(Path(out).parent, SCRATCH), quiet)
    loaded, reading = load_to_train(data, reading, options, annotators, quiet, stream)
    dataset = loaded if isinstance(loaded, Dataset) else loaded.sample
    told: list[str] = []
    words = words_by(dataset, by)

    def tell(line: str) -> None:
        told.append(line)
        note(line, quiet)

    for line in dataset.notes:
        tell(line)
    untrained = ~dataset.labelled
    if dataset.coarse is not None:
        untrained &= ~dataset.coarse.known
    if dataset.soft is not None:
        untrained &= np.isnan(dataset.soft).reshape(len(dataset), -1).all(axis=1)
    unlabelled = int(untrained.sum())
    if not quiet:
        spec = dataset.spec
        some = f", {unlabelled} without a label" if unlabelled else ""
        if 2 * unlabelled > len(dataset) and options.strategy in ("auto", "plain"):
            some += " (--strategy semi-supervised learns from them too)"
        what = f"{len(dataset)} rows"
        if not isinstance(loaded, Dataset):
            what = f"{loaded.rows:,} rows on disk, a sample of {len(dataset):,} in the memory"
        say(f"{shown(data)}: {what}{some}; {_what(spec)}")
    if like is not None:
        like.check(rows_about(dataset, choose_strategy(options, dataset)))
    record = {**read_as(data, dataset, reading), "command": command, "notes": told}
    record |= {"like": str(like.path)} if like else {}
    if not isinstance(loaded, Dataset):
        chosen = streamed_options(choose_strategy(options, dataset))
        one = {"plain": "network"} if hasattr(chosen, "plain") else {}
        options = TrainingOptions(options.strategy, given={**options.given, **one})
    phases, epochs = planned(options, dataset)
    work = Work(Work.of_run(out), checkpoint, overwrite, lambda line: note(line, quiet))
    saved: list[Path] = []
    log = TrainingLog(Path(out) / (f"{LOG}.new" if (Path(out) / RUN).exists() else LOG))
    with (
        contextlib.ExitStack() as after,
        naming_files(data, reading.get("encoding")),
        interrupts(quiet) as stop,
        phase_bars("train", phases, epochs, quiet) as bars,
    ):
        trackers: list[Tracker] = [JsonLines(log)]
        for name in track:
            trackers.append(tracker(name, Path(out)))
            after.callback(trackers[-1].close)

        def save(run: Run) -> None:
            bars.close()
            stop.training = False
            place = free_beside(out) if run.interrupted else Path(out)
            if not (place / RUN).exists():
                work.mark_unscored()
            saved.append(_saved(_recorded(run, record), place, overwrite))
            log.move(saved[0])
            write_card(saved[0])
            if stop.asked:
                done = _done(run, phases)
                kept = work.checkpoint is not None  # none on several devices
                again = ". The same command goes on with the training" if kept else ""
                say(
                    f"{done}; the best weights until then are saved in {saved[0]}, "
                    f"not scored (labelfeed evaluate does that){again}",
                    err=quiet,
                )
                saved.clear()  # it has been told
                raise KeyboardInterrupt
            stop.release()

        try:
            run = train(
                loaded,
                options,
                devices=devices,
                shard_classes=shard_classes,
                on_phase=bars.phase,
                on_judged=bars.before(_before(options, isinstance(loaded, Dataset))),
                on_epoch=lambda epoch, logs: bars.step(epoch, _losses(logs)),
                on_trained=save,
                note=tell,
                stop=stop if told_processes().count == 1 else None,  # else not all would stop
                track=trackers,
                judge=judged_with_curves,
                checkpoint=work,
                scratch=Path(out).parent,
            )
            run = _recorded(_by_value(run, words), record)
            save_scores(run, saved[0])
            write_card(saved[0])
            work.remove()
        except BaseException as error:
            ends_again = isinstance(error, ValueError) and not isinstance(error, RunError)
            if ends_again and not saved:
                work.remove()
            if saved:
                say(f"The trained run is saved in {saved[0]}, without scores.", err=True)
            elif not stop.asked:
                log.discard()
            raise
    if not quiet:
        say(f"{_done(run, phases)}, held out {run.metrics['training']['test_rows']}; "
                   f"saved in {saved[0]}")  # fmt: skip
        if "nothing_known" in run.metrics:
            say(table_text(main_table(run.metrics)))
        for table in by_tables(run.metrics):
            say("\n" + table_text(table))
    return run


def read_as(
    data: str | tuple[str, ...], dataset: Dataset, reading: dict[str, Any]
) -> dict[str, Any]:
    """Return how a file was read, as JSON types, for the record of a run."""
    size = reading.get("image_size", 32)
    record = {
        "path": data if isinstance(data, str) else list(data),
        "kind": dataset.kind,
        "fingerprint": dataset.fingerprint,
        **{key: value for key, value in reading.items() if value is not None},
        "image_size": [size, size] if isinstance(size, int) else list(size),
        "image_white": dataset.white,
        "dates": list(dataset.dates),
    }
    if reading.get("tree"):
        record["tree"] = reading["tree"].parents
    if dataset.readings is not None:
        record["annotators"] = dataset.readings.names
    return {key: list(v) if isinstance(v, tuple) else v for key, v in record.items()}


def _by_value(run: Run, words: Mapping[str, np.ndarray]) -> Run:
    """Return a run with the scores of its held-out rows by the values of some columns."""
    held = run.held_out
    if held is None or held.rows is None or not words:
        return run
    found = {
        name: scores_by_value(held.labels, held.used, run.spec, of[held.rows], held.weights)
        for name, of in words.items()
    }
    return dataclasses.replace(run, metrics={**run.metrics, "by": found})


def _recorded(run: Run, record: dict[str, Any]) -> Run:
    return dataclasses.replace(run, data={**run.data, **record})


def free_beside(out: str) -> Path:
    """Return a folder for an interrupted run: an earlier run at `out` is worth more and stays."""
    place, number = Path(os.path.realpath(out)), 1
    if not (place / RUN).exists():
        return Path(out)
    while True:
        name = f"{place.name}-interrupted" + (f"-{number}" if number > 1 else "")
        if not place.with_name(name).exists():
            return place.with_name(name)
        number += 1


def _saved(run: Run, place: Path, overwrite: bool) -> Path:
    """Save a run, elsewhere where its place has become impossible since it was tried."""
    try:
        return save_run(run, place, overwrite)
    except (RunError, OSError) as error:
        elsewhere = save_run(run, tempfile.mkdtemp(prefix="labelfeed-run-"))
        raise RunError(f"{error} The trained run is saved in {elsewhere} instead.") from error


def _before(options: TrainingOptions, in_memory: bool) -> str:
    """Return what is done before the first phase, if anything is."""
    if not in_memory:
        return "prepare rows"
    return "pseudo-labels" if options.strategy == "semi-supervised" else "judge labels"


def _done(run: Run, phases: int) -> str:
    """Return what was trained, in words."""
    done = run.metrics["training"]
    rows = f"on {done['train_rows']} rows"
    if "plain" in done:
        return f"trained {rows}"
    if phases == 1 and len(done["phases"]) == 1:
        text = f"trained {done['epochs']} epochs {rows} (best: {done['best_epoch']})"
    else:
        of = max(phases, len(done["phases"]))
        parts = [
            f"phase {number} of {of}: {phase['epochs']} epochs, best {phase['best_epoch']}"
            for number, phase in enumerate(done["phases"], 1)
        ]
        text = f"trained {rows}, {'; '.join(parts)}"
    return f"interrupted; {text}" if run.interrupted else text


def _what(spec: LabelSpec) -> str:
    """Return how many yes/no labels there are, and which columns of classes, in words."""
    yes_no = sum(not column.of_classes for column in spec.label_columns)
    parts = [f"{yes_no} yes/no labels"] if yes_no else []
    of_classes = [column for column in spec.label_columns if column.of_classes]
    parts += [f"{c.name!r} of {c.num_classes} classes" for c in of_classes if c.number is None]
    parts += [f"{c.name!r}, a number" for c in of_classes if c.number is not None]
    return ", ".join(parts)


def _losses(logs: dict[str, float]) -> str:
    if "loss" not in logs:  # a plain model is fitted
        return ""
    text = f"loss {logs['loss']:.4f}"
    return text + (f", validation {logs['val_loss']:.4f}" if "val_loss" in logs else "")
