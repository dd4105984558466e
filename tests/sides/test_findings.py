"""Twin of labelfeed/sides/findings.py."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.findings import SideLeakError, check_sides, coarse_of_fine, wrong_sides

Y = LabelSpec.single(4, "letter")
RNG = np.random.default_rng(0)
IDS = RNG.integers(0, 4, 400)


def _relation(values: np.ndarray, classes: int) -> tuple[str, str]:
    (found,) = check_sides(Y, IDS, [LabelSpec.single(classes, "side")], [values])
    assert "'side'" in found.why
    return found.relation, found.verdict


def test_each_relation_is_found() -> None:
    noise = RNG.integers(0, 3, 400)
    assert _relation((IDS + 1) % 4, 4) == ("same", "leak")
    assert _relation(IDS * 3 + noise, 12) == ("fine", "leak")
    nearly = np.where(np.arange(400) == 7, (IDS + 1) % 4, IDS)
    assert _relation(nearly, 4) == ("nearly", "warning")
    assert _relation(IDS // 2, 2) == ("coarse", "ok")
    assert _relation(noise, 3) == ("free", "ok")
    assert _relation(np.zeros(400, int), 2) == ("constant", "warning")
    assert _relation(np.arange(400), 400) == ("many", "warning")
    assert _relation(np.full(400, -1), 3) == ("unknown", "warning")
    weak = np.where(RNG.random(400) < 0.4, RNG.integers(0, 4, 400), IDS)
    assert _relation(weak, 4) == ("free", "ok")


def test_unknown_rows_do_not_hide_a_leak() -> None:
    assert _relation(np.where(RNG.random(400) < 0.5, -1, IDS), 4) == ("same", "leak")


def test_each_label_of_a_multi_side_is_judged_and_leaks_may_stop() -> None:
    target = LabelSpec.single(2, "sick")
    sick = IDS % 2
    signs = LabelSpec.multi(["fever", "diagnosis"], "signs")
    values = np.stack([RNG.integers(0, 2, 400), sick], axis=1)
    found = check_sides(target, sick, [signs], [values])
    assert [(f.name, f.verdict) for f in found] == [("fever", "ok"), ("diagnosis", "leak")]
    with pytest.raises(SideLeakError, match="'diagnosis' is the target under another name 'sick'"):
        check_sides(target, sick, [signs], [values], fail=True)


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="has 3 rows, expected 400"):
        check_sides(Y, IDS, [LabelSpec.single(2, "side")], [[0, 1, 0]])


def test_by_name_what_is_left_out_is_unknown() -> None:
    sides = [LabelSpec.single(4, "code"), LabelSpec.single(2, "site")]
    found = check_sides(Y, IDS, sides, {"code": 3 - IDS})
    assert [(f.name, f.relation) for f in found] == [("code", "same"), ("site", "unknown")]


def test_a_column_of_classes_is_judged_as_a_whole() -> None:
    colour = LabelSpec.single(["red", "green", "blue", "grey"], name="colour")
    spec = LabelSpec.columns(["sick", colour])
    values = {"colour": 3 - IDS, "sick": IDS % 3 == 0}
    found = check_sides(Y, IDS, [spec], [pd.DataFrame(values)])
    assert [(f.name, f.relation) for f in found] == [("sick", "coarse"), ("colour", "same")]


def test_coarse_of_fine_is_none_where_it_is_no_function() -> None:
    assert coarse_of_fine(IDS, IDS // 2, 4).tolist() == [0, 0, 1, 1]
    assert coarse_of_fine([0, 0], [0, 1], 4) is None


def test_wrong_side_labels_are_another_class_at_the_share() -> None:
    ids = np.stack([RNG.integers(0, 2, 4000), RNG.integers(-1, 5, 4000)], axis=1)
    specs = [LabelSpec.single(2, "a"), LabelSpec.single(5, "b")]
    got = wrong_sides(ids, specs, 0.2, seed=1)
    known = ids >= 0
    assert abs((got != ids)[known].mean() - 0.2) < 0.02
    assert (got[~known] == -1).all()
    assert ((got >= 0) == known).all()
    assert (got < [2, 5]).all()
    wrong = got[:, 1][(got != ids)[:, 1]]
    assert np.bincount(wrong, minlength=5).min() > 80
    assert np.array_equal(got, wrong_sides(ids, specs, 0.2, seed=1))
    assert not np.array_equal(got, wrong_sides(ids, specs, 0.2, seed=2))
