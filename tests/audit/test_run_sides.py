"""The audit of a run's side labels."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from labelfeed.audit.run_sides import audit_sides
from labelfeed.data.dataset import Dataset, Sides
from labelfeed.labels.spec import LabelSpec

TARGET = LabelSpec.single(2, "ill")
SIDES = (LabelSpec.single(2, "code"), LabelSpec.single(3, "view"))
RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 200).astype(np.int32)
IDS = np.stack([np.where(RNG.random(200) < 0.8, Y, 1 - Y), RNG.integers(0, 3, 200)], axis=1)


class Believer:
    """A model that says what the code says, and nothing without it; the view it does not read."""

    def with_sides(self, x: np.ndarray, given: dict[str, np.ndarray]) -> dict[str, Any]:
        unknown = np.full(len(x), -1)
        return {s.input_name: given.get(s.name, unknown) for s in SIDES}

    def predict(self, fed: dict[str, np.ndarray], verbose: int = 0) -> np.ndarray:
        code = fed[SIDES[0].input_name]
        return np.where(code[:, None] < 0, 0.5, np.eye(2)[code] * 0.8 + 0.1)


def test_each_side_label_is_fed_true_wrong_and_unknown(keras_backend) -> None:
    sides = Sides(SIDES, IDS.astype(np.int32))
    data = Dataset("arrays", np.zeros((200, 1)), Y, TARGET, np.arange(200), "f", sides=sides)
    code, view = audit_sides(SimpleNamespace(model=Believer()), data, data.features)
    assert (code.label, code.verdict) == ("code", "no leak found")
    assert code.accuracy.true == np.mean(IDS[:, 0] == Y) and code.accuracy.wrong < 0.3
    assert code.accuracy.unknown == np.mean(Y == 0)
    assert (view.label, view.verdict) == ("view", "label not read")


def test_a_run_without_side_labels_has_none_to_audit(keras_backend) -> None:
    data = Dataset("arrays", np.zeros((200, 1)), Y, TARGET, np.arange(200), "f")
    assert audit_sides(SimpleNamespace(model=None), data, data.features) == []
