"""The label spec: what may be asked of it, and what it refuses."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec

SPECS = {
    "single, number": LabelSpec.single(3),
    "single, names": LabelSpec.single(["benign", "malignant"], name="diagnosis"),
    "multi, number": LabelSpec.multi(1),
    "multi, names": LabelSpec.multi(("nodule", "mass"), name="findings"),
    "ordered": LabelSpec.single(["none", "mild"], name="grade", ordered=True),
}


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_config_round_trip_through_json(spec: LabelSpec) -> None:
    again = LabelSpec.from_config(json.loads(json.dumps(spec.get_config())))
    assert again == spec
    assert hash(again) == hash(spec)
    assert LabelSpec.from_config(spec) is spec


def test_shapes_and_names() -> None:
    assert [s.shape for s in SPECS.values()] == [(), (), (1,), (2,), ()]
    assert [s.num_entries for s in SPECS.values()] == [1, 1, 1, 2, 1]
    assert [s.activation for s in SPECS.values()] == ["softmax"] * 2 + ["sigmoid"] * 2 + ["softmax"]
    assert [s.entry_states for s in SPECS.values()] == [3, 2, 2, 2, 2]
    assert SPECS["single, number"].name_of(2) == "2"
    assert SPECS["multi, names"].name_of(1) == "mass"
    assert SPECS["single, names"].name == "diagnosis"


def test_numpy_numbers_and_names_become_plain() -> None:
    spec = LabelSpec("single", np.int64(2), ["a", "b"])  # type: ignore[arg-type]
    assert spec == LabelSpec.single(np.array(["a", "b"]))
    assert hash(spec) == hash(LabelSpec.single(["a", "b"]))
    assert json.loads(json.dumps(spec.get_config()))["num_classes"] == 2


def test_names_of_numpy_are_shown_as_plain_ones() -> None:
    spec = LabelSpec.single(np.array(["ant", "bee"]), name=np.str_("insect"))
    assert "np.str_" not in repr(spec)
    assert "'ant', 'bee'" in repr(spec)
    assert type(spec.name) is str


@pytest.mark.parametrize("names", [{"a", "b"}, frozenset({"a", "b"})])
def test_names_without_an_order_are_refused(names: object) -> None:
    for make in (LabelSpec.single, LabelSpec.multi):
        with pytest.raises(ValueError, match=r"list of names, got a .*set of 2 names, .*no order"):
            make(names)  # type: ignore[arg-type]


def test_spec_is_immutable() -> None:
    with pytest.raises(AttributeError):
        LabelSpec.single(3).num_classes = 4  # type: ignore[misc]


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: LabelSpec("triple", 3), "kind must be 'single' or 'multi', got 'triple'"),
        (lambda: LabelSpec.single(1), "single label needs num_classes >= 2, got 1"),
        (lambda: LabelSpec.single(["only"]), "num_classes >= 2, got 1"),
        (lambda: LabelSpec.multi(0), "multi label needs num_classes >= 1, got 0"),
        (lambda: LabelSpec("single", 2.5), "num_classes >= 2, got 2.5"),
        (lambda: LabelSpec("single", True), "num_classes >= 2, got True"),
        (lambda: LabelSpec("single", 3, ("a", "b")), "2 names were given for num_classes=3"),
        (lambda: LabelSpec.single(["a", ""]), "non-empty strings, got ''"),
        (lambda: LabelSpec.single(["a", 3]), "non-empty strings, got 3"),
        (lambda: LabelSpec.single(["a", "b", "a"]), "distinct, but 'a'"),
        (lambda: LabelSpec.single("ab"), "list of names, got 'ab'"),
        (lambda: LabelSpec("single", 2, "ab"), "list of names, got 'ab'"),
        (lambda: LabelSpec.single(None), "a number or a list of names, got None"),
        (lambda: LabelSpec.single(3, name=""), "name must be a non-empty string"),
        (lambda: LabelSpec.from_config({"kind": "single"}), "Expected a LabelSpec or the dict"),
        (lambda: LabelSpec.from_config(3), "Expected a LabelSpec or the dict"),
        (lambda: LabelSpec.single(3).encode([0], soft="round"), "soft must be"),
    ],
)
def test_what_does_not_fit_is_refused(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_encode_goes_by_the_kind() -> None:
    assert SPECS["single, names"].encode(["malignant", None]).tolist() == [1, -1]
    assert SPECS["multi, names"].encode([{"mass": 1}]).tolist() == [[-1, 1]]


def test_decode_is_the_inverse() -> None:
    spec = SPECS["single, names"]
    names = np.array(["malignant", None, "benign"], dtype=object)
    assert spec.decode(spec.encode(names)).tolist() == names.tolist()
    assert SPECS["single, number"].decode([2, -1]).tolist() == ["2", None]
    assert SPECS["multi, names"].decode([[0, -1]]).tolist() == [[0, None]]


def test_example_of_the_docstring() -> None:
    spec = LabelSpec.single(["benign", "malignant"], name="diagnosis")
    assert spec.encode(["malignant", None, "benign"]).tolist() == [1, -1, 0]


def test_ordered_classes_are_told_by_column_and_stay_so() -> None:
    grade = SPECS["ordered"]
    assert [c.ordered for c in grade.label_columns] == [True]
    assert grade != LabelSpec.single(["none", "mild"], name="grade")
    assert dataclasses.replace(grade, name="stage").label_columns[0].ordered
    both = LabelSpec.columns(["fever", grade, LabelSpec.single(["a", "b"], name="ward")])
    assert [c.ordered for c in both.label_columns] == [False, True, False]
    assert LabelSpec.from_config(json.loads(json.dumps(both.get_config()))) == both
    assert "ordered" not in SPECS["multi, names"].get_config()  # as older versions wrote it
    with pytest.raises(ValueError, match=r"ordered names 'fever'; expected .*\['grade'\]"):
        dataclasses.replace(LabelSpec.columns(["fever", grade]), ordered=("fever",))
