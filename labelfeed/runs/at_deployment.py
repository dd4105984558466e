"""A stated deployment prior in a training: checked before it, put into the model after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.labels.prior import prior_shift, stated_prior, training_prior
from labelfeed.models.prior_shifted import prior_shifted
from labelfeed.types import KerasModel

__all__ = ["at_deployment", "check_prior"]

_SHOWN = 4  # classes or labels that a line names


def check_prior(prior: float | str | Mapping[str, float] | None, rows: Dataset) -> None:
    """Raise before anything is trained if a prior is none or does not suit the labels.

    Args:
        prior: As the options have it; `None` for none.
        rows: All rows.

    Raises:
        PriorError: A share is not between 0 and 1, classes do not sum to 1, or there is no such
            class or label, or it is in no row.
    """
    if prior is not None:
        seen = training_prior(rows.targets, rows.spec, rows.weights)
        prior_shift(stated_prior(prior, rows.spec), seen, rows.spec)


def at_deployment(
    model: KerasModel,
    rows: Dataset,
    prior: float | str | Mapping[str, float] | None,
    tell: Callable[[str], None],
) -> tuple[KerasModel, dict[str, Any]]:
    """Return a trained model at the stated prior, and what a run keeps of it.

    Args:
        model: Trained.
        rows: The rows it was trained on.
        prior: As the options have it; `None` leaves the model as it is.
        tell: Called with the line that says what was done.

    Returns:
        The model, and JSON types: `"prior"` with the shares in training and those stated, by name;
        nothing for `None`.

    Raises:
        PriorError: As `check_prior`, of the training rows.
    """
    if prior is None:
        return model, {}
    spec = rows.spec
    stated = stated_prior(prior, spec)
    trained = training_prior(rows.targets, spec, rows.weights)
    shifted = prior_shifted(model, rows.targets, prior, rows.weights)
    places = np.flatnonzero(~np.isnan(stated))
    shares = {
        kind: {spec.name_of(int(i)): float(found[i]) for i in places}
        for kind, found in (("trained", trained), ("stated", stated))
    }
    parts = [f"{spec.name_of(int(i))} {trained[i]:.2%} -> {stated[i]:.2%}" for i in places[:_SHOWN]]
    more = ", ..." if len(places) > _SHOWN else ""
    tell(
        f"deployment prior: probabilities are shifted from the share in training to the one stated "
        f"({', '.join(parts)}{more}); the scores below are of rows with the share of the file"
    )
    return shifted, {"prior": shares}
