from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from labelfeed.checks.rows import alike_notes
from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)
SPEC = LabelSpec.single(["no", "yes"], name="ill")


def _dataset(labels, features=None):
    labels = np.asarray(labels, np.int32)
    if features is None:
        features = pd.DataFrame(RNG.normal(size=(len(labels), 3)), columns=list("abc"))
    return Dataset("table", features, labels, SPEC, np.arange(1, len(labels) + 1), "f")


def test_equal_and_nearly_equal_rows():
    features = pd.DataFrame(RNG.normal(size=(300, 4)), columns=list("abcd"))
    features.iloc[200:220] = features.iloc[:20].to_numpy() + 1e-4
    features.iloc[250] = features.iloc[251]
    labels = RNG.integers(0, 2, 300)
    equal, near = alike_notes(_dataset(labels, features))
    assert equal.startswith("2 rows equal another one")
    assert "of 300 rows looked at nearly equal another one (such as row 1 and 201)" in near
    groups = np.arange(300) // 3
    found = alike_notes(dataclasses.replace(_dataset(labels), groups=groups, group_name="who"))
    assert found == ()


def test_features_that_training_refuses_are_left_to_it():
    assert alike_notes(_dataset([0, 1] * 30, pd.DataFrame({"a": ["x"] * 60}))) != ()
