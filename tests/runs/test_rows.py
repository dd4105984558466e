from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from labelfeed.data.dataset import DataError
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import LabelError
from labelfeed.runs.folder import load_run
from labelfeed.runs.rows import load_labelled, load_rows, select_rows, training_rows

pytestmark = pytest.mark.only_backend("torch")  # files are read as on any other


def test_rows_are_read_as_in_training(runs):
    run = load_run(runs.multi)
    data = load_rows(run, runs.rows)
    assert data.row_ids[:2].tolist() == ["p0", "p1"]
    assert data.spec == run.spec
    assert data.label_names == ("cough", "fever")
    pictures = load_rows(load_run(runs.images), runs.pics)
    assert pictures.features.shape[1:] == (8, 8, 1)


def test_another_kind_of_data_is_refused(runs):
    with pytest.raises(DataError, match="holds arrays, but the run was trained on table"):
        load_rows(load_run(runs.multi), runs.npz, read_labels=False)


def test_folders_are_no_classes_for_a_run_with_a_labels_file(runs, tmp_path):
    run = load_run(runs.images)
    run = dataclasses.replace(run, data={**run.data, "labels_file": "labels.csv"})
    (tmp_path / "ward 3").mkdir()
    Image.new("L", (9, 9)).save(tmp_path / "ward 3" / "1.png")
    assert load_rows(run, tmp_path).labels.tolist() == [-1]


def test_auto_takes_the_held_out_rows_of_the_training_file(runs):
    run = load_run(runs.multi)
    data = load_rows(run, runs.rows)
    chosen, what = select_rows(run, data, runs.rows, "auto")
    assert chosen.row_ids.tolist() == [f"p{i}" for i in run.split["test"]]
    assert what == f"{len(chosen)} held-out rows of the training file"
    everything, what = select_rows(run, data, runs.rows, "all")
    assert len(everything) == 85
    assert "TRAINED" in what


def test_auto_takes_all_labelled_rows_of_another_file(runs, tmp_path):
    run = load_run(runs.multi)
    other = tmp_path / "other.csv"
    other.write_text(runs.rows.read_text() + "p90,50,f,True,ill,1,yes\n")
    data = load_rows(run, other)
    chosen, what = select_rows(run, data, other, "auto")
    assert len(chosen) == 86
    assert what == "86 labelled rows"
    with pytest.raises(DataError, match="not the file that the run was trained on"):
        select_rows(run, data, other, "held-out")
    same = shutil.copy(runs.rows, tmp_path / "renamed.csv")
    assert "held-out" in select_rows(run, load_rows(run, same), same, "auto")[1]


def test_a_training_file_that_changed_is_another_file(runs, tmp_path):
    file = shutil.copy(runs.rows, tmp_path / "rows.csv")
    run = load_run(runs.multi)
    run = dataclasses.replace(run, data={**run.data, "path": str(file)})
    file.write_text(file.read_text() + "p90,50,f,True,ill,1,yes\n")
    changed = load_rows(run, file)
    shutil.copy(runs.rows, file)  # what was read counts, not what stands there now
    chosen, what = select_rows(run, changed, file, "auto")
    assert len(chosen) == 86
    assert "the training file, which has CHANGED" in what
    with pytest.raises(DataError, match="not the file that the run was trained on"):
        select_rows(run, changed, file, "held-out")


def test_no_rows_to_judge(runs, tmp_path):
    run = load_run(runs.multi)
    bare = dataclasses.replace(run, split={"test": []})
    with pytest.raises(DataError, match="held no rows out"):
        select_rows(bare, load_rows(run, runs.rows), runs.rows, "auto")
    file = tmp_path / "bare.csv"
    file.write_text("id,age,sex,smokes\na,1,f,True\n")
    data = load_rows(run, file)
    assert np.all(data.labels == -1)
    with pytest.raises(DataError, match="no row has a label"):
        select_rows(run, data, file, "auto")


def test_labelled_rows_may_have_other_classes(runs, tmp_path):
    run = load_run(runs.single)
    rows = pd.read_csv(runs.rows).assign(**{"class": [f"c{i // 2}" for i in range(90)]})
    rows.to_csv(tmp_path / "rows.csv", index=False)
    data = load_labelled(run, tmp_path / "rows.csv")
    assert data.spec.num_classes == 45 and data.spec.name == "class"
    assert data.row_ids[0] == "p0" and data.labels[:3].tolist() == [0, 0, data.labels[2]]
    arrays = load_labelled(load_run(runs.arrays), runs.npz)
    assert arrays.spec.num_classes == 3
    pictures = load_labelled(load_run(runs.images), runs.pics)
    assert pictures.spec.names == ("dark", "light")
    assert pictures.features.shape[1:] == (8, 8, 1)
    rows.assign(**{"class": None}).to_csv(tmp_path / "none.csv", index=False)
    with pytest.raises(DataError, match="missing in every row"):
        load_labelled(run, tmp_path / "none.csv")


def test_pictures_of_16_bits_have_the_white_of_training(runs, tmp_path):
    run = load_run(runs.images)
    assert run.data["image_white"] is None
    Image.fromarray(np.full((9, 9), 2048, np.uint16)).save(tmp_path / "1.png")
    old = {key: value for key, value in run.data.items() if key != "image_white"}
    for data, expected in (
        ({**run.data, "image_white": 4095}, round(2048 * 65535 / 4095)),
        (run.data, 8),  # the upper 8 bits, as for the run's own pictures of 8
        (old, 8),
    ):
        read = load_rows(dataclasses.replace(run, data=data), tmp_path)
        assert read.features.max() == expected


def test_a_split_of_other_rows_is_refused(runs):
    run = load_run(runs.multi)
    data = load_rows(run, runs.rows)
    other = dataclasses.replace(run, split={"test": [3, 10**6]})
    with pytest.raises(DataError, match="has 90 rows; the run holds out row 1000001"):
        select_rows(other, data, runs.rows, "auto")


def test_cells_are_read_by_the_rules_of_the_run(runs, tmp_path):
    run = load_run(runs.multi)
    rows = pd.read_csv(runs.rows, dtype=str).assign(cough="-1")
    rows.to_csv(tmp_path / "rows.csv", index=False)
    assert run.data["cells"] == {}
    with pytest.raises(LabelError, match="column 'cough': got -1"):
        load_rows(run, tmp_path / "rows.csv")
    more = CellRules(negative=-1)
    assert set(load_rows(run, tmp_path / "rows.csv", cells=more).labels[:, 0]) == {0}
    soft = dataclasses.replace(run, data={**run.data, "cells": {"uncertain": {"": "ones"}}})
    assert set(load_rows(soft, tmp_path / "rows.csv").labels[:, 0]) == {1}
    before = {key: value for key, value in run.data.items() if key != "cells"}
    old = dataclasses.replace(run, data=before)  # of a version without rules: unknown
    assert set(load_rows(old, tmp_path / "rows.csv").labels[:, 0]) == {-1}


def test_training_rows_are_the_others_of_the_training_file(runs):
    run = load_run(runs.single)
    data = load_rows(run, runs.rows)
    trained = training_rows(run, data, runs.rows, "auto")
    held, _ = select_rows(run, data, runs.rows, "auto")
    assert not set(trained.row_ids) & set(held.row_ids)
    assert len(trained) + len(held) == int(data.labelled.sum())
    assert training_rows(run, data, runs.rows, "all") is None
    assert training_rows(run, dataclasses.replace(data, fingerprint="x"), runs.rows, "auto") is None
