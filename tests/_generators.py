"""Small generators for tests."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np

from labelfeed.data.frame import read_frame
from labelfeed.data.loading import load_data
from labelfeed.options import GenerateOptions
from labelfeed.runs.generator import Generator
from labelfeed.runs.train_generator import train_generator
from tests._rows import write_csv

# No validation: its noise takes 2,048 rows.
TINY = GenerateOptions(width=8, depth=1, epochs=1, batch_size=64, validation_share=0.0)
READING = {"target": "class", "labels": ["cough"], "sides": ["fever"], "id_column": "id"}


def small_generator(folder, **reading) -> SimpleNamespace:
    """Return a generator of the rows of a file that has hardly been trained, and the file."""
    path = write_csv(folder / "rows.csv")
    reading = {**READING, **reading}
    data = load_data(path, **reading)
    raw, _ = read_frame(path)
    notes: list[str] = []
    run = train_generator(data, TINY, raw=raw, id_column="id", note=notes.append)
    kept = {"kind": "table", "path": str(path), "target": "class", "id_column": "id"}
    run = dataclasses.replace(run, data={**run.data, **kept})
    return SimpleNamespace(run=run, path=path, raw=raw, notes=notes, data=data)


class Drawn:
    """Stands for the diffusion: x is standard normal, and what it was asked for is kept."""

    def __init__(self, run: Generator) -> None:
        """Take specs and shape of the true one."""
        self.spec, self.sides, self.asked = run.model.spec, run.model.sides, {}
        self._shape = tuple(run.model.network.output_shape[1:])

    def sample(self, n, known=None, *, given=None, seed=None, **how):
        """Return normal numbers, and given ones where there are some."""
        self.asked = {"known": known, "given": given, **how}
        x = np.random.default_rng(seed).normal(size=(n, *self._shape)).astype(np.float32)
        return x if given is None else np.where(np.isnan(given), x, given)
