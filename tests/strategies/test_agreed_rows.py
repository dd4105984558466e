"""Rows repeated with what several annotators agree on."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from labelfeed.data.dataset import Readings
from labelfeed.noise.agreed import agreed_ids
from labelfeed.options import MarginOptions, PlainOptions
from labelfeed.strategies.agreed_rows import agreed_rows, agreed_validation
from labelfeed.strategies.networks import NetworkError
from tests.strategies.test_noisy_labels import TRUE, X, rows

OWN = PlainOptions(plain="logistic")


def annotated():
    rng = np.random.default_rng(1)
    wrong = rng.random((300, 2)) < [0.1, 0.4]
    given = np.where(wrong, (TRUE[:, None] + 1) % 3, TRUE[:, None])
    given[:10] = -1
    readings = Readings(("ann", "bob"), given, agreed_ids(given, 3))
    return dataclasses.replace(rows(np.zeros(300, int)), readings=readings)


@pytest.mark.only_backend("torch")  # nothing of it is computed by Keras
def test_training_rows_learn_what_is_agreed_on_softly() -> None:
    said, data = [], annotated()
    x, taken, groups = agreed_rows(X, data, None, OWN, said.append)
    taught = np.zeros((300, 3))
    known = taken.labels >= 0
    np.add.at(taught, (groups[known], taken.labels[known]), taken.weights[known])
    np.testing.assert_allclose(taught[10:].sum(axis=1), 1, rtol=1e-5)
    assert not taught[:10].any(), "rows that nobody labels stay unknown"
    assert (taught.argmax(axis=1) == TRUE)[10:].mean() > 0.96
    assert 0.01 < (taught.max(axis=1)[10:] < 0.9).mean() < 0.5, "disagreement is soft"
    np.testing.assert_array_equal(taken.features.to_numpy(), x)
    rates = re.search(r"wrong: ann (\d+)%, bob (\d+)%", "".join(said))
    assert rates is not None
    np.testing.assert_allclose([int(rate) for rate in rates.groups()], [10, 40], atol=6)


@pytest.mark.only_backend("torch")
def test_validation_rows_are_labelled_by_annotators_too() -> None:
    data = annotated()
    assert agreed_validation(data).labels is data.readings.agreed
    plain = rows()
    assert agreed_validation(plain) is plain
    assert agreed_rows(X, plain, None, OWN, print)[1] is plain


@pytest.mark.only_backend("torch")
def test_what_does_not_go_with_annotators_is_refused() -> None:
    data = annotated()
    with pytest.raises(NetworkError, match="'side-label', not with 'margin'"):
        agreed_rows(X, data, None, MarginOptions(), print)
    single = dataclasses.replace(data, weights=np.ones((300, 3), np.float32))
    with pytest.raises(NetworkError, match="LABEL=COL"):
        agreed_rows(X, single, None, OWN, print)
