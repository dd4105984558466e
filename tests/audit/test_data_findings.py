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


def kinds(result):
    return [found.kind for found in result.findings]


def test_rows_that_nearly_equal_a_training_row_are_suspect():
    x = RNG.normal(size=(200, 6))
    train, y = RNG.normal(size=(300, 6)), RNG.integers(0, 2, 300)
    train[:60] = x[:60] + 1e-4
    result = audit(fair, x, Y, SPEC, trained_on=(train, y))
    assert (result.verdict, kinds(result)) == ("suspect", ["near duplicates"])
    assert result.reasons[0].startswith("60 of 200 rows nearly equal a training row (such as row 1")
    table = [pd.DataFrame(a, columns=list("abcdef")) for a in (x, train)]
    assert kinds(audit(fair, table[0], Y, SPEC, trained_on=(table[1], y))) == ["near duplicates"]
    assert kinds(audit(fair, x, Y, SPEC, trained_on=(train[60:], y[60:]))) == []
    equal = audit(fair, x, Y, SPEC, trained_on=(np.vstack([x[:9], train[60:]]), y[:249]))
    assert (equal.verdict, kinds(equal)) == ("data leak", ["shared rows"])


def test_a_target_encoded_over_all_rows_is_a_leak_and_over_training_rows_alone_none():
    town, ill = RNG.integers(0, 12, 600), RNG.integers(0, 2, 600)
    everywhere = pd.Series(ill).groupby(town).transform("mean").to_numpy()
    means = pd.Series(ill[:400]).groupby(town[:400]).mean()
    noise = RNG.normal(size=600)

    def found(column):
        rows = pd.DataFrame({"town": column, "a": noise})
        train = (rows[:400], ill[:400])
        return audit(fair, rows[400:], ill[400:], SPEC, trained_on=train)

    leak = found(everywhere)
    assert (leak.verdict, kinds(leak)) == ("data leak", ["target encoded"])
    assert leak.reasons[0] == "column 'town' is the mean of 'ill' over training and audited rows"
    assert kinds(found(means.reindex(town).to_numpy())) == []


def test_empty_cells_that_tell_the_target_are_suspect_and_others_are_not():
    told = X.assign(biopsy=np.where(Y == 1, X["a"], np.nan))
    result = audit(fair, told, Y, SPEC)
    assert (result.verdict, kinds(result)) == ("suspect", ["missing cells tell target"])
    gaps = X.assign(biopsy=np.where(RNG.random(200) < 0.4, X["a"], np.nan))
    assert kinds(audit(fair, gaps, Y, SPEC)) == []


def test_sorted_rows_are_told_and_no_more():
    order = np.argsort(Y, kind="stable")
    result = audit(fair, X.iloc[order], Y[order], SPEC)
    assert (result.verdict, kinds(result)) == ("no leak found", ["sorted rows"])
