"""Small data files that a network can learn from, for the tests of runs and commands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

SHORT = {
    "epochs": 2,
    "width": 8,
    "batch_size": 64,
}  # one step an epoch: each size of a batch is compiled


def table(rows: int = 90, seed: int = 0) -> pd.DataFrame:
    """Numbers, words, missing cells, a class and two yes/no findings; a few without a label."""
    rng = np.random.default_rng(seed)
    ill = rng.integers(0, 2, rows)
    frame = pd.DataFrame(
        {
            "id": [f"p{i}" for i in range(rows)],
            "age": np.where(rng.random(rows) < 0.1, np.nan, 40 + 20 * ill + rng.normal(0, 5, rows)),
            "sex": rng.choice(["f", "m"], rows),
            "smokes": rng.random(rows) < 0.5,
            "class": np.where(ill, "ill", "well"),
            "cough": (ill + rng.random(rows) > 0.8).astype(int),
            "fever": rng.choice(["yes", "no"], rows),
        }
    )
    frame.loc[:4, ["class", "cough", "fever"]] = None
    return frame


def write_csv(path: Path, rows: int = 90, seed: int = 0) -> Path:
    table(rows, seed).to_csv(path, index=False)
    return path


def write_images(folder: Path, count: int = 12) -> Path:
    rng = np.random.default_rng(0)
    for name, level in (("dark", 60), ("light", 180)):
        (folder / name).mkdir(parents=True)
        for i in range(count):
            pixels = rng.normal(level, 20, (10, 12)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{i}.png")
    Image.new("L", (10, 10), 60).save(folder / "free.png")
    return folder
