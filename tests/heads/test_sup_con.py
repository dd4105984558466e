"""Supervised contrastive loss as a layer."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.heads.sup_con import SupCon
from tests.heads import _parity as parity
from tests.heads import _reference as reference
from tests.heads._gradients import loss_and_gradients, rows_of


def test_matches_the_reference() -> None:
    x, y = parity.batch()
    value, by_x, _ = loss_and_gradients(SupCon(), x, y)
    exact = x.astype(np.float64)
    assert value == pytest.approx(reference.supervised_contrastive(exact, y, 0.1), rel=1e-5)
    slope = reference.slope(lambda v: reference.supervised_contrastive(v, y, 0.1), exact)
    parity.close(by_x, slope)


def test_matches_pytorch_metric_learning() -> None:
    losses = parity.peers()
    import torch

    x, y = parity.batch()
    embedding = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    expected = losses.SupConLoss(temperature=0.1)(embedding, torch.tensor(y))
    expected.backward()
    value, by_x, _ = loss_and_gradients(SupCon(), x, y)
    assert value == pytest.approx(expected.item(), rel=1e-5)
    parity.close(by_x, embedding.grad.numpy())


def test_unknown_and_lonely_rows_have_no_loss() -> None:
    x, _ = parity.batch()
    rows = rows_of(SupCon(), x[:4], [0, 0, 1, -1])
    assert rows.counted.tolist() == [1, 1, 0, 0]
    assert rows.losses[2:].tolist() == [0, 0]


def test_it_trains_an_ordinary_model_to_embed() -> None:
    x, y = parity.batch()
    features, label = keras.Input((parity.DEPTH,)), keras.Input((), dtype="int32")
    model = keras.Model([features, label], SupCon()(keras.layers.Dense(3)(features), label))
    model.compile("adam")
    model.fit([x, y], epochs=1, verbose=0)
    norms = np.linalg.norm(model.predict([x, y], verbose=0), axis=1)
    np.testing.assert_allclose(norms, 1.0, rtol=1e-5)
