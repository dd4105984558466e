from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import labelfeed
from labelfeed.checks.check import check
from labelfeed.data.dataset import DataError
from labelfeed.data.loading import load_data
from labelfeed.labels.cell_rules import CellRules
from tests._backends import ROOT
from tests._rows import write_csv, write_images

RNG = np.random.default_rng(0)


def _patients(rows=300):
    """A few images of each patient, a finding, and what gives it away."""
    ill = RNG.integers(0, 2, rows)
    return pd.DataFrame(
        {
            "image": [f"{i}.png" for i in range(rows)],
            "patient": [f"p{i // 3}" for i in range(rows)],
            "age": RNG.integers(20, 90, rows),
            "seen": pd.date_range("2020-01-01", periods=rows).strftime("%d.%m.%Y"),
            "treated": np.where(ill, "yes", "no"),
            "disease1": np.where(ill, "ill", "well"),
            "disease2": RNG.integers(0, 2, rows),
        }
    )


@pytest.fixture
def patients(tmp_path):
    _patients().to_csv(tmp_path / "rows.csv", index=False)
    return tmp_path / "rows.csv"


def test_everything_follows_from_the_file(patients):
    found = check(patients, target="disease1", labels=["disease2"])
    assert {c.name: c.kind for c in found.columns}["seen"] == "date"
    assert found.roles == {
        "disease1": "label", "disease2": "label", "treated": "left out", "patient": "group",
        "image": "row id",
    }  # fmt: skip
    assert (found.guess, found.trouble) == ("", "")
    notes = "\n".join(found.notes)
    assert "column 'treated' tells 'disease1' in 100.0% of the rows" in notes
    assert "Left out below" in notes
    assert "'patient' may tell patients or the like: 100 values" in notes
    assert found.labels[1][:2] == ("disease1", "2 classes")
    words = " ".join(found.command)
    assert "--group patient --id-column image --drop treated --dates seen" in words


def test_the_command_is_what_was_checked(patients):
    found = check(patients, target="disease1")
    data = load_data(patients, **found.reading)
    assert list(data.features) == ["age", "seen", "disease2"]
    again = check(patients, **found.reading)
    assert again.command == found.command
    assert any("'disease2' (1) is called like the label" in note for note in found.notes)


def test_without_a_target_the_likeliest_is_taken_and_said(patients):
    found = check(patients)
    assert found.guess == (
        "No --target is given; taken as the labels here: 'disease1' and 1 more (their names)"
    )
    assert found.command[3:7] == ("--target", "disease1", "--label", "disease2")
    pd.DataFrame({"a": RNG.normal(size=60), "b": RNG.normal(size=60)}).to_csv(patients, index=False)
    found = check(patients)
    assert "name it with --target" in found.guess
    assert found.command == ()


def test_what_would_stop_training_is_told(patients):
    found = check(patients, target="age")
    assert found.trouble == ""
    found = check(patients, target="image")
    assert "looks like an identifier" in found.trouble
    assert found.command == ()
    assert "Training would stop" in str(found)


def test_what_is_not_there_is_an_error(patients, tmp_path):
    with pytest.raises(DataError, match=r"no column 'disease'. Did you mean 'disease1'"):
        check(patients, target="disease")
    with pytest.raises(DataError, match="no such file"):
        check(tmp_path / "none.csv")


def test_thin_columns_and_weights_are_told(tmp_path):
    rows = pd.DataFrame({"y": ["a", "b"] * 60, "sample_weight": RNG.random(120), "weight": 70.5})
    rows["weight"] += RNG.normal(size=120)
    rows["rare"] = np.where(np.arange(120) < 3, "1.5", "")
    rows.to_csv(tmp_path / "rows.csv", index=False)
    notes = check(tmp_path / "rows.csv").notes
    assert "'rare': more than 95% of the cells are empty" in notes
    assert "'sample_weight' may be the weight of a row, and is a feature here" in notes


def test_an_ordinary_file_has_nothing_to_look_at(tmp_path):
    path = write_csv(tmp_path / "rows.csv")
    found = check(path, target="cough", labels=["fever"], drop=["class"])
    assert found.notes == ()
    assert found.command[2:] == (
        str(path), "--target", "cough", "--label", "fever", "--id-column", "id", "--drop", "class",
        "--out", "rows-run",
    )  # fmt: skip


def test_several_labels_in_a_cell_and_what_is_asked_for(tmp_path):
    path = tmp_path / "chest.csv"
    cells = RNG.choice(["mass", "edema|mass", "edema", "No Finding"], 200)
    rows = pd.DataFrame({"age": RNG.integers(1, 90, 200), "findings": cells})
    rows.to_csv(path, index=False)
    found = check(path)
    assert found.command[3:-2] == (
        "--target", "findings", "--none-word", "No Finding", "--separator", "|"
    )  # fmt: skip
    assert {line[1] for line in found.cells[1:]} == {"yes", "none apply"}
    assert [line[0] for line in found.labels[1:]] == ["edema", "mass"]
    rows.assign(findings=RNG.choice([-1, 0, 1], 200)).to_csv(path, index=False)
    found = check(path)
    assert "--missing -1" in found.trouble
    found = check(path, cells=CellRules(missing=-1))
    assert found.command[3:-2] == ("--target", "findings", "--missing=-1")
    assert ("labels", "unknown") in {line[:2] for line in found.cells}


def test_arrays_and_images_have_labels_too(tmp_path):
    y = np.repeat([0, 1], 40)
    np.savez(tmp_path / "rows.npz", x=RNG.normal(size=(80, 5)), y=y)
    found = check(tmp_path / "rows.npz")
    assert str(found).startswith(f"{tmp_path / 'rows.npz'}: 80 rows of 5\n\nlabel")
    assert "the rows are sorted by" in found.notes[0]
    assert found.command == ("labelfeed", "train", str(tmp_path / "rows.npz"), "--out", "rows-run")
    found = check(write_images(tmp_path / "pics"))
    assert (found.rows, found.shape) == (25, "32 x 32 x 3")
    assert found.labels[1] == ("label", "2 classes", "dark 12, light 12", "1 (4%)")


def test_orders_and_weights_are_read_as_train_reads_them(tmp_path):
    rows = pd.DataFrame({"pain": RNG.choice(["1", "2", "3"], 90), "w": RNG.random(90) + 0.5})
    rows["age"] = RNG.integers(20, 90, 90)
    rows.to_csv(tmp_path / "rows.csv", index=False)
    notes = check(tmp_path / "rows.csv", target="pain").notes
    assert any("--order" in note for note in notes)
    found = check(
        tmp_path / "rows.csv", target="pain", order={"pain": ["1", "2", "3"]}, weights=["w"]
    )
    assert found.command[5:-2] == ("--order", "pain=1<2<3", "--weight", "w")
    assert found.roles["w"] == "weight"
    assert "weight of a row" not in " ".join(found.notes)


def test_it_is_public_and_starts_no_keras(patients):
    assert labelfeed.check is check
    code = (
        f"import sys, labelfeed; print(labelfeed.check({str(patients)!r}).rows)\n"
        "assert not {'keras', 'tensorflow', 'jax', 'torch', 'matplotlib'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("300\n", 0), done.stderr
