import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from labelfeed.judging.rows import Columns
from labelfeed.judging.shapes import column_shapes, pair_trends


def _rows(n, seed):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=n)
    b = a + rng.normal(size=n)
    word = np.where(a > 0, "up", "down")
    return pd.DataFrame({"a": a, "b": b, "word": word, "y": rng.choice(["p", "q"], n)})


def test_numbers_by_kolmogorov_and_smirnov():
    real, made = _rows(300, 0), _rows(200, 1).assign(a=lambda f: f["a"] + 0.5)
    found = column_shapes(real, made, Columns.of(real, "y"))[0]
    assert found.score == pytest.approx(1 - ks_2samp(real["a"], made["a"]).statistic)


def test_missing_cells_are_compared_by_themselves():
    real, made = _rows(200, 0), _rows(200, 1)
    made.loc[:99, "a"] = np.nan
    found = column_shapes(real, made, Columns.of(real, "y"))[0]
    assert found.missing == 0.5 and found.score > 0.85


def test_a_word_that_is_never_real_costs_its_share():
    real, made = _rows(200, 0), _rows(200, 0).assign(word="sideways")
    scores = {s.column: s.score for s in column_shapes(real, made, Columns.of(real, "y"))}
    assert scores["word"] == 0


def test_columns_shuffled_apart_keep_their_shapes_and_lose_their_trends():
    real = _rows(400, 0)
    made = real.apply(lambda column: column.sample(frac=1, random_state=len(column.name)).array)
    made["b"] = real["b"].sample(frac=1, random_state=9).array
    columns = Columns.of(real, "y")
    assert all(s.score == 1 for s in column_shapes(real, made, columns))
    scores = {(t.first, t.second): t.score for t in pair_trends(real, made, columns)}
    assert scores["a", "b"] < 0.75  # the correlation of 0.7 is gone
    assert scores["a", "word"] < 0.65


def test_real_rows_against_others_of_the_same_kind_are_near_1():
    real, made = _rows(2000, 0), _rows(2000, 1)
    columns = Columns.of(real, "y")
    assert min(t.score for t in pair_trends(real, made, columns)) > 0.9


def test_a_constant_column_has_no_correlation():
    real = _rows(50, 0).assign(b=1.0)
    found = pair_trends(real, real, Columns.of(real, "y"))
    assert ("a", "b") not in {(t.first, t.second) for t in found}
