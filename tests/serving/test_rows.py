"""Rows of a request: read as a file's would be, each by itself, or refused by row and column."""

from __future__ import annotations

import base64
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from labelfeed.data.dataset import DataError
from labelfeed.serving.body import RequestError
from tests.serving._runs import ROW, pictured, several


def test_cells_are_read_as_those_of_a_file() -> None:
    service = several()
    rows = [
        ROW,
        {**ROW, "age": None, "sex": None, "smokes": None, "visit": None},
        {**ROW, "age": " 31.0 ", "sex": "m", "smokes": "no", "visit": "2024-02-05"},
        {**ROW, "age": "NA", "smokes": 0, "visit": "2024-02-05T00:00:00+00:00"},
    ]
    got = service.run.preprocessor.transform(service.reader.features([service.reader.read(rows)]))
    frame = pd.DataFrame(
        {
            "age": [31, np.nan, 31, np.nan],
            "sex": ["f", None, "m", "f"],
            "smokes": ["yes", None, "no", "no"],
            "visit": pd.to_datetime(["2024-02-05", None, "2024-02-05", "2024-02-05"]),
        }
    )
    np.testing.assert_array_equal(got, service.run.preprocessor.transform(frame))


@pytest.mark.parametrize(
    ("column", "value"),
    [("age", "old"), ("age", True), ("age", [1]), ("age", 10**400), ("age", "inf"), ("sex", {}),
     ("smokes", "maybe"), ("visit", "soon"), ("visit", 20240205), ("visit", "0001-01-01")],
)  # fmt: skip
def test_what_does_not_fit_names_row_and_column(column, value) -> None:
    with pytest.raises(DataError, match=f"Row 2, column '{column}': got ") as found:
        several().reader.read([ROW, {**ROW, column: value}])
    assert (found.value.row, found.value.column) == (2, column) and len(str(found.value)) < 400


def test_rows_that_are_none_and_columns_that_lack() -> None:
    for rows in (None, [], {}, "x"):
        with pytest.raises(RequestError, match="a list of at least one object"):
            several().reader.read(rows)
    with pytest.raises(RequestError, match="Row 1: expected an object"):
        several().reader.read([[1, 2]])
    row = {**ROW, "Age": 3}
    del row["age"]
    with pytest.raises(DataError, match=r"Row 1, column 'age': the column is missing.*'Age'"):
        several().reader.read([row])


def test_a_word_that_training_lacked_is_missing_and_said() -> None:
    service = several()
    read = service.reader.read([ROW, {**ROW, "sex": "female"}])
    (note,) = read.notes
    assert note.startswith("Row 2, column 'sex': training had no 'female', taken for missing.")
    assert read.columns["sex"] == ["f", None]


def test_pictures_come_as_files_in_base64() -> None:
    service, file = pictured(), io.BytesIO()
    pixels = np.arange(16, dtype=np.uint8).reshape(4, 4)
    Image.fromarray(pixels).save(file, "PNG")
    text = base64.b64encode(file.getvalue()).decode()
    read = service.reader.read([{"image": text}, {"image": f"data:image/png;base64,{text}"}])
    got = service.reader.features([read, read])
    np.testing.assert_array_equal(got, np.stack([pixels[..., None]] * 4))
    for wrong in ("?", None, base64.b64encode(b"GIF89a").decode()):
        with pytest.raises(DataError, match=r"Row 1.*(base64|no PNG or JPEG)"):
            service.reader.read([{"image": wrong}])
    with pytest.raises(DataError, match="Row 1, column 'image': the column is missing"):
        service.reader.read([{}])
