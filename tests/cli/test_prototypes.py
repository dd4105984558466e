"""`labelfeed predict --prototypes`: classes that training never met, and none of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.prototypes import run_prototypes
from labelfeed.data.dataset import DataError
from labelfeed.labels.encoding import LabelError
from tests._blobs import NAMES, blobs


def predict(folder, data, out, **options):
    given = {"prototypes": str(folder.few), "quiet": True, **options}
    return run_prototypes(str(folder.run), str(data), str(out), **given)


def test_unseen_classes_are_found(margin_folder, tmp_path) -> None:
    got = predict(margin_folder, margin_folder.new, tmp_path / "p.csv")
    assert list(got) == ["id", "predicted", "none_of_these", "cos_dog", "cos_eel"]
    truth = pd.read_csv(margin_folder.new)["class"]
    assert (got["predicted"] == truth.to_numpy()).mean() > 0.9
    nearest = got[["cos_dog", "cos_eel"]].max(axis=1)
    assert (1 - nearest - got["none_of_these"]).abs().max() < 1e-9
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "p.csv"), got, check_dtype=False)


def test_rows_of_no_listed_class_get_none(margin_folder, tmp_path, capsys) -> None:
    mixed = pd.concat([pd.read_csv(margin_folder.new), blobs(("ant", "bee"), 20, seed=5)])
    mixed.to_csv(tmp_path / "mixed.csv", index=False)
    options = {"reject": 0.05, "quiet": False, "prototypes": str(margin_folder.many)}
    got = predict(margin_folder, tmp_path / "mixed.csv", tmp_path / "p.csv", **options)
    strange = mixed["class"].isin(["ant"]).to_numpy()  # the listed classes are bee ... eel
    assert got["predicted"][strange].isna().mean() > 0.8
    right = got["predicted"].to_numpy()[~strange] == mixed["class"].to_numpy()[~strange]
    assert right.mean() > 0.7
    said = capsys.readouterr()
    assert "none of these (cosine" in said.out and "estimated:" in said.out
    assert "2 of 4 classes were trained on" in said.err


def test_one_row_a_class_is_enough_also_for_many_classes(margin_folder, tmp_path) -> None:
    rows = blobs(NAMES, 5)
    rows["class"] = [f"class {i}" for i in range(len(rows))]
    rows.to_csv(tmp_path / "one.csv", index=False)
    got = predict(
        margin_folder, tmp_path / "one.csv", tmp_path / "p.csv",
        prototypes=str(tmp_path / "one.csv"),
    )  # fmt: skip
    assert (got["predicted"].to_numpy() == rows["class"].to_numpy()).all()


def test_what_does_not_fit_is_refused(margin_folder, runs, tmp_path) -> None:
    rows = pd.read_csv(margin_folder.few)
    rows.drop(columns="class").to_csv(tmp_path / "bare.csv", index=False)
    with pytest.raises(DataError, match="there is no column 'class'"):
        predict(margin_folder, margin_folder.new, tmp_path / "p.csv",
                prototypes=str(tmp_path / "bare.csv"))  # fmt: skip
    rows[rows["class"] == "dog"].to_csv(tmp_path / "dogs.csv", index=False)
    with pytest.raises(DataError, match="only one class, 'dog'"):
        predict(margin_folder, margin_folder.new, tmp_path / "p.csv",
                prototypes=str(tmp_path / "dogs.csv"))  # fmt: skip
    with pytest.raises(DataError, match="prototypes need a run of one label"):
        run_prototypes(str(runs.multi), str(runs.rows), str(tmp_path / "p.csv"),
                       prototypes=str(runs.rows))  # fmt: skip
    np.savez(tmp_path / "rows.npz", x=np.eye(6), **{"class": np.arange(6) % 2})
    with pytest.raises(DataError, match="holds arrays, but the run was trained on table"):
        predict(margin_folder, margin_folder.new, tmp_path / "p.csv",
                prototypes=str(tmp_path / "rows.npz"))  # fmt: skip
    with pytest.raises(DataError, match="the file of labelled rows itself"):
        predict(margin_folder, margin_folder.new, margin_folder.few, overwrite=True)
    assert issubclass(LabelError, ValueError)
