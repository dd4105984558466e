from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from labelfeed.data.dataset import DataError
from labelfeed.data.images import load_images
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.spec import LabelSpec
from labelfeed.limits import limits


def save(path, value=100, size=(10, 6), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    array = np.full((size[1], size[0], 3) if mode == "RGB" else (size[1], size[0]), value)
    Image.fromarray(array.astype(np.uint16 if mode == "I;16" else np.uint8)).save(path)


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "pets"
    save(root / "cat" / "1.png", 10)
    save(root / "cat" / "deep" / "2.JPG", 20)
    save(root / "dog" / "3.jpeg", 30)
    save(root / "free.png", 40)
    save(root / "unlabelled" / "4.png", 50)
    (root / "notes.txt").write_text("hello")
    (root / ".hidden.png").write_text("not an image")
    return root


def test_class_folders(folder):
    data = load_images(folder, size=8)
    assert data.row_ids.tolist() == [
        "cat/1.png", "cat/deep/2.JPG", "dog/3.jpeg", "free.png", "unlabelled/4.png",
    ]  # fmt: skip
    assert data.spec == LabelSpec.single(["cat", "dog"])
    assert data.labels.tolist() == [0, 0, 1, -1, -1]
    assert data.features.shape == (5, 8, 8, 3)
    assert data.features.dtype == np.uint8
    np.testing.assert_allclose(data.features.mean(axis=(1, 2, 3)), [10, 20, 30, 40, 50], atol=2)
    assert data.notes == ("1 file(s) skipped that are not PNG or JPEG (first: notes.txt)",)


def test_grey_and_size(tmp_path):
    save(tmp_path / "a" / "1.png", 77, mode="L")
    save(tmp_path / "b" / "2.png", 33, mode="L")
    data = load_images(tmp_path, size=(5, 9), color="grey", target="kind")
    assert data.features.shape == (2, 5, 9, 1) and data.white is None
    assert data.features[:, 0, 0, 0].tolist() == [77, 33]
    assert data.spec.name == "kind"


@pytest.fixture
def xrays(tmp_path):
    """Pictures of 12 bits in files of 16: their upper 8 bits have 16 grey levels."""
    for row, value in enumerate((0, 100, 101, 2048, 4000)):
        save(tmp_path / "ab"[row % 2] / f"{row}.png", value, mode="I;16")
    save(tmp_path / "b" / "eight.png", 255, mode="L")
    return tmp_path


def test_twelve_bits_keep_their_levels(xrays):
    data = load_images(xrays, size=4, color="grey")
    assert data.white == 4095 and data.features.dtype == np.uint16
    by_name = dict(zip(data.row_ids, data.features[:, 0, 0, 0].tolist(), strict=True))
    expected = {"a/0.png": 0, "b/1.png": 100, "a/2.png": 101, "b/3.png": 2048, "a/4.png": 4000}
    assert by_name == {n: round(v * 65535 / 4095) for n, v in expected.items()} | {
        "b/eight.png": 65535
    }
    assert "5 image(s) of 16 bits, of which 12 are used: 4095 is read as white" in data.notes[0]


def test_rows_of_another_day_have_the_white_of_training(xrays):
    spec = LabelSpec.single(["a", "b"])
    save(xrays / "a" / "5.png", 9000, mode="I;16")
    data = load_images(xrays, size=4, color="grey", spec=spec, white=4095)
    assert data.features[1, 0, 0, 0] == round(101 * 65535 / 4095)  # the same as above
    assert data.features.max() == 65535
    assert "as bright as 9000; the run takes 4095 for white" in data.notes[0]
    eight = load_images(xrays, size=4, color="grey", spec=spec, white=0)
    assert eight.features.dtype == np.uint8 and eight.features[0].max() == 0
    assert eight.features[5].max() == 2048 >> 8  # b/3.png
    assert "of which the upper 8 are read" in eight.notes[0]


def test_an_alpha_channel_is_said(folder):
    Image.new("RGBA", (8, 8)).save(folder / "dog" / "clear.png")
    assert (
        "1 image(s) have an alpha channel, which is dropped (dog/clear.png)"
        in load_images(folder).notes
    )


@pytest.mark.parametrize("name", ["None", "NA", "-1", "unknown", "nan"])
def test_a_class_folder_may_be_called_anything(tmp_path, name):
    save(tmp_path / name / "1.png")
    save(tmp_path / "mild" / "2.png")
    save(tmp_path / "3.png")
    data = load_images(tmp_path)
    assert data.spec == LabelSpec.single(sorted([name, "mild"]))
    found = dict(zip(data.row_ids, data.spec.decode(data.labels), strict=True))
    assert found == {f"{name}/1.png": name, "mild/2.png": "mild", "3.png": None}
    again = load_images(tmp_path, spec=data.spec)
    assert again.labels.tolist() == data.labels.tolist()
    with pytest.raises(DataError, match=f"the run has no class '{name}'"):
        load_images(tmp_path, spec=LabelSpec.single(["mild", "severe"]))


def test_links_are_followed_or_named(folder, tmp_path):
    save(tmp_path / "elsewhere" / "9.png", 90)
    (folder / "cow").symlink_to(tmp_path / "elsewhere")
    (folder / "gone.png").symlink_to(tmp_path / "nothing.png")
    data = load_images(folder)
    assert data.spec.names == ("cat", "cow", "dog") and "cow/9.png" in data.row_ids
    assert "1 link(s) to folders followed (first: cow)" in data.notes
    assert "1 link(s) to nothing left out (first: gone.png)" in data.notes


def test_absurd_sizes_are_refused_before_anything_is_read(folder):
    with pytest.raises(DataError, match=r"5 images of 1000000 x 1000000 pixels take 15\.0 TB"):
        load_images(folder, size=10**6)
    with limits(max_bytes=100), pytest.raises(DataError, match="--max-bytes 960"):
        load_images(folder, size=8)


def test_labels_file(folder, tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("file,fur,barks\ncat/1.png,1,no\ndog/3.jpeg,,yes\n./free.png,0,no\n")
    data = load_images(folder, size=4, target="fur", labels=["barks"], labels_file=table)
    assert data.spec.names == ("fur", "barks")
    assert data.labels.tolist() == [[1, 0], [-1, -1], [-1, 1], [0, 0], [-1, -1]]
    again = load_images(folder, size=4, spec=data.spec, labels_file=table)
    assert again.labels.tolist() == data.labels.tolist()


def test_a_saved_spec_is_reused(folder, tmp_path):
    spec = LabelSpec.single(["dog", "cat"])
    assert load_images(folder, size=4, spec=spec).labels.tolist() == [1, 1, 0, -1, -1]
    save(tmp_path / "flat" / "a.png")
    flat = load_images(tmp_path / "flat", size=4, spec=spec)
    assert flat.labels.tolist() == [-1]
    assert flat.label_names == ()
    with pytest.raises(DataError, match=r"dog/3\.jpeg: the run has no class 'dog'"):
        load_images(folder, size=4, spec=LabelSpec.single(["cat", "cow"]))


def test_bad_folders(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no PNG or JPEG"):
        load_images(tmp_path / "empty")
    with pytest.raises(DataError, match="no such folder"):
        load_images(tmp_path / "none")
    with pytest.raises(DataError, match="is a file"):
        load_images(folder / "notes.txt")
    save(tmp_path / "flat" / "a.png")
    with pytest.raises(DataError, match="no class subfolders"):
        load_images(tmp_path / "flat")
    with pytest.raises(DataError, match="only one class, 'cat'"):
        save(tmp_path / "one" / "cat" / "a.png")
        load_images(tmp_path / "one")
    with pytest.raises(DataError, match="need a table"):
        load_images(folder, labels=["a"])


@pytest.mark.parametrize("content", [b"", b"not an image", None])
def test_broken_image_is_named(folder, content):
    path = folder / "cat" / "1.png"
    if content is None:  # cut off in the middle
        noise = np.random.default_rng(0).integers(0, 255, (50, 50, 3)).astype(np.uint8)
        Image.fromarray(noise).save(path)
        content = path.read_bytes()[:4000]
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"cat/1\.png: cannot be read as an image"):
        load_images(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,y\nnone.png,1\n", "data row 1, column 'file': there is no image 'none.png'"),
        ("file,y\ncat/1.png,1\ncat/1.png,0\n", "data row 2, .*stands there twice"),
        ("name,y\ncat/1.png,1\n", "no column 'file'"),
        ("file,z\ncat/1.png,1\n", "no column 'y'"),
    ],
)
def test_bad_labels_file(folder, tmp_path, text, message):
    (tmp_path / "labels.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        load_images(folder, target="y", labels_file=tmp_path / "labels.csv")


@pytest.mark.parametrize("options", [{"size": 2}, {"color": "blue"}])
def test_bad_arguments(folder, options):
    with pytest.raises(DataError, match="must be"):
        load_images(folder, **options)


def test_groups_of_images_stand_in_the_labels_file(folder, tmp_path):
    ids = load_images(folder, size=4).row_ids
    rows = "".join(f"{name},{'ab'[i % 2]},p{i // 2}\n" for i, name in enumerate(ids[:-1]))
    (tmp_path / "labels.csv").write_text(f"file,fur,who\n{rows}")
    how = {"size": 4, "target": "fur", "labels_file": tmp_path / "labels.csv"}
    data = load_images(folder, group="who", **how)
    assert data.groups[:3].tolist() == ["p0", "p0", "p1"] and data.groups[-1] is None
    assert data.group_name == "who"
    run = {"size": 4, "spec": data.spec, "group": "who"}
    again = load_images(folder, read_labels=False, labels_file=tmp_path / "labels.csv", **run)
    assert again.groups.tolist() == data.groups.tolist() and not again.labelled.any()
    assert load_images(folder, read_labels=False, **run).groups is None
    with pytest.raises(DataError, match="no column 'whom'"):
        load_images(folder, group="whom", **how)
    with pytest.raises(DataError, match="groups of images need a table"):
        load_images(folder, group="who")
    with pytest.raises(DataError, match="'fur' cannot be both the group"):
        load_images(folder, group="fur", **how)


def test_cells_of_the_labels_file_may_hold_several_labels(folder, tmp_path):
    table = tmp_path / "found.csv"
    table.write_text("file,found\ncat/1.png,mass|edema\ndog/3.jpeg,Nothing\nfree.png,\n")
    rules = CellRules(separator="|", none_word="nothing")
    how = {"size": 4, "labels_file": table, "cells": rules}
    data = load_images(folder, target="found", **how)
    found = dict(zip(data.row_ids, data.labels.tolist(), strict=True))
    assert found["cat/1.png"] == [1, 1]
    assert found["dog/3.jpeg"] == [0, 0]
    assert found["free.png"] == [-1, -1]
    assert data.spellings[0].column == "found"
    assert load_images(folder, spec=data.spec, **how).labels.tolist() == data.labels.tolist()
