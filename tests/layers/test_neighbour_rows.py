"""The context of `NeighbourLabels`, checked before it enters a network."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.neighbour_rows import NeighbourRows

SPEC = LabelSpec.single(3)
X = np.arange(12.0).reshape(6, 2)


def test_rows_without_a_label_are_left_out_and_groups_joined() -> None:
    x = X.copy()
    x[5] = x[0]
    found = NeighbourRows.of(x, [0, 1, 2, -1, 1, 0], SPEC, ["a", "b", "b", "c", None, "d"])
    assert found.labels.ravel().tolist() == [0, 1, 2, 1, 0]
    assert len(np.unique(found.groups)) == 3
    assert found.groups[0] == found.groups[4]
    assert found.groups[1] == found.groups[2]
    np.testing.assert_allclose(found.base.sum(), 1, atol=1e-6)
    assert len(NeighbourRows.of(x, [0, 1, 2, -1, 1, 0], SPEC, most=2).stored) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((X, [-1] * 6), "no row with a known label"),
        ((X[:0], []), "no row with a known label"),
        ((X[:5], [0] * 6), r"features \(6, width\)"),
        ((np.where(X == 3, np.nan, X), [0] * 6), "features of row 1 have a value"),
    ],
)
def test_what_is_no_context(arguments: tuple, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        NeighbourRows.of(*arguments, SPEC)


def test_groups_and_keys_of_other_rows() -> None:
    with pytest.raises(ValueError, match="groups holds 2 values for 6 rows"):
        NeighbourRows.of(X, [0] * 6, SPEC, ["a", "b"])
    with pytest.raises(ValueError, match=r"keys \(6, width\)"):
        NeighbourRows.of(X, [0] * 6, SPEC, keys=X[:2])
