"""The fitted plain models of `labelfeed.estimators` as networks of logits."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
import numpy as np
from keras import ops
from scipy.special import logsumexp

from labelfeed.estimators.any_classifier import ClassifierLogits
from labelfeed.estimators.boosting import BoostedLogits
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.extra_trees import ForestLogits
from labelfeed.estimators.given import GivenLogits
from labelfeed.estimators.linear import LinearLogits
from labelfeed.estimators.member import CrossFitted
from labelfeed.estimators.neighbours import NeighbourLogits
from labelfeed.estimators.tree_arrays import TreeArrays
from labelfeed.estimators.trees import tree_arrays
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.tree_ensemble import TreeEnsemble
from labelfeed.models.assembled_neighbours import neighbour_shares
from labelfeed.models.converted_inputs import dense
from labelfeed.models.converted_scores import joined, probabilities, share_logits
from labelfeed.models.from_estimators import several_scores
from labelfeed.types import Tensor

__all__ = ["member_logits"]

_FOREST, _GIVEN = 1e-7, 1e-4  # least probability of a forest, and of what is not ours


def member_logits(member: CrossFitted, x: Tensor, spec: LabelSpec) -> Tensor:
    """Return what a plain model says of symbolic features.

    Args:
        member: The fitted plain model.
        x: Symbolic float32 `(batch, d)`.
        spec: What the labels are.

    Returns:
        Symbolic logits `(batch, places)`: `member.final.logits` in float32.

    Raises:
        EstimatorError: It cannot become a network.
    """
    final = member.final
    network = getattr(final, "network", None)
    if isinstance(network, keras.Model):
        return ops.cast(network(x), "float32")
    if isinstance(final, LinearLogits):
        return dense(x, final.weights, final.bias)
    if isinstance(final, ForestLogits):
        rates = TreeEnsemble.of(tree_arrays(final.forest))(x)
        return share_logits(rates, spec, _FOREST)
    if isinstance(final, BoostedLogits):
        return _boosted(final, x, spec)
    if isinstance(final, NeighbourLogits):
        return share_logits(neighbour_shares(final, x), spec, _GIVEN)
    if isinstance(final, ClassifierLogits):
        return _classifier(final, x, spec)
    if isinstance(final, GivenLogits):
        one = x.shape[1] < spec.num_classes  # the second of two classes alone
        return share_logits(joined([1.0 - x, x]) if one else x, spec, _GIVEN)
    raise EstimatorError(
        f"The plain model {member.name!r} ({type(final).__name__}) cannot become a network: "
        "expected boosting, extra-trees, lightgbm, logistic, network, neighbours, given, or a "
        "classifier that labelfeed.models.from_estimators.keras_of takes."
    )


def _boosted(final: BoostedLogits, x: Tensor, spec: LabelSpec) -> Tensor:
    """Return the raw scores of all columns, walked in one layer, put into their places."""
    parts, rows, base = [], [], final.base.astype(np.float64).copy()
    for part in final.columns:
        if part.model is None:
            continue
        trees = tree_arrays(part.model)
        parts.append(
            dataclasses.replace(
                trees,
                feature=np.asarray(part.features, np.int32)[trees.feature],
                num_features=x.shape[1],
            )
        )
        rows.append(_places_of_scores(part.column, part.model.classes_, len(trees.base), spec))
    if not parts:
        return dense(x, np.zeros((x.shape[1], spec.num_classes)), base)
    to_places = np.concatenate(rows)
    raw = TreeEnsemble.of(TreeArrays.beside(parts))(x)
    base[to_places.any(axis=0)] = 0.0
    same = to_places.shape[0] == to_places.shape[1] and (to_places == np.eye(len(to_places))).all()
    out = raw if same else dense(raw, to_places, base)
    for part in final.columns:
        if part.model is not None and part.column.of_classes:
            out = _shifted(out, part.column, part.model.classes_, final.base)
    return out


def _places_of_scores(
    column: LabelColumn, classes: np.ndarray, scores: int, spec: LabelSpec
) -> np.ndarray:
    """Return `(scores, places)`: what each raw score adds to each place."""
    out = np.zeros((scores, spec.num_classes))
    if not column.of_classes:
        out[0, column.places[0]] = 1.0
        return out
    seen = np.asarray(column.places)[np.asarray(classes)]
    if scores == 1:
        out[0, seen] = [-0.5, 0.5]
    else:
        out[np.arange(scores), seen] = 1.0
    return out


def _shifted(out: Tensor, column: LabelColumn, classes: np.ndarray, base: np.ndarray) -> Tensor:
    """Return logits in which the classes seen have together the probability of their base."""
    seen = np.asarray(column.places)[np.asarray(classes)]
    if len(seen) == len(column.places):
        return out
    mark = np.zeros((1, out.shape[1]), np.float32)
    mark[:, seen] = 1.0
    own = ops.take(out, seen.astype(np.int32), axis=1)
    gap = float(logsumexp(base[seen])) - ops.logsumexp(own, axis=1, keepdims=True)
    return out + gap * mark


def _classifier(final: ClassifierLogits, x: Tensor, spec: LabelSpec) -> Tensor:
    columns, models = spec.label_columns, final.models
    whole = len(models) < len(columns)
    given = [model for model in models if model is not None]
    base = final.base.astype(np.float64).copy()
    if not given:
        return dense(x, np.zeros((x.shape[1], spec.num_classes)), base)
    p = joined([probabilities(scores) for scores in several_scores(given, x)])
    to_places = np.zeros((p.shape[1], spec.num_classes))
    at = 0
    for place, column in enumerate(columns):
        model = models[0] if whole else models[place]
        if model is None:
            continue
        classes = _classes(model, place) if whole else np.asarray(model.classes_)
        for i, value in enumerate(classes.tolist()):
            if column.of_classes:
                to_places[at + i, column.places[int(value)]] = 1.0
            elif value == 1:
                to_places[at + i, column.places[0]] = 1.0
        at += len(classes)
    if at != p.shape[1]:
        raise EstimatorError(
            f"The classifier gives {p.shape[1]} probabilities for {at} classes: it cannot become "
            "a network. Expected one for each of its classes_."
        )
    known = np.zeros((1, spec.num_classes), np.float32)
    for place, column in enumerate(columns):
        known[:, list(column.places)] = whole or models[place] is not None
    logits = share_logits(dense(p, to_places, 0.0), spec, _GIVEN)
    return logits if known.all() else logits * known + (1.0 - known) * base.astype(np.float32)


def _classes(model: object, place: int) -> np.ndarray:
    """Return the classes of an output of a classifier of all labels; one column is that of yes."""
    classes: Any = getattr(model, "classes_", None)
    several = isinstance(classes, list) and np.ndim(classes[0]) == 1
    return np.asarray(classes[place]) if several else np.array([1])
