import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.models import shared_fit
from labelfeed.scaling.errors import ScalingError
from labelfeed.scaling.shares import Sharing, shared_like
from labelfeed.strategies.margin import margin

X, Y = np.ones((8, 4), np.float32), np.array([0, 1] * 4)


@pytest.fixture(scope="module")
def model():
    return margin(LabelSpec.single(["a", "b"]), (4,), width=8, depth=1, dimension=2)


@pytest.mark.only_backend("tensorflow", "torch")
def test_a_keras_distribution_that_does_nothing_is_an_error(model):
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=["cpu:0", "cpu:1"]))
    try:
        with pytest.raises(ScalingError, match=r"does nothing on (tensorflow|torch)"):
            model.fit(X, Y, verbose=0)
    finally:
        keras.distribution.set_distribution(None)


@pytest.mark.only_backend("torch")
def test_torch_processes_that_nothing_brings_together_are_an_error(model, monkeypatch):
    monkeypatch.setattr(shared_fit, "_group_size", lambda: 2)
    for train in (model.fit, model.train_on_batch):
        with pytest.raises(ScalingError, match="each would train by itself"):
            train(X, Y)


@pytest.mark.only_backend("jax")
def test_jax_processes_without_a_distribution_are_an_error(model, monkeypatch):
    monkeypatch.setattr(shared_fit, "_jax_processes", lambda: 2)
    with pytest.raises(ScalingError, match="each would train by itself"):
        model.fit(X, Y, verbose=0)


@pytest.mark.only_backend("tensorflow")
def test_strategies_under_which_fit_is_broken_are_an_error(model, monkeypatch):
    import tensorflow as tf

    class MultiWorkerMirroredStrategy:
        num_replicas_in_sync = 2

    monkeypatch.setattr(tf.distribute, "get_strategy", MultiWorkerMirroredStrategy)
    with pytest.raises(ScalingError, match=r"MultiWorkerMirroredStrategy is not supported.*20585"):
        model.fit(X, Y, verbose=0)


@pytest.mark.only_backend("tensorflow", "torch")
def test_a_loss_of_rows_together_is_refused_where_devices_have_parts():
    made = margin(LabelSpec.single(["a", "b"]), (4,), "proxy-anchor", width=8, dimension=2)
    with shared_like(Sharing(2)), pytest.raises(ScalingError, match="rows of a batch together"):
        made.fit(X, Y, verbose=0)


def test_single_batches_and_splits_are_not_shared(model):
    with shared_like(Sharing(2)):
        with pytest.raises(ScalingError, match="train_on_batch is not shared"):
            model.train_on_batch(X, Y)
        with pytest.raises(ScalingError, match="validation_split"):
            model.fit(X, Y, validation_split=0.5)


@pytest.mark.only_backend("jax", "torch")
def test_a_stream_that_nobody_cuts_is_refused(model):
    with shared_like(Sharing(2, 0, 2)), pytest.raises(ScalingError, match="generator is not cut"):
        model.fit(((X, Y) for _ in range(1)), verbose=0)


def test_one_device_trains_on_filled_up_batches(model):
    with shared_like(Sharing(1)):
        losses = model.fit(X, Y, batch_size=5, epochs=2, validation_data=(X, Y), verbose=0).history
        score = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert np.isfinite(losses["loss"]).all()
    assert score["loss"] == pytest.approx(losses["val_loss"][-1], rel=1e-5)
