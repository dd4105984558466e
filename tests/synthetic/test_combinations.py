"""Labels that stand together."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.synthetic.combinations import Combinations

_MADE = Combinations.of([np.array([0, 0, 0, 1, -1]), np.array([2, 2, 1, 0, 0])])


def test_labels_are_drawn_as_they_stand_together():
    known = np.full((4000, 2), -1)
    drawn = _MADE.draw(known, np.random.default_rng(0))
    assert np.mean((drawn == [0, 2]).all(axis=1)) == pytest.approx(0.4, abs=0.03)
    assert {tuple(row) for row in drawn.tolist()} == {(0, 2), (0, 1), (1, 0), (-1, 0)}
    assert _MADE.some_unknown.tolist() == [True, False]


def test_what_is_asked_for_stays_also_where_no_row_has_it():
    known = np.array([[0, -1]] * 500 + [[1, 2], [1, -1]])
    drawn = _MADE.draw(known, np.random.default_rng(0))
    assert (drawn[:500, 0] == 0).all() and set(drawn[:500, 1]) == {1, 2}
    assert drawn[500].tolist() == [1, 2] and drawn[501].tolist() == [1, 0]


def test_json_keeps_it_and_nonsense_is_refused():
    again = Combinations.from_json(_MADE.to_json(), [2, 3])
    assert np.array_equal(again.ids, _MADE.ids) and np.array_equal(again.counts, _MADE.counts)
    for broken in (None, [], [[0, 1]], [[0, 3, 1]], [[0, 0, 0]], [[-2, 0, 1]], [["a", 0, 1]]):
        with pytest.raises(ValueError, match="combinations must be"):
            Combinations.from_json(broken, [2, 3])
