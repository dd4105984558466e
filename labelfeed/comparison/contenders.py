"""What is compared: plain, the strategies, and the cheap peers that they have to beat."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Literal

import numpy as np

from labelfeed.comparison.design import Point, PreparedSplit
from labelfeed.comparison.trees import trees, trees_with_labels, which_trees
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import known_columns, logits_of, probabilities_of
from labelfeed.estimators.evidence import EvidenceReader
from labelfeed.estimators.named_members import MEMBERS
from labelfeed.estimators.sides import fit_side_blend, noised, side_member
from labelfeed.labels.pairwise import pairwise_log_odds
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.honest import find_noise
from labelfeed.noise.soft_rows import soft_rows
from labelfeed.noise.suiting import suiting_plain
from labelfeed.options import SideLabelOptions
from labelfeed.sides.bayes_product import BayesProduct

__all__ = ["CONTENDERS", "Contender", "Predict", "applying", "plain_model", "told_name"]

Predict = Callable[[Point], np.ndarray]
Role = Literal["plain", "strategy", "peer", "control"]

_AUTO = ("logistic", "extra-trees", "boosting")
_OWN = SideLabelOptions()


@dataclasses.dataclass(frozen=True)
class Contender:
    """One of those that are compared.

    Args:
        name: Its name.
        role: `"strategy"` has to beat the others; `"control"` is the same amount of model with
            nothing to read.
        kinds: Of which inputs it is one, see `design.input_kind`.
        reads: Whether it reads labels.
        fit: From a split and its fitted plain model to probabilities of the test rows.
        on_plain: Whether the plain model is a part of it.
        asked: Whether it is left out unless it is asked for, by the kinds where that is so.
    """

    name: str
    role: Role
    kinds: tuple[str, ...]
    reads: bool
    fit: Callable[[PreparedSplit, LabelFedClassifier], Predict]
    on_plain: bool = True
    asked: tuple[str, ...] = ()


def plain_model(split: PreparedSplit, plain: str, seed: int, read: bool) -> LabelFedClassifier:
    """Return the fitted plain model of a split.

    Args:
        split: The rows.
        plain: As for `LabelFedClassifier`.
        seed: Of its folds and models.
        read: Whether it also learns what known labels tell.
    """
    model = LabelFedClassifier(plain, split.spec, read=read, seed=seed)
    labels = split.y
    if split.spec.kind == "single":
        labels = split.spec.label_columns[0].ids(split.y)
    return model.fit(split.x, labels, groups=split.groups, sample_weight=split.weight)


def _plain(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    p = plain.predict_proba(split.test_x)
    return lambda point: p


def _partial_labels(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    z = plain.plain_logits(split.test_x)

    def predict(point: Point) -> np.ndarray:
        delta = 0.0 if plain.readers_ is None else plain.readers_.delta(z, point.known)
        return probabilities_of(z + delta, split.spec)

    return predict


def _side_label(
    split: PreparedSplit, plain: LabelFedClassifier, blanked: bool = False
) -> Callable[[Point], np.ndarray]:
    def shown(sides: np.ndarray) -> np.ndarray:
        return np.zeros_like(sides) if blanked else sides

    names = _AUTO if plain.plain == "auto" else (str(plain.plain),)
    specs = split.side_specs
    found = fit_side_blend(
        plain.out_of_fold_logits(),
        split.x,
        split.y,
        noised(shown(split.sides), specs, _OWN.side_dropout, 0.0 if blanked else
               _OWN.side_corruption, split.seed),
        split.spec,
        specs,
        plain.folds_,
        [side_member(MEMBERS[name](), split.x.shape[1], specs) for name in names],
        weight=split.weight,
        seed=split.seed,
    )  # fmt: skip
    z = plain.plain_logits(split.test_x)

    def predict(point: Point) -> np.ndarray:
        return probabilities_of(found.logits(z, split.test_x, shown(point.sides)), split.spec)

    return predict


def _blanked(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    return _side_label(split, plain, blanked=True)


def _label_product(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Plain odds times the counted odds of each known label."""
    places = split.spec.num_classes
    tables = pairwise_log_odds(split.y, spec=split.spec).astype(np.float64)
    zero = np.zeros(places)
    counts = EvidenceReader(tables, 0.0, zero, zero, np.ones(places), split.spec, cap=np.inf)
    z = plain.plain_logits(split.test_x)
    return lambda point: probabilities_of(z + counts.delta(z, point.known), split.spec)


def _side_product(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """The Bayes product for each label column."""
    products = []
    for column in split.spec.label_columns:
        product = BayesProduct(LabelSpec.single(column.num_classes), split.side_specs)
        products.append((column, product.fit(column.ids(split.y), list(split.sides.T))))
    p = plain.predict_proba(split.test_x)

    def predict(point: Point) -> np.ndarray:
        out = p.copy()
        for column, product in products:
            own = product.predict_proba(column.probabilities(p), list(point.sides.T))
            out[:, list(column.places)] = own if column.of_classes else own[:, 1:]
        return out

    return predict


def _product(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    return (_side_product if split.side_specs else _label_product)(split, plain)


def _twice(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Average the logits with those of a second plain model of another seed."""
    other = plain_model(split, str(plain.plain), split.seed + 500_000, read=False)
    p = [logits_of(m.predict_proba(split.test_x), split.spec) for m in (plain, other)]
    mean = probabilities_of((p[0] + p[1]) / 2, split.spec)
    return lambda point: mean


def _noisy_labels(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Learn from soft repaired labels where noise is found, else from the labels as given."""
    found = find_noise(
        split.x, split.y, split.spec, groups=split.groups, weight=split.weight,
        plain=suiting_plain(str(plain.plain), split.y), seed=split.seed,
    )  # fmt: skip
    if not any(one.found for one in found):
        return _plain(split, plain)
    posteriors = [one.posterior for one in found]
    at, labels, share = soft_rows(
        posteriors, known_columns(split.y, split.spec), split.spec, split.seed
    )
    weight = share if split.weight is None else share * split.weight[at]
    groups = at if split.groups is None else split.groups[at]
    repaired = dataclasses.replace(
        split, x=split.x[at], y=labels, sides=split.sides[at], weight=weight, groups=groups
    )
    p = plain_model(repaired, str(plain.plain), split.seed, read=False).predict_proba(split.test_x)
    return lambda point: p


_ALL, _READ = ("labels", "sides", "target"), ("labels", "sides")
# In the order in which they are fitted: what a budget cuts off last comes first.
CONTENDERS = {
    made.name: made
    for made in (
        Contender("plain", "plain", _ALL, False, _plain),
        Contender("partial-labels", "strategy", ("labels",), True, _partial_labels),
        Contender("side-label", "strategy", ("sides",), True, _side_label),
        Contender("noisy-labels", "strategy", _ALL, False, _noisy_labels, False, _READ),
        Contender("bayes-product", "peer", _READ, True, _product),
        Contender("trees-with-labels", "peer", _READ, True, trees_with_labels, False),
        Contender("trees", "peer", _ALL, False, trees, False),
        Contender("side-label-blanked", "control", ("sides",), False, _blanked),
        Contender("plain-twice", "control", ("labels", "target"), False, _twice),
    )
}
"""All contenders by name."""


def applying(kind: str, plain: str, asked: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the names of those that apply.

    Args:
        kind: What can be read, see `design.input_kind`.
        plain: The plain models. A second one that is the same adds nothing.
        asked: Strategies that are asked for; none: all that apply by themselves.

    Example:
        >>> applying("labels", "logistic")
        ('plain', 'partial-labels', 'bayes-product', 'trees-with-labels', 'trees')
    """
    found = []
    for one in CONTENDERS.values():
        wanted = one.name in asked if asked and one.role == "strategy" else kind not in one.asked
        if kind in one.kinds and wanted and not (one.name == "plain-twice" and plain == "logistic"):
            found.append(one.name)
    return tuple(found)


def told_name(name: str, kind: str) -> str:
    """Return how a contender is called in tables and sentences.

    Example:
        >>> told_name("bayes-product", "labels"), told_name("plain", "labels")
        ('the Bayes product', 'plain')
    """
    what = "side label columns" if kind == "sides" else "label columns"
    return {
        "bayes-product": "the Bayes product",
        "trees": which_trees(),
        "trees-with-labels": f"{which_trees()} with {what}",
        "plain-twice": "two plain models averaged",
        "side-label-blanked": "side-label, blanked",
    }.get(name, name)
