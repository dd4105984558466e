from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

import labelfeed
from labelfeed.models.resuming import Resume
from labelfeed.records.checkpoint import Checkpoint

SPEC = labelfeed.LabelSpec.multi(["nodule", "effusion"])
rng = np.random.default_rng(0)
X = rng.normal(size=(32, 3)).astype("float32")
Y = np.stack([X[:, 0] > 0, X[:, 0] + rng.normal(size=32) > 0], axis=1).astype(int)
STEPS = 3


class Kill(keras.callbacks.Callback):
    """Ends everything after a step, as a kill does."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.left = at

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def trained(folder: Path | Checkpoint | None = None, kill: int = 0, told: list | None = None):
    """Return weights, history and epochs of a training in two phases; `None` of a killed one."""
    keras.utils.set_random_seed(0)
    model = labelfeed.strategies.partial_labels(SPEC, (3,), width=4, dropout=0.3)
    early = keras.callbacks.EarlyStopping("val_loss", patience=1, restore_best_weights=True)
    tell = print if told is None else told.append
    own = [] if folder is None else [Resume(folder, [early], every=0, tell=tell)]
    own += [Kill(kill)] if kill else []
    held = (X[24:], Y[24:])
    try:
        history = model.fit(X[:24], Y[:24], batch_size=8, epochs=2, validation_data=held,
                            callbacks=[early, *own], verbose=0)  # fmt: skip
    except KeyboardInterrupt:
        return None
    return [np.array(v) for v in model.get_weights()], history.history, history.epoch


@pytest.fixture(scope="module")
def undisturbed():
    return trained()


def test_a_killed_training_goes_on_in_any_epoch_step_and_phase(
    tmp_path: Path, undisturbed: tuple
) -> None:
    told: list[str] = []
    # In the second epoch; in its middle, of the second phase.
    for kill in (STEPS + 2, STEPS + 1, STEPS + 2):
        assert trained(tmp_path / "work", kill, told) is None
    weights, history, epochs = trained(tmp_path / "work", 0, told)
    assert told == [
        "goes on from step 3 of epoch 2 of 2",
        "goes on from step 2 of epoch 3 of 4 of phase 2",
        "goes on from step 3 of epoch 4 of 4 of phase 2",
    ]
    assert all(a.tobytes() == b.tobytes() for a, b in zip(weights, undisturbed[0], strict=True))
    assert (history, epochs) == undisturbed[1:]
    # What is complete is not trained again.
    again = trained(tmp_path / "work", kill=1)
    assert again is not None and again[1] == history


@pytest.mark.only_backend("torch")
def test_a_checkpoint_of_another_network_is_told_and_left_out(tmp_path: Path) -> None:
    told: list[str] = []
    checkpoint = Checkpoint(tmp_path, dict, every=0)
    checkpoint.write("fit-1", {"variable0": X}, {"beside": [None]})
    model = labelfeed.strategies.masked(SPEC, (3,), width=4)
    model.fit(X, Y, epochs=1, callbacks=[Resume(tmp_path, every=0, tell=told.append)], verbose=0)
    assert "another network" in told[0]
