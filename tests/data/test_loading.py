from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from labelfeed.data import loading
from labelfeed.data.dataset import DataError
from labelfeed.data.loading import fingerprint, load_data
from labelfeed.labels.spec import LabelSpec


def test_each_kind(tmp_path):
    (tmp_path / "t.csv").write_text("x,y\n1,a\n2,b\n")
    np.savez(tmp_path / "t.npz", x=np.zeros((2, 3)), y=[0, 1])
    for name in ("a", "b"):
        (tmp_path / "pics" / name).mkdir(parents=True)
        Image.new("RGB", (5, 5)).save(tmp_path / "pics" / name / "1.png")
    kinds = [load_data(tmp_path / n, target="y").kind for n in ("t.csv", "t.npz", "pics")]
    assert kinds == ["table", "arrays", "images"]


def test_what_cannot_be_read(tmp_path):
    (tmp_path / "t.txt").write_text("x,y\n1,a\n2,b\n")
    np.savez(tmp_path / "t.npz", x=np.zeros((2, 3)), y=[0, 1])
    with pytest.raises(DataError, match=r"t\.txt: expected \.csv"):
        load_data(tmp_path / "t.txt", target="y")
    with pytest.raises(DataError, match="no such file or folder"):
        load_data(tmp_path / "none.csv", target="y")
    with pytest.raises(DataError, match="npz has no label columns"):
        load_data(tmp_path / "t.npz", target="y", labels=["z"])


def test_several_targets_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"name of one column, got \['a', 'b'\]"):
        load_data(tmp_path / "t.csv", target=["a", "b"])


def test_fingerprint_tells_files_apart(tmp_path):
    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    one.write_text("x,y\n1,a\n")
    two.write_text("x,y\n1,b\n")
    assert fingerprint(one) != fingerprint(two)
    before = fingerprint(tmp_path)
    assert before == fingerprint(tmp_path)
    two.write_text("x,y\n1,bb\n")
    assert fingerprint(tmp_path) != before


def test_the_file_that_was_read_has_its_fingerprint(tmp_path, monkeypatch):
    file = tmp_path / "t.csv"
    file.write_text("x,y\n1,a\n2,b\n")
    before = fingerprint(file)
    original = loading.load_table

    def read_then_change(path, **how):
        found = original(path, **how)
        path[0].write_text("x,y\n9,b\n8,a\n")
        return found

    monkeypatch.setattr(loading, "load_table", read_then_change)
    data = load_data(file, target="y")
    assert data.features["x"].tolist() == ["1", "2"]
    assert data.fingerprint == data.take([0]).fingerprint == before != fingerprint(file)


def test_a_file_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "t.csv").write_text("x,y\n1,a\n2,b\n")
    monkeypatch.setattr(loading, "fingerprint", refuse)
    with pytest.raises(DataError, match=r"t\.csv: cannot be read: Permission denied"):
        load_data(tmp_path / "t.csv", target="y")


def test_labels_of_a_spec_need_not_be_read(tmp_path):
    spec = LabelSpec.single(["a", "b"], name="y")
    (tmp_path / "t.csv").write_text("x,y\n1,a\n2,not a class\n")
    np.savez(tmp_path / "t.npz", x=np.zeros((2, 3)), y=[7, 8])
    for name in ("c", "d"):
        (tmp_path / "pics" / name).mkdir(parents=True)
        Image.new("RGB", (5, 5)).save(tmp_path / "pics" / name / "1.png")
    for name in ("t.csv", "t.npz", "pics"):
        with pytest.raises(ValueError, match=r"'c'|'7'|'not a class'"):
            load_data(tmp_path / name, spec=spec)
        data = load_data(tmp_path / name, spec=spec, read_labels=False)
        assert data.labels.tolist() == [-1, -1]
    pictures = load_data(tmp_path / "pics", spec=LabelSpec.multi(3), read_labels=False)
    assert pictures.labels.shape == (2, 3)


def test_progress_of_images(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        Image.new("RGB", (5, 5)).save(tmp_path / name / "1.png")
    seen = []
    load_data(tmp_path, on_image=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
