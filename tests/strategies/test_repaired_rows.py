"""Rows repeated with soft repaired labels, or left as they are."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.options import NoisyLabelsOptions
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.repaired_rows import repaired_rows
from tests.strategies.test_noisy_labels import GIVEN, TRUE, X, rows

OWN = NoisyLabelsOptions(plain="logistic")


def test_noisy_labels_become_soft_ones() -> None:
    said: list[str] = []
    weights = np.linspace(0.5, 1.5, 300).astype(np.float32)
    data = dataclasses.replace(rows(), weights=weights)
    steps: list[int] = []
    x, taken, groups = repaired_rows(
        X, data, None, OWN, said.append, lambda done, total: steps.append(done)
    )
    assert steps == list(range(7))
    assert len(x) == len(taken) == len(groups) > 300
    np.testing.assert_allclose(np.bincount(groups, taken.weights), weights, rtol=1e-5)
    taught = np.zeros((300, 3))
    np.add.at(taught, (groups, taken.labels), taken.weights)
    assert (taught.argmax(axis=1) == TRUE).mean() > 0.95 > 0.8 > (GIVEN == TRUE).mean()
    np.testing.assert_array_equal(taken.features.to_numpy(), x)
    assert len(said) == 1 and "of the training labels are estimated to be wrong" in said[0]


def test_clean_labels_and_losses_leave_rows_as_they_are() -> None:
    said: list[str] = []
    clean = rows(TRUE)
    assert repaired_rows(X, clean, None, OWN, said.append)[1] is clean
    assert "no noise found" in said[0]
    noisy = rows()
    gce = NoisyLabelsOptions(noise_method="gce")
    assert repaired_rows(X, noisy, None, gce, said.append)[1] is noisy and len(said) == 1


def test_what_plain_models_cannot_judge_is_refused() -> None:
    data = rows()
    soft = dataclasses.replace(data, soft=np.full(300, 0.5, np.float32))
    pictures = dataclasses.replace(data, features=np.zeros((300, 4, 4, 1)))
    single = dataclasses.replace(data, weights=np.ones((300, 3), np.float32))
    for wrong, what in ((soft, "soft"), (pictures, "gce"), (single, "LABEL=COL")):
        with pytest.raises(NetworkError, match=what):
            repaired_rows(X, wrong, None, OWN, print)
