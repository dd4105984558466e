"""Verification, retrieval and open-set metrics against slow definitions and scikit-learn."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from labelfeed import verification

RNG = np.random.default_rng(0)
LABEL = RNG.integers(0, 4, 40)
EMBEDDING = RNG.normal(size=(40, 3)) + np.eye(4)[LABEL][:, :3]


def test_pairs_are_all_pairs_of_known_rows() -> None:
    label = LABEL.copy()
    label[:5] = -1
    similarity, same = verification.pair_similarities(EMBEDDING, label)
    unit = EMBEDDING / np.linalg.norm(EMBEDDING, axis=1, keepdims=True)
    pairs = list(itertools.combinations(range(5, 40), 2))
    np.testing.assert_allclose(similarity, [unit[i] @ unit[j] for i, j in pairs])
    assert same.tolist() == [label[i] == label[j] for i, j in pairs]


def test_a_draw_of_pairs_is_repeatable_and_without_repetition() -> None:
    first = verification.pair_similarities(EMBEDDING, LABEL, 50, seed=1)
    again = verification.pair_similarities(EMBEDDING, LABEL, 50, seed=1)
    np.testing.assert_array_equal(first, again)
    assert len(np.unique(first[0])) == 50


def test_roc_auc_and_tar_equal_scikit_learn() -> None:
    similarity, same = verification.pair_similarities(EMBEDDING, LABEL)
    similarity = np.round(similarity, 1)  # with ties
    assert verification.roc_auc(similarity, same) == pytest.approx(roc_auc_score(same, similarity))
    false, true, _ = roc_curve(same, similarity, drop_intermediate=False)
    for far in (0.0, 0.01, 0.1, 0.5):
        expected = true[false <= far].max()
        assert verification.tar_at_far(similarity, same, far) == pytest.approx(expected)


@pytest.mark.parametrize("k", [1, 3])
def test_recall_at_k(k: int) -> None:
    label = LABEL.copy()
    label[0] = 99  # alone with its label: not asked for
    unit = EMBEDDING / np.linalg.norm(EMBEDDING, axis=1, keepdims=True)
    hits = []
    for i in range(1, 40):
        order = [j for j in np.argsort(-(unit @ unit[i])) if j != i][:k]
        hits.append(any(label[j] == label[i] for j in order))
    assert verification.recall_at_k(EMBEDDING, label, k) == pytest.approx(np.mean(hits))


def test_random_embeddings_verify_nothing() -> None:
    embedding = RNG.normal(size=(300, 8))
    similarity, same = verification.pair_similarities(embedding, RNG.integers(0, 5, 300))
    assert verification.roc_auc(similarity, same) == pytest.approx(0.5, abs=0.02)
    assert verification.tar_at_far(similarity, same, 0.1) == pytest.approx(0.1, abs=0.02)


def test_open_set() -> None:
    known, other = RNG.normal(1, 1, (30, 4)), RNG.normal(0, 1, (20, 4))
    best = np.concatenate([known.max(axis=1), other.max(axis=1)])
    expected = roc_auc_score([1] * 30 + [0] * 20, best)
    assert verification.open_set_auc(known, other) == pytest.approx(expected)


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="both true and false"):
        verification.roc_auc([0.1, 0.2], [True, True])
    with pytest.raises(ValueError, match="far"):
        verification.tar_at_far([0.1, 0.2], [True, False], 1.0)
    with pytest.raises(ValueError, match="twice"):
        verification.recall_at_k(np.eye(3), [0, 1, 2])
    with pytest.raises(ValueError, match="labels"):
        verification.pair_similarities(np.eye(3), [0, 1])


def test_scores_of_a_run_are_those_of_its_rows() -> None:
    found = verification.verification_scores(EMBEDDING, LABEL, far=0.1)
    similarity, same = verification.pair_similarities(EMBEDDING, LABEL)
    assert found == {
        "rows": 40,
        "pairs": 780,
        "far": 0.1,
        "tar_at_far": verification.tar_at_far(similarity, same, 0.1),
        "pair_auc": verification.roc_auc(similarity, same),
        "recall_at_1": verification.recall_at_k(EMBEDDING, LABEL),
    }
    fewer = verification.verification_scores(EMBEDDING, LABEL, max_rows=10)
    assert fewer["rows"] == 10 and fewer["pairs"] == 45


def test_scores_that_cannot_be_computed_are_none() -> None:
    alone = verification.verification_scores(EMBEDDING[:4], [0, 1, 2, -1])
    assert alone["rows"] == 3 and alone["tar_at_far"] is alone["recall_at_1"] is None
    one = verification.verification_scores(EMBEDDING[:4], [1, 1, 1, 1])
    assert one["pair_auc"] is None and one["recall_at_1"] == 1.0
    assert verification.verification_scores(EMBEDDING[:2], [-1, -1])["rows"] == 0
