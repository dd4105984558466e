"""Planted errors are found, and hard rows are not taken for errors."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.errors import NoiseError
from labelfeed.noise.honest import find_noise
from tests.noise._rows import planted


def one_hot(ids: np.ndarray, classes: int) -> np.ndarray:
    return np.where(ids[:, None] < 0, -1, (ids[:, None] == np.arange(classes)).astype(int))


def test_planted_errors_are_found_and_repaired() -> None:
    x, true, given = planted(rate=0.3)
    given[:3] = -1
    steps: list[tuple[int, int]] = []
    (found,) = find_noise(
        x, one_hot(given, 3), LabelSpec.single(3), plain="logistic",
        on_step=lambda *done: steps.append(done),
    )  # fmt: skip
    known, wrong = given >= 0, given != true
    assert found.found and 0.22 < found.rate < 0.38
    assert (found.suggestion == true).mean() > 0.97
    assert found.matrix[0, 1] > 0.2 and found.matrix[0, 2] < 0.05
    assert found.error[known & wrong].min() > np.median(found.error[known & ~wrong])
    assert np.isnan(found.error[:3]).all()
    assert steps == [(i, 6) for i in range(7)]


def test_hard_rows_and_clean_labels_are_left_alone() -> None:
    x, true, _ = planted()
    rng = np.random.default_rng(1)
    soft = x[:, 0] + rng.normal(size=len(x)) > 1.5
    for labels, classes in ((true, 3), (soft.astype(int), 2)):
        (found,) = find_noise(
            x, one_hot(labels, classes), LabelSpec.single(classes), plain="logistic"
        )
        assert not found.found and found.rate == 0
        np.testing.assert_array_equal(found.suggestion, labels)
        np.testing.assert_array_equal(found.matrix, np.eye(classes))


def test_each_label_of_several_has_noise_of_its_own() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 3)).astype(np.float32)
    true = (x > 0).astype(int)
    given = np.where(rng.random(true.shape) < [0.0, 0.25, 0.0], 1 - true, true)
    given[rng.random(given.shape) < 0.1] = -1
    found = find_noise(x, given, LabelSpec.multi(3), plain="logistic")
    assert [one.found for one in found] == [False, True, False]
    known = given[:, 1] >= 0
    assert (found[1].suggestion == true[:, 1])[known].mean() > 0.88
    assert np.abs(np.diag(found[1].matrix) - 0.75).max() < 0.08


def test_rare_and_absent_classes_stay_as_they_are() -> None:
    x, _, given = planted(200, rate=0.25)
    given[7] = 3
    (found,) = find_noise(x, one_hot(given, 5), LabelSpec.single(5), plain="logistic")
    assert found.unjudged == ("3",)
    assert found.suggestion[7] == 3 and found.error[7] == 0
    assert not (found.suggestion == 4).any()
    np.testing.assert_allclose(found.matrix.sum(axis=1), 1)


def test_a_given_matrix_is_used_and_checked() -> None:
    x, _, given = planted(200, rate=0.0)
    y, spec = one_hot(given, 3), LabelSpec.single(3, name="kind")
    matrix = np.full((3, 3), 0.1) + 0.7 * np.eye(3)
    (found,) = find_noise(x, y, spec, plain="logistic", matrices={"kind": matrix})
    assert found.found
    np.testing.assert_allclose(found.matrix, matrix)
    with pytest.raises(NoiseError, match="Row 0"):
        find_noise(x, y, spec, plain="logistic", matrices={"kind": 2 * matrix})
