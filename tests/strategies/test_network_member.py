"""The cross-fitted network: honest out of fold, better than chance on all rows, repeatable."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.strategies import network_member
from labelfeed.strategies.network_member import NetworkMember, epochs_for

FOLDS = np.arange(120) % 3
SPEC = LabelSpec.multi(2)
SMALL: dict[str, Any] = {"copies": 2, "width": 8, "batch_size": 60, "epochs": 15, "dropout": 0.1}


def rows() -> tuple[np.ndarray, np.ndarray]:
    """Return features, and two labels: one that they tell, one that is thrown."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 3)).astype("float32")
    y = np.column_stack([x[:, 0] + x[:, 1] > 0, rng.random(120) < 0.5]).astype(int)
    y[::10] = -1
    return x, y


def right(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the share of the known labels whose more probable state is theirs."""
    known = y >= 0
    return ((logits > 0) == (y == 1)).sum(axis=0, where=known) / known.sum(axis=0)


@pytest.mark.parametrize("by_keras", [0, 100_000], ids=["keras", "numpy"])
def test_out_of_fold_is_honest_and_the_same_seed_gives_the_same_numbers(
    by_keras: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_member, "_BY_KERAS", by_keras)
    x, y = rows()
    told: list[dict[str, float]] = []
    member = NetworkMember(**SMALL, on_epoch=lambda epoch, losses: told.append(losses))
    found = member.cross_fit(x, y, SPEC, FOLDS)
    held, seen = right(found.oof, y), right(found.final.logits(x), y)
    assert held[0] > 0.75 and abs(held[1] - 0.5) < 0.2, held  # a thrown label is not foretold
    assert seen[0] > 0.85
    assert np.isfinite(found.oof).all() and found.oof.dtype == np.float64
    assert "held_out_loss" in told[1] and found.note.endswith(f"of {len(told)} epochs")
    again = NetworkMember(**SMALL).cross_fit(x, y, SPEC, FOLDS)
    np.testing.assert_array_equal(again.oof, found.oof)
    # Labels of a fold change nothing in what its member says of it, but for scale and shift.
    swapped = np.where((FOLDS[:, None] == 0) & (y >= 0), 1 - y, y)
    once = {**SMALL, "epochs": 1}
    before = NetworkMember(**once).cross_fit(x, y, SPEC, FOLDS).oof[FOLDS == 0]
    after = NetworkMember(**once).cross_fit(x, swapped, SPEC, FOLDS).oof[FOLDS == 0]
    for label in range(2):
        assert abs(np.corrcoef(before[:, label], after[:, label])[0, 1]) > 0.9999


def test_stops_when_asked_and_rows_of_no_weight_say_nothing() -> None:
    x, y = rows()
    calls: list[int] = []
    member = NetworkMember(**SMALL, stop=lambda: calls.append(1) or len(calls) > 2)  # type: ignore
    assert member.cross_fit(x, y, SPEC, FOLDS).note.endswith("of 2 epochs")
    weight = (np.arange(120) < 60).astype(float)
    wrong = np.where((weight == 0)[:, None] & (y >= 0), 1 - y, y)
    once = NetworkMember(**{**SMALL, "epochs": 1})
    pair = [
        once.cross_fit(x, labels, SPEC, FOLDS, sample_weight=weight).oof[:, 0]
        for labels in (y, wrong)
    ]
    assert abs(np.corrcoef(*pair)[0, 1]) > 0.9


def test_fewer_epochs_for_more_rows() -> None:
    assert epochs_for(1) == 100 and epochs_for(10**7) == 8
    assert epochs_for(500) > epochs_for(5000)
