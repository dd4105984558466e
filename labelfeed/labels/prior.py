"""How frequent labels are: in training rows, and where a model will be used."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.spec import LabelSpec
from labelfeed.labels.words import yes_no
from labelfeed.types import ArrayLike

__all__ = ["PriorError", "even_prior", "prior_shift", "stated_prior", "training_prior", "yes_place"]

_SLACK = 1e-3  # how far shares that people round may be from 1 in all


class PriorError(ValueError):
    """A prior that is none, or does not suit the labels; says how to mend it."""


def yes_place(spec: LabelSpec) -> int | None:
    """Return the place of the one thing that is there or not; `None` where there are several.

    That is one yes/no label, or the second of two classes if that one means yes.

    Example:
        >>> yes_place(LabelSpec.single(["no", "yes"])), yes_place(LabelSpec.single(["cat", "dog"]))
        (1, None)
    """
    if len(spec.label_columns) > 1:
        return None
    column = spec.label_columns[0]
    if not column.of_classes:
        return column.places[0]
    two = [yes_no(name) for name in column.names]
    return column.places[1] if two == [0, 1] else None


def stated_prior(given: float | str | Mapping[str, float], spec: LabelSpec) -> np.ndarray:
    """Return how frequent each label is said to be, float64 `(num_classes,)`, NaN where not said.

    Args:
        given: One number for one yes/no label (or two classes that mean no and yes); or a share for
            each class or label by its name, as a dict or as text, `"ill=0.02"`. Of classes all are
            named, or all but one, which has the rest. A class of one column among several is called
            `column=class`.
        spec: The label.

    Raises:
        PriorError: A share is not between 0 and 1, those of a column do not sum to 1, or there is
            no such class or label.

    Example:
        >>> stated_prior("ill=0.02", LabelSpec.single(["ill", "well"])).tolist()
        [0.02, 0.98]
    """
    names = [spec.name_of(place) for place in range(spec.num_classes)]
    shares = np.full(spec.num_classes, np.nan)
    for name, share in _by_name(given, spec).items():
        if name not in names:
            shown = ", ".join(map(repr, names[:8])) + (", ..." if len(names) > 8 else "")
            raise PriorError(f"A prior is given for {name!r}; expected one of {shown}.")
        shares[names.index(name)] = _share(share, name)
    for column in spec.label_columns:
        own = shares[list(column.places)]
        if column.of_classes and not np.isnan(own).all():
            shares[list(column.places)] = _of_classes(own, column)
    if np.isnan(shares).all():
        raise PriorError(f"No prior is given: {given!r}. Expected such as 0.02 or 'ill=0.02'.")
    return shares


def training_prior(
    labels: ArrayLike, spec: LabelSpec, weights: ArrayLike | None = None
) -> np.ndarray:
    """Return the share of each class and yes/no label among known labels, NaN where there is none.

    Args:
        labels: Encoded labels `(n,)` or `(n, num_labels)`, -1 or NaN unknown; may be soft.
        spec: The label.
        weights: Of rows `(n,)`, or of labels `(n, num_labels)`.

    Example:
        >>> training_prior(np.array([0, 0, 1, -1, 0]), LabelSpec.single(2)).tolist()
        [0.75, 0.25]
    """
    labels = np.asarray(labels)
    y = labels if spec.shape else spec.label_columns[0].labels(labels)
    w = np.ones(y.shape) if weights is None else np.asarray(weights, np.float64)
    w = np.broadcast_to(w if w.ndim == y.ndim else w[:, None], y.shape) * (y >= 0)  # NaN is not
    count = w.sum(axis=0)
    present = (w * np.where(y >= 0, y, 0)).sum(axis=0)
    found: np.ndarray = np.where(count > 0, present / np.maximum(count, 1e-300), np.nan)
    return found


def even_prior(trained: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return equal shares of the classes that training rows have, and one half of each label.

    What no row has, or every row, stays at its share, and so do ranges of a number.

    Args:
        trained: As `training_prior` returns it.
        spec: The label.

    Example:
        >>> even_prior(np.array([0.9, 0.1, 0.0]), LabelSpec.single(3)).tolist()
        [0.5, 0.5, 0.0]
    """
    out = trained.copy()
    for column in spec.label_columns:
        own = list(column.places)
        there = (trained[own] > 0) & (column.of_classes | (trained[own] < 1))  # NaN is not
        if column.number is None:
            even = 1 / max(int(there.sum()), 1) if column.of_classes else 0.5
            out[own] = np.where(there, even, trained[own])
    return out


def prior_shift(stated: np.ndarray, trained: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return what is added to each logit where classes are as frequent as stated, `(num_classes,)`.

    A yes/no label: `logit(stated) - logit(trained)`; a class: `log(stated / trained)`; 0 where
    nothing is stated. It holds where classes look alike here and there, and only their shares
    differ: P(x | y) is the same.

    Args:
        stated: As `stated_prior` returns it.
        trained: As `training_prior` returns it.
        spec: The label.

    Raises:
        PriorError: A class with a stated share is in none or in all of the training rows.

    References:
        Saerens, Latinne and Decaestecker 2002, Adjusting the outputs of a classifier to new a
        priori probabilities; Menon et al. 2021, Long-tail learning via logit adjustment.

    Example:
        >>> spec = LabelSpec.multi(["ill"])
        >>> prior_shift(np.array([0.5]), np.array([0.5]), spec).tolist()
        [0.0]
    """
    out = np.zeros(spec.num_classes)
    for column in spec.label_columns:
        own = list(column.places)
        if np.isnan(stated[own]).any():
            continue
        same = stated[own] == trained[own]
        for place in np.asarray(own)[~same].tolist():
            if not 0 < trained[place] < 1:
                amount = "all" if trained[place] == 1 else "none"
                raise PriorError(
                    f"{spec.name_of(place)!r} is in {amount} of the labelled training rows: no "
                    "prior can be stated for it, as a model cannot know what it looks like."
                )
        moved = np.asarray(own)[~same]
        out[moved] = np.log(stated[moved] / trained[moved])
        if not column.of_classes:
            out[moved] -= np.log((1 - stated[moved]) / (1 - trained[moved]))
    return out


def _by_name(given: float | str | Mapping[str, float], spec: LabelSpec) -> dict[str, float]:
    if isinstance(given, Mapping):
        return {str(name): share for name, share in given.items()}
    if isinstance(given, str) and "=" in given:
        found: dict[str, float] = {}
        for part in given.split(","):
            name, _, text = part.rpartition("=")
            if name.strip() in found:
                raise PriorError(f"The prior of {name.strip()!r} is given twice.")
            found[name.strip()] = _number(text)
        return found
    place = yes_place(spec)
    if place is None:
        several = len(spec.label_columns) > 1
        names = ", ".join(f"{spec.name_of(i)}=..." for i in range(min(3, spec.num_classes)))
        raise PriorError(
            f"{given!r} does not say of which {'label' if several else 'class'} it is the share: "
            f"name it, as in {names}"
        )
    return {spec.name_of(place): _number(given) if isinstance(given, str) else given}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise PriorError(
            f"{text.strip()!r} is no number; expected a share as in ill=0.02."
        ) from None


def _share(share: float, name: str) -> float:
    if isinstance(share, bool) or not isinstance(share, (int, float, np.number)):
        raise PriorError(f"The prior of {name!r} is {share!r}; expected a number between 0 and 1.")
    if not 0 < share < 1:
        raise PriorError(
            f"The prior of {name!r} is {share:g}; expected a share above 0 and below 1 (2 %: 0.02)."
        )
    return float(share)


def _of_classes(own: np.ndarray, column: LabelColumn) -> np.ndarray:
    if column.number is not None:
        raise PriorError(f"{column.name!r} is a number: a prior can be stated of classes only.")
    missing, total = np.isnan(own), float(np.nansum(own))
    if missing.sum() == 1 and total < 1:
        return np.where(missing, 1 - total, own)
    if missing.any() or abs(total - 1) > _SLACK:
        left = [column.names[i] for i in np.flatnonzero(missing)[:5]]
        hint = f" Not named: {', '.join(left)}." if left else ""
        raise PriorError(
            f"The shares of {column.name!r} sum to {total:g}; expected 1 in all.{hint}"
        )
    return own / total
