"""The loss of held-out rows."""

from __future__ import annotations

import numpy as np
import pytest

from tests.generate._models import diffusion, rows


def test_the_loss_is_that_of_the_network_and_the_same_each_time() -> None:
    model, (x, y) = diffusion(), rows()
    model.compile("sgd")
    # The network says 0 at first: D is skip * noisy, whose weighted error is about 1.
    loss = model.evaluate(x, y, batch_size=256, verbose=0)
    assert loss == pytest.approx(1, abs=0.15)
    assert model.evaluate(x, y, batch_size=256, verbose=0) == loss
    weight = (np.arange(len(x)) < 16).astype(np.float32)
    halved = model.evaluate(x, y, batch_size=256, sample_weight=weight, verbose=0)
    assert halved == pytest.approx(loss / 2, rel=0.3)
