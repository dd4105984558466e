"""Leaks that are in the data, whatever the model does with the label."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.audit.leak import audit
from labelfeed.data.seen_rows import SeenRows
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 200)
X = pd.DataFrame({"a": RNG.normal(size=200), "b": RNG.normal(size=200) + Y})
SPEC = LabelSpec.single(["no", "yes"], name="ill")
WHO = pd.Series([f"p{i // 2}" for i in range(200)], name="patient")


def fair(x, y):
    """Read the label a little and follow it never."""
    right = x[:, :1] - 0.5
    return np.hstack([-right, right]) + 1e-4 * np.eye(2)[y]


def test_clean_rows_change_nothing():
    seen = SeenRows.of(X + 1.0, [f"q{i}" for i in range(200)])
    result = audit(fair, X, Y, SPEC, groups=WHO, seen=seen)
    assert (result.verdict, result.warnings) == ("no leak found", ())


def test_groups_and_rows_of_training_are_a_leak_of_the_data_and_named():
    train = pd.concat([X.iloc[:3], X.iloc[50:] + 1.0], ignore_index=True)
    seen = SeenRows.of(train, ["p70", "p71", "p72", *["q"] * 150])
    result = audit(fair, X, Y, SPEC, groups=WHO, seen=seen)
    assert (result.verdict, result.leaks) == ("data leak", True)
    assert [w.kind for w in result.warnings] == ["shared groups", "shared rows"]
    assert str(result.warnings[0]) == (
        "groups by 'patient' with rows in training too: 3 (p70, p71, p72), 6 of 200 rows"
    )
    assert "3 of 200 rows equal a training row" in str(result)
    assert str(result).startswith("DATA LEAK: ill") and "no leak found: " in str(result)
    alone = audit(fair, X, Y, SPEC, groups=WHO.to_numpy(), seen=seen)
    assert "by 'groups'" in str(alone.warnings[0])


def test_a_column_that_nearly_tells_the_target_is_suspect_and_the_exact_copy_a_leak():
    nearly = X.assign(marker=Y + 0.1 * RNG.normal(size=200))
    result = audit(fair, nearly, Y, SPEC)
    assert (result.verdict, result.leaks) == ("suspect", False)
    assert "column 'marker' tells 'ill' by itself (AUC 1.000)" in str(result).splitlines()[1]
    copied = audit(fair, nearly.assign(code=np.where(Y, "C50", "D24")), Y, SPEC)
    assert copied.verdict == "data leak"
    assert [w.kind for w in copied.warnings] == ["feature copy", "feature tells target"]
    # Columns without a name cannot be questioned: separable rows are no suspects.
    assert audit(fair, nearly.to_numpy(), Y, SPEC).verdict == "no leak found"


@pytest.mark.parametrize("features", [[X["a"], X["b"]], {"a": X["a"], "b": X["b"]}])
def test_of_several_inputs_the_groups_are_compared(features):
    def first(x, y):
        a = x["a"] if isinstance(x, dict) else x[0]
        return fair(np.asarray(a)[:, None], y)

    seen = SeenRows.of(X, WHO)
    result = audit(first, features, Y, SPEC, groups=WHO, seen=seen)
    assert [w.kind for w in result.warnings] == ["shared groups"]


def test_a_leak_of_the_model_stays_the_headline():
    result = audit(lambda x, y: np.eye(2)[y], X, Y, SPEC, seen=SeenRows.of(X))
    assert result.verdict == "leak"
    assert "warning: 200 of 200 rows equal a training row" in str(result)
