"""Classes as directions in space, some of them unseen, and a small margin run on the others."""

from __future__ import annotations

import numpy as np
import pandas as pd

NAMES = ("ant", "bee", "cat", "dog", "eel")
DIMENSION = 6


def blobs(names: tuple[str, ...], each: int = 20, seed: int = 0) -> pd.DataFrame:
    """Return ids, features `f0` ... and `class`; the rows of a class surround its centre."""
    centres = dict(zip(NAMES, np.random.default_rng(7).normal(0, 3, (5, DIMENSION)), strict=True))
    rng = np.random.default_rng(seed)
    label = np.repeat(names, each)
    rows = np.stack([centres[n] for n in label]) + rng.normal(0, 0.5, (len(label), DIMENSION))
    frame = pd.DataFrame(rows, columns=[f"f{i}" for i in range(DIMENSION)])
    frame.insert(0, "id", [f"r{i}" for i in range(len(frame))])
    frame["class"] = label
    return frame.sample(frac=1, random_state=seed)


def margin_run(**options):
    """Return a trained run of the strategy `margin` on ant, bee and cat; the label is `class`."""
    # Not at the top: tests without Keras use the rows.
    from labelfeed.data.dataset import Dataset
    from labelfeed.labels.spec import LabelSpec
    from labelfeed.options import TrainingOptions
    from labelfeed.runs.train import train

    frame = blobs(NAMES[:3], each=30)
    spec = LabelSpec.single(NAMES[:3], name="class")
    rows = Dataset("table", frame.drop(columns=["id", "class"]), spec.encode(frame["class"]), spec,
                   frame["id"].to_numpy(), "rows")  # fmt: skip
    given = {"strategy": "margin", "epochs": 20, "width": 16, "embedding_dim": 4, "batch_size": 16}
    return train(rows, TrainingOptions(**{**given, "learning_rate": 1e-2, **options}))
