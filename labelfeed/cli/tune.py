"""`labelfeed tune`: settings by experiment. One sentence, a study, and a page."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from labelfeed.cli.console import note, print_json, progress, say
from labelfeed.cli.interrupts import handling
from labelfeed.cli.rows_to_train import load_to_train, naming_files
from labelfeed.data.dataset import Dataset
from labelfeed.options import TrainingOptions
from labelfeed.report.tables import table_text
from labelfeed.report.tuning_page import best_table, write_tuning_page
from labelfeed.tuning.result import Tuned
from labelfeed.tuning.store import optuna
from labelfeed.tuning.tune import tune

__all__ = ["run_tune"]

_REPORT = "report.html"


def run_tune(
    data: str | tuple[str, ...],
    out: str,
    *,
    reading: dict[str, Any],
    options: TrainingOptions,
    annotators: Sequence[str] = (),
    trials: int = 50,
    metric: str | None = None,
    folds: int | None = None,
    overwrite: bool = False,
    as_json: bool = False,
    quiet: bool = False,
    command: str = "",
) -> Tuned:
    """Tune on a file, write the page, and print the verdict.

    Args:
        data: As for `run_train`.
        out: Folder of the study, to go on with where it was interrupted.
        reading: As for `run_train`.
        options: What is given of how to train; the rest is searched.
        annotators: As for `run_train`.
        trials: As for `labelfeed.tune`, and likewise those that follow.
        metric: What trials are scored by.
        folds: Folds of a trial.
        overwrite: Whether another study in `out` is replaced.
        as_json: Print JSON only.
        quiet: Print the verdict and errors only.
        command: What was typed, for the page.

    Raises:
        TuningError: Nothing can be tuned, or `out` holds something else.
        DataError: The file cannot be read.
    """
    optuna()  # missing, it is said before a large file is read
    silent = quiet or as_json
    dataset, _ = load_to_train(data, reading, options, annotators, silent)
    assert isinstance(dataset, Dataset)  # only train streams
    for line in dataset.notes:
        note(line, silent)
    try:
        files = naming_files(data, reading.get("encoding"))
        with files, _ctrl_c() as stop, progress("tune", 100, silent) as step:
            found = tune(
                dataset,
                trials=trials,
                out=out,
                overwrite=overwrite,
                options=options,
                metric=metric,
                folds=folds,
                on_step=lambda share, text: step(int(100 * share), text),
                note=lambda line: note(line, silent),
                stop=stop,
            )
    except KeyboardInterrupt:
        say(f"The trials that are done are kept in {out}: the same command goes on.", err=True)
        raise
    page = Path(out) / _REPORT
    write_tuning_page(page, found, command)
    if as_json:
        print_json(found.to_dict())
        return found
    if not quiet:
        say(table_text(best_table(found)).split("\nMean over the folds")[0])
        for line in found.notes:
            note(line)
    say(found.verdict)
    if not quiet:
        say(f"train with it: the same data and --like {out}; written to {page}")
    return found


@contextlib.contextmanager
def _ctrl_c() -> Iterator[Any]:
    """Yield what tells whether Ctrl-C was pressed, which also raises `KeyboardInterrupt`.

    Where Keras is in a callback of C code, what a signal raises gets lost: then the fold is the
    last one.
    """
    asked = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        asked.set()
        raise KeyboardInterrupt

    with handling(handle):
        yield asked.is_set
