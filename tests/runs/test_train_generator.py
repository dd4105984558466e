"""Training of a generator."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.loading import load_data
from labelfeed.options import GenerateOptions, OptionError, PlainOptions, TrainingOptions
from labelfeed.runs.resuming import Work
from labelfeed.runs.train_generator import train_generator
from tests._generators import TINY, small_generator
from tests._rows import write_images

KILLS = (3, 8)  # steps, of ten in all

pytestmark = pytest.mark.only_backend("torch")


def test_rows_are_split_and_the_codec_sees_the_training_rows_alone(tmp_path):
    small = small_generator(tmp_path)
    done = small.run.metrics["training"]
    assert done["train_rows"] + done["validation_rows"] + done["test_rows"] == 90
    assert done["epochs"] == 1 and len(small.run.split["test"]) == done["test_rows"]
    assert "ids, made anew: 'id'" in small.notes
    held = small.run.split["test"]
    ages = small.raw["age"].drop(index=held).astype(float)
    column = small.run.codec.columns[small.run.codec.names.index("age")]
    assert column.values[-1] == ages.max() and column.missing == ages.isna().mean()
    assert small.run.combinations.counts.sum() == done["train_rows"]


def test_pictures_are_made_of_pictures(tmp_path):
    data = load_data(write_images(tmp_path / "pictures", 8), image_size=8, image_color="grey")
    run = train_generator(data, dataclasses.replace(TINY, batch_size=8, width=4))
    frame = run.sample(2, {data.spec.name: "Dark"}, steps=2, seed=0)
    assert frame[data.spec.name].tolist() == ["dark", "dark"]
    assert frame["picture"][0].shape == (8, 8, 1) and frame["picture"][0].dtype == np.uint8
    with pytest.raises(DataError, match="makes pictures; fill is for rows"):
        run.fill(frame)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (TrainingOptions("generate", backbone="ResNet50"), "--backbone does not go with"),
        (TrainingOptions("generate", deploy_prior=0.1), "--deploy-prior does not go with"),
        (PlainOptions(), "takes options of 'generate'"),
    ],
)
def test_options_of_others_are_refused(options, message, tmp_path):
    data = load_data(write_images(tmp_path / "pictures", 4), image_size=8)
    with pytest.raises(OptionError, match=message):
        train_generator(data, options)


def test_what_nothing_can_be_made_of_is_told(tmp_path):
    data = load_data(write_images(tmp_path / "pictures", 4), image_size=8)
    nothing = dataclasses.replace(data, labels=np.full(len(data), -1, np.int32))
    with pytest.raises(DataError, match="no row has a label"):
        train_generator(nothing, GenerateOptions())
    large = dataclasses.replace(data, features=np.zeros((len(data), 80, 80, 1), np.uint8))
    with pytest.raises(DataError, match="80 x 80 pixels are too large"):
        train_generator(large, GenerateOptions())


def test_a_killed_training_goes_on_to_the_same_weights(tmp_path):
    data = small_generator(tmp_path).data
    options = dataclasses.replace(TINY, epochs=5, batch_size=32, validation_share=0.2)
    told: list[str] = []

    def trained(folder=None, kill=0):
        left = iter(range(kill - 1, -1, -1))

        def stop():
            if kill and not next(left):
                raise KeyboardInterrupt
            return False

        checkpoint = None if folder is None else Work(folder, every=0, tell=told.append)
        return train_generator(data, options, checkpoint=checkpoint, stop=stop)

    whole, work = trained(), tmp_path / "work"
    for kill in KILLS:
        with pytest.raises(KeyboardInterrupt):
            trained(work, kill)
    run = trained(work)
    assert len([line for line in told if line.startswith("goes on from ")]) == 2
    pairs = zip(run.model.get_weights(), whole.model.get_weights(), strict=True)
    assert all(a.tobytes() == b.tobytes() for a, b in pairs)
    assert run.metrics["training"]["best_epoch"] == whole.metrics["training"]["best_epoch"]
