"""The audit of a model's side labels: they are no target, so using them is no leak."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from labelfeed.audit.leak import audit
from labelfeed.audit.results import LeakAudit
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.models.wrapping import as_predictor
from labelfeed.types import AnyModel, Features, Labels

__all__ = ["audit_sides"]


def audit_sides(
    model: AnyModel,
    x: Features,
    y: Labels,
    sides: Mapping[str, Any],
    *,
    seed: int = 0,
    batch_size: int = 256,
) -> list[LeakAudit]:
    """Return the audit of each side label: fed true, wrong, permuted and unknown.

    The other side labels stay as they are in the data. Feeding one is no leak; the verdict
    is "data leak" where it determines the target in these rows.

    Args:
        model: A `SideLabelModel`, or another predictor with side labels, such as a `Run`.
        x: Features of the rows, as the model takes them.
        y: Targets of the rows, anything that `LabelSpec.encode` takes; -1 unknown.
        sides: Side labels by name, a value for each row; what is left out is not audited.
        seed: Seed of the wrong and permuted side labels.
        batch_size: Rows per prediction step.

    Returns:
        A `LeakAudit` for each side label in `sides`, in the order of the model's.

    Raises:
        LabelError: A label does not fit.

    Example:
        >>> spec = labelfeed.LabelSpec
        >>> digit, turn = spec.single(3), spec.single(2, "turn")
        >>> model = labelfeed.strategies.side_label(digit, (4,), [turn], width=4)
        >>> x, y = np.random.rand(60, 4), np.arange(60) % 3
        >>> [found.label for found in audit_sides(model, x, y, {"turn": [0, 1] * 30})]
        ['turn']
    """
    predictor, prepared = as_predictor(model, batch_size=batch_size).prepared(x)
    specs = [spec for spec in predictor.sides if spec.name in sides]
    given = {spec.name: spec.encode(sides[spec.name]) for spec in specs}
    target = predictor.spec.encode(y)
    found = []
    for spec in specs:
        others = [name for name in given if name != spec.name]

        def predict(rows: Features, ids: np.ndarray, name: str, beside: list[str]) -> np.ndarray:
            known = dict(zip(beside, rows[1:], strict=True))
            return predictor.probabilities(rows[0], sides={**known, name: ids.astype(np.int32)})

        found.append(
            audit(
                functools.partial(predict, name=spec.name, beside=others),
                [prepared, *(given[name] for name in others)],
                given[spec.name],
                spec,
                target=target,
                unknown_id=UNKNOWN,
                seed=seed,
            )
        )
    return found
