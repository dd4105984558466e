"""What the known labels of a row have changed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.predictors.known import encode_known
from labelfeed.results import Result
from labelfeed.runs._one_row import (
    encode_row,
    find_target,
    known_columns,
    partly_known,
    predict_row,
    with_ids,
)
from labelfeed.types import AnyModel, Features, Labels

__all__ = ["KnownEffect", "KnownEffects", "explain_known", "explain_rows"]


@dataclasses.dataclass(frozen=True)
class KnownEffect(Result):
    """What a row's known labels changed in the prediction of a target label.

    Args:
        target: Name of the target label; `column=class` for a column of classes.
        nothing_known: Its probability with nothing known.
        all_known: Its probability with everything known that was given.
        alone: For each known label, the probability with that one known alone.
        without: For each known label, the probability with all others known.
    """

    target: str
    nothing_known: float
    all_known: float
    alone: dict[str, float]
    without: dict[str, float]

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each known label: the target's probability with it alone, without it."""
        return pd.DataFrame(
            {
                "known": list(self.alone),
                "alone": list(self.alone.values()),
                "without it": [self.without[name] for name in self.alone],
            }
        )

    def headline(self) -> str:
        """Return the probability of the target with nothing and with everything known."""
        return (
            f"P({self.target}) = {self.nothing_known:.3f} with nothing known, "
            f"{self.all_known:.3f} with what is known"
        )


@dataclasses.dataclass(frozen=True)
class KnownEffects(Result):
    """What the known labels of many rows changed in the prediction of every label.

    Args:
        nothing_known: Probabilities `(n, num_labels)` with nothing known.
        all_known: The same with everything known that was given.
        alone: For each known column, the same with that one known alone; NaN in rows where it
            is not known.
        without: For each known column, the same with all others known.
    """

    nothing_known: np.ndarray
    all_known: np.ndarray
    alone: dict[str, np.ndarray]
    without: dict[str, np.ndarray]

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each known label: in how many rows, and how far it moves the others.

        `moves`: mean distance, over rows and labels, between the probabilities with that label
        known alone and with nothing known.
        """
        found = []
        for name, p in self.alone.items():
            rows = ~np.isnan(p).any(axis=1)
            moved = np.abs(p[rows] - self.nothing_known[rows])
            found.append((name, int(rows.sum()), float(moved.mean()) if rows.any() else None))
        return pd.DataFrame(found, columns=["known", "rows", "moves"])


def explain_known(model: AnyModel, row: Features, known: Labels, about: str) -> KnownEffect:
    """Return what the known labels of one row changed in the prediction of a target.

    Args:
        model: A `LabelFedModel` of several labels, a `Run`, or another model that reads labels and
            that `as_predictor` takes.
        row: Features of one row, with or without the batch axis.
        known: What is known: a dict such as `{"fever": 1}` or `{"fever": 0.7}`, or an encoded row.
        about: Name of the target: a yes/no label, one class (`colour=red`), or a column of classes,
            for its most probable class. What is known about it is left out.

    Raises:
        LabelError: There is no such label, or a value does not fit.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.multi(["nodule", "effusion"])
        >>> model = labelfeed.strategies.partial_labels(spec, (4,), width=8)
        >>> effect = explain_known(model, np.ones(4), {"nodule": 1}, "effusion")
        >>> sorted(effect.alone), effect.without["nodule"] == effect.nothing_known
        (['nodule'], True)
    """
    predictor = partly_known(model)
    spec = predictor.spec
    given, target = encode_row(spec, known), find_target(spec, about)
    given = with_ids(given, target.column, UNKNOWN)
    nothing = np.full_like(given, UNKNOWN)
    told = known_columns(spec, given)
    alone = [np.where(np.isin(np.arange(len(given)), c.places), given, UNKNOWN) for c in told]
    without = [with_ids(given, c, UNKNOWN) for c in told]
    out = predict_row(predictor, row, np.stack([nothing, given, *alone, *without]))
    place = target.place
    if place is None:
        place = target.column.places[int(target.column.probabilities(out[1:2]).argmax())]
    p = out[:, place]
    names = [c.name for c in told]
    first, second = p[2 : 2 + len(told)], p[2 + len(told) :]
    return KnownEffect(
        target=spec.name_of(place),
        nothing_known=float(p[0]),
        all_known=float(p[1]),
        alone=dict(zip(names, map(float, first), strict=True)),
        without=dict(zip(names, map(float, second), strict=True)),
    )


def explain_rows(run: AnyModel, features: Features, known: Labels) -> KnownEffects:
    """Return what the known labels of many rows changed, against nothing known.

    Args:
        run: A `Run`, or another model that `as_predictor` takes.
        features: Rows as it takes them; sliceable by a boolean mask.
        known: What `predict(known=...)` takes: labels `(n, num_labels)`, -1 or NaN where unknown,
            float where some are soft; or a dict of label names to values.

    Raises:
        LabelError: A label does not fit, or the number of rows differs.
        ValueError: The run is of one label.
    """
    predictor = partly_known(run)
    spec = predictor.spec
    known = encode_known(known, features, spec, soft=True)
    columns = spec.label_columns
    alone: dict[str, np.ndarray] = {}
    without: dict[str, np.ndarray] = {}
    for column in columns:
        own = np.isin(np.arange(spec.num_classes), column.places)
        rows = (known[:, own] != UNKNOWN).any(axis=1)
        if not rows.any():
            continue
        chosen = features.iloc[rows] if hasattr(features, "iloc") else features[rows]
        for kept, out in ((own, alone), (~own, without)):
            p = np.full(known.shape, np.nan)
            p[rows] = predictor.probabilities(chosen, np.where(kept, known[rows], UNKNOWN))
            out[column.name] = p
    blind = predictor.probabilities(features)
    return KnownEffects(blind, predictor.probabilities(features, known), alone, without)
