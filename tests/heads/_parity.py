"""What each head's twin test asks: equal to a float64 reference, and to pytorch-metric-learning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from tests.heads._gradients import loss_and_gradients
from tests.heads._reference import Loss, slope

CLASSES, DEPTH, ROWS = 5, 6, 12


def batch(seed: int = 0, classes: int = CLASSES) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(ROWS, DEPTH)).astype(np.float32)
    return x, np.arange(ROWS, dtype=np.int32) % classes


def spread_out(head: Any, x: np.ndarray, y: np.ndarray, seed: int = 1) -> np.ndarray:
    """Give the head random centres, one of them near its rows, one opposite to them."""
    if not head.built:
        head.build((None, x.shape[1]))
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=head.centres.shape).astype(np.float32)
    sub = getattr(head, "sub_centres", 1)
    centres[0] = x[y == 0].mean(axis=0) + 0.1
    centres[sub : 2 * sub] = -x[y == 1][0] + 0.25 * centres[sub : 2 * sub]
    head.centres.assign(centres)
    return centres.astype(np.float64)


def assert_matches_reference(head: Any, loss: Loss, tolerance: float = 1e-5) -> None:
    """Forward and both gradients equal the float64 reference, relative to the largest entry."""
    x, y = batch()
    centres = spread_out(head, x, y)
    value, by_x, by_centres = loss_and_gradients(head, x, y)
    exact = x.astype(np.float64)
    np.testing.assert_allclose(value, loss(exact, centres, y), rtol=tolerance)
    close(by_x, slope(lambda v: loss(v, centres, y), exact), tolerance)
    close(by_centres, slope(lambda v: loss(exact, v, y), centres), tolerance)


def close(found: Any, expected: np.ndarray, tolerance: float = 1e-5) -> None:
    np.testing.assert_allclose(found, expected, atol=tolerance * np.abs(expected).max(), rtol=0)


def peers() -> Any:
    """Return `pytorch_metric_learning.losses`, or skip."""
    if keras.backend.backend() != "torch":
        pytest.skip("pytorch-metric-learning is compared on the torch backend only")
    return pytest.importorskip(
        "pytorch_metric_learning.losses",
        reason="pytorch-metric-learning is not installed; the extra labelfeed[peers] brings it",
    )


def assert_matches_peer(head: Any, make: Callable[[Any, dict], Any]) -> None:
    """Forward and both gradients equal pytorch-metric-learning's own, run in float64."""
    losses = peers()
    import torch

    x, y = batch()
    centres = spread_out(head, x, y)
    peer = make(losses, {"num_classes": CLASSES, "embedding_size": DEPTH})
    weight = torch.nn.Parameter(torch.tensor(centres))
    if hasattr(peer, "W"):
        peer.W = torch.nn.Parameter(weight.detach().T.clone())
    else:
        peer.proxies = weight
    embedding = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    expected = peer(embedding, torch.tensor(y, dtype=torch.int64))
    expected.backward()
    value, by_x, by_centres = loss_and_gradients(head, x, y)
    np.testing.assert_allclose(value, expected.item(), rtol=1e-5)
    close(by_x, embedding.grad.numpy())
    grad = peer.W.grad.T if hasattr(peer, "W") else peer.proxies.grad
    close(by_centres, grad.numpy())
