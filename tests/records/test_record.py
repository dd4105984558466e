from __future__ import annotations

import json
import zipfile

import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.limits import limits
from labelfeed.records.record import check_model, read_object, read_record, read_split

SPEC = LabelSpec.columns([LabelSpec.single(["red", "blue"], name="colour"), "fever"])
RECORD = {
    "format": 1,
    "label": SPEC.get_config(),
    "sides": [],
    "options": {"network": None, "width": 8},
    "data": {"kind": "images", "image_size": [8, 8], "image_color": "grey", "labels": ["a"]},
    "metrics": {},
    "versions": {},
}


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def changed(place, value):
    record = json.loads(json.dumps(RECORD))
    *parents, last = place.split(".")
    inside = record
    for name in parents:
        inside = inside[name]
    inside[last] = value
    return record


def test_a_record_that_fits(tmp_path):
    spec, parts = read_record(write(tmp_path / "run.json", RECORD))
    assert spec == SPEC and parts["options"]["width"] == 8 and parts["data"]["kind"] == "images"


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("format", 2, "has the format 2"),
        ("format", True, "has the format True"),
        ("label", [], "label must be an object, got list"),
        ("label.names", "abc", "names of the label must be a list"),
        ("label.names", [1, 2, 3], "names of the label must be a list"),
        ("label.num_classes", "3", "num_classes must be a whole number"),
        ("label.num_classes", 10**30, "num_classes must be a whole number"),
        ("label.kind", None, "kind of the label must be text"),
        ("label.groups", {"a": 1}, "groups must be a list"),
        ("label.groups", [3], "broken"),
        ("label.words", 7, "words must be a list"),
        ("label.ordered", [1], "ordered must be a list of texts"),
        ("label.ordered", ["fever"], "ordered names 'fever'"),
        ("data.path", ["a.csv", 1], "data.path must be text or a list of texts"),
        ("label.edges", [1, "x"], "edges must be a list of numbers"),
        ("label.edges", [1, 2], "Use LabelSpec.ranges"),
        ("data.weights", "w", "data.weights must be a list of texts"),
        ("sides", None, "sides must be a list"),
        ("sides", [1], "label must be an object"),
        ("options", [["a", 1]], "options must be an object"),
        ("options.network", 5, "options.network must be module:function, got 5"),
        ("data.kind", "films", "data.kind must be"),
        ("data.kind", [], "data.kind must be"),
        ("data.image_size", 8, "data.image_size must be"),
        ("data.image_size", [8, -1], "data.image_size must be"),
        ("data.image_size", None, "data.image_size is missing"),
        ("data.image_color", "blue", "data.image_color must be"),
        ("data.image_white", 1.5, "data.image_white must be"),
        ("data.id_column", ["id"], "data.id_column must be text"),
        ("data.labels", "a", "data.labels must be a list of texts"),
        ("data.cells", [], "data.cells must be an object"),
        ("data.cells", {"missing": "NA"}, "data.cells.missing must be a list of texts"),
        ("data.cells", {"uncertain": [1]}, "data.cells.uncertain must be an object"),
        ("data.cells", {"uncertain": {"": "half"}}, "uncertain must be ignore, zeros"),
        ("data.cells", {"words": []}, "rules of cells are broken"),
        ("data.spellings", [1], "data.spellings must be an object"),
        ("metrics", 3, "metrics must be an object"),
        ("metrics.training", 3, "metrics.training must be an object"),
        ("metrics.training", {"phases": 3}, "phases must be a list"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, place, value, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_record(write(tmp_path / "run.json", changed(place, value)))
    assert type(caught.value) is ValueError and "run.json" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is broken"),
        ("[]", "expected an object, got list"),
        ('{"a": NaN}', "it holds NaN, which is no number"),
        ('{"a": -Infinity}', "it holds -Infinity"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "is broken"),
        ('{"a": "\ud800"}', "is broken"),
    ],
)
def test_broken_json(tmp_path, text, message):
    (tmp_path / "run.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ValueError, match=message):
        read_object(tmp_path / "run.json")
    with pytest.raises(ValueError, match=r"no complete run: split\.json is missing"):
        read_object(tmp_path / "split.json")


@pytest.mark.parametrize("rows", [{"a": 1}, 3, ["1"], [-1], [1.5], [True], [2**70]])
def test_a_split_is_made_of_row_positions(tmp_path, rows):
    assert read_split(write(tmp_path / "split.json", {"test": [0, 2]})) == {"test": [0, 2]}
    with pytest.raises(ValueError, match="'test' must be a list of row positions"):
        read_split(write(tmp_path / "split.json", {"test": rows}))


def test_what_a_model_unpacks_to_is_bounded(tmp_path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", bytes(10_000_000))
    assert path.stat().st_size < 20_000
    check_model(path)
    with limits(max_bytes=9_000_000), pytest.raises(ValueError, match=r"unpacks to 10\.0 MB"):
        check_model(path)
    path.write_bytes(b"no archive")
    check_model(path)  # Keras says what is wrong
