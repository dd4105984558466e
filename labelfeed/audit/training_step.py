"""Does the training step score labels that the network reads? It is run, on random labels."""

from __future__ import annotations

import numpy as np

from labelfeed.audit.chance import above_chance, best_blind, random_labels
from labelfeed.audit.probes import TrainingStepProbe
from labelfeed.audit.rows import take_rows
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.keras_private import stepped_in_vain
from labelfeed.types import Features, KerasModel

__all__ = ["probe_training_step"]

_ROWS, _STEPS = 32, 8


def probe_training_step(
    model: KerasModel,
    features: Features,
    ids: np.ndarray,
    spec: LabelSpec,
    seed: int,
    shown: float | None = None,
) -> TrainingStepProbe | None:
    """Run steps of the model's own training on labels drawn at random, and read what it reports.

    A model that has learned to copy what it reads reports more than chance, if the step scores a
    label that it feeds: in a `train_step` of the user's own, in metrics that count shown labels, in
    readers with different draws. Everything is as before afterwards.

    Args:
        model: `LabelFedModel`.
        features: Features of the rows.
        ids: Label ids to draw from.
        spec: Their spec.
        seed: Seed of the labels.
        shown: Share of the labels that the visibility shows.

    Returns:
        `None` for a model that is not compiled or has nothing to train.
    """
    if not model.compiled or model.loss is None or not model.trainable_variables:
        return None
    rng = np.random.default_rng(seed)
    steps = min(_STEPS, max(len(ids) // _ROWS, 1))
    drawn = random_labels(ids, spec, min(steps * _ROWS, len(ids)), rng)
    said: list[dict[str, float]] = []
    with stepped_in_vain(model):
        for at in np.array_split(np.arange(len(drawn)), steps):
            model.reset_metrics()
            logs = model.train_on_batch(take_rows(features, at), drawn[at], return_dict=True)
            said.append({name: float(np.mean(value)) for name, value in logs.items()})
    logs = {name: float(np.mean([one[name] for one in said])) for name in said[0]}
    scored = (drawn >= 0).sum() * (1.0 - (shown or 0.0))
    found = above_chance(logs, model.loss, best_blind(drawn, spec), max(scored, 1.0), "training")
    return TrainingStepProbe(len(drawn), found)
