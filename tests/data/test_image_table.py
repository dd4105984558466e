from __future__ import annotations

import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.image_table import image_table
from labelfeed.data.images import load_images
from labelfeed.data.loading import load_data
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.encoding import NO_RULES
from tests._rows import write_images


def read(path, *, beside=(), **kwargs):
    arguments = {
        "file_column": "file",
        "ids": ["a.png", "b.png", "c.png"],
        "labels": ["y"],
        "spec": None,
        "sides": (),
        "cells": NO_RULES,
        "group": None,
        "encoding": None,
        "weights": (),
    }
    return image_table(path, beside=beside, **{**arguments, **kwargs})


def test_columns_in_the_order_of_the_files(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("file,y,age,site\nc.png,1,30,x\n./a.png,0,40,z\n")
    given, told = read(path, beside=["age"])
    assert {name: values.tolist() for name, values in given.items()} == {
        "y": ["0", None, "1"] if isinstance(given["y"][0], str) else [0, None, 1],
        "age": ["40", None, "30"] if isinstance(given["age"][0], str) else [40, None, 30],
    }
    assert "not used: site " in told[0]
    with pytest.raises(DataError, match="Did you mean 'age'"):
        read(path, beside=["agee"])
    with pytest.raises(DataError, match="'file' cannot be a feature beside"):
        read(path, beside=["file"])
    with pytest.raises(DataError, match=r"no image 'c.png'"):
        read(path, ids=["a.png"])


def test_a_folder_with_columns_beside_its_pictures(tmp_path):
    pics = write_images(tmp_path / "pics", 3)
    table = tmp_path / "t.csv"
    table.write_text("file,label,age\ndark/0.png,a,31\nlight/0.png,b,52\nlight/1.png,b,\n")
    data = load_images(pics, size=4, color="grey", labels_file=table, beside=["age"])
    assert data.features.shape == (7, 4, 4, 1)
    ages = data.features.table["age"].tolist()
    assert dict(zip(data.row_ids, ages, strict=True))["dark/0.png"] == "31"
    x = Preprocessor.fit(data.features).transform(data.features)
    assert x.shape == (7, 16 + 2) and x[:, -1].sum() == 5  # not listed, or an empty cell
    assert data.take([0]).features.table["age"].tolist() == ages[:1]
    with pytest.raises(DataError, match="of a table every column"):
        load_data(table, target="label", beside=["age"])
