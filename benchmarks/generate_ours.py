"""Ours in `python -m benchmarks generate`: what `--strategy generate` trains, with its defaults."""

from __future__ import annotations

import keras
import numpy as np

from benchmarks.generate_data import Split, frame_of
from benchmarks.generate_peers import Sampler
from labelfeed.labels.spec import LabelSpec
from labelfeed.strategies.generate import generate
from labelfeed.synthetic import TableCodec
from labelfeed.synthetic.pictures import PictureCodec

__all__ = ["ours"]


def ours(rows: Split, seed: int, pictures: bool = False) -> Sampler:
    """Return a sampler of the diffusion, trained on the rows.

    Args:
        rows: The rows.
        seed: Of weights, shuffles and draws.
        pictures: Whether pictures are learned as such, by the small U-Net; else as columns.
    """
    keras.utils.set_random_seed(seed)
    frame = frame_of(rows.x, rows.y).drop(columns="label")
    spec = LabelSpec.single(int(rows.y.max()) + 1)
    if pictures:
        size = rows.picture
        assert size is not None, rows.name
        codec = PictureCodec.fit(rows.x.reshape(-1, *size, 1))
        x, groups = codec.encode(rows.x.reshape(-1, *size, 1)), None
    else:
        table = TableCodec.fit(frame)
        x, groups = table.encode(frame, seed=seed), table.groups
    model = generate(spec, x.shape[1:], groups=groups)
    model.fit(x, rows.y, seed=seed, verbose=0)
    drawn = np.random.default_rng(seed)

    def rows_of(wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = model.sample(len(wanted), known=wanted, seed=int(drawn.integers(2**31)), verbose=0)
        if pictures:
            shares = (np.clip(found, -1, 1) + 1) / 2
            made = codec.low + shares * (codec.high - codec.low)
            return made.reshape(len(made), -1), wanted
        return table.decode(found)[list(frame.columns)].to_numpy(float), wanted

    return rows_of
