"""The cheap peers: plain itself, counts, a second plain model, and models with class weights."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.comparison.design import Point, PreparedSplit
from labelfeed.comparison.plain import Predict, plain_model
from labelfeed.comparison.trees import tree_member
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import logits_of, probabilities_of
from labelfeed.estimators.evidence import EvidenceReader
from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.estimators.member import Member
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.pairwise import pairwise_log_odds
from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.bayes_product import BayesProduct

__all__ = ["bayes_product", "just_plain", "logistic_weighted", "plain_twice", "trees_weighted"]

_FOLDS = 3  # that choose penalty, size and number of trees


def just_plain(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return what the plain model says, whatever is known."""
    p = plain.predict_proba(split.test_x)
    return lambda point: p


def bayes_product(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return plain odds times the counted odds of each known label, or side label."""
    return (_side_product if split.side_specs else _label_product)(split, plain)


def plain_twice(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return the mean of its logits and those of a second plain model of another seed."""
    other = plain_model(split, str(plain.plain), split.seed + 500_000, read=False)
    p = [logits_of(m.predict_proba(split.test_x), split.spec) for m in (plain, other)]
    mean = probabilities_of((p[0] + p[1]) / 2, split.spec)
    return lambda point: mean


def logistic_weighted(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return logistic regression with class weights: all classes count alike.

    Args:
        split: The rows.
        plain: Not used.
    """
    return _weighted(split, LogisticMember())


def trees_weighted(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
    """Return boosted trees with class weights.

    Args:
        split: The rows.
        plain: Not used.
    """
    return _weighted(split, tree_member())


def _label_product(split: PreparedSplit, plain: LabelFedClassifier) -> Predict:
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


def _weighted(split: PreparedSplit, member: Member) -> Predict:
    """Each label column by itself, since its rows have weights of their own."""
    z = np.zeros((len(split.test_x), split.spec.num_classes))
    for column in split.spec.label_columns:
        own = list(column.places)
        alone = LabelSpec.single(len(own)) if column.of_classes else LabelSpec.multi(1)
        part = dataclasses.replace(split, y=split.y[:, own], spec=alone)
        folds = deal_folds(part.y, _FOLDS, groups=split.groups, seed=split.seed)
        found = member.cross_fit(
            part.x, part.y, alone, folds,
            sample_weight=_class_weight(column, split.y, split.weight), seed=split.seed,
        )  # fmt: skip
        assert found.final is not None
        z[:, own] = found.final.logits(split.test_x)
    p = probabilities_of(z, split.spec)
    return lambda point: p


def _class_weight(column: LabelColumn, y: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    """Return `rows / (classes * rows of the own class)` of each row, times its weight."""
    ids = column.ids(y)
    w = np.ones(len(ids)) if weight is None else np.asarray(weight, np.float64)
    known = ids != UNKNOWN
    count = np.bincount(ids[known], weights=w[known], minlength=column.num_classes)
    each = count.sum() / np.maximum(count, 1e-9) / max(int((count > 0).sum()), 1)
    return w * np.where(known, each[np.maximum(ids, 0)], 1.0)
