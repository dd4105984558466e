"""From a data set to a run: split, preprocess, build, train under a policy, score held-out rows."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.data.label_numbers import fitted_numbers
from labelfeed.data.near_duplicates import near_duplicates
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.seen_rows import SeenRows
from labelfeed.data.sides import prepare_sides
from labelfeed.data.spellings import spellings_json
from labelfeed.data.streamed_pictures import StreamedPictures
from labelfeed.data.streamed_table import StreamedTable
from labelfeed.estimators.kept_fits import keeping
from labelfeed.models.keras_private import set_random_seed
from labelfeed.models.wrapping import as_predictor
from labelfeed.options import StrategyOptions, TrainingOptions
from labelfeed.records.held_out import HeldOut
from labelfeed.runs.at_deployment import at_deployment, check_prior, of_the_rarer
from labelfeed.runs.blanked import blanked_metrics, blanked_options, blanked_rows
from labelfeed.runs.chance import AT_CHANCE, at_chance
from labelfeed.runs.evaluate import Evaluation, judged_rows
from labelfeed.runs.finite import check_numbers
from labelfeed.runs.fitting import fit_members, fit_network
from labelfeed.runs.folder import Run
from labelfeed.runs.label_vectors import label_vectors
from labelfeed.runs.on_backbone import fit_on_backbone
from labelfeed.runs.resuming import Work
from labelfeed.runs.sharing import sharing_of_run
from labelfeed.runs.splitting import split_of_run
from labelfeed.runs.streaming import ON_DISK, fit_all_rows, streamed_options
from labelfeed.runs.tracking import Tracker, Trackers
from labelfeed.runs.watching import Watch
from labelfeed.strategies.agreed_rows import agreed_validation
from labelfeed.strategies.blended import plain_models
from labelfeed.strategies.choose import choose_strategy
from labelfeed.strategies.prior_adjusted import learned_prior
from labelfeed.strategies.rows_to_learn import rows_to_learn

__all__ = ["AUTO_PLAIN", "OWN_COPY", "train"]

_LOOKED_AT = 1000  # rows, where a sample is enough

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
    dataset: Dataset | StreamedTable | StreamedPictures,
    options: TrainingOptions | StrategyOptions | None = None,
    *,
    blanked: bool = False,
    devices: int | Literal["all"] | None = None,
    shard_classes: bool = False,
    on_epoch: Callable[[int, dict[str, Any]], None] | None = None,
    note: Callable[[str], None] | None = None,
    on_phase: Callable[[int], None] | None = None,
    on_judged: Callable[[int, int], None] | None = None,
    on_trained: Callable[[Run], None] | None = None,
    stop: Callable[[], bool] | None = None,
    track: Sequence[Tracker] = (),
    judge: Callable[[Run, Dataset], tuple[Evaluation, HeldOut]] = judged_rows,
    checkpoint: str | Path | Work | None = None,
    scratch: str | Path | None = None,
) -> Run:
    """Train on a data set and score the held-out rows.

    What the network reads is not scored. Training stops early on the score of the validation part
    that the strategy watches, in each of its phases, and keeps the best weights. Sets the seeds of
    Python, NumPy and Keras.

    Args:
        dataset: Raw rows with labels, some possibly unknown; or rows that stay on disk
            (`labelfeed.data.stream_table`, `stream_pictures`): one network is trained on all of
            them; what is fitted beside it and scored is a sample.
        options: How to train: what the user asks for, or all options of one strategy; what is not
            given comes from the strategy (`labelfeed.options`).
        blanked: Whether to train the label-share control instead: the same strategy on the same
            split, of which no label that is read tells anything, so that what the labels are worth
            is not mixed up with what the model is worth. Its `metrics` have nothing that was fed.
        devices: Train the network on several devices, see `labelfeed.scaling.devices`: their number
            or `"all"`; in several processes `"all"`.
        shard_classes: Cut the classes of a margin head among them, as there.
        on_epoch: Called after each epoch with its number from 1, counted on through the phases,
            and the losses.
        note: Called with each line that the user should know.
        on_phase: Called with the number of each phase, from 1, when it starts.
        on_judged: Called, where labels of training rows are judged first, with the number of
            blends fitted, from 0, and the number of all; where rows stay on disk, with that of
            the rows prepared.
        on_trained: Called with the run before it is scored, to save it: a training shall not be
            lost to what fails later.
        stop: Asked after each batch whether to end the training: the best weights until then are
            kept, and nothing is scored.
        track: Who is told of each epoch, or plain model, and of the scores; see `runs.tracking`.
        judge: Scores the held-out rows.
        checkpoint: A folder in which a training that takes long keeps what is done, so that the
            same call goes on with it after a kill, to the same weights; it is removed at the end.
            Or a `Work`, which whoever made it removes.
        scratch: Folder for prepared rows that stay on disk; `None`: the system's.

    Returns:
        The `Run`; `metrics` are those of `evaluate_run` on the test part, and of the training.
        `interrupted` tells whether `stop` ended it.

    Raises:
        CheckpointError: The checkpoint is of another training.
        DataError: Features or labels that cannot be learned from.
        NetworkError: The network cannot be built, or the strategy does not suit the labels.
        OptionError: An option does not belong to the strategy, or it feeds none to be blanked.
        ScalingError: The model is none that several devices train, or there are fewer.
        SideLeakError: A side label is the target, or determines it.

    Example:
        >>> data = labelfeed.data.load_table("rows.csv", target="y")  # doctest: +SKIP
        >>> train(data).metrics["nothing_known"]["accuracy"]  # doctest: +SKIP
        0.93
    """
    asked = _asked(options)
    tell = note if note is not None else lambda line: None
    streamed = None if isinstance(dataset, Dataset) else dataset
    dataset = dataset if isinstance(dataset, Dataset) else dataset.sample
    options = choose_strategy(asked, dataset)
    options = options if streamed is None else streamed_options(options, blanked)
    options = blanked_options(options) if blanked else options
    if options.strategy == "prior-adjusted":
        prior = of_the_rarer(options.deploy_prior, dataset)
        options = dataclasses.replace(options, deploy_prior=prior)
    check_prior(options.deploy_prior, dataset)
    strategy, blended = options.strategy, bool(plain_models(options, dataset))
    shared = sharing_of_run(devices, shard_classes, options, blended, streamed is not None)
    work = Work(checkpoint) if isinstance(checkpoint, str | Path) else checkpoint
    if shared is not None:  # nobody has tried it
        work = None
    opened = None if work is None else work.begin(dataset, options, blanked, tell)
    set_random_seed(options.seed)
    split, belonging = split_of_run(dataset, options, streamed)
    for line in (*belonging.notes, *split.notes):
        tell(line)
    if streamed is not None:
        tell(ON_DISK)
    dataset, lines = fitted_numbers(dataset, split.train)
    for line in lines:
        tell(line)
    if strategy == "side-label":
        dataset, lines = prepare_sides(dataset, split.train)
        for line in lines:
            tell(line)
    dataset = blanked_rows(dataset) if blanked else dataset
    rows = dataset.take(split.train)
    preprocessor = Preprocessor.fit(rows.features)
    preprocessor = dataclasses.replace(preprocessor, missing=dataset.cells.missing)
    for line in preprocessor.notes:
        tell(line)
    x = preprocessor.transform(rows.features)
    for line in _nearly_trained_on(dataset, split.test, preprocessor, x):
        tell(line)
    asked_else = rows.training_only is not None or rows.coarse is not None
    if asked.strategy == "auto" and strategy == "plain" and not asked_else:
        tell(AUTO_PLAIN)
    if strategy == "masked" and len(dataset.spec.label_columns) == 1:
        tell(OWN_COPY)
    groups = None if belonging.ids is None else belonging.ids[split.train]
    with keeping(opened):
        learned = rows_to_learn(
            x, rows, groups, options, blended=blended, tell=tell, on_step=on_judged
        )
    x, rows, groups, natural = learned.x, learned.rows, learned.groups, learned.natural
    follow = Trackers(track, on_phase, on_epoch)
    watch = Watch(stop, follow.phase, follow.epoch, follow.callbacks())
    held = agreed_validation(dataset.take(split.validation))
    told = (tell, follow.phase, follow.epoch, on_judged)
    held_x = preprocessor.transform(held.features)
    design = preprocessor.design
    with keeping(opened):
        if streamed is not None:
            place = Path(tempfile.gettempdir() if scratch is None else scratch)
            held_rows = (x, rows, held_x, held)
            fitted = fit_all_rows(
                streamed, preprocessor, *held_rows, options, watch, place, tell, on_judged
            )
        elif options.backbone is not None:
            fitted = fit_on_backbone(x, rows, held_x, held, design, options, groups, watch, told)
        elif blended:
            fitted = fit_members(x, rows, options, groups, *told)
        else:
            fitted = fit_network(x, rows, held_x, held, design, options, watch, shared)
    model, record = at_deployment(
        fitted.model,
        natural,
        options.deploy_prior,
        tell,
        learned=learned_prior(rows, options),
        even=strategy == "prior-adjusted",
    )
    check_numbers(model, preprocessor)
    done = {
        "train_rows": len(split.train),
        **fitted.record,
        **record,
        "validation_rows": len(split.validation),
        "test_rows": len(split.test),
        **({"blanked": True} if blanked else {}),
    }
    row = np.arange(len(dataset)) if streamed is None else streamed.numbers - 1
    parts = {"validation": row[split.validation].tolist(), "test": row[split.test].tolist()}
    told_options = {"strategy": strategy, **dataclasses.asdict(options)}
    data = {"cells": dataset.cells.to_json(), "spellings": spellings_json(dataset.spellings)}
    used = dataset.take(np.sort(np.concatenate([split.train, split.validation])))
    names = [c.name for c in preprocessor.columns] if dataset.kind == "table" else None
    seen = SeenRows.of(used.features, used.groups, names) if streamed is None else SeenRows.none()
    run = Run(model, preprocessor, told_options, data, parts, {"training": done}, seen=seen)
    if on_trained is not None:
        on_trained(run)
    if dataset.kind == "arrays" and not run.interrupted:
        few = np.random.default_rng(0).permutation(np.flatnonzero(rows.labelled))[:_LOOKED_AT]
        if at_chance(rows.labels[few], as_predictor(model).probabilities(x[few]), dataset.spec):
            tell(AT_CHANCE)
    if run.interrupted or not len(split.test):
        return _complete(run, checkpoint, work)
    scored = split.test[dataset.labelled[split.test]]
    metrics, held_out = judge(run, dataset.take(split.test))
    vectors, vector_names = label_vectors(model)
    held_out = dataclasses.replace(
        held_out,
        rows=scored,
        groups=None if belonging.ids is None else belonging.ids[scored],
        vectors=vectors,
        vector_names=vector_names,
    )
    kept = blanked_metrics(metrics) if blanked else metrics
    run = dataclasses.replace(run, metrics={**kept, **run.metrics}, held_out=held_out)
    follow.finish(run)
    return _complete(run, checkpoint, work)


def _complete(run: Run, given: str | Path | Work | None, work: Work | None) -> Run:
    """Return the run; a checkpoint of which only a folder was named is removed with it."""
    if work is not None and work is not given and not run.interrupted:
        work.remove()
    return run


def _nearly_trained_on(
    dataset: Dataset, test: np.ndarray, preprocessor: Preprocessor, x: np.ndarray
) -> list[str]:
    """Return a line if held-out rows are nearly the same as training rows."""
    few = np.sort(np.random.default_rng(0).permutation(test)[:_LOOKED_AT])
    if not len(few):
        return []
    held = preprocessor.transform(dataset.take(few).features)
    near = near_duplicates(preprocessor.pictures(held), preprocessor.pictures(x))
    if not near.rows:
        return []
    return [
        f"{near.rows:,} of {near.looked_at:,} held-out rows are nearly, but not quite, a training "
        "row: the same case twice? Rows of a case stay on one side by a column that names it, "
        "--group COL"
    ]


def _asked(options: TrainingOptions | StrategyOptions | None) -> TrainingOptions:
    if isinstance(options, StrategyOptions):
        usual = {field.name: field.default for field in dataclasses.fields(options)}
        given = {k: v for k, v in dataclasses.asdict(options).items() if v != usual[k]}
        return TrainingOptions(options.strategy, given=given)
    return TrainingOptions() if options is None else options
