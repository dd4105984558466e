"""Does a column determine a target? One answer for side labels, fed labels and features."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.findings import check_sides
from labelfeed.sides.relation import determines, relation

N = 400
ROWS = np.arange(N)
Y = ROWS % 4
NEARLY = np.where(ROWS < 1, 3 - Y, Y)

KINDS = {
    "same": 9 - Y,
    "fine": ROWS % 8,
    "nearly": NEARLY,
    "coarse": Y // 2,
    "constant": np.zeros(N),
    "many": ROWS // 2,
    "free": np.random.default_rng(0).integers(0, 4, N),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_column_is(kind: str) -> None:
    found = relation(KINDS[kind], Y)
    assert (found.kind, found.rows) == (kind, N)
    assert found.values == len(np.unique(KINDS[kind]))
    names = np.array([f"v{v}" for v in KINDS[kind]], dtype=object)
    assert relation(names, Y) == found


@pytest.mark.parametrize("kind", KINDS)
def test_findings_say_the_same(kind: str) -> None:
    column = np.unique(KINDS[kind], return_inverse=True)[1]
    spec = LabelSpec.single(max(2, int(column.max()) + 1), name="s")
    (found,) = check_sides(LabelSpec.single(4), Y, [spec], [column])
    assert found.relation == kind
    assert (found.verdict == "leak") == determines(column, Y)


def test_the_share_that_is_determined() -> None:
    assert relation(Y // 2, Y).determined == 0.5
    assert relation(ROWS % 8, Y).determined == 1.0
    assert relation(NEARLY, Y).determined == 1 - 1 / N
    assert np.isnan(relation(Y[:19], Y[:19]).determined)


def test_determines_needs_repeats_rows_and_two_targets() -> None:
    y = np.arange(60) % 3
    assert determines(y * 10, y)
    assert determines(np.arange(60) % 6, y)  # six sites, each of one class
    assert not determines(np.arange(60) % 6, y, both_ways=True)
    assert not determines(np.arange(60), y)  # row numbers
    assert not determines(y[:19], y[:19])
    assert not determines(y, np.zeros(60))
    assert not determines(np.arange(60) % 4, y)
