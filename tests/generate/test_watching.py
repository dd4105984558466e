"""Pictures and curves of a training."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from labelfeed.generate.watching import ClassGrids, class_grid, loss_chart


def painter(shape: tuple[int, ...] = (2, 2, 1)) -> Any:
    """Return what paints pictures of class 0 black and of class 1 white."""

    def sample(n: int, known: int, **_: Any) -> np.ndarray:
        return np.full((n, *shape), 2.0 * known - 1)

    network = SimpleNamespace(outputs=[SimpleNamespace(shape=(None, *shape))])
    return SimpleNamespace(network=network, sample=sample, spec=SimpleNamespace(num_classes=2))


def test_a_grid_has_a_row_for_each_label() -> None:
    grid = class_grid(painter(), [0, 1], 3, zoom=2)
    pixels = np.asarray(grid)
    assert pixels.shape == (2 * 4 + 2, 3 * 4 + 2 * 2)
    assert (pixels[:4, :4] == 0).all() and (pixels[6:] == 255).all() and (pixels[4:6] == 255).all()
    assert np.asarray(class_grid(painter((2, 2, 3)), [0], 1)).shape == (4, 4, 3)
    with pytest.raises(ValueError, match="makes"):
        class_grid(painter((3,)), [0])


def test_grids_are_written_every_few_epochs(tmp_path: Path) -> None:
    callback = ClassGrids(tmp_path / "grids", every=2, columns=1)
    callback.set_model(painter())
    for epoch in range(4):
        callback.on_epoch_end(epoch)
    assert sorted(p.name for p in (tmp_path / "grids").iterdir()) == [
        "epoch-0002.png",
        "epoch-0004.png",
    ]
    with pytest.raises(ValueError, match="every"):
        ClassGrids(tmp_path, every=0)


def test_curves_are_a_png() -> None:
    both = loss_chart({"loss": [3.0, 2.0], "val_loss": [3.0, 2.5]})
    assert both[:4] == b"\x89PNG" and both != loss_chart({"loss": [3.0, 2.0]})
