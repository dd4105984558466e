"""Rates, seeds and independence of the draws, and that both faces of a policy mean the same."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.visibility.policies import Hidden, Masked, Shown, Visibility

POLICIES = [Hidden(), Shown(), Masked(), Masked(0.25, seed=3), Masked("uniform"), Shown(seed=1)]
ROWS, LABELS = 4000, 3


def shown(policy: Visibility, face: str, labels: np.ndarray, seed: int = 7) -> np.ndarray:
    """Return where the label may be read, by either face of the policy."""
    if face == "sample":
        return policy.sample(labels, seed=seed) >= 0
    drawn = policy.draw(ops.convert_to_tensor(labels), keras.random.SeedGenerator(seed))
    assert keras.backend.standardize_dtype(drawn.dtype) == "bool"
    return ops.convert_to_numpy(drawn)


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.int32)


@pytest.mark.parametrize("face", ["draw", "sample"])
class TestBothFaces:
    @pytest.mark.parametrize("shape", [(5,), (5, 2)])
    def test_hidden_and_shown_are_certain(self, face: str, shape: tuple[int, ...]) -> None:
        for policy in (Hidden(), Masked(1.0), Masked(1)):
            assert not shown(policy, face, ones(*shape)).any()
        for policy in (Shown(), Masked(0.0), Masked(0)):
            assert shown(policy, face, ones(*shape)).all()

    @pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
    def test_the_rate_is_what_is_hidden(self, face: str, rate: float) -> None:
        found = shown(Masked(rate), face, ones(ROWS, LABELS))
        spread = (rate * (1 - rate) / ROWS) ** 0.5
        assert abs(found.mean(axis=0) - (1 - rate)).max() < 4.5 * spread

    def test_multi_labels_are_hidden_each_by_itself(self, face: str) -> None:
        found = shown(Masked(0.5), face, ones(ROWS, LABELS)).astype(float)
        between = np.corrcoef(found.T)[np.triu_indices(LABELS, 1)]
        assert abs(between).max() < 4.5 / ROWS**0.5

    def test_uniform_draws_a_rate_for_each_row(self, face: str) -> None:
        found = shown(Masked("uniform"), face, ones(ROWS, LABELS))
        # With a rate r per row, uniform in [0, 1], every count of shown labels is as likely:
        # integral of C(3, k) (1-r)^k r^(3-k) dr = 1/4.
        counts = np.bincount(found.sum(axis=1), minlength=LABELS + 1) / ROWS
        assert abs(counts - 0.25).max() < 4.5 * (0.25 * 0.75 / ROWS) ** 0.5

    def test_uniform_of_single_labels_shows_half(self, face: str) -> None:
        found = shown(Masked("uniform"), face, ones(ROWS))
        assert found.shape == (ROWS,)
        assert abs(found.mean() - 0.5) < 4.5 * 0.5 / ROWS**0.5

    def test_same_seed_same_draw(self, face: str) -> None:
        first, again, other = (shown(Masked(0.5), face, ones(50, 2), s) for s in (1, 1, 2))
        assert (first == again).all()
        assert (first != other).any()

    def test_no_row(self, face: str) -> None:
        for policy in POLICIES:
            assert shown(policy, face, ones(0, 2)).shape == (0, 2)


def test_one_generator_draws_anew_each_time() -> None:
    generator = keras.random.SeedGenerator(0)
    first, second = (Masked(0.5).draw(ops.ones((60,), dtype="int32"), generator) for _ in "ab")
    assert (ops.convert_to_numpy(first) != ops.convert_to_numpy(second)).any()


def test_sample_keeps_labels_and_input() -> None:
    labels = np.arange(-1, 59, dtype=np.int32).reshape(20, 3)
    before = labels.copy()
    for policy in POLICIES:
        sampled = policy.sample(labels, seed=0)
        assert sampled.dtype == np.int32
        assert ((sampled == labels) | (sampled == -1)).all()
        sampled[:] = 99
        assert (labels == before).all()


def test_sample_follows_the_seed_of_the_policy() -> None:
    first, again = (Masked(0.5, seed=5).sample(ones(60)) for _ in "ab")
    assert (first == again).all()
    assert (first != Masked(0.5, seed=5).sample(ones(60), seed=6)).any()


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
def test_config_round_trip(policy: Visibility) -> None:
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(policy)))
    again = keras.saving.deserialize_keras_object(config, safe_mode=True)
    assert again == policy
    assert hash(again) == hash(policy)
    assert repr(again) == repr(policy)


def test_equality_is_of_type_and_arguments() -> None:
    assert len({Masked(0.5), Masked(0.5), Masked(0.25), Masked("uniform"), Hidden(), Shown()}) == 5
    assert Hidden() != Shown()
    assert Masked(0.5) != Masked(0.5, seed=1)
    assert Masked(0.5) != 0.5


@pytest.mark.parametrize(
    "rate", [-0.1, 1.1, float("nan"), float("inf"), "half", None, True, [0.5], np.array([0.5, 1])]
)
def test_bad_rates_are_refused(rate: object) -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\] that a label is hidden, or 'uniform'; got"):
        Masked(rate)  # type: ignore[arg-type]


def test_a_policy_of_your_own_overrides_draw_and_sample() -> None:
    with pytest.raises(NotImplementedError):
        Visibility().draw(ops.ones((2,)), None)
    with pytest.raises(NotImplementedError):
        Visibility().sample(np.ones(2))
