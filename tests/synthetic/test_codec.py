"""Whole tables of mixed columns as numbers, and back."""

from __future__ import annotations

import copy
import json

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.synthetic import TableCodec


def _rows(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({
        "patient": [f"P{i:04d}" for i in range(n)],
        "age": rng.integers(18, 90, n).astype(str),
        "income": np.exp(rng.normal(8, 2, n)).round(2),
        "site": rng.choice(["North wing", "B", "C"], n, p=[0.5, 0.4, 0.1]),
        "sex": rng.choice(["m", "f"], n),
        "unit": "mg",
        "nothing": None,
        "visit": pd.to_datetime("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), unit="D"),
        "remark": [f"hello {i // 2}" for i in range(n)],
        "diagnosis": rng.choice(["benign", "malignant"], n),
    })  # fmt: skip
    frame.loc[rng.random(n) < 0.2, "income"] = np.nan
    frame.loc[rng.random(n) < 0.1, "site"] = None
    return frame


@pytest.fixture(scope="module")
def codec() -> TableCodec:
    return TableCodec.fit(_rows(), words=["diagnosis"], dates=["visit=%d.%m.%Y"])


def test_rows_come_back_as_they_are(codec: TableCodec) -> None:
    frame = _rows()
    x = codec.encode(frame, seed=1)
    assert x.shape == (300, codec.width) and x.dtype == np.float32
    back = codec.decode(x)
    assert list(back.columns) == [name for name in frame.columns if name != "remark"]
    np.testing.assert_allclose(back["income"], frame["income"], rtol=1e-6)  # x is float32
    for name in ("age", "site", "sex", "unit", "diagnosis"):
        want = pd.to_numeric(frame[name]) if name == "age" else frame[name]
        assert back[name].dropna().tolist() == want.dropna().tolist(), name
        assert back[name].isna().tolist() == want.isna().tolist(), name
    assert back["visit"].tolist() == frame["visit"].dt.strftime("%d.%m.%Y").tolist()
    assert back["patient"].tolist()[:2] == ["P0300", "P0301"] and back["nothing"].isna().all()
    pd.testing.assert_frame_equal(
        back.drop(columns="patient"), codec.table(frame).drop(columns="patient")
    )


def test_what_is_made_anew_or_left_out_is_said_in_a_line_each(codec: TableCodec) -> None:
    assert codec.notes == (
        "ids, made anew: 'patient'",
        "not generated: 'remark' (150 different texts, such as 'hello 0')",
    )
    assert codec.left == ("remark",)


def test_the_same_seed_gives_the_same_numbers(codec: TableCodec) -> None:
    frame = _rows()
    assert np.array_equal(codec.encode(frame, seed=1), codec.encode(frame, seed=1))
    assert not np.array_equal(codec.encode(frame, seed=1), codec.encode(frame, seed=2))


def test_json_keeps_everything(codec: TableCodec) -> None:
    assert TableCodec.from_json(json.loads(json.dumps(codec.to_json()))) == codec


def test_given_cells_are_numbers_and_others_nan(codec: TableCodec) -> None:
    some = pd.DataFrame({"sex": ["m", None], "remark": ["x", "y"], "site": [None, "B"]})
    given = codec.given(some)
    known = ~np.isnan(given)
    assert known[:, codec.places("sex")].all(axis=1).tolist() == [True, False]
    assert known[1, codec.places("site")].all() and known[0, codec.places("site")].sum() == 1
    assert not known[:, codec.places("age")].any()
    assert codec.groups.shape == (codec.width,)
    site, income = codec.groups[codec.places("site")], codec.groups[codec.places("income")]
    assert len(set(site)) == 2 and len(set(site[1:])) == 1 and not set(site) & set(income)


def test_columns_that_are_not_there_are_named(codec: TableCodec) -> None:
    with pytest.raises(DataError, match=r"no column 'sexx'.*mean 'sex'"):
        codec.given(pd.DataFrame({"sexx": ["m"]}))
    with pytest.raises(DataError, match="no column 'sex'"):
        codec.encode(_rows().drop(columns="sex"))
    with pytest.raises(DataError, match="no row"):
        TableCodec.fit(_rows().head(0))


def test_numbers_that_name_rows_are_ids() -> None:
    rng = np.random.default_rng(0)
    numbers = rng.choice(10**6, 50, replace=False)
    frame = pd.DataFrame({"id": numbers, "income": numbers, "case": np.arange(50)})
    codec = TableCodec.fit(frame)
    assert [c.width for c in codec.columns] == [0, 1, 0]
    assert TableCodec.fit(frame, ids=["income"]).width == 0


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("columns", 1, "kind"), "secret", "of a kind in"),
        (("columns", 1, "kind"), [1], "of a kind in"),
        (("columns", 1, "missing"), 2, "must be a share"),
        (("columns", 1, "at"), [0, 0.5], "'age'"),
        (("columns", 1, "values"), ["a"], "values must be"),
        (("columns", 3, "shares"), [1.0], "'site'"),
        (("columns", 1, "name"), "patient", "twice"),
        (("notes",), "x", "notes must be"),
        (("columns",), {}, "list of columns"),
    ],
)
def test_a_broken_description_is_refused(
    codec: TableCodec, path: tuple, value: object, message: str
) -> None:
    described = copy.deepcopy(codec.to_json())
    inner = described
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(ValueError, match=message):
        TableCodec.from_json(described)
