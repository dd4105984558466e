from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.known import hard_ids, known_of_rows
from labelfeed.labels.spec import LabelSpec

COLOUR = LabelSpec.single(["red", "green"], name="colour")
FINDINGS = LabelSpec.multi(["cough", "fever"])


def test_hard_ids_keep_other_errors() -> None:
    assert hard_ids([0, None], COLOUR).tolist() == [0, -1]
    with pytest.raises(LabelError, match=r"got 1\.7; expected an id"):
        hard_ids([0, 1.7], COLOUR)


def test_one_value_for_all_rows_or_one_for_each():
    assert known_of_rows("green", 2, COLOUR).tolist() == [1, 1]
    assert known_of_rows({}, 2, FINDINGS).tolist() == [[-1, -1]] * 2
    given = {"fever": 1, "cough": [0, None]}
    assert known_of_rows(given, 2, FINDINGS).tolist() == [[0, 1], [-1, 1]]
    masked = np.ma.masked_array([0, 1], mask=[False, True])
    assert known_of_rows({"cough": masked}, 2, FINDINGS).tolist() == [[0, -1], [-1, -1]]


def test_as_many_rows_as_the_features():
    with pytest.raises(LabelError, match="known= has 3 rows, the features have 2"):
        known_of_rows([0, 1, 1], 2, COLOUR)
