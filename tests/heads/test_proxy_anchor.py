"""Proxies as anchors."""

from __future__ import annotations

import numpy as np

from labelfeed.heads.proxy_anchor import ProxyAnchor
from tests.heads import _parity as parity
from tests.heads import _reference as reference
from tests.heads._gradients import rows_of


def test_matches_the_reference() -> None:
    loss = reference.proxy_anchor(0.1, 32.0)
    parity.assert_matches_reference(ProxyAnchor(parity.CLASSES), loss)


def test_matches_pytorch_metric_learning() -> None:
    parity.assert_matches_peer(
        ProxyAnchor(parity.CLASSES), lambda losses, size: losses.ProxyAnchorLoss(**size)
    )


def test_rows_of_unknown_label_change_nothing() -> None:
    x, y = parity.batch()
    head = ProxyAnchor(parity.CLASSES)
    parity.spread_out(head, x, y)
    y[9:] = -1
    some, few = rows_of(head, x, y).losses, rows_of(head, x[:9], y[:9]).losses
    np.testing.assert_allclose(some[:9], few, rtol=1e-6)
    assert np.all(some[9:] == 0)
