from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.values import complete_sides, encode_sides

SCANNER = LabelSpec.single(["A", "B"], name="scanner/type")
SIGNS = LabelSpec.multi(2, name="signs")
SPECS = (SCANNER, SIGNS)


@pytest.mark.parametrize(
    "sides",
    [
        {"scanner/type": ["A", None, "B"]},
        pd.DataFrame({"scanner/type": ["A", "", "B"], "other": 1}),
    ],
)
def test_by_name_what_is_left_out_stays_out(sides):
    found = encode_sides(SPECS, sides, 3)
    assert list(found) == ["scanner_type"]
    assert found["scanner_type"].tolist() == [0, -1, 1]


def test_in_order_and_one_value_for_all():
    found = encode_sides(SPECS, [[0, 1], np.array([[0, 1], [1, -1]])], 2)
    assert found["signs"].tolist() == [[0, 1], [1, -1]]
    assert encode_sides(SPECS, {"scanner/type": "B"}, 3)["scanner_type"].tolist() == [1, 1, 1]
    assert encode_sides(SPECS, {"scanner/type": None}, 2)["scanner_type"].tolist() == [-1, -1]


def test_masked_named_twice_and_without_order():
    view = LabelSpec.single(2, "view")
    masked = np.ma.array([1, 0], mask=[True, False])
    for given in ({"view": masked}, [masked], pa.table({"view": [None, 0]})):
        assert encode_sides([view], given, 2)["view"].tolist() == [-1, 0]
    assert encode_sides([view], {"view": np.ma.masked}, 2)["view"].tolist() == [-1, -1]
    both = np.ma.array([[1, 0], [0, 1]], mask=[[True, False], [False, False]])
    found = encode_sides([view, LabelSpec.single(2, "turned")], both, 2)
    assert [ids.tolist() for ids in found.values()] == [[-1, 0], [0, 1]]
    twice = pd.DataFrame([[0, 1], [1, 0]], columns=["view", "view"])
    with pytest.raises(LabelError, match="2 columns called 'view'"):
        encode_sides([view], twice, 2)
    with pytest.raises(ValueError, match="Expected a list of side labels"):
        encode_sides([view], {0}, 1)


def test_what_does_not_fit():
    with pytest.raises(LabelError, match="Row 1, column 'scanner/type': got 'C'"):
        encode_sides(SPECS, {"scanner/type": ["A", "C"]}, 2)
    with pytest.raises(ValueError, match="no side label 'scaner'; expected some of"):
        encode_sides(SPECS, {"scaner": ["A"]}, 1)
    with pytest.raises(ValueError, match="has 2 rows, expected 3"):
        encode_sides(SPECS, {"scanner/type": ["A", "B"]}, 3)
    with pytest.raises(ValueError, match="Expected a list of 2 side labels"):
        encode_sides(SPECS, [["A"]], 1)


def test_what_is_left_out_is_unknown_in_the_complete_list():
    scanner, signs = complete_sides(SPECS, {"signs": [[0, 1], [1, -1]]})
    assert (scanner.tolist(), signs.tolist()) == ([-1, -1], [[0, 1], [1, -1]])
    scanner, signs = complete_sides(SPECS, {"signs": None, "scanner/type": "B"}, 2)
    assert (scanner.tolist(), signs.tolist()) == ([1, 1], [[-1, -1], [-1, -1]])
    frame = pd.DataFrame({"scanner/type": ["A", "?"], "other": 1})
    assert complete_sides(SPECS, frame)[0].tolist() == [0, -1]
    assert [ids.shape for ids in complete_sides(SPECS, {}, 3)] == [(3,), (3, 2)]
    assert complete_sides(SPECS, None, 2)[0].tolist() == [-1, -1]
    with pytest.raises(ValueError, match="pass rows="):
        complete_sides(SPECS, {})


def test_names_that_look_alike_to_a_network_are_told_apart():
    specs = [LabelSpec.single(2, name) for name in ("a/b", "a_b", "a_b")]
    found = complete_sides(specs, [[0], [1], [-1]])
    assert [ids.tolist() for ids in found] == [[0], [1], [-1]]
    assert complete_sides(specs[:2], {"a_b": [1]})[0].tolist() == [-1]
