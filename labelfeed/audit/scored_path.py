"""Does a `LabelFedModel` score a label that its network reads? Measured, not assumed."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from labelfeed.audit.probes import ScoredPathProbe
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.models.keras_private import evaluated_anew
from labelfeed.models.wire import with_label
from labelfeed.types import Features, KerasModel, Tensor
from labelfeed.visibility.by_column import draw_columns

__all__ = ["probe_scored_path"]

_MOST_ROWS = 256
_MOVED = 1e-5  # a metric
_TOLERANCE = {"float16": 2e-2, "bfloat16": 5e-2}


def probe_scored_path(
    model: KerasModel, features: Features, ids: np.ndarray, seed: int
) -> ScoredPathProbe:
    """Check the two places where a label could be both read and scored.

    Evaluation: the loss that `evaluate(x, y)` reports must be the loss of a forward pass that has
    no label at all, for the true labels and for permuted ones. Training: in draws of the model's
    own visibility, altering the predictions at shown labels must leave the loss as it is, while
    altering them at hidden labels changes it. No weight and no random state of the model changes.

    Args:
        model: `LabelFedModel`; if it is not compiled, nothing can be measured (all `None`).
        features: Features of the rows (at most 256 are used).
        ids: Label ids of the rows, -1 unknown.
        seed: Seed of the permutation, the draws and the alterations.
    """
    if not model.compiled or model.loss is None:
        return ScoredPathProbe(None, None, None, None, None, None)
    compute = keras.backend.standardize_dtype(model.network.compute_dtype)
    tolerance = _TOLERANCE.get(compute, 2e-5)
    rng = np.random.default_rng(seed)
    tensors = keras.tree.map_structure(ops.convert_to_tensor, features)
    reported, free = [], []
    for labels in (ids, rng.permutation(ids)):
        reported.append(_evaluated_loss(model, features, labels))
        free.append(_loss(model, tensors, labels, model(tensors, training=False)))
    gaps = [abs(a - b) / max(1.0, abs(b)) for a, b in zip(reported, free, strict=True)]
    share, change, metrics = _shown_contribution(model, tensors, ids, rng, seed)
    return ScoredPathProbe(
        evaluated_loss=reported[0],
        label_free_loss=free[0],
        evaluate_reads_label=bool(max(gaps) > tolerance),
        shown_share=share,
        shown_loss_change=change,
        shown_is_scored=None if change is None else bool(change > 1e-5),
        shown_metrics=metrics,
    )


def _evaluated_loss(model: KerasModel, features: Features, ids: np.ndarray) -> float:
    """Return what `evaluate` reports for one batch, run eagerly and leaving no trace.

    Eagerly, because TensorFlow's graphs take the loss from the logits before a softmax, which
    tells unlikely classes apart that clipped probabilities do not.
    """
    with evaluated_anew(model):
        logs = model.evaluate(features, ids, batch_size=len(ids), verbose=0, return_dict=True)
    return float(logs["loss"])


def _shown_contribution(
    model: KerasModel, tensors: Features, ids: np.ndarray, rng: np.random.Generator, seed: int
) -> tuple[float | None, float | None, tuple[str, ...]]:
    """Return the share of shown labels, and what altering their predictions changes.

    Of the loss how much, and which metrics.
    """
    draws = keras.random.SeedGenerator(seed)
    known = ids >= 0
    shares, changes, moved = [], [], set()
    for _ in range(3):
        label = ops.convert_to_tensor(ids.astype("int32"))
        drawn = draw_columns(model.visibility, label, model.label, draws)
        shown = np.asarray(ops.convert_to_numpy(drawn), bool) & known
        shares.append(shown.sum() / known.sum())
        hidden = known & ~shown
        if not shown.any() or not hidden.any():
            continue
        fed = np.where(shown, ids, UNKNOWN).astype("int32")
        x = with_label(tensors, ops.convert_to_tensor(fed))
        scores = ops.convert_to_numpy(ops.cast(model(x, training=False), "float32"))
        other = _altered(scores, rng)
        losses, logs = [], []
        # The unaltered scores go the same way: an output of Keras's softmax carries its logits,
        # and a loss that finds them there differs from one of the bare probabilities.
        for where in (np.zeros_like(shown), shown, hidden):
            mask = where if where.ndim == 2 else where[:, None]
            altered = ops.convert_to_tensor(np.where(mask, other, scores))
            losses.append(_loss(model, x, ids, altered))
            logs.append(_metrics(model, x, ids, altered))
        base, at_shown, at_hidden = losses
        if abs(at_hidden - base) > 1e-5 * max(1.0, abs(base)):  # the measure has hold of the loss
            changes.append(abs(at_shown - base) / max(1.0, abs(base)))
        was, now = logs[:2]
        moved |= {name for name in was if abs(now[name] - was[name]) > _MOVED}
    share = float(np.mean(shares))
    if share == 0.0:
        return share, 0.0, ()
    return share, max(changes) if changes else None, tuple(sorted(moved))


def _altered(scores: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return other scores of the same kind: random probabilities, or logits with noise."""
    if scores.min() < 0 or scores.max() > 1:
        return (scores + rng.normal(size=scores.shape)).astype("float32")
    other = rng.uniform(0.05, 0.95, scores.shape)
    if scores.shape[1] > 1 and np.allclose(scores.sum(1), 1.0, atol=0.02):
        other /= other.sum(1, keepdims=True)
    return other.astype("float32")


def _loss(model: KerasModel, x: Features, ids: np.ndarray, output: Tensor) -> float:
    labels = ops.convert_to_tensor(ids.astype("int32"))
    loss = model.compute_loss(x=x, y=labels, y_pred=output, training=False)
    return float(ops.convert_to_numpy(ops.cast(loss, "float32")))


def _metrics(model: KerasModel, x: Features, ids: np.ndarray, output: Tensor) -> dict[str, float]:
    """Return what the metrics of a training step say of hidden labels, as numbers."""
    labels = ops.convert_to_tensor(ids.astype("int32"))
    state = [v for metric in model.metrics for v in metric.variables]
    kept = [ops.copy(v.value) for v in state]
    model.reset_metrics()
    logs = model.compute_metrics(x=x, y=labels, y_pred=output, sample_weight=None)
    for variable, value in zip(state, kept, strict=True):
        variable.assign(value)
    return {
        name: float(np.mean(ops.convert_to_numpy(value)))
        for name, value in logs.items()
        if name != "loss" and not name.startswith("shown")
    }
