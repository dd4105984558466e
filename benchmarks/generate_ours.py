"""Ours in `python -m benchmarks generate`: the diffusion of `labelfeed.generate` with its codec."""

from __future__ import annotations

import keras
import numpy as np

from benchmarks.generate_data import Split, frame_of
from benchmarks.generate_peers import Sampler
from labelfeed.generate import ConditionalDiffusion, table_network
from labelfeed.labels.spec import LabelSpec
from labelfeed.synthetic import TableCodec

__all__ = ["ours"]


def ours(rows: Split, seed: int) -> Sampler:
    """Return a sampler of a diffusion with the default settings, trained on the rows."""
    keras.utils.set_random_seed(seed)
    frame = frame_of(rows.x, rows.y).drop(columns="label")
    codec = TableCodec.fit(frame)
    spec = LabelSpec.single(int(rows.y.max()) + 1)
    network = table_network(codec.width, spec)
    model = ConditionalDiffusion(network, spec, groups=codec.groups)
    model.fit(codec.encode(frame, seed=seed), rows.y, seed=seed, verbose=0)
    drawn = np.random.default_rng(seed)

    def rows_of(wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = model.sample(len(wanted), known=wanted, seed=int(drawn.integers(2**31)), verbose=0)
        made = codec.decode(found)
        return made[list(frame.columns)].to_numpy(float), wanted

    return rows_of
