"""Orders of epochs: complete, seeded, different, mixed."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.data.epoch_order import EpochOrder


def _rows(order: EpochOrder, epoch: int) -> list[int]:
    """Return the numbers of the rows in the order of an epoch."""
    ends = np.cumsum((0, *order.sizes))
    found: list[int] = []
    for number, block in enumerate(order.blocks(epoch)):
        rows = np.concatenate([np.arange(ends[g], ends[g + 1]) for g in block])
        found += rows[order.rows(epoch, number, len(rows))].tolist()
    return found


@pytest.mark.parametrize("sizes", [(7,), (5, 1, 9, 3, 3, 8), (4,) * 10])
def test_every_row_comes_once_an_epoch(sizes: tuple[int, ...]) -> None:
    order = EpochOrder(sizes, mixed=10, seed=3)
    for epoch in range(3):
        assert sorted(_rows(order, epoch)) == list(range(sum(sizes)))


def test_the_order_is_of_seed_and_epoch_alone() -> None:
    order = EpochOrder((5, 6, 7, 8), mixed=9, seed=1)
    third = _rows(order, 3)
    assert _rows(EpochOrder((5, 6, 7, 8), mixed=9, seed=1), 3) == third
    assert _rows(order, 2) != third != _rows(EpochOrder((5, 6, 7, 8), mixed=9, seed=2), 3)


def test_a_block_mixes_at_least_two_groups_and_is_not_larger_than_it_must() -> None:
    order = EpochOrder((10,) * 8, mixed=1)
    assert [len(block) for block in order.blocks(0)] == [2] * 4
    assert [len(block) for block in EpochOrder((10,) * 8, mixed=30).blocks(0)] == [3, 3, 2]


def test_without_shuffling_rows_come_as_they_stand() -> None:
    assert _rows(EpochOrder((3, 4, 2), mixed=5, shuffle=False), 7) == list(range(9))
