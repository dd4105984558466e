"""What trains the model of a run: one network by Keras, or plain models that are cross-fitted."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import keras
import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.estimators.kept_fits import kept_checkpoint
from labelfeed.layers.known_label_path import KnownLabelPath
from labelfeed.models.keras_private import all_layers, without_tensorflow
from labelfeed.models.resuming import Resume
from labelfeed.models.streamed_rows import StreamedRows
from labelfeed.models.wrapping import as_predictor
from labelfeed.options import SemiSupervisedOptions, SideLabelOptions, StrategyOptions
from labelfeed.runs.watching import BestWeights, StoppedError, Watch
from labelfeed.scaling.gathered import gathered
from labelfeed.scaling.shares import Sharing
from labelfeed.strategies.blended import fit_blended
from labelfeed.strategies.blended_rare import fit_blended_rare
from labelfeed.strategies.blended_sides import fit_blended_sides
from labelfeed.strategies.blended_unlabelled import fit_blended_unlabelled
from labelfeed.strategies.calibrated import calibrate
from labelfeed.strategies.choose import RECIPES, build_model
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.types import Features, KerasModel

__all__ = ["Fitted", "beside", "fit_members", "fit_network", "fit_streamed", "train_network"]

_DIVERGED = "The training loss became NaN or infinite: lower the learning rate."


@dataclasses.dataclass(frozen=True)
class Fitted:
    """A trained model, and what its run keeps of the training.

    Args:
        model: Compiled.
        record: JSON types: `epochs`, `phases`, `interrupted`, ...; of plain models also `plain`, a
            line that says what was taken, `seconds`, and `losses` out of fold.
    """

    model: KerasModel
    record: dict[str, Any]


def fit_network(
    x: Features,
    rows: Dataset,
    held_x: Features,
    held: Dataset,
    design: FeatureShape,
    options: StrategyOptions,
    watch: Watch,
    shared: AbstractContextManager[Sharing] | None = None,
) -> Fitted:
    """Build the network of a strategy, and train it under its policy.

    Args:
        x: Prepared features of the training rows.
        rows: The training rows.
        held_x: Prepared features of `held`.
        held: Rows whose score ends the training early; none: nothing does.
        design: Shape of a row, as for `build_network`.
        options: Of the strategy.
        watch: What follows the training, and ends it.
        shared: Block in which several devices train, of `scaling.devices`.

    Raises:
        DataError: The loss became NaN or infinite.
        NetworkError: The network cannot be built or saved.
    """
    used: dict[str, Any] = {}
    with contextlib.nullcontext() if shared is None else shared as how:
        model = build_model(design, rows, options)
        _check_saves(model)
        train_network(model, x, rows, held_x, held, options, watch)
        if how is not None:
            used = {"devices": how.devices, "processes": how.processes}
    fitted = _trained(gathered(model) if used else model, held, options, watch)
    return Fitted(fitted.model, {**fitted.record, **used})


def fit_streamed(
    x: Features,
    rows: Dataset,
    held_x: Features,
    held: Dataset,
    design: FeatureShape,
    options: StrategyOptions,
    watch: Watch,
    batches: Callable[[KerasModel], StreamedRows],
) -> Fitted:
    """Build the network of a strategy from a sample of the training rows, and train it on all.

    Args:
        x: As for `fit_network`, of the sample; and likewise what follows.
        rows: The sample.
        held_x: Prepared features of `held`.
        held: Rows whose score ends the training early.
        design: Shape of a row.
        options: Of the strategy.
        watch: What follows the training, and ends it.
        batches: Returns the rows to train on, as the model takes them.
    """
    model = build_model(design, rows, options)
    _check_saves(model)
    if hasattr(model, "adapt"):  # counts labels beforehand, else of arrays alone
        model.adapt(rows.labels)
    train_network(model, x, rows, held_x, held, options, watch, streamed=batches(model))
    return _trained(model, held, options, watch)


def _trained(model: KerasModel, held: Dataset, options: StrategyOptions, watch: Watch) -> Fitted:
    if watch.stopped and not any(watch.phases[1:]):  # no epoch of the second phase
        for layer in all_layers(as_predictor(model).model):
            if isinstance(layer, KnownLabelPath):
                layer.reset()
    return Fitted(model, watch.summary(options.watch, len(held) > 0))


def train_network(
    model: KerasModel,
    x: Features,
    rows: Dataset,
    held_x: Features,
    held: Dataset,
    options: StrategyOptions,
    watch: Watch,
    epochs: int | None = None,
    streamed: StreamedRows | None = None,
) -> None:
    """Train a compiled model until its score on held-out rows gets no better, and calibrate it.

    Args:
        model: Compiled.
        x: As for `fit_network`.
        rows: As for `fit_network`.
        held_x: As for `fit_network`.
        held: As for `fit_network`.
        options: As for `fit_network`.
        watch: As for `fit_network`.
        epochs: At most; those of the options when `None`.
        streamed: The training rows; those of `x` and `rows` are a sample of them then.

    Raises:
        DataError: The loss became NaN or infinite.
    """
    validation = None
    if len(held):
        weights = () if held.weights is None else (held.weights,)
        validation = (beside(model, held_x, held), held.targets, *weights)
    alone = streamed is None
    try:
        model.fit(
            beside(model, x, rows) if alone else streamed,
            rows.targets if alone else None,
            validation_data=validation,
            sample_weight=rows.weights if alone else None,
            epochs=options.epochs if epochs is None else epochs,
            batch_size=options.batch_size if alone else None,
            callbacks=_callbacks(options, validation is not None, watch),
            verbose=0,
        )
    except StoppedError:
        pass
    except RuntimeError as error:  # Torch refuses NaN where the others compute on
        if np.all(np.isfinite(model.predict(x[:1], verbose=0))):
            raise
        raise DataError(_DIVERGED) from error
    if not np.all(np.isfinite([loss for phase in watch.phases for loss in phase.get("loss", ())])):
        raise DataError(_DIVERGED)
    _calibrate(model, rows, held_x, held, options)


def _calibrate(
    model: KerasModel, rows: Dataset, held_x: Features, held: Dataset, options: StrategyOptions
) -> None:
    """Calibrate our own network of pictures; weighted rows say nothing of frequencies."""
    if np.ndim(rows.features) <= 2 and options.backbone is None:
        return
    own = dataclasses.asdict(options).get("network")
    ours = RECIPES[options.strategy].calibrated and own is None
    if ours and held.weights is None and held.labelled.any():
        calibrate(model, held_x, held.labels)


def fit_members(
    x: np.ndarray,
    rows: Dataset,
    options: StrategyOptions,
    groups: np.ndarray | None,
    tell: Callable[[str], None],
    on_phase: Callable[[int], None] | None,
    on_epoch: Callable[[int, dict[str, Any]], None] | None,
    on_judged: Callable[[int, int], None] | None = None,
) -> Fitted:
    """Cross-fit the plain models that suit rows and options, and what reads labels on them.

    Args:
        x: Preprocessed features of the training rows, `(n, d)`.
        rows: The training rows.
        options: Of the strategy.
        groups: `(n,)`: rows of one group never stand on both sides of a fold.
        tell: Called with the line that says what was taken.
        on_phase: Called with 1 when it starts.
        on_epoch: Called after each plain model with its number, `"model"` and `"seconds"`.
        on_judged: Called, where rows get pseudo-labels first, with the fits done and all of them.
    """
    late = isinstance(
        options, SemiSupervisedOptions
    )  # pseudo-labels come first, with their own bar
    if on_phase is not None and not late:
        on_phase(1)

    def fitted(number: int, name: str, seconds: float) -> None:
        if on_phase is not None and late and number == 1:
            on_phase(1)
        if on_epoch is not None:
            on_epoch(number, {"model": name, "seconds": seconds})

    told: dict[str, Any] = {"groups": groups, "on_member": fitted}
    if isinstance(options, SideLabelOptions):
        made = fit_blended_sides(x, rows, options, **told)
    elif isinstance(options, SemiSupervisedOptions):
        made = fit_blended_unlabelled(x, rows, options, on_step=on_judged, **told)
    elif options.strategy == "prior-adjusted":
        made = fit_blended_rare(x, rows, options, **told)
    else:
        made = fit_blended(x, rows, options, **told)
    tell(made.said)
    number = made.members
    record = {
        "epochs": number,
        "best_epoch": None,
        "phases": [{"epochs": number, "best_epoch": None}],
        "interrupted": False,
        "plain": made.said,
        "seconds": made.seconds,
        "losses": made.losses,
    }
    return Fitted(made.model, record)


def beside(model: KerasModel, x: Features, dataset: Dataset) -> Features:
    """Return features with the side labels beside them, if the model takes any."""
    return model.with_sides(x, dataset.sides.columns()) if as_predictor(model).sides else x


def _check_saves(model: KerasModel) -> None:
    """Raise unless the model can be described, which is how it is saved when all is done."""
    try:
        with without_tensorflow():
            json.dumps(keras.saving.serialize_keras_object(model))
    except Exception as error:  # what a layer of the user's happens to raise
        reason = (str(error).strip() or type(error).__name__).split("\n")[0]
        raise NetworkError(
            f"The network cannot be saved, so it is not trained: {reason} Give its layers a "
            "get_config that returns their arguments."
        ) from error


def _callbacks(
    options: StrategyOptions, validated: bool, watch: Watch
) -> list[keras.callbacks.Callback]:
    callbacks: list[keras.callbacks.Callback] = [keras.callbacks.TerminateOnNaN(), watch]
    callbacks += watch.beside
    best = [BestWeights(watch, options.watch, options.patience)] if validated else []
    callbacks += best
    if (checkpoint := kept_checkpoint()) is not None:  # last: it keeps what the others know
        watch.fits += 1
        callbacks.append(Resume(checkpoint, [watch, *best], name=f"fit{watch.fits}"))
    return callbacks
