"""Training rows of which some are labelled coarsely."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from labelfeed.data.dataset import Coarse
from labelfeed.losses import SetCrossentropy
from labelfeed.noise.coarse import CoarseRows
from labelfeed.options import MaskedOptions, PlainOptions
from labelfeed.strategies import coarse_rows as place
from labelfeed.strategies.choose import build_model
from labelfeed.strategies.coarse_rows import coarse_rows
from labelfeed.strategies.networks import NetworkError
from tests.strategies.test_noisy_labels import X, rows

OWN = PlainOptions(plain="logistic")
SETS = np.array([[True, True, False]])


def coarse() -> Any:
    data = rows()
    at = np.where(np.arange(300) < 50, 0, -1)
    labels = np.where(at == 0, -1, data.labels)
    tree = {"a": "ab", "b": "ab"}
    return dataclasses.replace(data, labels=labels, coarse=Coarse(tree, ("ab",), at, SETS))


@pytest.mark.only_backend("torch")
def test_coarse_rows_train_by_their_posterior_or_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data, said = coarse(), []
    posterior = np.eye(3)[data.labels]
    posterior[:50] = [0.75, 0.25, 0.0]
    for pays in (True, False):
        found = CoarseRows(posterior, np.ones(300, bool), 0.1, 0.02, 0.2, pays)
        monkeypatch.setattr(place, "sort_coarse", lambda *_, found=found, **__: found)
        x, taken, _ = coarse_rows(X, data, None, OWN, said.append)
        assert taken.coarse is None, "what follows knows of no coarse row"
        assert len(x) == (350 if pays else 300)
        assert "-0.100 +- 0.020" in said[-1]
    assert taken.labels[:50].tolist() == [-1] * 50
    assert coarse_rows(X, rows(), None, OWN, said.append)[0] is X
    with pytest.raises(NetworkError, match="'side-label', not with 'masked'"):
        coarse_rows(X, data, None, MaskedOptions(), print)


def test_a_network_of_pictures_learns_by_the_summed_probability() -> None:
    data = dataclasses.replace(coarse(), features=np.zeros((300, 8, 8, 1), np.uint8))
    taken = coarse_rows(X, data, None, PlainOptions(), print)[1]
    assert taken is data
    model = build_model((8, 8, 1), taken, PlainOptions(width=4, depth=1))
    assert isinstance(model.loss, SetCrossentropy)
    pictures = np.zeros((40, 8, 8, 1), np.float32)
    part = data.take(np.arange(50 - 20, 50 + 20))
    held = (pictures[:20], data.labels[60:80])
    history = model.fit(pictures, part.targets, epochs=1, verbose=0, validation_data=held)
    assert np.isfinite([history.history["loss"], history.history["val_loss"]]).all()
