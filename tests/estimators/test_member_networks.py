"""Member networks by NumPy: their gradients are those of the loss, and nothing leaks between them.

That they are those of the Keras layers is tested where both are at hand (test_network_member).
"""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.member_networks import MemberNetworks
from labelfeed.labels.spec import LabelSpec

SPEC = LabelSpec.columns([LabelSpec.single(["s", "m", "l"], name="size"), "fever", "rash"])
Y = np.array([[1, 0, 0, 1, 0], [0, 1, 0, 0, -1], [-1, -1, -1, 1, 1]] * 4).T


def made(**options: float) -> tuple[MemberNetworks, np.ndarray]:
    networks = MemberNetworks(3, (6, 5), 5, groups=2, copies=2, **options)  # type: ignore[arg-type]
    rng = np.random.default_rng(1)
    networks.layers[-1]["kernel"][:] = rng.normal(size=(4, 5, 5))
    for layer in networks.layers[:-1]:
        layer["output_factor"][:] = rng.uniform(0.5, 2, layer["output_factor"].shape)
    return networks, rng.normal(size=(3, 12)).astype(np.float32)


def loss_of(networks: MemberNetworks, x: np.ndarray, weight: np.ndarray) -> float:
    z, total = networks.logits(x).astype(np.float64), np.zeros((4, 12))
    for row in range(12):
        for column in SPEC.label_columns:
            own, y = z[:, list(column.places), row], Y[list(column.places), row]
            if y[0] >= 0 and column.of_classes:
                total[:, row] += np.logaddexp.reduce(own, axis=1) - own[:, y.argmax()]
            elif y[0] >= 0:
                total[:, row] += np.logaddexp(0, (1 - 2 * y[0]) * own[:, 0])
    return float((total * weight).mean() / 3)


def test_loss_and_gradient_are_those_of_the_columns() -> None:
    networks, x = made()
    weight = np.random.default_rng(2).uniform(size=(4, 12)).astype(np.float32)
    start = networks.vector.copy()
    assert np.isclose(networks.step(x, Y, weight, SPEC, 0.0), loss_of(networks, x, weight))
    np.testing.assert_array_equal(networks.vector, start)  # no rate, no step
    found, wanted = networks._gradient.copy(), np.zeros(len(start))
    for at in range(len(start)):
        each = []
        for move in (1e-3, -1e-3):
            networks.vector[at] = start[at] + move
            each.append(loss_of(networks, x, weight))
        networks.vector[at] = start[at]
        wanted[at] = (each[0] - each[1]) / 2e-3
    off = np.abs(found - wanted) > 3e-4
    assert off.mean() < 0.02, (found[off], wanted[off])  # a move may cross where a ReLU turns
    assert np.abs(wanted).max() > 0.01


def test_a_group_knows_nothing_of_what_another_learns() -> None:
    networks, x = made(dropout=0.3, weight_decay=0.1)
    weight = np.zeros((4, 12), np.float32)
    weight[2:] = 1.0  # the second group alone
    before = networks.logits(x)
    for _ in range(30):
        loss = networks.step(x, Y, weight, SPEC, 1e-2)
    after = networks.logits(x, group=1)
    assert np.abs(after - before[2:]).max() > 0.1 and 0 < loss < 1
    known = Y >= 0
    sure = ((after > 0) == (Y == 1))[:, known].mean() - ((before[2:] > 0) == (Y == 1))[:, known]
    assert sure.mean() > 0.1
    for place in range(3):  # the first group: nothing but decay of its kernels
        own, first = networks.layers[place], made(dropout=0.3)[0].layers[place]
        half = slice(0, len(own["kernel"]) // 2)
        ratio = own["kernel"][half] / first["kernel"][half]
        np.testing.assert_allclose(ratio, (1 - 1e-3) ** 30, rtol=1e-4)


def test_dropout_keeps_the_mean_and_the_same_seed_gives_the_same_numbers() -> None:
    networks, x = made(dropout=0.5)
    h = np.ones((4, 100, 64), np.float32)
    networks._drop(h)
    assert set(np.unique(h)) == {0.0, 2.0} and abs(h.mean() - 1) < 0.05
    pair = [made(dropout=0.3, seed=5)[0] for _ in range(2)]
    for one in pair:
        one.step(x, Y, np.ones((4, 12), np.float32), SPEC, 1e-2)
    np.testing.assert_array_equal(pair[0].vector, pair[1].vector)
