"""Training rows repeated with what training-only columns teach."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.noise.taught import Taught
from labelfeed.options import PartialLabelsOptions, PlainOptions
from labelfeed.strategies import taught_rows as place
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.taught_rows import taught_rows
from tests.strategies.test_noisy_labels import X, rows

pytestmark = pytest.mark.only_backend("torch")  # nothing of it is computed by Keras
OWN = PlainOptions(plain="logistic")


def beside(**columns: Any) -> Any:
    return dataclasses.replace(rows(), training_only=pd.DataFrame(columns))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Answer as `teach` does, and keep what it was asked."""
    kept: dict[str, Any] = {"pays": True}

    def teach(x: np.ndarray, hidden: np.ndarray, y: np.ndarray, *_: Any, **__: Any) -> Taught:
        kept["hidden"] = hidden
        soft = [np.where(y == 1, 0.8, 0.1)] if kept["pays"] else []
        return Taught(soft, 0.02, 0.01, 0.1, kept["pays"])

    monkeypatch.setattr(place, "teach", teach)
    return kept


def test_gaps_words_and_numbers_teach_and_the_line_says_what(asked: dict[str, Any]) -> None:
    said: list[str] = []
    time, word = np.linspace(0, 9, 300), np.where(np.arange(300) % 2, "mild", "severe")
    time[:9] = np.nan
    data = beside(time=time, second=word)
    x, taken, groups = taught_rows(X, data, None, OWN, said.append)
    assert np.isfinite(asked["hidden"]).all()
    assert asked["hidden"].shape[1] >= 4, "time, its gaps, both words"
    assert len(x) == 900, "each row three times, once for each class"
    assert taken.weights.sum() == pytest.approx(300, rel=1e-5)
    np.testing.assert_array_equal(groups, np.repeat(np.arange(300), 3))
    assert "trained on soft labels" in said[-1]
    assert "-0.020 +- 0.010" in said[-1]


def test_where_nothing_is_gained_rows_stay_as_they_are(asked: dict[str, Any]) -> None:
    asked["pays"], said = False, []
    data = beside(copy=rows().labels)
    x, taken, _ = taught_rows(X, data, None, OWN, said.append)
    assert x is X
    assert taken is data
    assert "training-only column 'copy' tells" in said[0]
    assert "they do not pay" in said[-1]
    assert taught_rows(X, rows(), None, OWN, said.append)[0] is X


def test_what_does_not_go_with_them_is_refused() -> None:
    data = beside(time=np.arange(300.0) % 7)
    with pytest.raises(NetworkError, match="not with 'partial-labels': say --strategy plain"):
        taught_rows(X, data, None, PartialLabelsOptions(), print)
    heavy = dataclasses.replace(data, weights=np.ones((300, 3), np.float32))
    with pytest.raises(NetworkError, match="weights of single labels"):
        taught_rows(X, heavy, None, OWN, print)
    with pytest.raises(DataError, match="--training-only"):
        taught_rows(X, beside(same=["a"] * 300), None, OWN, print)
