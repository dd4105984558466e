"""Compares strategies with plain and cheap peers on the user's rows, within a budget of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from labelfeed.comparison.asked import brought, check_asked
from labelfeed.comparison.budget import seconds_of
from labelfeed.comparison.contenders import CONTENDERS, applying
from labelfeed.comparison.design import Design, input_kind, split_of
from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.journal import Journal
from labelfeed.comparison.looks import Looks
from labelfeed.comparison.result import Comparison
from labelfeed.comparison.rows import (
    check_rows,
    enough_rows,
    folds_of,
    same_labels,
    summary_of,
    told_inputs,
    words_by,
)
from labelfeed.comparison.runner import Clock, cores, run_splits
from labelfeed.comparison.summary import UNITS, by_values, compared, sentence, with_all
from labelfeed.data.dataset import Dataset, did_you_mean
from labelfeed.data.groups import together
from labelfeed.estimators.given_rows import given_rows
from labelfeed.estimators.named_members import MEMBERS
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import ArrayLike, DataPath, Features, Labels

__all__ = ["PLAIN_NAMES", "compare", "verdict_metric"]

PLAIN_NAMES = ("auto", *(name for name in MEMBERS if name != "given"))


def compare(
    data: DataPath | Dataset | Features,
    y: Labels | None = None,
    /,
    *,
    budget: str | float = "10m",
    out: str | Path | None = None,
    overwrite: bool = False,
    strategies: Sequence[str] = (),
    plain: str = "auto",
    known_share: float = 0.5,
    metric: str | None = None,
    by: Sequence[str] = (),
    seed: int = 0,
    processes: int | None = None,
    spec: LabelSpec | None = None,
    groups: ArrayLike | None = None,
    on_step: Callable[[float, str], None] | None = None,
    note: Callable[[str], None] | None = None,
    **reading: Any,
) -> Comparison:
    """Tell whether a label input pays on some rows.

    All contenders are fitted and scored on the same splits: 5-fold cross-validation, repeated up
    to five times, rows of one group (and equal rows) on one side. A strategy pays if it is better
    than *every* peer: plain, the same amount of plain model without a label to read, boosted
    trees, boosted trees with label columns, the Bayes product. Intervals and p-values are
    corrected for splits that share rows; all claims together are wrong in at most 2.5 % of the
    cases where labels tell nothing (`decision.decide`). It is looked at after two repeats and at
    the end, and ends early when a strategy pays or none is ahead. No Keras is started: of the plain
    models that `labelfeed train` blends the network is left out, for all contenders alike.

    Args:
        data: A file as `load_data` takes it, with its arguments as keywords (`target="diagnosis",
            labels=["fever"], sides=["scanner"]`), rows as it returns them, or features: numbers
            `(n, d)` or a DataFrame.
        y: Of features: their labels, what `LabelSpec.encode` takes, -1 or None where unknown.
        budget: Time, `"90s"`, `"10m"`, `"2h"` or seconds; it ends sooner when the answer is clear.
        out: Folder in which each split is kept when it is done; the same call goes on from there.
        overwrite: Whether another comparison in that folder is replaced.
        strategies: Strategies to compare, strategies of `CONTENDERS`; none: those that the rows are
            made for, see `contenders.applying`.
        plain: Plain models under the labels: `"auto"` or one of `PLAIN_NAMES`.
        known_share: Share of a row's labels, in [0, 1), that is known where the verdict is made.
        metric: What the verdict is made by, a key of `UNITS`; `None`: macro-AUC; of one target with
            more than two classes log loss, as areas are soon near 1 there; and balanced accuracy
            where `"prior-adjusted"` is asked for, which aims at it.
        by: Columns; scores are told for each of their values.
        seed: Seed of splits and models.
        processes: Processes at once; `None`: as many as there are cores.
        spec: Of features: what the labels are; `None`: classes for a vector, yes/no for a matrix.
        groups: Of features: `(n,)`, rows of one group never stand on two sides of a split.
        on_step: Called after each split with the share that is done, in [0, 1], and words.
        note: Called with each line that the user should know at once.
        **reading: Arguments of `load_data`.

    Returns:
        The `Comparison`; print it.

    Raises:
        ComparisonError: Nothing can be compared, the budget ends before the first split, or the
            folder holds another comparison.
        DataError: The file cannot be read, or its rows cannot be learned from.
        SideLeakError: A side label is the target, or determines it.

    Example:
        >>> found = labelfeed.compare(  # doctest: +SKIP
        ...     "scans.csv", target="malignant", sides=["scanner"], out="comparison")
        >>> print(found)  # doctest: +SKIP
        pays: side-label +3.1 points of macro-AUC [1.9, 4.2] over the best of plain, ...
    """
    clock = Clock(seconds_of(budget))
    dataset = given_rows(data, y, spec, groups, reading, "compare", ComparisonError)
    tell = note if note is not None else lambda line: None
    design = _design(dataset, strategies, plain, known_share, metric, by, seed, tell)
    split_of(design, 0, 0)  # what cannot be learned from is told before any process starts
    journal = Journal(out, design, overwrite)
    looks = Looks(design, journal, enough_rows(dataset))
    if journal.splits:
        tell(f"{len(journal.splits)} splits are there already, and are not made again")
    workers = processes or cores()
    left_out = run_splits(design, journal, looks.ended, clock, workers, on_step)
    return _result(design, journal, looks, clock, left_out, workers)


def _design(
    dataset: Dataset,
    strategies: Sequence[str],
    plain: str,
    known_share: float,
    metric: str | None,
    by: Sequence[str],
    seed: int,
    tell: Callable[[str], None],
) -> Design:
    check_rows(dataset)
    if metric is None:
        metric = verdict_metric(dataset, strategies)
    if metric not in UNITS:
        raise ComparisonError(f"There is no metric {metric!r}.{did_you_mean(metric, UNITS)}")
    if plain not in PLAIN_NAMES:
        raise ComparisonError(
            f"There is no plain model {plain!r}.{did_you_mean(plain, PLAIN_NAMES)}"
        )
    if not 0 <= known_share < 1:
        raise ComparisonError(f"known_share must be in [0, 1), got {known_share!r}.")
    if plain == "lightgbm":
        MEMBERS[plain]()  # which says how to install it
    kind = input_kind(dataset)
    check_asked(dataset, strategies, plain)
    contenders = applying(kind, plain, strategies, metric, brought(dataset))
    told = [name for name in contenders if CONTENDERS[name].role == "strategy"]
    if not told:
        raise ComparisonError(
            "There is no label input to compare: the target is the only label. Name labels that "
            "are known at prediction time with --label or --side, or a strategy with --strategy."
        )
    if kind == "target" and not strategies:
        tell(
            f"the target is the only label; compared for it: {', '.join(told)}. Labels that are "
            "known at prediction time are given with --label or --side"
        )
    belonging = together(dataset.features, dataset.groups, dataset.group_name)
    for line in [*same_labels(dataset), *belonging.notes]:
        tell(line)
    return Design(
        dataset,
        belonging.ids,
        contenders,
        plain,
        known_share,
        metric,
        words_by(dataset, by),
        folds_of(dataset, belonging),
        seed,
    )


def verdict_metric(dataset: Dataset, strategies: Sequence[str] = ()) -> str:
    """Return what a verdict is made by where nothing was asked for; see `compare`."""
    if "prior-adjusted" in strategies:
        return "balanced_accuracy"
    several = dataset.spec.kind == "single" and dataset.spec.num_classes > 2
    return "log_loss" if several else "macro_auc"


def _result(
    design: Design,
    journal: Journal,
    looks: Looks,
    clock: Clock,
    left_out: Sequence[str],
    workers: int,
) -> Comparison:
    dataset, kind = design.dataset, input_kind(design.dataset)
    decision, splits, why = looks.final(clock, workers)
    names = with_all(splits, design.contenders)
    enough = not looks.too_few
    when = told_inputs(dataset, design.known_share)
    belonging = together(dataset.features, dataset.groups, dataset.group_name)
    strategies = [name for name in names if CONTENDERS[name].role == "strategy"]
    leading = decision.name if decision.name in names else strategies[0]
    notes = [*left_out, *looks.notes(splits)]
    return Comparison(
        verdict=sentence(decision, names, kind, design.metric, when, why),
        decision=decision,
        contenders=compared(splits, names, design, enough),
        metric=design.metric,
        point=design.verdict_point,
        splits=len(splits),
        planned=len(design.plan),
        folds=design.folds,
        rows=int(dataset.labelled.sum()),
        by=by_values(splits, names, design, leading, enough),
        notes=tuple(notes),
        data=summary_of(dataset, belonging),
        seconds=round(clock.spent, 1),
    )
