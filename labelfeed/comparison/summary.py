"""From the results of splits to one result: means, intervals, a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labelfeed.comparison.contenders import CONTENDERS, told_name
from labelfeed.comparison.decision import FEWEST_SPLITS, Outcome, peers_of
from labelfeed.comparison.design import Design, input_kind
from labelfeed.comparison.judged import SCORED
from labelfeed.comparison.result import ByValue, Compared
from labelfeed.data.classes import natural
from labelfeed.metrics.intervals import Interval
from labelfeed.metrics.resampled import resampled_interval

__all__ = ["UNITS", "by_values", "compared", "in_unit", "sentence", "split_scores", "with_all"]

UNITS = {
    "macro_auc": (100.0, "points of macro-AUC"),
    "average_precision": (100.0, "points of average precision"),
    "accuracy": (100.0, "points of accuracy"),
    "balanced_accuracy": (100.0, "points of balanced accuracy"),
    "macro_f1": (100.0, "points of macro-F1"),
    "log_loss": (-1.0, "less log loss"),
}
"""What a verdict can be made by: the factor of a difference, negative where less is better."""
_FEWEST_BY = 50  # rows with a value, below which there is no interval

Splits = Sequence[Mapping[str, Any]]


def with_all(splits: Splits, asked: Sequence[str]) -> list[str]:
    """Return the contenders that every split has, in their order."""
    return [name for name in asked if all(name in split["contenders"] for split in splits)]


def split_scores(
    splits: Splits, names: Sequence[str], metric: str, point: str
) -> dict[str, np.ndarray]:
    """Return the score of each contender in each split that has one for all; more is better."""
    table = np.array(
        [
            [_number(split["contenders"][name]["scores"][point][metric]) for name in names]
            for split in splits
        ]
    ).reshape(len(splits), len(names))
    table = table[np.isfinite(table).all(axis=1)] * np.sign(UNITS[metric][0])
    return dict(zip(names, table.T, strict=True))


def in_unit(gain: Interval, metric: str) -> str:
    """Return a difference, more is better, as text.

    Example:
        >>> in_unit(Interval(0.031, 0.019, 0.042, 10, 10), "macro_auc")
        '+3.1 points of macro-AUC [1.9, 4.2]'
    """
    factor, unit = abs(UNITS[metric][0]), UNITS[metric][1]
    digits = 1 if factor > 1 else 3
    shown = gain.scaled(factor)
    text = f"{shown.mean:+.{digits}f} {unit}"
    known = bool(np.isfinite(shown.low))
    return f"{text} [{shown.low:.{digits}f}, {shown.high:.{digits}f}]" if known else text


def sentence(
    decision: Outcome, names: Sequence[str], kind: str, metric: str, when: str, why: str = ""
) -> str:
    """Return the verdict.

    Args:
        decision: What the splits say.
        names: What was compared.
        kind: See `design.input_kind`.
        metric: What it was decided by.
        when: At which knowledge, in words.
        why: Why nothing can be told.
    """

    def told(name: str) -> str:
        return told_name(name, kind)

    tail = f" {when}" if when else ""
    gain = in_unit(decision.gain, metric)
    if decision.kind == "cannot tell":
        return f"cannot tell: {why}"
    if decision.kind == "pays":
        peers = [told(name) for name in peers_of(names) if CONTENDERS[name].role != "control"]
        of = f"the best of {', '.join(peers[:-1])} and {peers[-1]}" if peers[1:] else peers[0]
        return (
            f"pays: {told(decision.name)} {gain} over {of}{tail} (the best: {told(decision.peer)})"
        )
    if decision.kind == "beats plain":
        more, behind = "", False
        if decision.over_reader is not None:
            more, behind = in_unit(decision.over_reader, metric), decision.over_reader.high < 0
        take = f"take {told(decision.reader)}" if behind else "take either"
        return (
            f"{told(decision.name)} beats plain, {gain} over {told(decision.peer)}{tail}, but is "
            f"not shown to beat {told(decision.reader)} ({more}): {take}"
        )
    if decision.kind == "labels pay":
        said = (
            f"the known labels pay: {told(decision.name)} {gain} over {told(decision.peer)}{tail}"
        )
        if decision.reader and decision.over_reader is not None:
            more = in_unit(decision.over_reader, metric)
            return f"{said}, but not shown to beat {told(decision.reader)} ({more}): take either"
        return f"{said}; no strategy is shown to beat it"
    if decision.name == "noisy-labels" and decision.gain.mean:  # 0: no noise was found
        return (
            f"cannot tell by labels that are wrong themselves: noisy-labels {gain} over "
            f"{told(decision.peer)} in what will be given{tail}; what it gains in true labels, "
            "rows with verified ones tell (labelfeed evaluate RUN VERIFIED.csv)"
        )
    use, more = "plain", ""
    if decision.over_plain is not None and decision.over_plain.low > 0:
        use = told(decision.peer)
        more = f"; {use} {in_unit(decision.over_plain, metric)} over plain"
    return (
        f"does not pay here: use {use} ({told(decision.name)} {gain} over "
        f"{told(decision.peer)}{tail}{more})"
    )


def compared(
    splits: Splits, names: Sequence[str], design: Design, intervals: bool = True
) -> tuple[Compared, ...]:
    """Return every contender over the splits.

    Args:
        splits: Their results.
        names: The contenders.
        design: What is compared.
        intervals: Whether there are rows enough for any.
    """
    kind, point, metric = input_kind(design.dataset), design.verdict_point, design.metric
    scores = split_scores(splits, names, metric, point)
    peers = peers_of(names)
    mean = {n: float(v.mean()) if len(v) else float("nan") for n, v in scores.items()}

    def gap(one: str, other: str) -> Interval | None:
        values = scores[one] - scores[other]
        if one == other or not len(values):
            return None
        share = _test_share(splits)
        return resampled_interval(values if intervals and len(values) >= FEWEST_SPLITS
                                  else [values.mean()], share)  # fmt: skip

    found = []
    for name in names:
        own = [split["contenders"][name] for split in splits]
        others = [peer for peer in peers if peer != name]
        best = max(others, key=lambda peer: mean[peer], default=name)
        points = own[0]["scores"]
        found.append(
            Compared(
                name,
                told_name(name, kind),
                CONTENDERS[name].role,
                kind in CONTENDERS[name].reads,
                {
                    at: {m: _mean([o["scores"][at][m] for o in own]) for m in SCORED}
                    for at in points
                },
                gap(name, "plain"),
                gap(name, best),
                best,
                float(np.mean([o["seconds"] for o in own])),
                _bins([o["bins"] for o in own]),
            )
        )
    return tuple(found)


def by_values(
    splits: Splits, names: Sequence[str], design: Design, leading: str, intervals: bool = True
) -> tuple[ByValue, ...]:
    """Return scores for each value of the columns asked for.

    Args:
        splits: Their results.
        names: The contenders.
        design: What is compared.
        leading: Whose gain over plain is told.
        intervals: Whether there are rows enough for any.
    """
    metric, found = design.metric, []
    for column, words in design.by.items():
        for value in sorted(set(words[design.dataset.labelled].tolist()), key=_order):
            rows = int((words[design.dataset.labelled] == value).sum())
            table = {
                name: [
                    _number(s["contenders"][name]["by"].get(column, {}).get(value, {}).get(metric))
                    for s in splits
                ]
                for name in names
            }
            gaps = np.array(table[leading]) - np.array(table["plain"])
            gaps = gaps[np.isfinite(gaps)] * np.sign(UNITS[metric][0])
            gain = None
            if intervals and rows >= _FEWEST_BY and len(gaps) == len(splits) >= FEWEST_SPLITS:
                gain = resampled_interval(gaps, _test_share(splits))
            means = {name: _mean(values) for name, values in table.items()}
            found.append(ByValue(column, value, rows, means, gain))
    return tuple(found)


def _order(value: str) -> tuple[int, float, str]:
    return natural(value.partition(" to ")[0])


def _test_share(splits: Splits) -> float:
    rows = np.array([split["rows"] for split in splits], float).sum(axis=0)
    return float(rows[1] / rows.sum())


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _mean(values: Sequence[float | None]) -> float | None:
    there = [v for v in values if v is not None and np.isfinite(v)]
    return float(np.mean(there)) if there else None


def _bins(bins: Sequence[Any]) -> tuple[tuple[int, float, float], ...]:
    total = np.sum(np.asarray(bins, float), axis=0)
    return tuple(
        (int(n), float(p / n) if n else 0.0, float(true / n) if n else 0.0) for n, p, true in total
    )
