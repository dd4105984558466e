"""The peers of the benchmark of partly known labels, against sums over every state."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from benchmarks import partial_peers
from benchmarks.partial_data import Parts


def parts(labels: int = 3) -> Parts:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 2)).astype(np.float32)
    y = np.empty((400, labels), np.int32)
    y[:, 0] = rng.random(400) < 1 / (1 + np.exp(-x[:, 0]))
    for j in range(1, labels):
        y[:, j] = np.where(rng.random(400) < 0.85, y[:, 0], 1 - y[:, 0])
    return Parts((x[:300], y[:300]), (x[300:350], y[300:350]), (x[350:], y[350:]))


def test_the_chain_gives_the_posterior_of_its_own_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partial_peers, "_CHAIN_SAMPLES", 4000)
    given, x = parts(), parts().test[0][:3]
    predict = partial_peers.chain(given, seed=0)
    order = np.random.default_rng(0).permutation(3)
    links = []
    for place, label in enumerate(order):
        inputs = np.column_stack([given.train[0], given.train[1][:, order[:place]]])
        link = partial_peers.LogisticRegression(C=0.1, max_iter=300)
        links.append(link.fit(inputs, given.train[1][:, label]))

    def joint(row: np.ndarray, state: np.ndarray) -> float:
        total = 1.0
        for place, label in enumerate(order):
            inputs = np.concatenate([row, state[order[:place]]])[None]
            total *= links[place].predict_proba(inputs)[0, state[label]]
        return total

    last = int(order[-1])  # known labels late in the chain must speak for the early ones
    known = np.full((3, 3), -1)
    known[:, last] = 1
    found = predict(x, known)
    for row in range(3):
        states = [np.array(s) for s in itertools.product((0, 1), repeat=3) if s[last] == 1]
        weight = np.array([joint(x[row], s) for s in states])
        exact = weight @ np.array(states) / weight.sum()
        free = order[:-1]
        np.testing.assert_allclose(found[row, free], exact[free], atol=0.05)


def test_naive_bayes_multiplies_the_odds(monkeypatch: pytest.MonkeyPatch) -> None:
    half = lambda x, known: np.full(known.shape, 0.5)  # noqa: E731
    monkeypatch.setattr(partial_peers, "plain", lambda given, seed: half)
    given = parts()
    predict = partial_peers.naive_bayes(given, seed=0)
    known = np.array([[1, -1, 1], [-1, -1, -1]])
    tables = partial_peers.pairwise_log_odds(given.train[1])
    odds = np.exp(tables[1, 0, 1] + tables[1, 2, 1])
    p = predict(given.test[0][:2], known)
    assert p[0, 1] == pytest.approx(odds / (1 + odds), abs=1e-5)
    assert p[1].tolist() == [0.5] * 3
