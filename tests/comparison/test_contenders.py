"""Those that are compared: what applies to which rows, and what it is called."""

from __future__ import annotations

from labelfeed.comparison.contenders import (
    CONTENDERS,
    HIDDEN_COLUMNS,
    UNLABELLED,
    applying,
    told_name,
)


def strategies(*given) -> list[str]:
    return [name for name in applying(*given) if CONTENDERS[name].role == "strategy"]


def test_what_applies_follows_the_inputs() -> None:
    assert "partial-labels" in applying("labels", "auto")
    assert "side-label" in applying("sides", "auto") and "plain-twice" in applying("labels", "auto")
    asked = applying("labels", "logistic", ("noisy-labels",))
    assert "noisy-labels" in asked and "partial-labels" not in asked and "bayes-product" in asked
    assert strategies("target", "auto") == ["neighbour-labels"]
    assert not strategies("target", "neighbours"), "that is plain itself"


def test_what_applies_follows_what_the_rows_bring_and_the_metric() -> None:
    brought = (UNLABELLED, HIDDEN_COLUMNS)
    found = strategies("target", "auto", (), "balanced_accuracy", brought)
    assert found == ["neighbour-labels", "prior-adjusted", "semi-supervised", "training-only"]
    assert strategies("labels", "auto", (), "log_loss", brought[:1])[-1] == "semi-supervised"
    weighted = {"logistic-weighted", "trees-weighted"}
    assert weighted <= set(applying("sides", "auto", (), "balanced_accuracy"))
    assert not weighted & set(applying("target", "auto", ("prior-adjusted",), "macro_auc"))


def test_names_say_which_columns() -> None:
    assert "side label columns" in told_name("trees-with-labels", "sides")
    assert told_name("side-label", "sides") == "side-label"
