"""`labelfeed train` itself in `python -m benchmarks partial`: from a data file to a run folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.partial_data import Parts

__all__ = ["from_command_line"]


def from_command_line(parts: Parts, seed: int) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Return what a run predicts that `labelfeed train` made of the training and validation rows.

    They stand in one table, raw as in the data set. The command trains on all of them and holds
    out none to score; the test rows are predicted raw too. All other options are left out, as a
    user may, but for the column of patients where there is one.

    Args:
        parts: Rows of the seed; `parts.raw` has the features as they were.
        seed: Of the command.
    """
    from labelfeed.cli.main import main
    from labelfeed.runs.folder import load_run

    raw, held, tested = parts.raw
    y, held_y = parts.train[1], parts.validation[1]
    labels = [f"label {i}" for i in range(y.shape[1])]
    with tempfile.TemporaryDirectory() as folder:
        data, run = Path(folder) / "rows.csv", Path(folder) / "run"
        table = _table(np.concatenate([raw, held]))
        table[labels] = np.concatenate([y, held_y])
        given = ["--target", labels[0], "--out", str(run), "--seed", str(seed), "--quiet"]
        for label in labels[1:]:
            given += ["--label", label]
        if parts.groups:
            table["group"] = np.concatenate(parts.groups[:2])
            given += ["--group", "group"]
        table.to_csv(data, index=False)
        _call(main, ["train", str(data), *given, "--test-share", "0"])
        loaded = load_run(run)

    def predict(x: np.ndarray, known: np.ndarray) -> np.ndarray:
        if len(tested) != len(x):
            raise ValueError(f"Expected the {len(tested)} test rows, got {len(x)}.")
        return loaded.predict(_table(tested), known=known, batch_size=1024)

    done = loaded.metrics["training"]
    predict.note = f"{done.get('plain', '')} {done.get('seconds', '')}"  # type: ignore[attr-defined]
    return predict


def _table(x: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(x, columns=[f"x{i}" for i in range(x.shape[1])])


def _call(main: Callable[..., None], arguments: list[str]) -> None:
    """Run a command; it leaves with the code 0, or says why not."""
    try:
        main(arguments)
    except SystemExit as done:
        if done.code:
            raise RuntimeError(
                f"labelfeed {' '.join(arguments)} exited with {done.code}."
            ) from None
