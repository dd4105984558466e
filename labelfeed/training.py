"""From a data set to a run: split, preprocess, build, train under a policy, score held-out rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.preprocess import Preprocessor
from labelfeed.data.split import Split, split_rows
from labelfeed.encoding import UNKNOWN
from labelfeed.evaluation import Scores, score
from labelfeed.labels import LabelSpec
from labelfeed.model import LabelFedModel
from labelfeed.networks import NetworkError, build_network, load_network, without_label
from labelfeed.run import Run
from labelfeed.strategies.partial_labels import partial_labels
from labelfeed.visibility import Hidden, Masked, Visibility

__all__ = ["TrainingOptions", "evaluate_run", "most_epochs", "train"]

_DRAWS = 5  # draws of which labels are known: one alone would be noisy on a small test part
_DIVERGED = "The training loss became NaN or infinite: lower the learning rate."

OWN_COPY = (
    "the only label that is fed is the target itself: its own copy adds nothing at prediction "
    "time, when it is unknown. It pays to feed a label where other labels, or a noisier one, are "
    "known then: give them with --label, or compare with --conditioning none"
)


@dataclasses.dataclass(frozen=True)
class TrainingOptions:
    """How to train.

    Args:
        network: `"module:function"` of a user's network, or `None` for the default one.
        conditioning: Where the label enters the default network: `"embedding"`,
            `"conditional-dense"`, `"branch"`, `"known-labels"` (the strategy `partial-labels`, for
            several yes/no labels), or `None` for the plain network. `"auto"` takes
            `"known-labels"` for several yes/no labels of tables, else `"embedding"`.
        activation: Activation of the default network.
        width: Units of its dense layers, >= 1.
        depth: Number of its dense layers, >= 1.
        dropout: Dropout of its dense layers, in [0, 1).
        label_dropout: Probability in [0, 1) that a layer takes a shown label for unknown.
        hidden_rate: Probability in [0, 1] that a label is hidden in training, or `"uniform"` to
            draw it per row. `None` takes `"uniform"` for multi and 0.5 for single labels.
        epochs: Most epochs, >= 1; of each phase where the conditioning is `"known-labels"`.
        patience: Epochs without a better validation loss after which training stops.
        batch_size: Rows per step, >= 1.
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay of AdamW, >= 0.
        test_share: Share of labelled rows held out for the scores, in [0, 1).
        validation_share: Share of labelled rows for early stopping, in [0, 1).
        seed: Seed of split, weights, batches and visibility.
    """

    network: str | None = None
    conditioning: Any = "auto"
    activation: str = "relu"
    width: int = 64
    depth: int = 2
    dropout: float = 0.1
    label_dropout: float = 0.0
    hidden_rate: Any = None
    epochs: int = 100
    patience: int = 10
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    test_share: float = 0.2
    validation_share: float = 0.15
    seed: int = 0


def train(
    dataset: Dataset,
    options: TrainingOptions | None = None,
    *,
    on_epoch: Callable[[int, dict[str, float]], None] | None = None,
    note: Callable[[str], None] | None = None,
) -> Run:
    """Train on a data set and score the held-out rows.

    Labels are fed under `Masked`: what the network reads is not scored. Training stops early on
    the loss of the validation part (its own for each phase of `"known-labels"`) and keeps the best
    weights. Sets the seeds of Python, NumPy and Keras.

    Args:
        dataset: Raw rows with labels, some possibly unknown.
        options: How to train.
        on_epoch: Called after each epoch with its number from 1 and the losses.
        note: Called with each line that the user should know.

    Returns:
        The `Run`, not yet saved; `metrics` are those of `evaluate_run` on the test part.

    Raises:
        DataError: Features or labels that cannot be learned from.
        NetworkError: The network cannot be built.

    Example:
        >>> data = labelfeed.data.load_table("rows.csv", target="y")  # doctest: +SKIP
        >>> train(data).metrics["nothing_known"]["accuracy"]  # doctest: +SKIP
        0.93
    """
    options = TrainingOptions() if options is None else options
    tell = note if note is not None else lambda line: None
    spec = dataset.spec
    keras.utils.set_random_seed(options.seed)
    split = split_rows(
        dataset.labels,
        spec,
        test_share=options.test_share,
        validation_share=options.validation_share,
        seed=options.seed,
    )
    for line in split.notes:
        tell(line)
    rows = dataset.take(split.train)
    preprocessor = Preprocessor.fit(rows.features)
    for line in preprocessor.notes:
        tell(line)
    x = preprocessor.transform(rows.features)
    model = _build(preprocessor.shape, spec, options)
    if spec.kind == "single" and not isinstance(model.visibility, Hidden):
        tell(OWN_COPY)
    _compile(model, options)
    validation = None
    if len(split.validation):
        held = dataset.take(split.validation)
        validation = (preprocessor.transform(held.features), held.labels)
    try:
        history = model.fit(
            x,
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
    run = Run(model, preprocessor, options=dataclasses.asdict(options), split=parts)
    metrics = evaluate_run(run, dataset.take(split.test)) if len(split.test) else {}
    return dataclasses.replace(run, metrics={**metrics, "training": _summary(history, split)})


def evaluate_run(run: Run, dataset: Dataset, known_share: float = 0.5) -> dict[str, Any]:
    """Score a run on labelled rows: with nothing known, and for multi labels partly known.

    Args:
        run: The run.
        dataset: Raw rows with labels of the run's spec; rows that were not trained on.
        known_share: Share of the labels shown to a multi-label model, in [0, 1]; only the others
            are scored, over 5 seeded draws.

    Returns:
        JSON types: `"nothing_known"`, and for multi labels `"partly_known"` with `"known_share"`;
        each a `Scores`, the latter with the mean of the draws.

    Raises:
        DataError: No row has a label.
    """
    if not dataset.labelled.any():
        raise DataError(f"{dataset.source}: no row has a label, so there is nothing to score.")
    dataset = dataset.take(dataset.labelled)
    spec = run.spec
    result: dict[str, Any] = {
        "nothing_known": score(dataset.labels, run.predict(dataset.features), spec).to_json()
    }
    if spec.kind == "multi" and spec.num_classes > 1:
        drawn = []
        for seed in range(_DRAWS):
            shown = Masked(1 - known_share).sample(dataset.labels, seed=seed)
            hidden = np.where(shown == UNKNOWN, dataset.labels, UNKNOWN)
            probabilities = run.predict(dataset.features, known=shown)
            drawn.append(score(hidden, probabilities, spec))
        result["partly_known"] = {"known_share": known_share, **_mean(drawn)}
    return result


def most_epochs(options: TrainingOptions, dataset: Dataset) -> int:
    """Return how many epochs training takes at most, over all phases."""
    chosen = _conditioning(options, dataset.spec, images=np.ndim(dataset.features) > 2)
    return options.epochs * (2 if chosen == "known-labels" else 1)


def _conditioning(options: TrainingOptions, spec: LabelSpec, images: bool) -> Any:
    """Return where the label enters the network, with `"auto"` resolved."""
    several = spec.kind == "multi" and spec.num_classes > 1
    if options.network is not None:
        return "network"
    if options.conditioning == "auto":
        return "known-labels" if several and not images else "embedding"
    if options.conditioning == "known-labels" and not several:
        raise NetworkError(
            "conditioning 'known-labels' needs several yes/no labels, of which some are known "
            f"while others are not; {spec.name!r} is one label. Use 'embedding'."
        )
    return options.conditioning


def _build(shape: tuple[int, ...], spec: LabelSpec, options: TrainingOptions) -> LabelFedModel:
    rate = options.hidden_rate
    if rate is None:
        rate = "uniform" if spec.kind == "multi" else 0.5
    visibility: Visibility = Masked(rate, seed=options.seed)
    conditioning = _conditioning(options, spec, images=len(shape) > 1)
    design: dict[str, Any] = {
        "width": options.width,
        "depth": options.depth,
        "activation": options.activation,
        "dropout": options.dropout,
        "label_dropout": options.label_dropout,
    }
    if conditioning == "known-labels":
        return partial_labels(spec, shape, visibility=visibility, **design)
    if options.network is not None:
        network = load_network(options.network, shape, spec)
    else:
        network = build_network(shape, spec, conditioning=conditioning, **design)
        if conditioning is None:
            network, visibility = without_label(network, spec), Hidden()
    return LabelFedModel(network, label=spec, visibility=visibility)


def _compile(model: LabelFedModel, options: TrainingOptions) -> None:
    binary = model.label.kind == "multi" or model.network.outputs[0].shape[1] == 1
    model.compile(
        keras.optimizers.AdamW(options.learning_rate, weight_decay=options.weight_decay),
        "binary_crossentropy" if binary else "sparse_categorical_crossentropy",
    )


def _callbacks(
    options: TrainingOptions,
    validated: bool,
    on_epoch: Callable[[int, dict[str, float]], None] | None,
) -> list[Any]:
    callbacks: list[Any] = [keras.callbacks.TerminateOnNaN()]
    if validated:
        stop = keras.callbacks.EarlyStopping(
            "val_loss", patience=options.patience, restore_best_weights=True
        )
        callbacks.append(stop)
    if on_epoch is not None:
        tell = on_epoch
        callbacks.append(
            keras.callbacks.LambdaCallback(on_epoch_end=lambda e, logs: tell(e + 1, logs))
        )
    return callbacks


def _summary(history: dict[str, list[float]], split: Split) -> dict[str, Any]:
    followed = history.get("val_loss") or history["loss"]
    return {
        "epochs": len(followed),
        "best_epoch": int(np.argmin(followed)) + 1,
        "loss": float(history["loss"][-1]),
        "best_validation_loss": float(min(followed)) if "val_loss" in history else None,
        "train_rows": len(split.train),
        "validation_rows": len(split.validation),
        "test_rows": len(split.test),
    }


def _mean(drawn: list[Scores]) -> dict[str, Any]:
    """Return the mean of each score over the draws that have it."""

    def mean(values: list[float | None]) -> float | None:
        there = [v for v in values if v is not None]
        return float(np.mean(there)) if there else None

    names = [*drawn[0].auc, *drawn[0].skipped]
    auc = {name: mean([s.auc.get(name) for s in drawn]) for name in names}
    return {
        "rows": drawn[0].rows,
        "labels": round(float(np.mean([s.labels for s in drawn]))),
        "accuracy": mean([s.accuracy for s in drawn]),
        "balanced_accuracy": mean([s.balanced_accuracy for s in drawn]),
        "macro_auc": mean([s.macro_auc for s in drawn]),
        "log_loss": mean([s.log_loss for s in drawn]),
        "auc": {name: value for name, value in auc.items() if value is not None},
        "skipped": [name for name, value in auc.items() if value is None],
    }
