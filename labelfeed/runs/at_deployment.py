"""A stated deployment prior in a training: checked before it, put into the model after it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.data.described import is_number
from labelfeed.labels.prior import (
    PriorError,
    even_prior,
    prior_shift,
    stated_prior,
    training_prior,
    yes_place,
)
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.prior_shifted import with_shift
from labelfeed.runs.folder import Run
from labelfeed.types import KerasModel

__all__ = [
    "EVEN",
    "at_deployment",
    "check_prior",
    "kept_shares",
    "of_the_rarer",
    "run_at_prior",
]

EVEN = (
    "prior-adjusted: probabilities are those where all classes are equally frequent, and the most "
    "probable class is of least balanced error; --deploy-prior states other shares. The scores "
    "below are of rows with the share of the file"
)

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


def of_the_rarer(
    prior: float | str | Mapping[str, float] | None, rows: Dataset
) -> float | str | Mapping[str, float] | None:
    """Return a prior in which one number for two classes is that of the rarer one in the rows.

    Args:
        prior: As the options have it.
        rows: All rows.
    """
    columns = rows.spec.label_columns
    alone = isinstance(prior, (int, float)) or (isinstance(prior, str) and "=" not in prior)
    shares = training_prior(rows.targets, rows.spec, rows.weights)
    two = len(columns) == 1 and len(columns[0].names) == 2 and yes_place(rows.spec) is None
    if not (alone and two and 0 < shares.min() < shares.max()):
        return prior
    return f"{rows.spec.name_of(int(shares.argmin()))}={prior}"


def at_deployment(
    model: KerasModel,
    rows: Dataset,
    prior: float | str | Mapping[str, float] | None,
    tell: Callable[[str], None],
    *,
    learned: np.ndarray | None = None,
    even: bool = False,
) -> tuple[KerasModel, dict[str, Any]]:
    """Return a trained model at the stated prior, and what a run keeps of it.

    Args:
        model: Trained.
        rows: The rows it was trained on.
        prior: As the options have it; `None` leaves the model as it is.
        tell: Called with the line that says what was done.
        learned: Shares at which the probabilities of the model stand, if not those of `rows`.
        even: Whether classes are equally frequent, and labels as often there as not, where nothing
            else is stated.

    Returns:
        The model, and JSON types: `"prior"` with the shares in training by name, those at which the
        probabilities stood if others, and those stated.

    Raises:
        PriorError: As `check_prior`, of the training rows.
    """
    spec = rows.spec
    trained = training_prior(rows.targets, spec, rows.weights)
    record = {"prior": {"trained": _by_name(trained, spec)}}
    if learned is not None:
        record["prior"]["learned"] = _by_name(learned, spec)
    stand = trained if learned is None else learned
    if prior is None and not even:
        return model, record
    stated = np.full(spec.num_classes, np.nan) if prior is None else stated_prior(prior, spec)
    if prior is not None:
        record["prior"]["stated"] = _by_name(stated, spec)
    if even:
        stated = np.where(np.isnan(stated), even_prior(trained, spec), stated)
    shifted = with_shift(model, prior_shift(stated, stand, spec))
    if prior is None:
        tell(EVEN)
        return shifted, record
    tell(f"{_line(stated, trained, spec)}; the scores below are of rows with the share of the file")
    return shifted, record


def run_at_prior(
    run: Run, prior: float | str | Mapping[str, float], tell: Callable[[str], None] | None = None
) -> Run:
    """Return a run at a stated prior, whatever prior it was at before.

    Args:
        run: The run, which keeps the shares of its training rows.
        prior: As for `prior_shifted`.
        tell: Called with the line that says what was done.

    Raises:
        PriorError: The prior does not suit the labels, or the run does not know the shares.
    """
    spec, kept = run.spec, kept_shares(run, "trained")
    if not kept:
        raise PriorError(
            "This run does not keep how frequent its labels were in training, as it is older than "
            "--deploy-prior: train it again."
        )
    names = [spec.name_of(place) for place in range(spec.num_classes)]
    trained = np.array([kept.get(name, np.nan) for name in names], np.float64)
    learned = kept_shares(run, "learned")
    stand = np.array([learned.get(name, np.nan) for name in names]) if learned else trained
    stated = stated_prior(prior, spec)
    model = with_shift(run.model, prior_shift(stated, stand, spec))
    if tell is not None:
        tell(_line(stated, trained, spec))
    return dataclasses.replace(run, model=model)


def kept_shares(run: Run, which: str) -> dict[str, float]:
    """Return the shares that a run keeps, by class or label; empty where it keeps none.

    Args:
        run: The run.
        which: `"trained"`: in its training rows; `"learned"`: at which its network learned, if at
            others; `"stated"`: of `--deploy-prior`.
    """
    prior = run.metrics.get("training", {}).get("prior")
    kept = prior.get(which) if isinstance(prior, dict) else None
    given = isinstance(kept, dict) and all(map(is_number, kept.values()))
    return kept if given and kept else {}


def _by_name(shares: np.ndarray, spec: LabelSpec) -> dict[str, float]:
    places = np.flatnonzero(~np.isnan(shares)).tolist()
    return {spec.name_of(place): float(shares[place]) for place in places}


def _line(stated: np.ndarray, trained: np.ndarray, spec: LabelSpec) -> str:
    places = np.flatnonzero(~np.isnan(stated)).tolist()
    parts = [f"{spec.name_of(i)} {trained[i]:.2%} -> {stated[i]:.2%}" for i in places[:_SHOWN]]
    more = ", ..." if len(places) > _SHOWN else ""
    return (
        "deployment prior: probabilities are shifted from the share in training to the one stated "
        f"({', '.join(parts)}{more})"
    )
