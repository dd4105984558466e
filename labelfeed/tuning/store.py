"""The store of a study: Optuna's own, in memory or as a journal in a folder."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from labelfeed.tuning.errors import TuningError

__all__ = ["JOURNAL", "OptunaStudy", "OptunaTrial", "open_study", "optuna", "quietly"]

# Optuna is an extra: its classes cannot be named where it may be absent.
OptunaStudy: TypeAlias = Any
OptunaTrial: TypeAlias = Any

JOURNAL = "trials.log"
_NAME = "labelfeed"
_STARTUP = 5  # trials before any is ended early


def optuna() -> Any:
    """Return the module.

    Raises:
        TuningError: It is not installed; names the extra.
    """
    try:
        return importlib.import_module("optuna")
    except ImportError as error:
        raise TuningError(
            f"Tuning needs Optuna: pip install 'labelfeed[tune]' ({str(error).splitlines()[0]})."
        ) from error


def open_study(folder: Path | None) -> OptunaStudy:
    """Return the Optuna study in a folder, made where it is not there; `None`: in memory.

    Several processes, and several machines on a shared file system, may have it open at once.

    Raises:
        TuningError: The journal in the folder is broken.
    """
    module = optuna()
    storage = None
    if folder is not None:
        journal = importlib.import_module("optuna.storages.journal")
    try:
        if folder is not None:
            backend = journal.JournalFileBackend(str(folder / JOURNAL))
            storage = module.storages.JournalStorage(backend)
        return module.create_study(
            study_name=_NAME,
            storage=storage,
            load_if_exists=True,
            direction="maximize",
            pruner=module.pruners.MedianPruner(n_startup_trials=_STARTUP),
        )
    except (AssertionError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise TuningError(
            f"{(folder or Path()) / JOURNAL} is broken: {error!r}. Give another folder, or "
            "--overwrite (overwrite=True) to start anew."
        ) from error


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Have Optuna print nothing while the block runs."""
    logging = optuna().logging
    before = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(before)
