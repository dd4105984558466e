"""Side labels by name, as scikit-learn's users give them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.side_values import SIDE_CORRUPTION, SIDE_DROPOUT, side_ids, side_specs_of
from labelfeed.options import SideLabelOptions


def test_tables_and_dicts_say_the_same() -> None:
    table = pd.DataFrame({"scanner": ["A", None, "B"], "year": [2019, 2020, pd.NA]})
    specs = side_specs_of(table)
    assert [s.names for s in specs] == [("A", "B"), ("2019", "2020")]
    ids = side_ids(table, specs, 3)
    assert ids.tolist() == [[0, 0], [-1, 1], [1, -1]]
    given = {"scanner": ["A", "", "B"], "year": [2019, 2020, np.nan]}
    assert (side_ids(given, specs, 3) == ids).all()
    assert side_ids({"year": 2020}, specs, 2).tolist() == [[-1, 1], [-1, 1]]


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        ({"scaner": "A"}, "no side label 'scaner'; expected some of"),
        ({"scanner": "C"}, "Row 0, side label 'scanner': got 'C'"),
        ({"scanner": ["A"]}, r"shape \(1,\); expected one value, or \(2,\)"),
        (["A"], "must be a dict"),
    ],
)
def test_what_is_wrong_is_named(sides, message: str) -> None:
    with pytest.raises(EstimatorError, match=message):
        side_ids(sides, side_specs_of({"scanner": ["A", "B"]}), 2)


def test_a_constant_side_label_is_refused() -> None:
    with pytest.raises(EstimatorError, match=r"needs at least two classes, got \['A'\]"):
        side_specs_of({"scanner": ["A", "A", None]})
    with pytest.raises(EstimatorError, match="names no side label"):
        side_specs_of({})


def test_they_are_noised_as_the_command_does() -> None:
    own = SideLabelOptions()
    assert (own.side_dropout, own.side_corruption) == (SIDE_DROPOUT, SIDE_CORRUPTION)
