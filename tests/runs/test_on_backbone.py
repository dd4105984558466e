from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import TrainingOptions
from labelfeed.runs.folder import load_run
from labelfeed.runs.saving import save_run
from labelfeed.runs.train import train
from labelfeed.strategies.networks import NetworkError


@pytest.fixture(scope="module")
def backbone(tmp_path_factory):
    """A file of a network that nobody trained: the brightness is still in its maps."""
    x = keras.Input((None, None, 1))
    path = tmp_path_factory.mktemp("backbone") / "b.keras"
    keras.Model(x, keras.layers.Conv2D(3, 3, padding="same")(x)).save(path)
    return str(path)


@pytest.fixture(scope="module")
def pictures():
    rng = np.random.default_rng(0)
    y = np.arange(120) % 2
    x = (rng.random((120, 6, 6, 1)) * 80 + 120 * y[:, None, None, None]).astype(np.uint8)
    return Dataset("arrays", x, y.astype(np.int32), LabelSpec.single(2), np.arange(120), "pics")


def same_after_loading(run, rows, place):
    before = run.predict(rows.features)
    np.testing.assert_allclose(
        load_run(save_run(run, place)).predict(rows.features), before, atol=1e-5
    )
    return before


def test_plain_models_on_vectors(backbone, pictures, tmp_path):
    notes = []
    options = TrainingOptions(backbone=backbone, plain="logistic")
    run = train(pictures, options, note=notes.append)
    assert any("3 numbers for each picture" in line for line in notes)
    assert run.metrics["nothing_known"]["accuracy"] > 0.9
    p = same_after_loading(run, pictures, tmp_path / "run")
    assert ((p[:, 1] > 0.5) == pictures.labels).mean() > 0.9


def test_one_network_and_then_all_of_it(backbone, pictures, tmp_path):
    options = TrainingOptions(
        backbone=backbone, fine_tune=1, epochs=3, width=8, learning_rate=0.03, patience=3
    )
    run = train(pictures, options)
    assert [phase["epochs"] for phase in run.metrics["training"]["phases"]] == [3, 1]
    assert run.metrics["nothing_known"]["accuracy"] > 0.9
    same_after_loading(run, pictures, tmp_path / "run")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"backbone": "ResNet50"}, "needs its weights: --weights FILE"),
        ({"backbone": "b.keras", "backbone_weights": "imagenet"}, "leave --weights out"),
        ({"fine_tune": 2}, "--fine-tune goes with --backbone"),
        ({"backbone_weights": "w.h5"}, "--weights goes with --backbone"),
        ({"strategy": "margin", "backbone": "b.keras", "fine_tune": 2}, "'plain' and 'masked'"),
        ({"network": "m:f", "backbone": "b.keras"}, "exclude each other"),
    ],
)
def test_options_that_do_not_go_together(pictures, given, message):
    with pytest.raises(NetworkError, match=message):
        train(pictures, TrainingOptions(**given))


@pytest.mark.parametrize("given", [{"augment": "flip"}, {"backbone": "b.keras"}])
def test_a_table_is_no_picture(pictures, given):
    flat = Dataset("arrays", np.ones((120, 4)), pictures.labels, pictures.spec, np.arange(120), "t")
    with pytest.raises(NetworkError, match="is for pictures"):
        train(flat, TrainingOptions(**given))
