from __future__ import annotations

import numpy as np
import pytest

from labelfeed.data.classes import check_classes, natural
from labelfeed.data.dataset import DataError


def test_numbers_are_sorted_by_value_and_before_words() -> None:
    assert sorted(["b", "10", "nan", "9.5", "a"], key=natural) == ["9.5", "10", "a", "b", "nan"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "is missing in every row"),
        (["a", "a"], "only one class"),
        ([f"{i / 7:.3f}" for i in range(50)], "a measurement, not a class"),
        ([f"row {i}" for i in range(50)], "an identifier or a measurement"),
    ],
)
def test_what_is_no_class(values, message) -> None:
    texts = np.array(values, dtype=object)
    with pytest.raises(DataError, match=f"f.csv: the target 't'.*{message}"):
        check_classes(sorted(set(values)), texts, "t", "f.csv")


def test_a_few_classes_are_fine() -> None:
    texts = np.array(["a", "b", "a", None], dtype=object)
    check_classes(["a", "b"], texts, "t", "f.csv")
