"""The control of a whole training: on labels drawn at random nobody scores above chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from labelfeed.audit.chance import above_chance, best_blind, random_labels
from labelfeed.audit.probes import Chance, ControlProbe
from labelfeed.audit.rows import row_count, take_rows
from labelfeed.audit.single import log_odds, log_probabilities
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.predictor import Predictor
from labelfeed.predictors.responses import PredictorError
from labelfeed.types import AnyModel, Features

__all__ = ["Train", "random_label_control"]

Train = Callable[[Any, Any], Any]
"""Builds a model, trains it on `(x, y)` as always, and returns it."""

_MOST_ROWS, _MOST_DISTINCT, _MOST_NUMBERS = 2048, 64, 50_000_000
_COPIES = 32
_SCORED = 0.25  # share of the labels that training is taken to score: nobody says it


def random_label_control(
    train: Train,
    x: Features,
    ids: np.ndarray,
    spec: LabelSpec,
    seed: int,
    predictor_of: Callable[[AnyModel], Predictor],
) -> ControlProbe:
    """Train a fresh model on labels that are drawn at random, and see what it claims to score.

    At most 64 rows are trained on, each of them in up to 32 copies that have different labels: what
    is learned by heart tells next to nothing of a label, however long training takes, and how much
    at most is known exactly. What training reports must stay within that; the scores of held-out
    rows, other ones where there are enough, at chance.

    Args:
        train: Takes features in the form of x and labels, int32 as `LabelSpec.encode` gives them,
            and returns a trained model of any kind that `audit` takes.
        x: Rows.
        ids: Encoded labels to draw from, some of them known.
        spec: Their spec.
        seed: Seed of rows and labels.
        predictor_of: Makes the predictor of the trained model.

    Raises:
        PredictorError: There are fewer than four rows, or no model came back.
    """
    rng = np.random.default_rng(seed)
    count = row_count(x)
    if count < 4:
        raise PredictorError(f"train= needs at least 4 rows, got {count}.")
    order = rng.permutation(count)
    distinct = order[: min(_MOST_DISTINCT, count // 2)]
    held = order[len(distinct) : len(distinct) + _MOST_ROWS]
    size = max(_numbers(take_rows(x, distinct[:1])), 1)
    copies = int(np.clip(_MOST_NUMBERS // (size * len(distinct)), 4, _COPIES))
    rows = rng.permutation(np.tile(distinct, copies))
    drawn, asked = (random_labels(ids, spec, len(r), rng).astype(np.int32) for r in (rows, held))
    model = train(_rows(x, rows), drawn)
    if model is None:
        raise PredictorError("train= must return the trained model; it returned None.")
    scores: tuple[Chance, ...] = ()
    # Keras keeps what fit reported in model.history.
    reported = getattr(getattr(model, "history", None), "history", None)
    loss = getattr(model, "loss", None)
    if isinstance(reported, dict):
        last = {name: values[-1] for name, values in reported.items() if len(values)}
        best = best_blind(drawn, spec, rows)
        scores += above_chance(last, loss, best, max(_SCORED * drawn.size, 1.0), "training")
    predictor, features = predictor_of(model).prepared(_rows(x, held))
    features = take_rows(features, np.arange(len(held)))
    if predictor.visibility is None and predictor.reads_label:
        scores += (_fed(predictor, features, asked, spec),)
    elif (logs := predictor.own_evaluation(features, asked)) is not None:
        scores += above_chance(logs, loss, best_blind(asked, spec), asked.size, "evaluate")
    return ControlProbe(len(rows), len(held), scores)


def _fed(predictor: Predictor, features: Features, ids: np.ndarray, spec: LabelSpec) -> Chance:
    """Return the accuracy with the label fed that is scored."""
    raw = predictor.fed_scores(features, ids)
    if spec.kind == "single":
        right = log_probabilities(raw, spec.num_classes).argmax(axis=1) == ids
    else:
        right = (log_odds(raw) > 0) == (ids == 1)
    chance = best_blind(ids, spec)[0]
    hits, known = int(right[ids >= 0].sum()), int((ids >= 0).sum())
    p_value = float(stats.binom.sf(hits - 1, known, chance))
    return Chance("held-out accuracy", hits / max(known, 1), chance, p_value)


def _rows(x: Features, rows: np.ndarray) -> Features:
    """Return rows in the form of x: a table stays one."""
    return x.iloc[rows].reset_index(drop=True) if hasattr(x, "iloc") else take_rows(x, rows)


def _numbers(row: Features) -> int:
    if isinstance(row, dict):
        return sum(map(_numbers, row.values()))
    if isinstance(row, (list, tuple)):
        return sum(map(_numbers, row))
    return int(np.size(row))
