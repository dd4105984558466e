"""Training in two phases: without labels, then what known labels change."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest
from keras import ops

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import KnownLabelPath
from labelfeed.layers.logit_calibration import fit_scale_and_shift
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.two_phase import TwoPhaseModel
from labelfeed.models.wire import with_label
from labelfeed.strategies import partial_labels
from labelfeed.strategies.networks import build_network, without_label
from labelfeed.visibility.policies import Hidden, Masked
from tests.strategies._findings import SPEC, rows

EAGER = keras.backend.backend() == "tensorflow"  # where tracing takes longer than steps


def small(**kwargs: object) -> TwoPhaseModel:
    """Return a small compiled model."""
    model = partial_labels(SPEC, (3,), width=6, path_units=(8,), **kwargs)  # type: ignore[arg-type]
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", run_eagerly=EAGER)
    return model


def weights(layers: list) -> list[np.ndarray]:
    return [
        ops.convert_to_numpy(w.value) for v in layers for w in v.weights if "seed" not in w.path
    ]


def test_with_nothing_known_it_is_the_plain_network_trained_alone() -> None:
    """The point of the two phases: to the bit on this machine, whatever the second one did."""
    x, y = rows(64)
    keras.utils.set_random_seed(3)
    network = build_network((3,), SPEC, conditioning=None, width=6, depth=1)
    start = network.get_weights()
    plain = LabelFedModel(without_label(network, SPEC), SPEC, Hidden())
    plain.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
    plain.fit(x, y, epochs=3, shuffle=False, verbose=0)
    model = small(dropout=0.0, calibrate=False)
    model.network.set_weights([*start, *model.network.get_weights()[len(start) :]])
    model.fit(x, y, epochs=3, shuffle=False, verbose=0)
    np.testing.assert_allclose(model.predict(x, verbose=0), plain.predict(x, verbose=0), atol=1e-6)


def test_each_phase_moves_its_own_weights_only() -> None:
    model, (x, y) = small(calibrate=False), rows(64)
    path = model.network.get_layer("known_labels")
    plain = [v for v in model.network.layers if v is not path]
    model.adapt(y)
    before = weights(plain), weights([path])
    model.fit(x, y, epochs=1, plain_epochs=0, verbose=0)
    between = weights(plain), weights([path])
    assert all(np.array_equal(a, b) for a, b in zip(before[0], between[0], strict=True))
    assert any((a != b).any() for a, b in zip(before[1], between[1], strict=True))
    model.fit(x, y, epochs=0, plain_epochs=1, verbose=0)
    after = weights(plain), weights([path])
    assert any((a != b).any() for a, b in zip(between[0], after[0], strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(between[1], after[1], strict=True))


def test_with_nothing_known_the_plain_order_and_calibrated_chances() -> None:
    """Of a timid plain network: right in order, logits ten times too small."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=(640, 4)).astype(np.float32) * 2
    y = (rng.random(z.shape) < 1 / (1 + np.exp(-z))).astype(np.int32)
    features = keras.Input((4,))
    timid = keras.Model(features, features * 0.1)
    p = {}
    for source in ("training", "validation"):
        model = partial_labels(SPEC, timid, path_units=(8,))
        held = (z[320:], y[320:])
        more = {"validation_data": held} if source == "validation" else {}
        model.fit(z[:320], y[:320], epochs=1, plain_epochs=0, verbose=0, **more)
        p[source] = model.predict(z, verbose=0)
        rows = slice(320, None) if more else slice(320)
        scale, shift = fit_scale_and_shift(0.1 * z[rows], y[rows])
        expected = 1 / (1 + np.exp(-0.1 * z * scale - shift))
        np.testing.assert_allclose(p[source], expected, atol=1e-5)
        assert (np.argsort(p[source], axis=0) == np.argsort(z, axis=0)).mean() > 0.99
        assert abs(p[source].mean() - y.mean()) < 0.05 and scale.min() > 4
    assert not np.allclose(p["training"], p["validation"], atol=1e-4)


def test_a_second_fit_starts_from_plain_logits_again() -> None:
    model, (x, y) = small(), rows(64)
    model.fit(x, y, epochs=1, verbose=0)
    layer = model.network.get_layer("calibration")
    assert not np.allclose(ops.convert_to_numpy(layer.scale), 1, atol=1e-4)
    seen: list[float] = []
    note = keras.callbacks.LambdaCallback(
        on_train_begin=lambda logs: seen.append(float(ops.max(ops.abs(layer.scale - 1))))
    )
    model.fit(x, y, epochs=1, callbacks=[note], verbose=0)
    assert seen[0] == 0 and seen[1] > 1e-4


def test_trainable_flags_and_visibility_come_back() -> None:
    model = small(visibility=Masked(0.3))
    dense = next(v for v in model.network._flatten_layers() if isinstance(v, keras.layers.Dense))
    dense.trainable = False
    flags = [v.trainable for v in model.network._flatten_layers()]
    frozen = weights([dense])
    model.fit(*rows(32), epochs=1, verbose=0)
    assert [v.trainable for v in model.network._flatten_layers()] == flags
    assert all(np.array_equal(a, b) for a, b in zip(frozen, weights([dense]), strict=True))
    assert model.visibility == Masked(0.3)


def test_epochs_count_on_and_validation_draws_known_labels() -> None:
    x, y = rows(64)
    seen: list[int] = []
    note = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: seen.append(epoch))
    model = small()
    history = model.fit(
        x, y, epochs=2, plain_epochs=3, validation_data=rows(20, 1), callbacks=[note], verbose=0
    )
    assert seen == [0, 1, 2, 3, 4] == history.epoch
    assert len(history.history["val_loss"]) == 5
    drawn, targets = model._known_in(rows(20, 1))
    known = drawn["labelfeed_label"]
    assert len(known) == len(targets) == 100
    assert ((known == -1) | (known == targets)).all() and (known >= 0).any()
    given = (with_label(x, y), y)
    assert model._known_in(given) is given


def test_validation_split_takes_the_last_rows() -> None:
    x, y = rows(64)
    history = small().fit(x, y, epochs=1, validation_split=0.5, verbose=0)
    assert len(history.history["val_loss"]) == 2


def test_no_second_phase_on_a_loss_that_is_nan() -> None:
    model = small()
    model.compile("sgd", lambda y, p: float("nan") * p)
    stop = keras.callbacks.TerminateOnNaN()
    history = model.fit(*rows(64), epochs=3, callbacks=[stop], verbose=0)
    assert np.isnan(history.history["loss"]).all() and len(history.epoch) == 1
    assert model.visibility == Masked("uniform")


def test_streams_need_tables_and_array_validation() -> None:
    model, (x, y) = small(), rows(32)
    with pytest.raises(ValueError, match="validation_data must be arrays"):
        model.fit(x, y, validation_data=iter([(x, y)]))
    model.adapt(y)
    stream = ((x[i : i + 8], y[i : i + 8]) for _ in range(9) for i in range(0, 32, 8))
    history = model.fit(stream, steps_per_epoch=4, epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


def test_a_network_without_a_reader_is_refused() -> None:
    spec = LabelSpec.multi(2)
    x, label = keras.Input((3,), name="x"), LabelInput(spec)
    network = keras.Model([x, label], keras.layers.Dense(2)(x) + 0.0 * ops.cast(label, "float32"))
    with pytest.raises(ValueError, match="No conditioning layer reads the label"):
        TwoPhaseModel(network, spec)
    assert KnownLabelPath in {type(v) for v in small()._readers()}


def test_what_is_split_off_keeps_its_names_and_weights() -> None:
    x, y = rows(40)
    weight = np.random.default_rng(0).uniform(size=y.shape)
    names = [SPEC.name_of(i) for i in range(SPEC.num_classes)]
    tables = [pd.DataFrame(v[:, ::-1], columns=names[::-1]) for v in (y, weight)]
    histories = []
    for target, given in ((y, weight), tables):
        keras.utils.set_random_seed(1)
        model = small()
        histories.append(model.fit(x, target, sample_weight=given, validation_split=0.55,
                                   batch_size=15, verbose=0).history)  # fmt: skip
    for name, values in histories[0].items():
        np.testing.assert_allclose(histories[1][name], values, rtol=1e-6)
    assert "val_loss" in histories[0]
    with pytest.raises(ValueError, match="row indexes of x and y differ"):
        small().fit(pd.DataFrame(x), tables[0][::-1], verbose=0)
    with pytest.raises(ValueError, match="validation_data: Row 0, column 0: the feature is nan"):
        small().fit(x, y, validation_data=(np.full_like(x, np.nan), y), verbose=0)
