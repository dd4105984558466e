from __future__ import annotations

import itertools

import numpy as np
import pytest

from labelfeed.labels.answers import MOST, answers, mean_over_answers
from labelfeed.labels.spec import LabelSpec

MIXED = LabelSpec.columns([LabelSpec.single(["red", "green", "blue"], name="colour"), "fever"])
TEN = LabelSpec.multi(10)
SLOPES = np.random.default_rng(0).normal(size=10)


def of_ten(rows: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Return a sigmoid of the labels that are present, for every label alike."""
    p = 1 / (1 + np.exp(-((ids == 1) @ SLOPES)))
    return np.tile(p[:, None], 10)


def of_colour(rows: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Return fever by colour; the two colours that red leaves share 1 to 3."""
    fever = np.select([ids[:, 0] == 1, ids[:, 1] == 1, ids[:, 2] == 1, ids[:, 0] == 0],
                      [0.9, 0.5, 0.2, 0.4], 0.6)  # fmt: skip
    colours = np.where(ids[:, :1] == 0, [[0, 0.25, 0.75]], [[0.4, 0.3, 0.3]])
    return np.column_stack([colours, fever])


def test_one_soft_label_is_a_straight_line_between_the_hard_ones() -> None:
    def under(p: float) -> float:
        known = np.full((1, 10), -1.0)
        known[0, 0] = p
        return float(mean_over_answers(of_ten, known, TEN)[0, 9])

    no, yes = under(0.0), under(1.0)
    assert [no, yes] == [0.5, pytest.approx(1 / (1 + np.exp(-SLOPES[0])))]
    for p in (0.1, 0.7, 0.999):
        assert under(p) == pytest.approx(no + p * (yes - no))


def test_what_was_said_stands_in_its_own_place() -> None:
    whole = mean_over_answers(of_colour, np.array([[0.7, 0.2, 0.1, -1.0]]), MIXED)
    np.testing.assert_allclose(whole, [[0.7, 0.2, 0.1, 0.63 + 0.1 + 0.02]])
    # "red with .7": Jeffrey's rule over red and not red; the others share .3 as predicted
    part = mean_over_answers(of_colour, np.array([[0.7, -1.0, -1.0, -1.0]]), MIXED)
    np.testing.assert_allclose(part, [[0.7, 0.3 * 0.25, 0.3 * 0.75, 0.63 + 0.12]])
    # what is left of two is the third
    last = mean_over_answers(of_colour, np.array([[0.7, 0.2, -1.0, -1.0]]), MIXED)
    np.testing.assert_allclose(last, whole)


def test_rows_with_and_without_soft_labels_go_together() -> None:
    known = np.full((4, 10), -1.0)
    known[1, 0], known[2, :3], known[3, 0] = 0.5, [0.2, 1.0, 0.6], 1.0
    together = mean_over_answers(of_ten, known, TEN)
    for row in range(4):
        alone = mean_over_answers(of_ten, known[row : row + 1], TEN)
        np.testing.assert_allclose(together[row : row + 1], alone, rtol=1e-12)
    np.testing.assert_array_equal(together[3], of_ten(known[3:], known[3:])[0])
    assert together[2, :3].tolist()[::2] == [0.2, 0.6]


def test_the_weights_of_a_row_sum_to_one_and_count_each_answer_once() -> None:
    known = np.array([[0.7, 0.3, 0.0, 0.4], [0.2, -1.0, -1.0, 1.0], [-1.0, -1.0, -1.0, -1.0]])
    total, seen = np.zeros(3), [set(), set(), set()]
    for rows, ids, weights in answers(known, MIXED):
        np.add.at(total, rows, weights)
        for row, answer in zip(rows, ids, strict=True):
            assert tuple(answer) not in seen[row]
            seen[row].add(tuple(answer.tolist()))
    np.testing.assert_allclose(total, 1)
    assert [len(s) for s in seen] == [4, 2, 1]
    assert seen[1] == {(1, 0, 0, 1), (0, -1, -1, 1)}


def test_many_soft_labels_are_drawn_close_to_the_exact_mean_and_monotone() -> None:
    known = np.full((1, 10), -1.0)
    known[0, :9] = np.linspace(0.1, 0.9, 9)
    exact = 0.0
    for answer in itertools.product((0, 1), repeat=9):
        chance = np.prod(np.where(np.array(answer) == 1, known[0, :9], 1 - known[0, :9]))
        exact += chance * of_ten(np.zeros(1), np.array([[*answer, -1]]))[0, 0]
    drawn = mean_over_answers(of_ten, known, TEN)[0, 9]
    assert drawn == pytest.approx(exact, abs=0.01)
    assert sum(len(rows) for rows, _, _ in answers(known, TEN)) == MOST
    rising = np.repeat(known, 9, axis=0)
    rising[:, 0] = np.linspace(0.05, 0.95, 9)
    steps = np.diff(mean_over_answers(of_ten, rising, TEN)[:, 9]) * np.sign(SLOPES[0])
    assert (steps >= -1e-12).all() and steps.sum() > 0
