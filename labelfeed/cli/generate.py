"""`labelfeed train --strategy generate`: from a data file to what makes such rows."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from labelfeed.cli.console import note, phase_bars, say, tell_leftovers
from labelfeed.cli.interrupts import interrupts
from labelfeed.cli.rows_to_train import load_to_train
from labelfeed.cli.train import free_beside, read_as
from labelfeed.data.dataset import Dataset
from labelfeed.data.read_table import table_if_any
from labelfeed.generate.training import training_length
from labelfeed.options import TrainingOptions
from labelfeed.report.generator_card import write_generator_card
from labelfeed.runs.generator import Generator
from labelfeed.runs.generator_folder import save_generator
from labelfeed.runs.kept import RUN
from labelfeed.runs.resuming import Work
from labelfeed.runs.saving import check_free
from labelfeed.runs.train_generator import train_generator
from labelfeed.synthetic import TableCodec
from labelfeed.writing import CHECKPOINT_EVERY, leftovers

__all__ = ["run_generate"]


def run_generate(
    data: str | tuple[str, ...],
    out: str,
    *,
    reading: dict[str, Any],
    options: TrainingOptions,
    overwrite: bool = False,
    checkpoint: float = CHECKPOINT_EVERY,
    quiet: bool = False,
    command: str = "",
) -> Generator:
    """Train a generator on a file, and save it.

    Args:
        data: File or folder with rows, or several files of one table.
        out: Folder of the run.
        reading: Arguments of `load_data`; `cells` is a dict, the arguments of `CellRules`.
        options: How to train.
        overwrite: Whether a run at `out` may be replaced.
        checkpoint: As of `run_train`.
        quiet: Print nothing but errors.
        command: What was typed, for the record.
    """
    check_free(out, overwrite)
    tell_leftovers(leftovers(out), quiet)
    dataset, reading = load_to_train(data, reading, options, (), quiet)
    assert isinstance(dataset, Dataset)  # rows stay on disk where that is asked for alone
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        note(line, quiet)

    for line in dataset.notes:
        tell(line)
    table = table_if_any(data, reading.get("encoding"))
    chosen = options.of("generate")
    epochs = training_length(len(dataset), chosen.batch_size or None, chosen.epochs or None).epochs
    work = Work(Work.of_run(out), checkpoint, overwrite, lambda line: note(line, quiet))
    with interrupts(quiet) as stop, phase_bars("train", 1, epochs, quiet) as bars:
        bars.phase(1)
        try:
            run = train_generator(
                dataset,
                options,
                raw=None if table is None else table.frame,
                id_column=reading.get("id_column"),
                on_epoch=lambda epoch, logs: bars.step(epoch, _losses(logs)),
                note=tell,
                stop=stop,
                checkpoint=work,
            )
        except ValueError:  # it would end so again
            work.remove()
            raise
        bars.close()
        stop.training = False
        record = {**read_as(data, dataset, reading), "command": command, "notes": told}
        run = dataclasses.replace(run, data={**run.data, **record})
        place = free_beside(out) if run.interrupted else Path(out)
        if run.interrupted and not (place / RUN).exists():
            work.mark_unscored()
        saved = save_generator(run, place, overwrite)
        write_generator_card(saved)
        if run.interrupted:
            say(f"{_done(run)}; the best weights until then are saved in {saved}. The same command "
                "goes on with the training", err=quiet)  # fmt: skip
            raise KeyboardInterrupt
        work.remove()
    if not quiet:
        made = "rows.csv" if isinstance(run.codec, TableCodec) else "made"
        say(f"{_done(run)}; saved in {saved}\nlabelfeed sample {saved} --n 200 --out {made}")
    return run


def _done(run: Generator) -> str:
    """Return what was trained, in words."""
    done = run.metrics["training"]
    if isinstance(run.codec, TableCodec):
        what = f"rows of {len(run.codec.columns)} columns"
    else:
        what = f"pictures of {run.codec.height} x {run.codec.width}"
    text = (
        f"trained on {done['train_rows']} {what}, {done['epochs']} epochs (best: "
        f"{done['best_epoch']}), {done['seconds']:.0f} s; {done['test_rows']} held out"
    )
    return f"interrupted; {text}" if run.interrupted else text


def _losses(logs: dict[str, float]) -> str:
    text = f"loss {logs['loss']:.4f}"
    return text + (f", validation {logs['val_loss']:.4f}" if "val_loss" in logs else "")
