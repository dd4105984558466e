"""The model's own surface; tests/test_situations.py runs it through everything Keras does."""

from __future__ import annotations

import doctest

import keras
import numpy as np
import pandas as pd
import pytest
from keras import ops

import labelfeed.models.label_fed
from labelfeed.labels.encoding import LabelError
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.wire import known_ids, with_label
from labelfeed.models.wrapping import as_predictor
from labelfeed.visibility.policies import Hidden, Masked
from tests._core import COLOUR, FINDINGS, fed, network, randomised, rows


def test_the_example_of_the_docstring_runs() -> None:
    [example] = [t for t in doctest.DocTestFinder().find(LabelFedModel) if t.examples][:1]
    result = doctest.DocTestRunner().run(example)
    assert (result.failed, result.attempted > 5) == (0, True)


def test_the_default_visibility_and_the_config_of_a_spec() -> None:
    model = LabelFedModel(network(COLOUR), COLOUR.get_config())
    assert model.visibility == Masked(0.5)
    assert model.label == COLOUR


def test_a_direct_call_reads_no_label_unless_given() -> None:
    model, (x, y) = randomised(fed(COLOUR)), rows(COLOUR)
    unknown = ops.convert_to_numpy(model.network([x, np.full_like(y, -1)]))
    told = ops.convert_to_numpy(model.network([x, y]))
    np.testing.assert_allclose(ops.convert_to_numpy(model(x)), unknown, rtol=1e-5)
    np.testing.assert_allclose(ops.convert_to_numpy(model(with_label(x, y))), told, rtol=1e-5)
    assert abs(told - unknown).max() > 0.01


def test_known_labels_of_multi() -> None:
    model, (x, y) = randomised(fed(FINDINGS)), rows(FINDINGS)
    one = model.predict(x, known={"mass": 1}, verbose=0)
    array = np.array([[-1, -1, 1]] * len(x))
    np.testing.assert_allclose(model.predict(x, known=array, verbose=0), one, rtol=1e-5)
    np.testing.assert_allclose(
        model.predict(x, known={}, verbose=0), model.predict(x, verbose=0), rtol=1e-5
    )
    with pytest.raises(LabelError, match="has 3 rows, the features have 20"):
        model.predict(x, known=y[:3], verbose=0)


def test_errors_of_one_fit_do_not_reach_the_next() -> None:
    model, (x, y) = fed(COLOUR), rows(COLOUR)
    with pytest.raises(LabelError, match="y: Row 0"):
        model.fit(x, y + 7)
    with pytest.raises(ValueError, match="takes 1 feature inputs"):
        model.fit([x, y], y, verbose=0)
    model.fit(x, y, verbose=0)


def test_the_module_says_what_it_exports() -> None:
    assert labelfeed.models.label_fed.__all__ == ["LabelFedModel"]


def test_wrong_feature_names_are_told_every_time() -> None:
    model = fed(COLOUR)
    x, y = rows(COLOUR)
    model.fit(x, y, verbose=0)
    for _ in range(2):  # the second time Keras would answer with an error of its own
        with pytest.raises(ValueError, match=r"Expected features named .*got \['wrong'\]"):
            model.predict({"wrong": x}, verbose=0)
    assert model.predict(x, verbose=0).shape[0] == len(x)


SOFT = {"nodule": 0.51}


def test_a_soft_label_is_the_mean_of_present_and_absent_in_predict() -> None:
    model, x = randomised(fed(FINDINGS)), rows(FINDINGS)[0]
    no, yes = (model.predict(x, known={"nodule": state}, verbose=0) for state in (0, 1))
    assert np.abs(yes - no)[:, 1:].max() > 0.01
    mean = 0.49 * no + 0.51 * yes
    mean[:, 0] = 0.51
    for features in (x, pd.DataFrame(x), ops.convert_to_tensor(x)):
        got = model.predict(features, known=SOFT, verbose=0)
        np.testing.assert_allclose(got, mean, atol=1e-6)
    np.testing.assert_allclose(as_predictor(model).probabilities(x, SOFT), mean, atol=1e-6)


def test_soft_known_labels_are_refused_wherever_else_they_enter() -> None:
    model, (x, y) = fed(FINDINGS), rows(FINDINGS)
    beside = with_label(x, np.full((20, 3), 0.49))
    for call in (
        lambda: model.predict_on_batch(x, known=SOFT),
        lambda: model.evaluate(x, y, known=SOFT, verbose=0),
        lambda: model.predict(beside, verbose=0),
        lambda: model.fit(beside, y, verbose=0),
        lambda: model.fit(x, y, validation_data=(beside, y), verbose=0),
        lambda: model.train_on_batch(beside, y),
        lambda: model(beside),
    ):
        with pytest.raises(LabelError, match=r"got 0\.(49|51)\d*, a soft label"):
            call()


def test_an_id_that_is_none_raises_in_a_direct_call() -> None:
    model, (x, _) = randomised(fed(COLOUR)), rows(COLOUR)
    for wrong in (7, -2, 1.7):
        for label in (np.full(20, wrong), ops.convert_to_tensor(np.full(20, wrong))):
            with pytest.raises(LabelError, match=f"Row 0, column 'colour': got {wrong}"):
                model(with_label(x, label))
        with pytest.raises(LabelError, match=f"got {wrong}"):
            model.predict(with_label(x, np.full(20, wrong)), verbose=0)
    known = ops.convert_to_numpy(model(with_label(x, np.full(20, 2))))
    np.testing.assert_allclose(known, model.predict(x, known=2, verbose=0), atol=1e-6)
    assert np.abs(known - model.predict(x, verbose=0)).max() > 1e-3


def test_inside_a_graph_an_id_beyond_the_spec_is_unknown() -> None:
    label = ops.convert_to_tensor(np.array([-2, -1, 0, 2, 3, 7], np.int32))
    assert ops.convert_to_numpy(known_ids(label, COLOUR)).tolist() == [-1, -1, 0, 2, -1, -1]
    multi = ops.convert_to_tensor(np.array([[0, 1, 2]], np.int32))
    assert ops.convert_to_numpy(known_ids(multi, FINDINGS)).tolist() == [[0, 1, -1]]


def test_lists_and_tables_are_features_too() -> None:
    model, (x, y) = randomised(fed(FINDINGS)), rows(FINDINGS)
    known = pd.DataFrame({"mass": np.arange(20) % 2}, index=np.arange(20)[::-1])
    frame = pd.DataFrame(x, index=known.index, columns=list("abcd"))
    expected = model.predict(x, known=known.to_dict("list"), verbose=0)
    for given in (x.tolist(), frame, ops.convert_to_tensor(x)):
        found = model.predict(given, known=known, verbose=0)
        np.testing.assert_allclose(found, expected, atol=1e-6)
        model.fit(given, y, verbose=0, epochs=0)
    with pytest.raises(ValueError, match="row indexes of x and known differ"):
        model.predict(frame[::-1], known=known, verbose=0)


def test_a_table_of_weights_is_matched_by_name() -> None:
    x, y = rows(FINDINGS)
    weight = np.random.default_rng(1).uniform(size=(20, 3))
    frame = pd.DataFrame(weight[:, ::-1], columns=["mass", "effusion", "nodule"])
    losses = []
    for given in (weight, frame, np.where(y < 0, np.nan, weight)):
        model = fed(FINDINGS, Hidden(), optimizer=keras.optimizers.SGD(0.0))
        model.set_weights([np.full(w.shape, 0.1) if w.dtype.kind == "f" else w
                           for w in model.get_weights()])  # fmt: skip
        losses.append(model.evaluate(x, y, sample_weight=given, verbose=0)[0])
    np.testing.assert_allclose(losses, losses[0], rtol=1e-6)
