"""Training on a frozen backbone: its vectors are computed once and are then a table."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.models.on_trunk import on_trunk, thawed
from labelfeed.options import StrategyOptions
from labelfeed.runs.fitting import Fitted, fit_members, fit_network, train_network
from labelfeed.runs.watching import Watch
from labelfeed.strategies.backbone import build_trunk
from labelfeed.strategies.blended import plain_models
from labelfeed.strategies.pictures import FeatureShape

__all__ = ["fit_on_backbone"]

_Told: TypeAlias = tuple[
    Callable[[str], None],
    Callable[[int], None] | None,
    Callable[[int, dict[str, float]], None] | None,
    Callable[[int, int], None] | None,
]

_DRAWS = 3  # views of each picture that one network learns from
_SLOWER = 0.01  # of the learning rate: what was learned elsewhere shall stay


def fit_on_backbone(
    x: np.ndarray,
    rows: Dataset,
    held_x: np.ndarray,
    held: Dataset,
    design: FeatureShape,
    options: StrategyOptions,
    groups: np.ndarray | None,
    watch: Watch,
    told: _Told,
) -> Fitted:
    """Train what suits vectors on those of a backbone, and join both to one model.

    Plain models are cross-fitted on the vectors of the pictures as they are; a network learns from
    three views of each picture. With `fine_tune` the whole is then trained on, slowly.

    Args:
        x: Prepared features of the training rows.
        rows: The training rows.
        held_x: Prepared features of `held`.
        held: Rows whose score ends the training early.
        design: Shape of a row, as for `build_network`.
        options: Of the strategy; `backbone` is given.
        groups: `(n,)`: rows of one group never stand on both sides of a fold.
        watch: What follows the training of a network, and ends it.
        told: As `tell`, `on_phase`, `on_epoch` and `on_judged` of `fit_members`.

    Raises:
        DataError: The loss became NaN or infinite.
        NetworkError: There is no such backbone, or its weights do not fit.
    """
    tell = told[0]
    backbone, weights = str(options.backbone), options.backbone_weights
    trunk = build_trunk(design, backbone, weights, options.augment)
    trunk.scale(x)
    z = trunk.vectors(x)
    tell(f"backbone {backbone}: {z.shape[1]:,} numbers for each picture")
    table = _of_vectors(rows, z)
    if plain_models(options, rows):
        fitted = fit_members(z, table, options, groups, *told)
        return dataclasses.replace(fitted, model=on_trunk(fitted.model, trunk.network))
    if options.augment != "none":
        views = [z, *(trunk.vectors(x, augment=True) for _ in range(_DRAWS - 1))]
        table = _of_vectors(rows.take(np.tile(np.arange(len(x)), _DRAWS)), np.concatenate(views))
    held_z = trunk.vectors(held_x) if len(held) else z[:0]
    held_table = _of_vectors(held, held_z)
    fitted = fit_network(table.features, table, held_z, held_table, z.shape[1:], options, watch)
    model = on_trunk(fitted.model, trunk.network)
    if not options.fine_tune or watch.stopped:
        return dataclasses.replace(fitted, model=model)
    thawed(model, _SLOWER * options.learning_rate)
    train_network(model, x, rows, held_x, held, options, watch, options.fine_tune)
    return Fitted(model, watch.summary(options.watch, len(held) > 0))


def _of_vectors(rows: Dataset, z: np.ndarray) -> Dataset:
    return dataclasses.replace(rows, kind="arrays", features=z)
