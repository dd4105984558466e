"""`labelfeed.compare` from rows to a verdict, without trees, to be quick."""

from __future__ import annotations

import dataclasses
import importlib

import numpy as np
import pytest

from labelfeed.comparison.contenders import applying
from labelfeed.comparison.errors import ComparisonError
from labelfeed.estimators.errors import EstimatorError
from labelfeed.labels.spec import LabelSpec
from tests.comparison._rows import corners, drawn, findings, made_up, rare, turned

_ROOM = importlib.import_module("labelfeed.comparison.compare")
_HOW = {"plain": "logistic", "budget": "10m", "processes": 1}


@pytest.fixture(autouse=True)
def _no_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    def few(*given):
        return tuple(name for name in applying(*given) if not name.startswith("trees"))

    monkeypatch.setattr(_ROOM, "applying", few)


@pytest.fixture
def alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fitted, and all score alike."""

    def judged(design, repeat: int, fold: int, deadline: float | None = None):
        return made_up((repeat, fold), dict.fromkeys(design.contenders, 0.8), design)

    monkeypatch.setattr("labelfeed.comparison.runner.judged", judged)


def test_side_labels_that_turn_a_feature_pay_and_are_not_fitted_again(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list = []
    how = {**_HOW, "out": tmp_path / "c", "by": ["scanner"], "note": told.append}
    found = _ROOM.compare(turned(150), **how, on_step=lambda share, text: told.append(text))
    assert found.verdict.startswith("pays: side-label +") and found.pays
    assert "when scanner is known" in found.verdict and found.splits == 10
    assert "10 of 25 splits" in told[-1] and len(found.by) == 2
    monkeypatch.setattr("labelfeed.comparison.runner.judged", None)
    again = _ROOM.compare(turned(150), **how)
    assert again.to_dict() | {"seconds": 0} == found.to_dict() | {"seconds": 0}
    assert "there already" in told[-1]
    with pytest.raises(ComparisonError, match="read otherwise"):
        _ROOM.compare(turned(151), **how)


def test_an_interrupted_comparison_goes_on_to_the_same_result(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[int, int]] = []

    def judged(design, repeat: int, fold: int, deadline: float | None = None):
        made.append((repeat, fold))
        if len(made) == 8:
            raise KeyboardInterrupt
        return drawn((repeat, fold), 0.01, design)

    monkeypatch.setattr("labelfeed.comparison.runner.judged", judged)
    how = {**_HOW, "out": tmp_path / "c"}
    with pytest.raises(KeyboardInterrupt):
        _ROOM.compare(findings(), **how)
    found, whole = _ROOM.compare(findings(), **how), _ROOM.compare(findings(), **_HOW)
    assert found.to_dict() | {"seconds": 0} == whole.to_dict() | {"seconds": 0}
    assert len(made) == 1 + found.splits + whole.splits


def test_labels_that_tell_nothing_do_not_pay() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(100, 3)), rng.integers(0, 2, (100, 2))
    found = _ROOM.compare(x, y, **_HOW)
    assert found.verdict.startswith("does not pay here: use plain (partial-labels")


def test_too_few_rows_have_scores_and_no_interval() -> None:
    rows = findings(40)
    found = _ROOM.compare(rows, **{**_HOW, "budget": "5s"})
    assert found.verdict.startswith("cannot tell: too few rows: 40 labelled rows")
    assert found.contenders[1].scores[found.point]["macro_auc"] > 0.5
    assert np.isnan(found.contenders[1].over_plain.low)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"strategies": ["partial"]}, "knows no strategy 'partial'.*partial-labels"),
        ({"strategies": ["side-label"]}, "needs labels to read: give --side"),
        ({"metric": "auc"}, "no metric 'auc'"),
        ({"plain": "forest"}, "no plain model 'forest'"),
        ({"known_share": 1.0}, r"in \[0, 1\)"),
        ({"budget": "10"}, "such as 90s"),
        ({"by": ["site"]}, "no feature"),
        ({"y": [0, 1]}, "holds its labels already"),
    ],
)
def test_what_cannot_be_compared_is_said(how, said) -> None:
    y = how.pop("y", None)
    with pytest.raises(ComparisonError, match=said):
        _ROOM.compare(findings(), y, **{**_HOW, **how})


def test_a_target_alone_is_compared_for_what_needs_no_other_label(alike) -> None:
    told: list[str] = []
    found = _ROOM.compare(corners(60), **_HOW, note=told.append)
    assert [one.name for one in found.contenders] == ["plain", "neighbour-labels"]
    assert "compared for it: neighbour-labels" in told[0] and "--label or --side" in told[0]
    with pytest.raises(ComparisonError, match="no label input to compare"):
        _ROOM.compare(corners(40), **{**_HOW, "plain": "neighbours"})


def test_rare_classes_are_judged_by_balanced_accuracy(alike) -> None:
    found = _ROOM.compare(rare(), strategies=["prior-adjusted"], **_HOW)
    assert found.metric == "balanced_accuracy"
    names = [one.name for one in found.contenders]
    assert names == ["plain", "prior-adjusted", "logistic-weighted"]


def test_a_target_of_more_than_two_classes_is_judged_by_log_loss(alike) -> None:
    two = corners(60)
    assert _ROOM.compare(two, **_HOW).metric == "macro_auc"
    y = (two.labels + 2 * (np.arange(60) % 2)).astype(np.int32)
    four = dataclasses.replace(two, labels=y, spec=LabelSpec.single(4))
    assert _ROOM.compare(four, **_HOW).metric == "log_loss"
    assert _ROOM.compare(four, **_HOW, metric="accuracy").metric == "accuracy"


def test_lightgbm_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.import_module", _missing)
    with pytest.raises(EstimatorError, match="pip install"):
        _ROOM.compare(findings(), plain="lightgbm", budget="1s")


def _missing(name: str) -> None:
    raise ImportError(f"No module named {name!r}")
