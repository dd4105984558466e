"""Which epoch of the members is kept, when training ends, and the rates on the way."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from labelfeed.estimators.member_networks import MemberNetworks
from labelfeed.labels.spec import LabelSpec
from labelfeed.records.checkpoint import Checkpoint
from labelfeed.strategies.member_epochs import BestEpoch, fit_networks, learning_rate_at

SPEC = LabelSpec.multi(1)
Y = (np.arange(40) % 2)[:, None]


def test_keeps_the_weights_of_the_least_loss_and_ends_after_three_looks_in_vain() -> None:
    best = BestEpoch(Y, SPEC, 40)
    assert [epoch for epoch in range(1, 41) if best.due(epoch)] == list(range(4, 41, 4))
    good, bad = (
        np.where(Y == 1, 1.0, -1.0) + 0.5 * np.sin(np.arange(40.0))[:, None],
        np.zeros((40, 1)),
    )
    losses = []
    for epoch, logits in enumerate([bad, good, bad, bad], 1):
        best.due(epoch)
        losses.append(best.look(logits, lambda epoch=epoch: [np.array(epoch)]))  # type: ignore
        assert not best.over
    best.due(5)
    best.look(bad, lambda: [np.array(5)])
    assert best.over and best.best == 2 and best.done == 5
    assert best.weights == [np.array(2)] and best.logits is good and losses[1] < losses[0]


def test_the_rate_rises_falls_and_ends_low() -> None:
    rates = [learning_rate_at(step, 50, 0.01) for step in range(50)]
    assert (
        rates[0] == 0
        and max(rates) == rates[5] == 0.01
        and rates == [*sorted(rates[:5]), *sorted(rates[5:])[::-1]]
    )
    assert learning_rate_at(49, 50, 0.01) < 0.0004 and learning_rate_at(0, 1, 0.01) == 0


def test_networks_go_on_from_their_last_epoch(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(40, 3)) + 0.5 * Y).astype(np.float32)

    def trained(checkpoint: Checkpoint | None, most: int = 0) -> tuple[bytes, ...]:
        networks = MemberNetworks(3, (4,), 1, groups=2, copies=2, dropout=0.3, seed=1)
        best, seen = BestEpoch(Y, SPEC, 12), []
        fit_networks(
            networks, x, Y, np.ones((40, 4)), np.arange(40) % 2, best, batch_size=16,
            learning_rate=0.01, on_epoch=lambda epoch, _: seen.append(epoch),
            stop=lambda: bool(most) and len(seen) >= most,
            kept=None if checkpoint is None else (checkpoint, "networks"),
        )  # fmt: skip
        done.append(seen)
        return networks.vector.tobytes(), best.logits.tobytes(), str(best.best).encode()

    done: list[list[int]] = []
    undisturbed = trained(None)
    trained(Checkpoint(tmp_path, dict, every=0), most=5)
    assert trained(Checkpoint(tmp_path, dict, every=0)) == undisturbed
    assert done[1][-1] == 5 and done[2] == list(range(6, done[0][-1] + 1))
    assert trained(Checkpoint(tmp_path, dict, every=0)) == undisturbed and not done[3]
