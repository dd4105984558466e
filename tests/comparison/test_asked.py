"""Strategies that are asked for have to suit the rows; some rows bring what makes one apply."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from labelfeed.comparison.asked import brought, check_asked
from labelfeed.comparison.contenders import HIDDEN_COLUMNS, UNLABELLED
from labelfeed.comparison.errors import ComparisonError
from labelfeed.data.dataset import Numbers
from tests.comparison._rows import corners, findings


def without(rows, count: int):
    labels = rows.labels.copy()
    labels[:count] = -1
    return dataclasses.replace(rows, labels=labels)


def test_as_many_rows_without_a_label_bring_pseudo_labels() -> None:
    rows = corners()
    assert not brought(rows) and not brought(without(rows, 40))
    assert list(brought(without(rows, 60))) == [UNLABELLED]
    hidden = dataclasses.replace(rows, training_only=pd.DataFrame({"a": np.arange(120)}))
    assert list(brought(hidden)) == [HIDDEN_COLUMNS]
    check_asked(without(rows, 40), ["semi-supervised"], "auto")


@pytest.mark.parametrize(
    ("name", "plain", "said"),
    [
        ("neighbours", "auto", "knows no strategy 'neighbours'.*neighbour-labels"),
        ("partial-labels", "auto", "needs labels to read: give --label"),
        ("side-label", "auto", "needs labels to read: give --side"),
        ("semi-supervised", "auto", "label cell is empty, and is not tried, as every row"),
        ("training-only", "auto", "--training-only COL"),
        ("neighbour-labels", "neighbours", "take --plain auto"),
    ],
)
def test_what_does_not_suit_is_said(name, plain, said) -> None:
    with pytest.raises(ComparisonError, match=said):
        check_asked(corners(), [name], plain)


def test_a_number_has_no_rare_class() -> None:
    rows = dataclasses.replace(corners(), numbers={"label": Numbers(np.arange(120.0), 2)})
    with pytest.raises(ComparisonError, match="a number has no rare class"):
        check_asked(rows, ["prior-adjusted"], "auto")
    check_asked(findings(), ["prior-adjusted"], "auto")
