from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from labelfeed.labels.errors import LabelError
from labelfeed.labels.spec import LabelSpec

SPEC = LabelSpec.multi(["edema", "mass"], name="findings")
CELLS = ["mass|edema", " mass |mass", "No Finding", "", None, "?"]
IDS = [[1, 1], [0, 1], [0, 0], [-1, -1], [-1, -1], [-1, -1]]


@pytest.mark.parametrize(
    "values",
    [
        CELLS,
        pd.Series(CELLS, index=range(5, 11)),
        pd.DataFrame({"x": 1, "findings": CELLS}),
        {"findings": CELLS},
        np.array(CELLS, dtype=object),
    ],
    ids=["list", "series", "table", "dict", "array"],
)
def test_cells_with_several_labels(values: Any) -> None:
    assert SPEC.encode(values, separator="|", none_word="no finding").tolist() == IDS


def test_lists_of_names() -> None:
    rows = [["mass", "mass"], [], None, ["No Finding"]]
    expected = [[0, 1], [0, 0], [-1, -1], [0, 0]]
    assert SPEC.encode(rows, none_word="No Finding").tolist() == expected
    assert SPEC.encode(rows[:3]).tolist() == expected[:3]  # [] is no, None unknown
    assert SPEC.encode(["mass", "No Finding"], none_word="No Finding").tolist() == [[0, 1], [0, 0]]


def test_numbers_are_read_as_ever() -> None:
    given = np.array([[1, 0], [0, -1]])
    assert SPEC.encode(given, separator="|").tolist() == given.tolist()
    table = pd.DataFrame({"mass": [1, None], "edema": ["no", "NA"]})
    assert SPEC.encode(table, separator="|", none_word="x").tolist() == [[0, 1], [-1, -1]]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["edema", "masss"], r"Row 1, column 'findings': got 'masss'.*mean 'mass'"),
        (["No Finding|mass"], "Row 0, .*'No Finding' alone, which says that no label applies"),
    ],
)
def test_what_does_not_fit(values: list[str], message: str) -> None:
    with pytest.raises(LabelError, match=message):
        SPEC.encode(values, separator="|", none_word="No Finding")
