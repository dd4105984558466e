"""What the strategy refuses; how its model learns: tests/models/test_training_only.py."""

from __future__ import annotations

import keras
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.training_only import training_only

SPEC = LabelSpec.multi(["mass", "edema"])


@pytest.mark.only_backend("torch")
def test_arguments_that_do_not_fit_are_told() -> None:
    for columns in (0, True, 1.5):
        with pytest.raises(NetworkError, match="columns must be a whole number"):
            training_only(SPEC, (3,), columns=columns)  # type: ignore[arg-type]
    picture = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(2, 3)])
    with pytest.raises(NetworkError, match=r"must make vectors \(batch, d\)"):
        training_only(SPEC, picture, columns=1)
