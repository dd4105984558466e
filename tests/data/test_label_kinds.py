from __future__ import annotations

import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.label_kinds import spec_of_columns
from labelfeed.data.labelling import as_text, multi_labels
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec


def spec_of(**columns: list) -> LabelSpec:
    return spec_of_columns({k: as_text(v) for k, v in columns.items()}, "f.csv", "labels")


def test_a_column_of_other_words_has_classes() -> None:
    spec = spec_of(colour=["red", "blue", None, "red"], ill=[1, 0, 1, 0], grade=[10, 2, 2, 0])
    assert spec.names == ("colour=blue", "colour=red", "ill", "grade=0", "grade=2", "grade=10")
    assert spec.class_columns == (("colour", ("blue", "red")), ("grade", ("0", "2", "10")))
    assert [c.name for c in spec.label_columns] == ["colour", "ill", "grade"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["yes", "no", "yes"], ("no", "yes")),
        (["Yes", "Yes", None], ("No", "Yes")),
        (["N", "N"], ("N", "Y")),
        ([True, None], ("False", "True")),
        (["absent", "present", "1"], ("absent", "present")),
        ([1, 0], ("0", "1")),
        (["1.0", "yes", "yes"], ("no", "yes")),
        ([None, ""], ("0", "1")),
    ],
)
def test_the_words_of_yes_and_no_are_kept(values, words) -> None:
    spec = spec_of(a=values)
    assert spec.label_columns[0].names == words
    assert spec == LabelSpec.multi(["a"], name="labels")  # the words make no other spec
    assert LabelSpec.from_config(spec.get_config()).label_columns == spec.label_columns


def test_a_rare_mistake_among_yes_and_no_is_no_class() -> None:
    columns = {"ill": ["yes", "no", "yse", "no"], "b": [1, 0, 1, 0]}
    with pytest.raises(LabelError, match="Row 3, column 'ill': got 'yse'"):
        multi_labels(columns, None, "f.csv")
    spec = multi_labels({**columns, "ill": ["yes", "no", "maybe", "maybe"]}, None, "f.csv").spec
    assert spec.class_columns == (("ill", ("maybe", "no", "yes")),)


def test_a_constant_class_is_noted_and_measurements_are_refused() -> None:
    read = multi_labels({"a": ["x", "x", None], "b": [1, 0, 1]}, None, "f.csv")
    assert read.notes == ("label 'a' is always x: nothing can be learned about it",)
    assert read.labels.tolist() == [[1, 1], [1, 0], [-1, 1]]
    with pytest.raises(DataError, match="'m' has 60 different decimal numbers"):
        spec_of(m=[i / 7 + 0.01 for i in range(60)], b=[1, 0] * 30)
    with pytest.raises(DataError, match="nothing to learn"):
        multi_labels({"a": ["x", "x"], "b": [1, 1]}, None, "f.csv")


def test_a_saved_spec_names_an_unknown_class() -> None:
    spec = spec_of(colour=["red", "blue"] * 2, ill=[1, 0] * 2)
    with pytest.raises(LabelError, match=r"f\.csv: Row 2, column 'colour': got 'rot'.*'blue', 're"):
        multi_labels({"colour": ["red", "rot"], "ill": [1, 1]}, spec, "f.csv")
