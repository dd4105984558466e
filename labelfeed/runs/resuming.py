"""A training of a run that goes on where it was stopped: its checkpoint, and what it is one of."""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import sklearn

from labelfeed import __version__
from labelfeed.data.dataset import Dataset
from labelfeed.data.row_digest import row_digest
from labelfeed.data.spellings import spellings_json
from labelfeed.options import StrategyOptions
from labelfeed.records.checkpoint import CHECKPOINT, Checkpoint
from labelfeed.strategies.own_code import import_module
from labelfeed.writing import CHECKPOINT_EVERY

__all__ = ["Work", "about_training"]

_LOOKED_AT = 1000  # rows; the fingerprint of the file stands for the others


class Work:
    """The checkpoint of a training, for `labelfeed.runs.train(..., checkpoint=)`.

    It is opened when it is known what is trained, and stays until it is removed: after the run is
    saved with its scores.

    Args:
        folder: Where it stands.
        every: Seconds of training that a kill may cost, >= 0; 0: everything is written that is
            complete. Infinite: nothing is.
        overwrite: Whether the checkpoint of another training there is replaced.
        tell: Called with what was found and what cannot be written; the training's own `note` when
            `None`.
    """

    def __init__(
        self,
        folder: str | Path,
        every: float = CHECKPOINT_EVERY,
        overwrite: bool = False,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Touch nothing yet."""
        self.folder, self.every, self.overwrite = Path(folder), every, overwrite
        self.tell = tell
        self.checkpoint: Checkpoint | None = None

    def begin(
        self,
        dataset: Dataset,
        options: StrategyOptions,
        blanked: bool = False,
        tell: Callable[[str], None] | None = None,
    ) -> Checkpoint:
        """Open it for a training.

        Args:
            dataset: All rows.
            options: Of the strategy that is trained.
            blanked: Whether the control is trained.
            tell: Called with lines, where nobody else was named.

        Raises:
            CheckpointError: The folder holds the checkpoint of another training.
        """
        tell = self.tell or tell
        self.checkpoint = Checkpoint(
            self.folder,
            lambda: about_training(dataset, options, blanked),
            every=self.every,
            overwrite=self.overwrite,
            tell=tell,
        )
        fits = len(self.checkpoint.names("part-"))
        if fits and tell is not None:
            tell(f"goes on: {fits} fits of the plain models are in {self.folder}")
        return self.checkpoint

    def mark_unscored(self) -> None:
        """Note that a run beside this folder is of this training, which is not complete."""
        if self.checkpoint is not None:
            self.checkpoint.mark_unscored()

    def remove(self) -> None:
        """Remove it: the training is complete, or cannot be."""
        if self.checkpoint is not None:
            self.checkpoint.remove()

    @staticmethod
    def of_run(path: str | Path) -> Path:
        """Return where the checkpoint of a run's training stands: in its folder."""
        return Path(path) / CHECKPOINT


def about_training(
    dataset: Dataset, options: StrategyOptions, blanked: bool = False
) -> dict[str, Any]:
    """Return what tells one training from another, as JSON types by name.

    Args:
        dataset: All rows.
        options: Of the strategy.
        blanked: Whether it is the control.
    """
    few = np.unique(np.linspace(0, len(dataset) - 1, _LOOKED_AT).astype(int))
    backend = keras.backend.backend()
    given = dataclasses.asdict(options)
    return {
        "data file": dataset.fingerprint,
        "rows that were read otherwise": row_digest(dataset.take(few), dataset.groups),
        "number of rows": len(dataset),
        "cells": dataset.cells.to_json(),
        "spellings": spellings_json(dataset.spellings),
        "control": blanked,
        "labelfeed": __version__,
        "backend": f"{backend} {getattr(sys.modules.get(backend), '__version__', '')}".strip(),
        "Keras": keras.__version__,
        "NumPy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "--strategy": options.strategy,
        **{f"--{name.replace('_', '-')}": value for name, value in given.items()},
        **{
            f"code of {given[name]}": _code_of(given[name])
            for name in ("network", "plain")
            if isinstance(given.get(name), str) and ":" in given[name]
        },
    }


def _code_of(place: str) -> str:
    """Return a hash of the user's module, as far as it is one file."""
    try:
        code = Path(str(import_module(place).__file__)).read_bytes()
    except (ImportError, OSError):
        return ""
    return hashlib.sha256(code).hexdigest()
