"""The model's own surface; tests/test_situations.py runs it through everything Keras does."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from keras import ops

import labelfeed.models.label_fed
from labelfeed.labels.encoding import LabelError
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.wire import with_label
from labelfeed.visibility.policies import Masked
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
