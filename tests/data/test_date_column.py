from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.date_column import Dates
from labelfeed.data.preprocessing import Preprocessor


def _column(*cells):
    return pd.Series(pd.to_datetime(list(cells)), name="visit")


def test_days_and_years_are_standardised_and_months_lie_on_a_circle():
    column = _column("2019-12-15", "2020-01-15", "2020-07-15")
    fitted = Dates.fit(column)
    assert fitted.origin == "2019-12-15T00:00:00"
    assert fitted.parts == ("days", "year", "month", "weekday")  # no times, so no hour
    out = pd.DataFrame(fitted.apply(column), columns=fitted.outputs)
    days = np.array([0, 31, 213])
    assert out["visit days"].to_numpy() == pytest.approx(
        (days - days.mean()) / days.std(), rel=1e-5
    )
    month = out[["visit month sin", "visit month cos"]].to_numpy()
    assert np.linalg.norm(month, axis=1) == pytest.approx([1, 1, 1])
    december_january, january_july = np.linalg.norm(np.diff(month, axis=0), axis=1)
    assert december_january < january_july / 3


def test_times_have_hours():
    fitted = Dates.fit(_column("2020-01-15 06:00", "2020-01-15 18:00"))
    assert fitted.parts == ("days", "hour")
    assert fitted.apply(_column("2020-03-03 06:00"))[0, -2:] == pytest.approx([1, 0], abs=1e-6)


def test_missing_and_later_dates():
    fitted = Dates.fit(_column("2020-01-15", None, "2020-02-15"))
    assert fitted.outputs[-1] == "visit missing"
    out = fitted.apply(_column(None, "9999-12-31"))
    assert out[0].tolist() == [0] * (len(fitted.outputs) - 1) + [1]
    assert np.isfinite(out).all()
    assert fitted.apply(pd.Series([None, None], dtype=object)).tolist() == [out[0].tolist()] * 2


def test_what_carries_nothing_is_left_out():
    assert Dates.fit(_column("2020-01-15", "2020-01-15")) == "always 2020-01-15 00:00:00"
    assert Dates.fit(_column(None, None)) == "no date in any training row"
    assert Dates.fit(_column("2020-01-15", None)).outputs == ("visit missing",)


def test_text_is_refused():
    fitted = Dates.fit(_column("2020-01-15", "2020-01-16"))
    with pytest.raises(DataError, match=r"'visit' holds '15.01.2020'; expected dates"):
        fitted.apply(pd.Series(["15.01.2020"]))


def test_it_is_kept_in_the_preprocessing():
    rows = pd.DataFrame({"visit": pd.date_range("2020-01-01", periods=50, freq="36h", tz="UTC")})
    fitted = Preprocessor.fit(rows)
    again = Preprocessor.from_json(fitted.to_json())
    assert again == fitted
    new = pd.DataFrame({"visit": pd.to_datetime(["2024-05-05 12:00"])})
    assert again.transform(new).tolist() == fitted.transform(new).tolist()
    assert fitted.told(new) == ()


@pytest.mark.parametrize(
    "change",
    [{"scale": (1.0,)}, {"scale": (1.0, 0.0)}, {"parts": ("days", "moon")}, {"origin": "soon"}],
)
def test_a_broken_description_is_refused(change):
    fitted = Preprocessor.fit(pd.DataFrame({"visit": pd.date_range("2020-01-01", periods=500)}))
    broken = dataclasses.replace(fitted.columns[0], **change)
    config = dataclasses.replace(fitted, columns=(broken,)).to_json()
    with pytest.raises(DataError, match="broken"):
        Preprocessor.from_json(config)
