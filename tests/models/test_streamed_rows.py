"""Training on rows that stay on disk."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from labelfeed.labels.errors import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.streamed_rows import StreamedRows
from labelfeed.strategies.plain import plain

ILL = LabelSpec.single(2, name="ill")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(48, 2)), columns=["a", "b"])
    rows["row"], rows["ill"] = np.arange(48.0), (rows["a"] > 0).astype(int)
    rows[:20].to_parquet(tmp_path / "a.parquet", row_group_size=8)
    rows[20:].to_parquet(tmp_path / "b.parquet", row_group_size=7)
    return tmp_path


def _rows(stream: StreamedRows) -> list[int]:
    return [int(v) for k in range(len(stream)) for v in stream[k][0][:, -1]]


def test_every_row_once_an_epoch_in_an_order_of_seed_and_epoch(folder: Path) -> None:
    stream = StreamedRows.parquet(folder, ILL, batch_size=10, seed=1, mixed=12)
    first = _rows(stream)
    stream.on_epoch_end()  # as Keras calls it at the end of an epoch
    second = _rows(stream)
    assert sorted(first) == sorted(second) == list(range(48)) and first != second
    again = StreamedRows.parquet(folder, ILL, batch_size=10, seed=1, mixed=12, epoch=1)
    assert [int(v) for v in again[3][0][:, -1]] == second[30:40] and _rows(again) == second
    assert len(stream) == 5 and len(stream[4][1]) == 8 and stream.shape == (3,)
    with pytest.raises(IndexError, match="5 batches"):
        stream[5]


def test_streamed_and_in_memory_training_are_equal(folder: Path) -> None:
    def fitted(streamed: bool) -> list[np.ndarray]:
        stream = StreamedRows.parquet(folder, ILL, batch_size=16, seed=2, mixed=16)
        keras.utils.set_random_seed(0)
        model = plain(ILL, (3,), width=8, depth=1, dropout=0.0)
        if streamed:
            model.fit(stream, epochs=2, verbose=0)
            assert stream.epoch == 2
        else:
            for epoch in range(2):
                stream.epoch = epoch
                x, y = (np.concatenate(part) for part in zip(*map(stream.__getitem__, range(3)),
                                                             strict=True))  # fmt: skip
                model.fit(x, y, batch_size=16, epochs=1, shuffle=False, verbose=0)
        return model.get_weights()

    for one, other in zip(fitted(True), fitted(False), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_a_first_epoch_that_is_given_is_the_next_one_of_the_rows(folder: Path) -> None:
    stream = StreamedRows.parquet(folder, ILL, batch_size=16, seed=2, mixed=16)
    model = plain(ILL, (3,), width=8, depth=1, dropout=0.0)
    model.fit(stream, initial_epoch=5, epochs=6, verbose=0)
    assert stream.epoch == 6


@pytest.mark.only_backend("torch")
def test_a_bad_label_ends_training_with_its_file_and_row(folder: Path) -> None:
    rows = pd.read_parquet(folder / "b.parquet")
    rows.loc[47, "ill"] = 2
    rows.to_parquet(folder / "b.parquet", row_group_size=28)
    stream = StreamedRows.parquet(folder, ILL, batch_size=16, seed=2)
    with pytest.raises(LabelError, match=r"b\.parquet: Row 28, column 'ill': got 2"):
        plain(ILL, (3,), width=8, depth=1).fit(stream, epochs=1, verbose=0)
