"""What a training makes, to look at: pictures by class and guidance, and the curves of the loss."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from PIL import Image

from labelfeed.generate.sampling import SamplingModel
from labelfeed.types import Labels

__all__ = ["ClassGrids", "class_grid", "loss_chart", "sheet_of"]

_GAP = 2  # pixels between pictures


def class_grid(
    model: SamplingModel,
    known: Sequence[Labels],
    columns: int = 8,
    *,
    zoom: int = 2,
    seed: int | None = 0,
    **options: Any,
) -> Image.Image:
    """Return pictures made for each of some labels: a row a label, a column a seed.

    All rows start from the same noise, so that a column tells what the label changes.

    Args:
        model: A `ConditionalDiffusion` of pictures in [-1, 1], of 1 or 3 channels.
        known: What each row is made for, as of `sample(known=)`; `None` is the unconditional model.
        columns: Pictures a row, >= 1.
        zoom: How many pixels a pixel becomes on each side, >= 1.
        seed: Of the noise.
        **options: `guidance`, `steps` and others of `sample`.

    Raises:
        ValueError: The model makes no pictures.
    """
    shape = tuple(model.network.outputs[0].shape[1:])
    if len(shape) != 3 or shape[2] not in (1, 3):
        raise ValueError(
            f"class_grid draws pictures (height, width, 1 or 3); this model makes {shape}."
        )
    rows = [model.sample(columns, k, seed=seed, verbose=0, **options) for k in known]
    return sheet_of(np.stack(rows), zoom=zoom)


def sheet_of(pictures: np.ndarray, *, zoom: int = 2) -> Image.Image:
    """Return pictures side by side.

    Args:
        pictures: `(rows, columns, height, width, channels)` in [-1, 1], of 1 or 3 channels.
        zoom: How many pixels a pixel becomes on each side, >= 1.

    Example:
        >>> sheet_of(np.zeros((2, 3, 8, 8, 1)), zoom=1).size
        (28, 18)
    """
    pixels = ((np.clip(pictures, -1, 1) + 1) * 127.5).round().astype(np.uint8)
    pixels = pixels.repeat(zoom, axis=2).repeat(zoom, axis=3)
    padded = np.pad(pixels, [(0, 0), (0, 0), (0, _GAP), (0, _GAP), (0, 0)], constant_values=255)
    rows, columns, height, width, channels = padded.shape
    sheet = padded.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, channels)
    sheet = sheet[:-_GAP, :-_GAP]
    return Image.fromarray(sheet[..., 0] if channels == 1 else sheet)


class ClassGrids(keras.callbacks.Callback):
    """Write a `class_grid` as `epoch-0010.png` every few epochs of a training.

    Args:
        folder: Where to; it is made if need be.
        known: What each row is made for, as of `class_grid`; `None`: each class of a single label.
        every: Epochs between two.
        **options: As of `class_grid`.
    """

    def __init__(
        self,
        folder: str | Path,
        known: Sequence[Labels] | None = None,
        every: int = 10,
        **options: Any,
    ) -> None:
        """Keep the arguments."""
        super().__init__()
        if every < 1:
            raise ValueError(f"every must be at least 1 epoch, got {every!r}.")
        self.folder, self.known, self.every, self.options = Path(folder), known, every, options

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Draw, if it is time."""
        if (epoch + 1) % self.every:
            return
        known = range(self.model.spec.num_classes) if self.known is None else self.known
        self.folder.mkdir(parents=True, exist_ok=True)
        grid = class_grid(self.model, list(known), **self.options)
        grid.save(self.folder / f"epoch-{epoch + 1:04d}.png")


def loss_chart(history: Mapping[str, Sequence[float]]) -> bytes:
    """Return the curves of the loss and of the held-out loss as a PNG file's bytes.

    Args:
        history: `fit(...).history`.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3.5), layout="constrained")
    axes = figure.subplots()
    for name, label in (("loss", "training rows"), ("val_loss", "held-out rows")):
        if name in history:
            values = history[name]
            axes.plot(np.arange(1, len(values) + 1), values, label=label)
    axes.set_xlabel("epoch")
    axes.set_ylabel("denoising loss")
    axes.legend(frameon=False)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=120)
    return out.getvalue()
