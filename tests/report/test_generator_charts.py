import io

import numpy as np
import pandas as pd
import PIL.Image

from labelfeed.judging.rows import Columns
from labelfeed.judging.shapes import PairTrend, column_shapes
from labelfeed.report.generator_charts import class_pictures, column_charts, trend_map


def _rows(seed, n=60):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"a": rng.normal(size=n), "few": rng.integers(0, 3, n)})
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 99, n), unit="D")
    return frame.assign(day=day, word=rng.choice(["a$b", "c"], n), y=rng.integers(0, 2, n))


def _picture(drawn):
    return np.asarray(PIL.Image.open(io.BytesIO(drawn)).convert("L"))


def test_columns_of_every_kind_are_drawn_and_differ_with_the_rows():
    real = _rows(0)
    columns = Columns.of(real, "y")
    shapes = [s for s in column_shapes(real, real, columns) if s.column != "day"]
    same = _picture(column_charts(real, real, shapes))
    other = _picture(column_charts(real, real.assign(a=real["a"] + 3), shapes))
    assert same.shape == other.shape and (same != other).any()


def test_the_least_alike_pairs_stay_where_there_are_many():
    pairs = [PairTrend(f"c{k}", f"c{k + 1}", "correlation", 1 - k / 100) for k in range(40)]
    assert _picture(trend_map(pairs, 10)).shape < _picture(trend_map(pairs, 30)).shape


def test_pictures_of_each_class_stand_in_a_row():
    dark, light = np.zeros((3, 4, 4, 1)), np.full((3, 4, 4, 1), 255)
    drawn = _picture(class_pictures([dark, dark[:1]], [dark, light], ["a", "b"]))
    black = _picture(class_pictures([dark, dark[:1]], [dark, dark], ["a", "b"]))
    assert (drawn != black).any()
