"""A scaling that is no number is named."""

from __future__ import annotations

import dataclasses

import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.runs.scaling import check_scaling
from tests.runs._copies import ROWS

FITTED = Preprocessor.fit(ROWS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mean": float("nan")}, "column 'a' is broken: its mean is nan"),
        ({"scale": 0.0}, "column 'a' is broken: its scale is 0"),
    ],
)
def test_what_is_no_number(change, message) -> None:
    check_scaling(FITTED)
    columns = (dataclasses.replace(FITTED.columns[0], **change), *FITTED.columns[1:])
    with pytest.raises(DataError, match=message):
        check_scaling(dataclasses.replace(FITTED, columns=columns))
    with pytest.raises(DataError, match="scaling of the pixels"):
        check_scaling(dataclasses.replace(FITTED, low=1.0, high=1.0))
