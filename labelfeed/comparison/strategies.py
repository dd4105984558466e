"""The strategies on a split: what each trains on a table, of the plain models without Keras."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from labelfeed.comparison.design import Point, PreparedSplit
from labelfeed.comparison.peers import just_plain
from labelfeed.comparison.plain import Predict, as_given, plain_model, reading, reads_labels
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import known_columns, probabilities_of
from labelfeed.estimators.member import Ready
from labelfeed.estimators.named_members import MEMBERS
from labelfeed.estimators.neighbours import NeighbourMember
from labelfeed.estimators.rare_blend import better_of_rare
from labelfeed.estimators.rare_rows import rare_rows
from labelfeed.estimators.sides import fit_side_blend, noised, side_member
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.prior import even_prior, prior_shift, training_prior
from labelfeed.noise.honest import find_noise
from labelfeed.noise.soft_rows import soft_rows
from labelfeed.noise.suiting import suiting_plain
from labelfeed.noise.taught import teach
from labelfeed.options import SideLabelOptions
from labelfeed.unlabelled.joining import (
    NO_STUDENTS,
    NO_TEACHERS,
    join_students,
    not_tried,
    sample_of,
    suited,
)
from labelfeed.unlabelled.teaching import fit_students

__all__ = ["STRATEGY_FITS"]

_AUTO = ("logistic", "extra-trees", "boosting")
_OWN = SideLabelOptions()


def _partial_labels(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return what the plain model says with the labels that are known."""
    return reading(split, plain)


def _side_label(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return plain models blended with models and counts that read side labels."""
    return _sides_read(split, plain, blanked=False)


def _side_label_blanked(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return the same with one and the same side label in all rows: its control."""
    return _sides_read(split, plain, blanked=True)


def _neighbour_labels(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return the blend with labels of the nearest training rows beside the plain models."""
    members = [*(Ready(member) for member in plain.members_), NeighbourMember()]
    return reading(split, plain_model(split, members, split.seed, reads_labels(split)))


def _semi_supervised(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return the blend with students of pseudo-labels, where these pay, else plain."""
    free, spec, seed = split.free, split.spec, split.seed
    if free is None or not_tried(len(split.x), len(free.x)) is not None:
        return reading(split, plain)
    at = sample_of(np.arange(len(free.x)), spec.num_classes, seed)
    y = np.concatenate([split.y, np.full((len(at), split.y.shape[1]), UNKNOWN)])

    def both(own: np.ndarray | None, more: np.ndarray | None) -> np.ndarray | None:
        return None if own is None or more is None else np.concatenate([own, more[at]])

    names = _names(plain)
    students = fit_students(
        np.concatenate([split.x, free.x[at]]),
        y,
        spec,
        groups=both(split.groups, free.groups),
        weight=both(split.weight, free.weight),
        seed=seed,
        teachers=[MEMBERS[name]() for name in suited(names, NO_TEACHERS)],
        students=[MEMBERS[name]() for name in suited(names, NO_STUDENTS)],
    )
    joined, _ = join_students(
        plain, students, split.x, split.y, groups=split.groups, weight=split.weight, seed=seed
    )
    return reading(split, joined)


def _prior_adjusted(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return the blend at equal shares of the classes, fitted to rare rows again where it pays."""
    y, spec, best = split.y, split.spec, plain
    trained = training_prior(as_given(y, spec), spec, split.weight)
    aim = even_prior(trained, spec)
    at = rare_rows(y, spec, split.weight, split.seed)
    if at is not None:
        often = plain_model(_taken(split, at, y[at], None), str(plain.plain), split.seed, False)
        best, _ = better_of_rare(plain, often, y, at, aim, split.weight)
    return reading(split, best, prior_shift(aim, trained, spec))


def _noisy_labels(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return a blend of soft repaired labels where noise is found, else plain.

    The labels that it is scored by are as wrong as others: the noise matrix of the training rows
    turns what it says of true classes into what will be given.
    """
    found = find_noise(
        split.x, split.y, split.spec, groups=split.groups, weight=split.weight,
        plain=suiting_plain(str(plain.plain), split.y), seed=split.seed,
    )  # fmt: skip
    if not any(one.found for one in found):
        return reading(split, plain)
    repaired = _soft(split, [one.posterior for one in found])
    truth = reading(repaired, _again(repaired, plain))

    def given(point: Point) -> np.ndarray:
        p = np.array(truth(point))
        for one in found:
            places = list(one.column.places)
            written = one.column.probabilities(p) @ one.matrix
            p[:, places] = written[:, -len(places) :]  # of yes/no: that of yes
        return p

    return given


def _training_only(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return a blend of soft labels that training-only columns teach where they pay, else plain.

    Other labels of a row are not read, as with `train --strategy plain --training-only`.
    """
    assert split.hidden is not None
    found = teach(
        split.x, split.hidden, split.y, split.spec, groups=split.groups, weight=split.weight,
        plain=suiting_plain(str(plain.plain), split.y), seed=split.seed,
    )  # fmt: skip
    taught = _soft(split, found.posteriors) if found.pays else split
    model = plain_model(taught, str(plain.plain), split.seed, False) if found.pays else plain
    return _side_label(taught, model) if split.side_specs else just_plain(taught, model)


def _sides_read(split: PreparedSplit, plain: LabelFedClassifier, blanked: bool) -> Predict:
    def shown(sides: np.ndarray) -> np.ndarray:
        return np.zeros_like(sides) if blanked else sides

    specs = split.side_specs
    wrong = 0.0 if blanked else _OWN.side_corruption
    found = fit_side_blend(
        plain.out_of_fold_logits(),
        split.x,
        split.y,
        noised(shown(split.sides), specs, _OWN.side_dropout, wrong, split.seed),
        split.spec,
        specs,
        plain.folds_,
        [side_member(MEMBERS[name](), split.x.shape[1], specs) for name in _names(plain)],
        weight=split.weight,
        seed=split.seed,
    )
    z = plain.plain_logits(split.test_x)

    def predict(point: Point) -> np.ndarray:
        return probabilities_of(found.logits(z, split.test_x, shown(point.sides)), split.spec)

    return predict


def _names(plain: LabelFedClassifier) -> Sequence[str]:
    return _AUTO if plain.plain == "auto" else (str(plain.plain),)


def _again(split: PreparedSplit, plain: LabelFedClassifier) -> LabelFedClassifier:
    return plain_model(split, str(plain.plain), split.seed, reads_labels(split))


def _soft(split: PreparedSplit, posteriors: Sequence[np.ndarray]) -> PreparedSplit:
    """Return the split with each row once for each class that it may be, weighted."""
    known = known_columns(split.y, split.spec)
    return _taken(split, *soft_rows(posteriors, known, split.spec, split.seed))


def _taken(
    split: PreparedSplit, at: np.ndarray, labels: np.ndarray, share: np.ndarray | None
) -> PreparedSplit:
    """Return the split with these training rows, in which the copies of a row are one group."""
    weight = None if split.weight is None else split.weight[at]
    if share is not None:
        weight = share if weight is None else share * weight
    groups = at if split.groups is None else split.groups[at]
    return dataclasses.replace(
        split, x=split.x[at], y=labels, sides=split.sides[at], weight=weight, groups=groups
    )


STRATEGY_FITS: dict[str, Callable[[PreparedSplit, LabelFedClassifier], Predict]] = {
    "partial-labels": _partial_labels,
    "side-label": _side_label,
    "side-label-blanked": _side_label_blanked,
    "neighbour-labels": _neighbour_labels,
    "prior-adjusted": _prior_adjusted,
    "semi-supervised": _semi_supervised,
    "training-only": _training_only,
    "noisy-labels": _noisy_labels,
}
"""By name: from a split and its fitted plain model to what the strategy says of the test rows."""
