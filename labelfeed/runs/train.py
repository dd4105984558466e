"""From a data set to a run: split, preprocess, build, train under a policy, score held-out rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.sides import prepare_sides
from labelfeed.data.split import Split, split_rows
from labelfeed.models.keras_private import set_random_seed
from labelfeed.models.wrapping import as_predictor
from labelfeed.options import StrategyOptions, TrainingOptions
from labelfeed.runs.evaluate import evaluate_run
from labelfeed.runs.folder import Run
from labelfeed.strategies.choose import build_model, choose_strategy
from labelfeed.types import Features, KerasModel

__all__ = ["AUTO_PLAIN", "OWN_COPY", "train"]

_DIVERGED = "The training loss became NaN or infinite: lower the learning rate."

AUTO_PLAIN = (
    "strategy plain: the target is the only label, and its own copy tells a model nothing. It pays "
    "to feed labels that are known at prediction time: give them with --label or --side"
)
OWN_COPY = (
    "the only label that is fed is the target itself: its own copy adds nothing at prediction "
    "time, when it is unknown. It pays to feed a label where other labels, or a noisier one, are "
    "known then: give them with --label or --side, or compare with --strategy plain"
)


def train(
    dataset: Dataset,
    options: TrainingOptions | StrategyOptions | None = None,
    *,
    on_epoch: Callable[[int, dict[str, float]], None] | None = None,
    note: Callable[[str], None] | None = None,
) -> Run:
    """Train on a data set and score the held-out rows.

    What the network reads is not scored. Training stops early on the score of the validation part
    that the strategy watches, in each of its phases, and keeps the best weights. Sets the seeds of
    Python, NumPy and Keras.

    Args:
        dataset: Raw rows with labels, some possibly unknown.
        options: How to train: what the user asks for, or all options of one strategy; what is not
            given comes from the strategy (`labelfeed.options`).
        on_epoch: Called after each epoch with its number from 1 and the losses.
        note: Called with each line that the user should know.

    Returns:
        The `Run`, not yet saved; `metrics` are those of `evaluate_run` on the test part.

    Raises:
        DataError: Features or labels that cannot be learned from.
        NetworkError: The network cannot be built, or the strategy does not suit the labels.
        OptionError: An option does not belong to the strategy.
        SideLeakError: A side label is the target, or determines it.

    Example:
        >>> data = labelfeed.data.load_table("rows.csv", target="y")  # doctest: +SKIP
        >>> train(data).metrics["nothing_known"]["accuracy"]  # doctest: +SKIP
        0.93
    """
    asked = _asked(options)
    tell = note if note is not None else lambda line: None
    options = choose_strategy(asked, dataset)
    strategy = options.strategy
    set_random_seed(options.seed)
    split = split_rows(
        dataset.labels,
        dataset.spec,
        test_share=options.test_share,
        validation_share=options.validation_share,
        seed=options.seed,
    )
    for line in split.notes:
        tell(line)
    if strategy == "side-label":
        dataset, lines = prepare_sides(dataset, split.train)
        for line in lines:
            tell(line)
    rows = dataset.take(split.train)
    preprocessor = Preprocessor.fit(rows.features)
    for line in preprocessor.notes:
        tell(line)
    x = preprocessor.transform(rows.features)
    model = build_model(preprocessor.shape, rows, options)
    if asked.strategy == "auto" and strategy == "plain":
        tell(AUTO_PLAIN)
    if strategy == "masked" and len(dataset.spec.label_columns) == 1:
        tell(OWN_COPY)
    validation = None
    if len(split.validation):
        held = dataset.take(split.validation)
        validation = (_beside(model, preprocessor.transform(held.features), held), held.labels)
    try:
        history = model.fit(
            _beside(model, x, rows),
            rows.labels,
            validation_data=validation,
            epochs=options.epochs,
            batch_size=options.batch_size,
            callbacks=_callbacks(options, validation is not None, on_epoch),
            verbose=0,
        ).history
    except RuntimeError as error:  # Torch refuses NaN where the others compute on
        if np.all(np.isfinite(model.predict(x[:1], verbose=0))):
            raise
        raise DataError(_DIVERGED) from error
    if not np.all(np.isfinite(history["loss"])):
        raise DataError(_DIVERGED)
    parts = {"validation": split.validation.tolist(), "test": split.test.tolist()}
    record = {"strategy": strategy, **dataclasses.asdict(options)}
    run = Run(model, preprocessor, options=record, split=parts)
    metrics = evaluate_run(run, dataset.take(split.test)) if len(split.test) else {}
    return dataclasses.replace(
        run, metrics={**metrics, "training": _summary(history, split, options.watch)}
    )


def _asked(options: TrainingOptions | StrategyOptions | None) -> TrainingOptions:
    if isinstance(options, StrategyOptions):
        return TrainingOptions(options.strategy, given=dataclasses.asdict(options))
    return TrainingOptions() if options is None else options


def _beside(model: KerasModel, x: Features, dataset: Dataset) -> Features:
    """Return features with the side labels beside them, if the model takes any."""
    return model.with_sides(x, dataset.sides.columns()) if as_predictor(model).sides else x


def _callbacks(
    options: StrategyOptions,
    validated: bool,
    on_epoch: Callable[[int, dict[str, float]], None] | None,
) -> list[keras.callbacks.Callback]:
    callbacks: list[keras.callbacks.Callback] = [keras.callbacks.TerminateOnNaN()]
    if validated:
        stop = keras.callbacks.EarlyStopping(
            options.watch,
            patience=options.patience,
            mode="max" if _greatest(options.watch) else "min",
            restore_best_weights=True,
        )
        callbacks.append(stop)
    if on_epoch is not None:
        tell = on_epoch
        callbacks.append(
            keras.callbacks.LambdaCallback(on_epoch_end=lambda e, logs: tell(e + 1, logs))
        )
    return callbacks


def _greatest(watch: str) -> bool:
    """Return whether the greatest value is the best."""
    return "loss" not in watch


def _summary(history: dict[str, list[float]], split: Split, watch: str) -> dict[str, Any]:
    watch = watch if watch in history else "loss"
    followed = np.asarray(history[watch])
    return {
        "epochs": len(followed),
        "best_epoch": int((followed.argmax if _greatest(watch) else followed.argmin)()) + 1,
        "loss": float(history["loss"][-1]),
        "best_validation_loss": float(min(history["val_loss"])) if "val_loss" in history else None,
        "train_rows": len(split.train),
        "validation_rows": len(split.validation),
        "test_rows": len(split.test),
    }
