"""The benchmark of unseen classes, small: every method runs and only rows of new classes count."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import open_set
from benchmarks.open_set_data import load, split


@pytest.mark.only_backend("torch")  # what it measures is tested on every backend elsewhere
@pytest.mark.only_backend("torch")  # what it measures is tested on every backend elsewhere
def test_the_table_has_every_method_and_its_gain(tmp_path, capsys) -> None:
    found = open_set.main(
        ["--sets", "digits", "--seeds", "0", "1", "--epochs", "1", "--methods", "raw features",
         open_set.PEER, "ArcFace", "SupCon", "--json", str(tmp_path / "f.json")]
    )  # fmt: skip
    printed = capsys.readouterr().out
    assert "digits: 3 of 10 classes unseen, 2 seeds" in printed
    for method in ("raw features", open_set.PEER, "ArcFace", "SupCon"):
        assert f"| {method}" in printed
        for metric in open_set.METRICS:
            assert len(found["digits"][method][metric]) == 2
            least = min(found["digits"][method][metric])
            lacks = metric == open_set.METRICS[-1] and method in ("raw features", "SupCon")
            assert np.isnan(least) if lacks else 0 <= least <= 1
    kept = json.loads((tmp_path / "f.json").read_text())["digits"]
    assert kept["ArcFace"] == found["digits"]["ArcFace"]


def test_a_perfect_embedding_scores_one_and_a_random_one_guesses() -> None:
    parts = split(*load("digits", None), 3, seed=0, most=300)
    codes = np.eye(20)
    known: dict[bytes, int] = {}
    for (x, y), shift in ((parts.train, 0), (parts.known, 0), (parts.unseen, 10)):
        known |= {row.tobytes(): c for row, c in zip(x, y + shift, strict=True)}

    def perfect(x: np.ndarray) -> np.ndarray:
        return np.stack([codes[known[row.tobytes()]] for row in x])

    rng = np.random.default_rng(0)
    best = open_set.scores(open_set.Trained(perfect, lambda x: perfect(x)[:, :10]), parts, 0)
    assert best == pytest.approx(dict.fromkeys(open_set.METRICS, 1.0))
    guessed = open_set.scores(open_set.Trained(lambda x: rng.normal(size=(len(x), 8))), parts, 0)
    assert np.isnan(guessed[open_set.METRICS[-1]])
    assert guessed["5-shot accuracy"] < 0.5 and guessed["recall at 1"] < 0.55
    assert abs(guessed["pair ROC-AUC"] - 0.5) < 0.05


def test_a_gain_names_its_interval_and_wins() -> None:
    assert open_set._gain([0.5, 0.6], [0.6, 0.7]) == "+0.100 [+0.100, +0.100], 2/2"
    assert open_set._gain([0.5, 0.6], [np.nan, np.nan]) == "-"
