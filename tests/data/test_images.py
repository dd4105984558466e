from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from labelfeed.data.dataset import DataError
from labelfeed.data.images import load_images
from labelfeed.labels.spec import LabelSpec


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


def test_grey_size_and_16_bits(tmp_path):
    save(tmp_path / "a" / "1.png", 256 * 77, mode="I;16")
    save(tmp_path / "b" / "2.png", 33, mode="L")
    data = load_images(tmp_path, size=(5, 9), color="grey", target="kind")
    assert data.features.shape == (2, 5, 9, 1)
    assert data.features[:, 0, 0, 0].tolist() == [77, 33]
    assert data.spec.name == "kind"


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
