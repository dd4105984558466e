"""Conditions as people write them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labelfeed.generate.conditions import (
    flagged,
    given_columns,
    ids_of_known,
    ids_of_sides,
    numbers_of_rows,
    whole,
)
from labelfeed.labels.errors import LabelError
from labelfeed.labels.spec import LabelSpec

STAGE = LabelSpec.single(["stage one", "Stage two", "none"], name="Tumour stage")
SIGNS = LabelSpec.columns([LabelSpec.single(["s", "m", "l"], name="size"), "fever"], name="signs")


@pytest.mark.parametrize(
    ("known", "ids"),
    [
        (None, [-1, -1]),
        (1, [1, 1]),
        ("stage two", [1, 1]),
        ({"Tumour stage": "none"}, [2, 2]),
        ({"tumour  STAGE": " Stage  One "}, [0, 0]),
        (["none", None], [2, -1]),
        (np.array([0, -1]), [0, -1]),
        ({"Tumour stage": ["NONE", "stage one"]}, [2, 0]),
        ({}, [-1, -1]),
    ],
    ids=str,
)
def test_a_single_label_is_read_in_any_case(known: Any, ids: list[int]) -> None:
    assert ids_of_known(known, 2, STAGE).tolist() == ids


def test_several_labels_may_be_known_in_part() -> None:
    assert ids_of_known({"Size": "M"}, 1, SIGNS).tolist() == [[0, 1, 0, -1]]
    assert ids_of_known({"fever": [1, -1]}, 2, SIGNS)[:, 3].tolist() == [1, -1]


def test_a_soft_label_is_drawn_for_each_row() -> None:
    drawn = ids_of_known({"tumour stage": {"Stage One": 0.25, "none": 0.75}}, 4000, STAGE, seed=0)
    assert np.bincount(drawn, minlength=3) / 4000 == pytest.approx([0.25, 0, 0.75], abs=0.03)
    rows = np.eye(3)[[2, 0]] * 0.5 + np.eye(3)[[2, 1]] * 0.5
    assert ids_of_known(rows, 2, STAGE, seed=3)[0] == 2
    fever = ids_of_known({"fever": 0.25}, 4000, SIGNS, seed=0)[:, 3]
    assert set(fever) == {0, 1} and fever.mean() == pytest.approx(0.25, abs=0.03)
    sizes = ids_of_known({"size": {"s": 0.5, "l": 0.5}}, 400, SIGNS, seed=0)[:, :3]
    assert (sizes.sum(axis=1) == 1).all() and sizes[:, 1].sum() == 0


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ("stage three", "stage"),
        ({"tumor stage": "none"}, "Did you mean 'Tumour stage'"),
        ({"size": "m"}, "no label 'size'"),
        (np.array([0, 1, 2]), "3 rows"),
        ({"Tumour stage": {"none": 0.4}}, "sum to 1"),
    ],
    ids=str,
)
def test_what_does_not_fit_says_how_to_mend_it(known: Any, message: str) -> None:
    with pytest.raises((LabelError, ValueError), match=message):
        ids_of_known(known, 2, STAGE)


def test_side_labels_are_read_in_any_case() -> None:
    scanner = LabelSpec.single(["A", "B"], name="scanner")
    assert ids_of_sides({"Scanner": "b"}, 2, [scanner])[0].tolist() == [1, 1]
    assert ids_of_sides(None, 2, [scanner])[0].tolist() == [-1, -1]
    with pytest.raises(ValueError, match="Did you mean 'scanner'"):
        ids_of_sides({"scaner": "B"}, 2, [scanner])


def test_given_columns_and_numbers_fill_rows() -> None:
    assert np.isnan(given_columns(None, 2, 3)).all()
    assert given_columns([1, np.nan], 2, 2)[:, 0].tolist() == [1, 1]
    assert numbers_of_rows(60, 2, 1).tolist() == [[60], [60]]
    assert numbers_of_rows([60, 61], 2, 1).tolist() == [[60], [61]]
    assert np.isnan(numbers_of_rows(None, 2, 1)).all()
    assert flagged(np.array([[2.0, np.nan]])).tolist() == [[2, 0, 1, 0]]
    for wrong in ([1, 2, 3], np.ones((3, 2)), [np.inf, 1]):
        with pytest.raises(ValueError, match="given must be finite"):
            given_columns(wrong, 2, 2)
    with pytest.raises(ValueError, match="numbers must be finite"):
        numbers_of_rows(np.ones((2, 3)), 2, 1)


@pytest.mark.parametrize("n", [0, -1, 2.5, True, "2"])
def test_a_number_of_rows_is_a_whole_number(n: Any) -> None:
    with pytest.raises(ValueError, match="n must be a whole number >= 1"):
        whole("n", n, 1)
