import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.judging.rows import Coder, Columns, cell_words, plain_frame


def _frame():
    return pd.DataFrame(
        {
            "age": [30.0, np.nan, 50.0, 40.0],
            "site": ["A", "B", None, "A"],
            "smokes": [True, False, True, True],
            "y": ["ill", "well", "ill", "well"],
        }
    )


def test_columns_by_kind():
    columns = Columns.of(_frame(), "y")
    assert (columns.numbers, columns.words) == (("age",), ("site", "smokes"))


def test_a_column_of_ids_is_left_out():
    frame = pd.DataFrame(
        {"a": range(300), "name": [f"n{k}" for k in range(300)], "y": [0, 1] * 150}
    )
    assert Columns.of(frame, "y").left_out == ("name",)


def test_unknown_target_is_suggested():
    with pytest.raises(DataError, match="Did you mean 'smokes'"):
        Columns.of(_frame(), "smoke")


def test_a_target_alone_is_refused():
    with pytest.raises(DataError, match="nothing to judge"):
        Columns.of(_frame()[["y"]], "y")


def test_two_words_are_1_apart_and_a_missing_number_tells():
    coder = Coder(_frame(), Columns.of(_frame(), "y"))
    x = coder.vectors(_frame())
    assert np.linalg.norm(x[0, 2:5] - x[1, 2:5]) == pytest.approx(1)  # site A, B
    assert x[:, 1].tolist() == [0, 1, 0, 0]
    assert x[1, 0] == 0 and x[:, 0].mean() == pytest.approx(0)


def test_words_that_training_never_met_have_an_id_of_their_own():
    coder = Coder(_frame(), Columns.of(_frame(), "y"))
    new = _frame().assign(site="Z", y="dead")
    assert set(coder.codes(new)[:, 1]) == {3.0}
    assert coder.ids(new, "y").tolist() == [-1] * 4
    assert coder.vectors(new)[:, 2:5].sum() == 0


def test_a_target_of_numbers_is_cut_into_five_ranges():
    frame = pd.DataFrame({"a": np.arange(200) % 7, "y": np.arange(200) / 3})
    coder = Coder(frame, Columns.of(frame, "y"))
    assert np.bincount(coder.ids(frame, "y")).tolist() == [40] * 5


def test_whole_numbers_are_the_same_word_however_they_are_stored():
    assert cell_words(pd.Series([1, 2])).tolist() == cell_words(pd.Series([1.0, 2.0])).tolist()


def test_dates_are_numbers_and_a_missing_label_is_no_class():
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(["1970-01-03", None]),
            "count": pd.array([1, None]),
            "y": ["a", None],
        }
    )
    plain = plain_frame(frame)
    columns = Columns.of(plain, "y")
    assert columns.numbers == ("day", "count")
    coder = Coder(plain, columns)
    assert coder.codes(plain)[0].tolist() == [2, 1] and np.isnan(coder.codes(plain)[1]).all()
    assert coder.classes("y").tolist() == ["a"] and coder.ids(plain, "y").tolist() == [0, -1]
