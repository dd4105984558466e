"""How long to train, and when to stop."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from labelfeed.generate.training import KeepBest, falling_adamw, training_length


def test_the_length_follows_the_rows() -> None:
    lengths = [training_length(n, None, None) for n in (30, 400, 10_000, 1_000_000)]
    assert all(a.steps <= b.steps for a, b in itertools.pairwise(lengths))
    assert all(a.batch_size <= b.batch_size for a, b in itertools.pairwise(lengths))
    asked = training_length(100, 32, 7)
    assert (asked.batches, asked.epochs, asked.steps) == (4, 7, 28)


@pytest.mark.parametrize("wrong", [{"batch_size": 0}, {"epochs": 0}, {"epochs": 1.5}])
def test_lengths_are_whole_numbers(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        training_length(**{"rows": 10, "batch_size": None, "epochs": None, **wrong})  # type: ignore


def test_training_stops_and_the_best_averages_come_back() -> None:
    now: list[np.ndarray] = [np.zeros(1)]
    averaged = SimpleNamespace(get_weights=lambda: list(now), set_weights=now.extend)
    callback, model = KeepBest(patience=2), SimpleNamespace(averaged=averaged, stop_training=False)
    callback.set_model(model)
    for epoch, loss in enumerate([3.0, 1.0, 2.0, 1.5]):
        now[:] = [np.array([loss])]
        callback.on_epoch_end(epoch, {"val_loss": loss})
        assert model.stop_training == (epoch == 3)
    now.clear()
    callback.on_train_end()
    assert now[0] == 1.0


def test_the_learning_rate_rises_and_falls() -> None:
    rate = falling_adamw(100).learning_rate
    at = [float(np.asarray(rate)) if not callable(rate) else 0.0 for _ in range(1)]
    assert at[0] <= 1e-4  # it starts from nothing
