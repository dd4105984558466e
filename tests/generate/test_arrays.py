"""What `fit` is given, as arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.generate.arrays import held_out_tenth, row_parts, weights_of_rows
from labelfeed.generate.rows import CLEAN, NOISE, NORMAL, WEIGHT, FixedNoise
from labelfeed.labels.spec import LabelSpec
from tests.generate._models import KIND, VIEW


def test_tables_lists_and_names_become_arrays() -> None:
    table = pd.DataFrame({"age": [30.0, 40.0], "dose": [1, 2]})
    parts = row_parts(
        table,
        ["dog", None],
        {"view": ["side", "front"]},
        None,
        shape=(2,),
        spec=KIND,
        side_specs=(VIEW,),
    )
    assert parts[CLEAN].tolist() == [[30, 1], [40, 2]] and parts[CLEAN].dtype == np.float32
    assert parts["kind"].tolist() == [1, -1] and parts["view"].tolist() == [1, 0]
    bare = row_parts(table.to_numpy().tolist(), None, None, None, shape=(2,), spec=KIND)
    assert bare["kind"].tolist() == [-1, -1]


def test_numbers_stand_beside() -> None:
    parts = row_parts([[1.0]], [0], None, [np.nan], shape=(1,), spec=KIND, number_count=1)
    assert np.isnan(parts["numbers"]).all()


def test_a_tenth_is_held_out_with_its_weights() -> None:
    x = np.arange(50)
    kept, weight, held, held_weight = held_out_tenth({CLEAN: x}, x * 1.0, seed=1)
    assert sorted([*kept[CLEAN], *held[CLEAN]]) == list(range(50)) and len(held[CLEAN]) == 5
    assert np.array_equal(kept[CLEAN], weight) and np.array_equal(held[CLEAN], held_weight)


@pytest.mark.parametrize("weight", [np.ones(3), [1, -1], [1, np.nan]])
def test_weights_that_are_none_are_refused(weight: object) -> None:
    with pytest.raises(ValueError, match="sample_weight must be 2 finite numbers"):
        weights_of_rows(weight, 2)


@pytest.mark.parametrize("name", ["clean", "noise", "normal", "row weight"])
def test_a_label_may_have_the_name_of_a_part_of_a_batch(name: str) -> None:
    spec = LabelSpec.single(["no", "yes"], name=name)
    parts = row_parts(np.ones((2, 1)), ["no", "yes"], None, None, shape=(1,), spec=spec)
    batch = FixedNoise(parts, np.ones(2), 2, least=2)[0][0]
    assert sorted(batch[name]) == [0, 1] and {CLEAN, NOISE, NORMAL, WEIGHT, name} == set(batch)
