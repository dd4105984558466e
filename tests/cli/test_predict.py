from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli import predict as command
from labelfeed.cli.known_labels import known_labels
from labelfeed.cli.predict import prediction_table, run_predict
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.runs.folder import load_run


def predict(run, data, out, **options) -> pd.DataFrame:
    run_predict(str(run), str(data), str(out), quiet=True, **options)
    return pd.read_csv(out) if str(out).endswith(".csv") else pd.read_parquet(out)


def test_a_soft_label_stands_as_it_was_said(runs, tmp_path):
    one, none, soft = (
        predict(runs.multi, runs.rows, tmp_path / f"{p}.csv", known=[f"fever={p}"])
        for p in ("1", "0", "0.75")
    )
    assert (soft["p_fever"] == 0.75).all() and (soft["fever"] == "yes").all()
    assert (soft["fever_source"] == "given").all() and (soft["cough_source"] == "predicted").all()
    expected = 0.25 * none["p_cough"] + 0.75 * one["p_cough"]
    np.testing.assert_allclose(soft["p_cough"], expected, atol=1e-6)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_single(runs, tmp_path, suffix):
    got = predict(runs.single, runs.rows, tmp_path / f"new/out{suffix}")
    assert list(got) == ["id", "predicted", "p_ill", "p_well"]
    assert got["id"].tolist() == [f"p{i}" for i in range(90)]
    expected = load_run(runs.single).predict(pd.read_csv(runs.rows, dtype=str))
    np.testing.assert_allclose(got[["p_ill", "p_well"]], expected, atol=1e-6)
    assert (got["predicted"] == np.where(expected[:, 0] >= 0.5, "ill", "well")).all()


def test_files_that_do_not_fit_are_predicted_in_parts(runs, tmp_path, monkeypatch):
    (tmp_path / "rows").mkdir()
    rows = pd.read_csv(runs.rows, dtype=str)
    rows[:40].to_csv(tmp_path / "rows/0.csv", index=False)
    rows[40:].to_csv(tmp_path / "rows/1.csv", index=False)
    whole = predict(runs.multi, runs.rows, tmp_path / "whole.csv", known=["fever"])
    monkeypatch.setattr(command, "too_large", lambda data: "3 GB are more than the 2 GB allowed")
    got = predict(runs.multi, tmp_path / "rows", tmp_path / "parts.csv", known=["fever"])
    with pytest.raises(DataError, match="--explain needs all rows in the memory: 3 GB"):
        predict(runs.multi, tmp_path / "rows", tmp_path / "x.csv", known=["fever"],
                explain=str(tmp_path / "y.csv"))  # fmt: skip
    pd.testing.assert_frame_equal(got, whole, rtol=1e-5)


def test_multi_without_known_reads_no_label(runs, tmp_path):
    text = runs.rows.read_text().replace(",yes", ",perhaps")
    (tmp_path / "odd.csv").write_text(text)
    odd = predict(runs.multi, tmp_path / "odd.csv", tmp_path / "odd_out.csv")
    assert list(odd) == ["id", "cough", "p_cough", "fever", "p_fever"]
    pd.testing.assert_frame_equal(odd, predict(runs.multi, runs.rows, tmp_path / "out.csv"))
    with pytest.raises(LabelError, match="column 'fever': got 'perhaps'"):
        predict(runs.multi, tmp_path / "odd.csv", tmp_path / "x.csv", known=["fever"])


def test_known_cells_are_fed_and_marked(runs, tmp_path):
    got = predict(runs.multi, runs.rows, tmp_path / "out.csv", known=["fever"])
    rows = pd.read_csv(runs.rows)
    given = rows["fever"].notna()
    assert (got["fever_source"] == np.where(given, "given", "predicted")).all()
    assert (got["fever"][given] == rows["fever"][given]).all()
    assert got["p_fever"].isna().equals(given)
    assert (got["cough_source"] == "predicted").all()
    blind = predict(runs.multi, runs.rows, tmp_path / "blind.csv")
    changed = np.abs(got["p_cough"] - blind["p_cough"]) > 1e-6
    assert changed[given].any()
    assert not changed[~given].any()


def test_values_for_all_rows(runs, tmp_path):
    yes, no = (
        predict(runs.multi, runs.rows, tmp_path / f"{v}.csv", known=[f"fever={v},cough"])
        for v in ("yes", "no")
    )
    assert yes["fever"].unique().tolist() == ["yes"]
    assert no["fever"].unique().tolist() == ["no"]
    assert (yes["cough_source"] == "given").sum() == 85
    single = predict(runs.single, runs.rows, tmp_path / "s.csv", known=["class=well"])
    assert single["predicted"].unique().tolist() == ["well"]
    assert single["source"].unique().tolist() == ["given"]
    assert single["p_ill"].isna().all()


def test_arrays_and_images(runs, tmp_path):
    arrays = predict(runs.arrays, runs.npz, tmp_path / "a.csv")
    assert list(arrays) == ["row", "predicted", "p_0", "p_1", "p_2"]
    assert arrays["row"].tolist() == list(range(1, 61))
    images = predict(runs.images, runs.pics, tmp_path / "i.csv")
    assert list(images) == ["file", "predicted", "p_dark", "p_light"]
    assert "free.png" in images["file"].tolist()


@pytest.mark.parametrize(
    ("known", "message"),
    [
        (["fevr"], "the run has no such label. Did you mean 'fever'"),
        (["class"], "the run has no such label"),
        (["fever=perhaps"], "got 'perhaps'"),
        (["cough,fever=2"], "got '2'"),
    ],
)
def test_bad_known(runs, tmp_path, known, message):
    with pytest.raises(ValueError, match=message):
        predict(runs.multi, runs.rows, tmp_path / "out.csv", known=known)


def test_raw_rows_that_do_not_fit_are_told_by_row_and_column(runs, tmp_path):
    (tmp_path / "rows.csv").write_text("id,age,sex,smokes\na,1,f,True\nb,old,f,True\n")
    with pytest.raises(DataError, match="row 2, column 'age': got 'old'; expected a number"):
        predict(runs.multi, tmp_path / "rows.csv", tmp_path / "out.csv")
    (tmp_path / "rows.csv").write_text("id,sex,smokes\na,f,True\n")
    with pytest.raises(DataError, match="column 'age' is missing; the run needs it"):
        predict(runs.multi, tmp_path / "rows.csv", tmp_path / "out.csv")


def test_outputs_that_are_refused(runs, tmp_path):
    (tmp_path / "there.csv").write_text("precious")
    with pytest.raises(DataError, match="is there already"):
        predict(runs.multi, runs.rows, tmp_path / "there.csv")
    predict(runs.multi, runs.rows, tmp_path / "there.csv", overwrite=True)
    with pytest.raises(DataError, match="is the data file itself"):
        predict(runs.multi, runs.rows, runs.rows, overwrite=True)
    with pytest.raises(DataError, match=r"must end in \.csv or \.parquet"):
        predict(runs.multi, runs.rows, tmp_path / "out.xlsx")


def test_labels_named_like_our_columns_do_not_collide():
    spec = LabelSpec.multi(["row", "a", "p_a"])
    data = Dataset("table", np.zeros((1, 1)), np.zeros((1, 3)), spec, np.array([1]), "f.csv")
    got = prediction_table(data, spec, np.full((1, 3), 0.5), None)
    assert list(got) == ["row", "row_", "p_row", "a", "p_a", "p_a_", "p_p_a"]


def test_a_known_single_label_is_given_and_has_no_probability():
    spec = LabelSpec.single(["cat", "dog"], name="pet")
    data = Dataset(
        "table", np.zeros((3, 1)), np.array([1, -1, 0]), spec, np.arange(3), "f.csv", ("pet",)
    )
    known = known_labels(data, spec, ["pet"], {})
    assert known.tolist() == [1, -1, 0]
    assert known_labels(data, spec, [], {"pet": "dog"}).tolist() == [1, 1, 1]
    got = prediction_table(data, spec, np.array([[0.75, 0.25]] * 3), known)
    assert list(got) == ["row", "source", "predicted", "p_cat", "p_dog"]
    assert got["source"].tolist() == ["given", "predicted", "given"]
    assert got["predicted"].tolist() == ["dog", "cat", "cat"]
    np.testing.assert_array_equal(got["p_dog"], [np.nan, 0.25, np.nan])


def test_a_column_of_classes(runs, tmp_path):
    got = predict(runs.mixed, runs.rows, tmp_path / "out.csv")
    assert list(got) == [
        "id", "class", "p_class=ill", "p_class=well", "cough", "p_cough", "fever", "p_fever",
    ]  # fmt: skip
    np.testing.assert_allclose(got["p_class=ill"] + got["p_class=well"], 1, atol=1e-5)
    assert (got["class"] == np.where(got["p_class=ill"] >= 0.5, "ill", "well")).all()
    assert set(got["fever"]) <= {"yes", "no"} and set(got["cough"]) <= {0, 1}
    fed = predict(runs.mixed, runs.rows, tmp_path / "fed.csv", known=["class=ill", "fever=yes"])
    assert (fed["class"] == "ill").all() and fed["p_class=ill"].isna().all()
    assert (fed["class_source"] == "given").all() and (fed["cough_source"] == "predicted").all()


def test_a_class_that_the_run_does_not_have(runs, tmp_path):
    (tmp_path / "odd.csv").write_text(runs.rows.read_text().replace(",well,", ",dead,", 1))
    with pytest.raises(LabelError, match=r"Row \d+, column 'class': got 'dead'.*'ill', 'well'"):
        predict(runs.mixed, tmp_path / "odd.csv", tmp_path / "x.csv", known=["class"])
    with pytest.raises(LabelError, match=r"--known class=dead: got 'dead'.*'ill', 'well'"):
        predict(runs.mixed, runs.rows, tmp_path / "x.csv", known=["class=dead"])
    with pytest.raises(LabelError, match=r"--known class=a: b: got 'a: b'; expected") as caught:
        predict(runs.mixed, runs.rows, tmp_path / "x.csv", known=["class=a: b"])
    assert (caught.value.row, caught.value.column, caught.value.value) == (None, "class", "a: b")
    for word in ("?", "NA", "-1"):
        args = (str(runs.mixed), str(runs.rows), str(tmp_path / f"{len(word)}.csv"))
        known = run_predict(*args, known=[f"fever={word}"], overwrite=True)
        assert (known["fever_source"] == "predicted").all()


def test_when_all_is_known_it_says_so(runs, tmp_path, capsys):
    run_predict(str(runs.mixed), str(runs.rows), str(tmp_path / "x.csv"),
                known=["class=ill,cough=0,fever=yes"])  # fmt: skip
    err = capsys.readouterr()
    assert "90 of 90 rows: every label is known, nothing to predict" in err.err
    assert "270 known labels fed" in err.out


def test_words_of_the_file(tmp_path):
    spec = LabelSpec("multi", 2, ("a", "b"), words=(("a", "No", "Yes"), ("b", "False", "True")))
    rows = Dataset("table", np.zeros((2, 1)), np.full((2, 2), -1), spec, np.arange(2), "f.csv")
    table = prediction_table(rows, spec, np.array([[0.9, 0.5], [0.4, 0.1]]), None)
    assert table["a"].tolist() == ["Yes", "No"]
    assert table["b"].tolist() == [True, False]


AGE = LabelSpec.number([20.0, 30, 40, 70], name="age", ranges=[35])


def test_numbers_have_mean_and_spread_and_ranks_a_median():
    pain = LabelSpec.single(["none", "mild", "bad"], name="pain", ordered=True)
    spec = LabelSpec.columns([AGE, pain])
    rows = Dataset("table", np.zeros((3, 1)), np.full((3, 5), -1), spec, np.arange(3), "f.csv")
    p = np.array([[0.5, 0.5, 0.45, 0.15, 0.4]] * 3)
    got = prediction_table(rows, spec, p, None)
    assert list(got) == ["row", "age", "age (spread)", "pain", "pain (median)",
                         "p_pain=none", "p_pain=mild", "p_pain=bad"]  # fmt: skip
    assert got["age"].tolist() == [40.0] * 3
    np.testing.assert_allclose(got["age (spread)"], 18.71, atol=0.01)
    assert (got["pain"][0], got["pain (median)"][0]) == ("none", "mild")
    known = spec.encode({"age": [63, None, ">=35"], "pain": [None, "bad", None]})
    given = {"age": np.array([63, np.nan, np.nan])}
    told = prediction_table(rows, spec, p, known, numbers=given)
    assert told["age"].tolist() == [63.0, 40.0, 55.0]  # the range alone: its mean
    assert told["age_source"].tolist() == ["given", "predicted", "given"]
    np.testing.assert_allclose(told["age (spread)"], [np.nan, 18.71, 15.0], atol=0.01)
    assert told["pain (median)"].tolist() == ["mild", "bad", "mild"]


def test_a_number_alone():
    rows = Dataset("table", np.zeros((1, 1)), np.array([-1]), AGE, np.arange(1), "f.csv")
    got = prediction_table(rows, AGE, np.array([[1.0, 0.0]]), None)
    assert got.to_dict("list") == {"row": [0], "age": [25.0], "age (spread)": [5.0]}
