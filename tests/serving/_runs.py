"""Runs without Keras: a stub predictor behind a fitted preprocessing, and a service of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import numpy as np
import pandas as pd

from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.predictor import Predictor
from labelfeed.runs.kept import KeptRun
from labelfeed.serving.service import Service

SPEC = LabelSpec.columns(["cough", "fever", LabelSpec.single(["red", "blue"], "colour")])
SIDE = LabelSpec.single(["A", "B"], "scanner")
TABLE = pd.DataFrame(
    {
        "age": [20.0, 30.0, np.nan, 50.0],
        "sex": ["f", "m", None, "f"],
        "smokes": ["yes", "no", "yes", "no"],
        "visit": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-05", "2024-04-09"]),
    }
)
ROW = {"age": 31, "sex": "f", "smokes": True, "visit": "05.02.2024"}


class Stub(Predictor):
    """Probabilities that hang on the features and on each label that is told."""

    def __init__(self, spec: LabelSpec, reads: bool, sides: tuple[LabelSpec, ...] = ()) -> None:
        super().__init__(spec, reads, sides)
        self.calls: list[int] = []
        self.before: list[Callable[[], object]] = []  # called at each step

    def scores(self, x, known=None, sides=None):
        self.calls.append(len(x))
        for hook in self.before:
            hook()
        logits = np.asarray(x, float).reshape(len(x), -1).sum(axis=1, keepdims=True)
        logits = logits + np.arange(self.spec.num_classes) * 0.1
        if known is not None:
            logits = logits + (known == 1).sum(axis=1, keepdims=True)
        if sides is not None:
            logits = logits + sides[SIDE.name][:, None]
        p = 1 / (1 + np.exp(-logits))
        if not self.spec.shape:
            return p / p.sum(axis=1, keepdims=True)
        for column in self.spec.label_columns:
            if column.of_classes:
                own = list(column.places)
                p[:, own] /= p[:, own].sum(axis=1, keepdims=True)
        return p


@dataclasses.dataclass(frozen=True)
class StubRun(KeptRun):
    def _inner(self) -> Predictor:
        return self.model


def several(most_rows: int = 5) -> Service:
    """A service of the labels of `SPEC`, of which some may be known."""
    data = {"kind": "table", "dates": ["visit=%d.%m.%Y"]}
    run = StubRun(Stub(SPEC, True), Preprocessor.fit(TABLE), data=data)
    return Service(run, "several", most_rows)


def sided() -> Service:
    """A service of one label, with a side label."""
    spec = LabelSpec.single(["cat", "dog"], "animal")
    fitted = Preprocessor.fit(TABLE[["age"]])
    return Service(StubRun(Stub(spec, False, (SIDE,)), fitted, data={"kind": "table"}), "sided")


def pictured() -> Service:
    """A service of pictures of 4 x 4 grey pixels."""
    fitted = Preprocessor.fit(np.arange(32, dtype=np.uint8).reshape(2, 4, 4, 1))
    data = {"kind": "images", "image_size": [4, 4], "image_color": "grey"}
    return Service(StubRun(Stub(LabelSpec.single(2, "ill"), False), fitted, data=data), "pictured")


def body(**content) -> bytes:
    return json.dumps(content).encode()


def answered(service: Service, *bodies: bytes) -> list[dict]:
    """Return the answers to predictions that are worked on together."""
    found = service.work([service.read_predict(one) for one in bodies])
    assert all(isinstance(one, bytes) for one in found), found
    return [json.loads(one) for one in found]
