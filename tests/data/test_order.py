"""Classes in the order that the user says, checked against those of the file."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.loading import load_data
from labelfeed.data.order import in_order, order_proposals, split_order
from labelfeed.labels.spec import LabelSpec


@pytest.fixture
def file(tmp_path):
    rows = ["x,pain,fever,ward", *(f"{i},{p},{f},{w}" for i, (p, f, w) in enumerate(CELLS))]
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n")
    return tmp_path / "t.csv"


CELLS = [("mild", "no", "b"), ("severe", "yes", "a"), ("light", "", "c"), ("", "yes", "a")] * 3
ORDER = {"pain": ("light", "mild", "severe")}


def test_a_target_in_order(file):
    data = load_data(file, target="pain", order=ORDER)
    assert data.spec == LabelSpec.single(ORDER["pain"], name="pain", ordered=True)
    assert data.labels[:4].tolist() == [1, 2, 0, -1]
    again = load_data(file, spec=data.spec)
    np.testing.assert_array_equal(again.labels, data.labels)


def test_one_column_of_several_in_order(file):
    names = {"target": "fever", "labels": ["pain", "ward"]}
    before, data = load_data(file, **names), load_data(file, order=ORDER, **names)
    assert [c.ordered for c in data.spec.label_columns] == [False, True, False]
    assert data.spec.words == before.spec.words == (("fever", "no", "yes"),)
    for old, new in zip(before.spec.label_columns, data.spec.label_columns, strict=True):
        found = [[None if i < 0 else c.name_of(i) for i in c.ids(d.labels)]
                 for c, d in ((old, before), (new, data))]  # fmt: skip
        assert found[0] == found[1]
    assert data.spec.label_columns[1].ids(data.labels)[:4].tolist() == [1, 2, 0, -1]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"pain": ["light", "Mild", "severe"]}, r"no row holds 'Mild' \(did you mean 'mild'\?\)"),
        ({"pain": ["light", "severe"]}, "it leaves out 'mild'"),
        ({"pain": ["light", "mild", "severe", "worst"]}, "no row holds 'worst'. Name each"),
        ({"fever": ["no", "yes"]}, "the order of 'fever': it is yes/no, not a column of classes"),
        ({"pian": ["a", "b"]}, "no label: 'pian'. Did you mean 'pain'"),
    ],
)
def test_other_names_than_those_of_the_file(file, order, words):
    with pytest.raises(DataError, match=words) as caught:
        load_data(file, target="pain", labels=["fever"], order=order)
    assert str(file) in str(caught.value)


def test_orders_as_they_are_written():
    assert split_order(["1<2<3"], "stars") == {"stars": ("1", "2", "3")}
    assert split_order(["ward = a < b"], "stars") == {"ward": ("a", "b")}
    assert split_order(["a=1<a=2"], "k") == {"a": ("1", "a=2")}
    for wrong in ("none", "a<", "a<b<a", ""):
        with pytest.raises(DataError, match="two or more classes, each once"):
            split_order([wrong], "k")
    with pytest.raises(DataError, match="two orders are given for 'k'"):
        split_order(["a<b", "k=b<a"], "k")


def test_what_looks_like_steps_of_a_scale_is_proposed():
    def proposed(*names, **how):
        return order_proposals(LabelSpec.single(names, name="stars", **how))

    assert proposed("1", "2", "3", "4", "5")[0].endswith("add --order '1<2<3<4<5'")
    assert len(proposed("-1", "0", "1")) == 1
    others = ["1 2", "1 2 4", "a b c", "0 1 2 3 4 5 6 7 8 9", "3 2 1", "1.5 2.5 3.5", "01 02 03"]
    for names in map(str.split, others):
        assert not proposed(*names)
    assert not proposed("1", "2", "3", ordered=True)
    both = LabelSpec.columns(["fever", LabelSpec.single(["1", "2", "3"], name="stars")])
    assert order_proposals(both)[0].endswith("--order 'stars=1<2<3'")


def test_nothing_else_changes(file):
    data = load_data(file, target="pain")
    same = in_order(data, {"pain": data.spec.names})
    assert dataclasses.replace(same.spec, ordered=()) == data.spec
    np.testing.assert_array_equal(same.labels, data.labels)


def test_a_class_called_none_is_one_of_them(tmp_path):
    rows = ["x,pain", *(f"{i},{p}" for i, p in enumerate(["none", "mild", "", "none"] * 3))]
    (tmp_path / "n.csv").write_text("\n".join(rows) + "\n")
    data = load_data(tmp_path / "n.csv", target="pain", order={"pain": ["none", "mild"]})
    assert data.labels[:4].tolist() == [0, 1, -1, 0]
