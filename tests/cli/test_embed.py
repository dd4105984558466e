"""`labelfeed embed`: the file holds the run's embeddings, and no label is read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.embed import run_embed
from labelfeed.data.dataset import DataError
from labelfeed.runs.embed import embed
from labelfeed.runs.folder import load_run


def test_the_three_formats_hold_the_same(margin_folder, tmp_path) -> None:
    run, rows = load_run(margin_folder.run), pd.read_csv(margin_folder.new)
    wanted = embed(run, rows.drop(columns=["id", "class"]))
    for name in ("e.csv", "e.parquet", "e.npz"):
        run_embed(str(margin_folder.run), str(margin_folder.new), str(tmp_path / name), quiet=True)
    arrays = np.load(tmp_path / "e.npz", allow_pickle=False)
    np.testing.assert_allclose(arrays["embedding"], wanted, atol=1e-6)
    assert arrays["id"].tolist() == rows["id"].tolist()
    for frame in (pd.read_csv(tmp_path / "e.csv"), pd.read_parquet(tmp_path / "e.parquet")):
        assert list(frame) == ["id", *(f"e{i}" for i in range(wanted.shape[1]))]
        assert frame["id"].tolist() == rows["id"].tolist()
        np.testing.assert_allclose(frame.filter(regex=r"^e\d").to_numpy(), wanted, atol=1e-5)


def test_no_label_is_read(margin_folder, tmp_path) -> None:
    """The new rows have classes that the run does not know; any label does."""
    rows = pd.read_csv(margin_folder.new).assign(**{"class": "no class at all"})
    rows.to_csv(tmp_path / "odd.csv", index=False)
    odd, plain = (
        run_embed(str(margin_folder.run), str(data), str(tmp_path / f"{i}.csv"), quiet=True)
        for i, data in enumerate((tmp_path / "odd.csv", margin_folder.new))
    )
    np.testing.assert_array_equal(odd, plain)


def test_lengths_and_runs_of_other_strategies(margin_folder, runs, tmp_path, capsys) -> None:
    one = run_embed(
        str(margin_folder.run), str(margin_folder.new), str(tmp_path / "a.csv"), quiet=True
    )
    raw = run_embed(
        str(margin_folder.run), str(margin_folder.new), str(tmp_path / "b.csv"), normalize=False,
        quiet=True,
    )  # fmt: skip
    length = np.linalg.norm(raw, axis=1, keepdims=True)
    assert np.abs(length - 1).max() > 0.01
    np.testing.assert_allclose(raw / length, one, atol=1e-5)
    capsys.readouterr()
    run_embed(str(runs.single), str(runs.rows), str(tmp_path / "c.csv"))
    said = capsys.readouterr()
    assert "was not trained to embed" in said.err
    assert "90 rows in 8 dimensions" in said.out


def test_outputs_that_are_refused(margin_folder, tmp_path) -> None:
    with pytest.raises(DataError, match=r"must end in \.csv, \.parquet or \.npz"):
        run_embed(str(margin_folder.run), str(margin_folder.new), str(tmp_path / "e.txt"))
