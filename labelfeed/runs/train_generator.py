"""Training of a generator: from the rows of a file to what makes such rows."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from keras.utils import set_random_seed

from labelfeed.data.beside import PicturesAndColumns
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.groups import together
from labelfeed.data.label_numbers import fitted_numbers
from labelfeed.data.sides import prepare_sides
from labelfeed.data.spellings import spellings_json
from labelfeed.data.split import split_rows
from labelfeed.estimators.kept_fits import keeping
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.options import GenerateOptions, OptionError, TrainingOptions
from labelfeed.runs.folder import versions
from labelfeed.runs.generator import Generator
from labelfeed.runs.resuming import Work
from labelfeed.runs.watching import Watch
from labelfeed.strategies.generate import fit_generator, generate
from labelfeed.synthetic import TableCodec
from labelfeed.synthetic.combinations import Combinations
from labelfeed.synthetic.pictures import PictureCodec
from labelfeed.synthetic.training_rows import TrainingRows, training_rows_of

__all__ = ["train_generator"]

_UNUSED = (
    "activation", "augment", "backbone", "backbone_weights", "deploy_prior", "fine_tune",
)  # fmt: skip
_LARGEST = 64 * 64  # pixels of a picture


def train_generator(
    dataset: Dataset,
    options: GenerateOptions | TrainingOptions | None = None,
    *,
    raw: pd.DataFrame | None = None,
    id_column: str | None = None,
    on_epoch: Callable[[int, dict[str, float]], None] | None = None,
    note: Callable[[str], None] | None = None,
    stop: Callable[[], bool] | None = None,
    checkpoint: str | Path | Work | None = None,
) -> Generator:
    """Train what makes rows such as these, for labels that are asked for.

    Rows are split as by `train`: the codec and the network see the training rows alone, the
    validation rows end the training, and the test rows tell whether rows were copied.

    Args:
        dataset: Labelled rows of a table, vectors, or small pictures.
        options: Those of `generate`.
        raw: The cells of the file, as `training_rows_of` takes them.
        id_column: The column of row ids.
        on_epoch: Called after each epoch with its number and the losses.
        note: Called with a line for the user.
        stop: Asked after every batch whether to end the training.
        checkpoint: As of `train`: a folder by which the same call goes on after a kill.

    Raises:
        CheckpointError: The checkpoint is of another training.
        DataError: The rows cannot be learned from.
        OptionError: An option does not belong to the strategy.

    Example:
        >>> data = labelfeed.data.load_table("scans.csv", target="diagnosis")  # doctest: +SKIP
        >>> run = train_generator(data)  # doctest: +SKIP
        >>> run.sample(3, {"diagnosis": "malignant"}, seed=0)  # doctest: +SKIP
    """
    chosen = _chosen(options)
    tell = note if note is not None else lambda line: None
    start = time.monotonic()
    _check(dataset)
    work = Work(checkpoint) if isinstance(checkpoint, str | Path) else checkpoint
    opened = None if work is None else work.begin(dataset, chosen, tell=tell)
    set_random_seed(chosen.seed)
    belonging = together(dataset.features, dataset.groups, dataset.group_name)
    split = split_rows(
        dataset.labels,
        dataset.spec,
        test_share=chosen.test_share,
        validation_share=chosen.validation_share,
        seed=chosen.seed,
        groups=belonging.ids,
    )
    for line in (*belonging.notes, *split.notes):
        tell(line)
    pictures = np.ndim(dataset.features) > 2
    rows = None if pictures else training_rows_of(dataset, raw, id_column)
    dataset, lines = fitted_numbers(dataset, split.train)
    if dataset.sides.specs:
        dataset, more = prepare_sides(dataset, split.train, checked=False)
        lines += more
    for line in lines:
        tell(line)
    codec, x, spelling = _coded(dataset, rows, split.train)
    for line in getattr(codec, "notes", ()):
        tell(line)
    shape = x.shape[1:]
    groups = codec.groups if isinstance(codec, TableCodec) else None
    sides = dataset.sides.specs
    model = generate(dataset.spec, tuple(shape), sides=sides, groups=groups, options=chosen)
    watch = Watch(stop, None, on_epoch)
    train, held = (_part(dataset, x, part) for part in (split.train, split.validation))
    weights = _weights(dataset, split.train)
    with keeping(opened):
        fit_generator(model, train, held, chosen, weights, (watch,))
    losses = [loss for phase in watch.phases for loss in phase.get("loss", ())]
    if not np.isfinite(losses).all():
        raise DataError("The training loss became NaN or infinite: lower the learning rate.")
    done = {
        **watch.summary("val_loss", len(split.validation) > 0),
        "train_rows": len(split.train),
        "validation_rows": len(split.validation),
        "test_rows": len(split.test),
        "seconds": round(time.monotonic() - start, 1),
    }
    taken = dataset.take(split.train)
    ids = [column.ids(taken.labels) for column in dataset.spec.label_columns]
    ids += list(taken.sides.ids.T) if sides else []
    if work is not None and work is not checkpoint and not watch.stopped:
        work.remove()
    return Generator(
        model,
        codec,
        Combinations.of(ids),
        spelling,
        {"strategy": chosen.strategy, **dataclasses.asdict(chosen)},
        {"cells": dataset.cells.to_json(), "spellings": spellings_json(dataset.spellings)},
        {"validation": split.validation.tolist(), "test": split.test.tolist()},
        {"training": done},
        versions(),
    )


def _chosen(options: GenerateOptions | TrainingOptions | None) -> GenerateOptions:
    if options is None:
        return GenerateOptions()
    if isinstance(options, TrainingOptions):
        for name in _UNUSED:
            if name in options.given:
                raise OptionError(
                    f"--{name.replace('_', '-')} does not go with the strategy 'generate': leave "
                    "it out."
                )
        chosen = options.of("generate")
    else:
        chosen = options
    if not isinstance(chosen, GenerateOptions):
        raise OptionError(f"train_generator takes options of 'generate', got {chosen!r}.")
    return chosen


def _check(dataset: Dataset) -> None:
    """Raise `DataError` for rows that no generator learns."""
    if isinstance(dataset.features, PicturesAndColumns):
        raise DataError(
            "--strategy generate makes pictures alone: leave --beside out; a column that says what "
            "to make is a side label (--side)."
        )
    if dataset.coarse is not None or dataset.readings is not None:
        raise DataError("--strategy generate takes neither --tree nor --annotators: leave it out.")
    if dataset.training_only is not None:
        raise DataError(
            "--strategy generate makes all columns: --training-only has no meaning there."
        )
    if not (dataset.labels != UNKNOWN).any():
        raise DataError(f"{dataset.source}: no row has a label: there is nothing to ask for.")
    shape = np.shape(dataset.features)
    if len(shape) > 2 and shape[1] * shape[2] > _LARGEST:
        raise DataError(
            f"{dataset.source}: pictures of {shape[1]} x {shape[2]} pixels are too large to "
            "be made here, at most 64 x 64: give --image-size 32 or less."
        )


def _coded(
    dataset: Dataset, rows: TrainingRows | None, train: np.ndarray
) -> tuple[TableCodec | PictureCodec, np.ndarray, dict[str, dict[str, str]]]:
    """Return the codec, x of all rows, and how the file writes classes."""
    if rows is None:
        pictures = PictureCodec.fit(np.asarray(dataset.features)[train])
        return pictures, pictures.encode(np.asarray(dataset.features)), {}
    codec = TableCodec.fit(rows.frame.iloc[train], ids=rows.ids, words=rows.words, dates=rows.dates)
    if not codec.width:
        raise DataError(f"{dataset.source}: every column is constant: there is nothing to make.")
    return codec, codec.encode(rows.frame, strict=False), rows.spelling


def _part(
    dataset: Dataset, x: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray] | None]:
    part = dataset.take(rows)
    return x[rows], part.labels, part.sides.columns() if dataset.sides.specs else None


def _weights(dataset: Dataset, train: np.ndarray) -> np.ndarray | None:
    if dataset.weights is None:
        return None
    weights = dataset.weights[train]
    found: np.ndarray = weights if weights.ndim == 1 else weights.mean(axis=1)
    return found
