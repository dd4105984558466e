"""The commands that read a data file: check, clean, compare, train, tune. Each imports its own."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Any

import click

from labelfeed.cli.backends import start_backend
from labelfeed.cli.cell_options import with_cells
from labelfeed.cli.common_options import COMMON, PLAIN_CELLS, READING, split_names
from labelfeed.cli.files import data_argument, is_npz, is_table
from labelfeed.cli.scaling import SCALING, shared_training, submit
from labelfeed.cli.table_options import TABLE, table_reading
from labelfeed.cli.training_options import TRAINING
from labelfeed.options import TrainingOptions
from labelfeed.options.backbones import backbone_size
from labelfeed.writing import CHECKPOINT_EVERY

if TYPE_CHECKING:
    from labelfeed.tuning.study import Study

__all__ = ["DATA_COMMANDS"]

_METRICS = (
    "macro-auc", "average-precision", "accuracy", "balanced-accuracy", "macro-f1", "log-loss",
)  # fmt: skip
_PLAIN = ("auto", "logistic", "extra-trees", "boosting", "lightgbm")
_TRAINING_ONLY = click.option(
    "--training-only", metavar="COL,...", multiple=True,
    help="Column of a table that prediction will lack: seen in training alone, no feature.",
)  # fmt: skip


@click.command("check")
@data_argument("FILE...")
@TABLE
@with_cells
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@READING
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error arose.")
def _check(data: str | tuple[str, ...], as_json: bool, cells: dict[str, Any], **given: Any) -> None:
    """Say what FILE (as for train) holds, what to look at, and how to train on it.

    Nothing is trained or written. Without --target the columns that look like labels are taken.
    """
    from labelfeed.cli.check import run_check

    run_check(data, reading=table_reading(given), cells=cells, as_json=as_json)


@click.command("clean")
@click.argument("data")
@click.option("--out", metavar="FILE", help="CSV or Parquet: DATA with repaired labels.")
@click.option("--review", metavar="FILE.html", help="Page to accept or reject each repair.")
@click.option("--annotators", metavar="COL,...", multiple=True,
              help="Columns of several annotators; --target names what they agree on.")  # fmt: skip
@click.option("--decisions", metavar="FILE", help="Apply what the page saved, and nothing else.")
@TABLE
@with_cells
@click.option("--plain", "plain_model", default="auto", show_default=True,
              type=click.Choice(["auto", "logistic", "extra-trees", "boosting"]),
              help="What judges the labels; auto blends them.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0, max=2**32 - 2), default=0, show_default=True)
@click.option("--overwrite", is_flag=True, help="Replace files that are there.")
@PLAIN_CELLS
@READING
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error arose.")
def _clean(data: str, out: str | None, **given: Any) -> None:
    """Say which labels of DATA (a table or npz, as for train) are probably wrong; repair them."""
    reading = table_reading(given)
    if out is None and (given["review"] is None or given["decisions"] is not None):
        raise click.UsageError("Say where to write: --out FILE, --review FILE.html, or both.")
    if given["review"] is not None and given["decisions"] is not None:
        raise click.UsageError("--review and --decisions exclude each other.")
    if reading["target"] is None and not is_npz(data):
        raise click.UsageError("Name the label column of the table: --target COL.")
    given["annotators"] = split_names(given["annotators"])
    from labelfeed.cli.clean import run_clean

    run_clean(data, out, reading=reading, **given)


@click.command("compare")
@data_argument()
@click.option("--out", required=True, metavar="DIR", help="Folder of the comparison; the same "
              "command goes on with what is there.")  # fmt: skip
@click.option("--budget", default="10m", show_default=True, metavar="TIME",
              help="90s, 10m, 2h; it ends sooner when the answer is clear.")  # fmt: skip
@TABLE
@_TRAINING_ONLY
@click.option(
    "--strategy",
    "strategies",
    multiple=True,
    metavar="NAME",
    help="Strategy to compare, several times.  [those that the rows are made for]",
)
@click.option("--by", metavar="COL,...", multiple=True,
              help="Score the rows of each value of COL by themselves too.")  # fmt: skip
@click.option("--known-share", type=click.FloatRange(0, 1, max_open=True), default=0.5,
              show_default=True, help="Of each row's labels, for the verdict.")  # fmt: skip
@click.option("--metric", type=click.Choice(_METRICS), help="What the verdict is made by.  "
              "[macro-auc; one target of several classes: log-loss; prior-adjusted: "
              "balanced-accuracy]")  # fmt: skip
@click.option("--plain", default="auto", show_default=True, type=click.Choice(_PLAIN),
              help="Plain models under the labels; auto blends all but the network.")  # fmt: skip
@with_cells
@click.option("--seed", type=click.IntRange(min=0, max=2**31 - 1), default=0, show_default=True)
@click.option("--processes", type=click.IntRange(min=1), help="At once.  [one a core]")
@click.option("--overwrite", is_flag=True, help="Replace another comparison in DIR.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@READING
@click.option("--quiet", is_flag=True, help="Print the verdict and errors only.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error arose.")
def _compare(data: str | tuple[str, ...], out: str, **given: Any) -> None:
    """Say whether --label or --side pays on DATA, against plain and cheap peers."""
    reading = table_reading(given)
    if reading["target"] is None and is_table(data):
        raise click.UsageError("Name the label column of the table: --target COL.")
    given["by"] = split_names(given["by"])
    given["strategies"] = split_names(given["strategies"])
    reading["training_only"] = split_names(given.pop("training_only"))
    given["metric"] = given["metric"] and given["metric"].replace("-", "_")
    from labelfeed.cli.compare import run_compare

    run_compare(data, out, reading=reading, command=shlex.join(["labelfeed", *sys.argv[1:]]),
                **given)  # fmt: skip


@click.command("train")
@data_argument()
@click.option("--out", required=True, metavar="RUN", help="Folder of the run.")
@click.option("--overwrite", is_flag=True, help="Replace a run that is there.")
@click.option("--checkpoint", type=click.FloatRange(0), default=CHECKPOINT_EVERY, show_default=True,
              metavar="SECONDS", help="A training that is stopped goes on by the same command; at "
              "most so much of it is lost. 0: all that is done is kept; inf: nothing.")  # fmt: skip
@TABLE
@click.option("--annotators", metavar="COL,...", multiple=True,
              help="Columns of several annotators, who label --target together.")  # fmt: skip
@_TRAINING_ONLY
@click.option("--tree", metavar="FILE", help="Coarser classes of the target's: CSV with the "
              "columns child, parent, or nested JSON. Cells may name them.")  # fmt: skip
@click.option("--features", metavar="NAME", help="Feature array of an npz [x].")
@click.option("--image-size", type=click.IntRange(4, 2**31 - 1),
              help="Side length of images, in pixels.  [32; with --backbone its own]")  # fmt: skip
@click.option("--image-color", type=click.Choice(["rgb", "grey"]), default="rgb", show_default=True)
@click.option("--labels-file", metavar="TABLE", help="CSV/Parquet with the labels of images.")
@click.option("--file-column", metavar="COL", default="file", show_default=True,
              help="Column of file names in --labels-file.")  # fmt: skip
@click.option("--beside", metavar="COL,...", multiple=True,
              help="Column of --labels-file, a feature beside the picture: age, ...")  # fmt: skip
@click.option("--by", metavar="COL,...", multiple=True,
              help="Score the held-out rows of each value of COL by themselves too.")  # fmt: skip
@click.option("--track", type=click.Choice(["tensorboard", "mlflow"]), multiple=True,
              help="Beside RUN/metrics.jsonl: TensorBoard files in RUN, or MLflow.")  # fmt: skip
@click.option("--stream/--no-stream", "stream", default=None,
              help="Leave rows on disk: one network is trained on all, the rest on a sample.  "
              "[where they are more than --max-bytes]")  # fmt: skip
@click.option("--like", metavar="STUDY", help="Settings of this study (labelfeed tune) of the "
              "same data; what is given beside must not differ from them.")  # fmt: skip
@with_cells
@TRAINING
@SCALING
@READING
@COMMON
def _train(
    data: str | tuple[str, ...],
    out: str,
    backend: str | None,
    quiet: bool,
    overwrite: bool,
    checkpoint: float,
    **given: Any,
) -> None:
    """Train on DATA (CSV, Excel, Parquet, npz or a folder of images) and save a run.

    Several tables, a folder of tables or a quoted pattern ('rows/*.csv') are one table.
    """
    shared = {name: given.pop(name) for name in ("devices", "shard_classes")}
    cluster, workers = given.pop("cluster"), given.pop("workers")
    if cluster is not None or workers is not None:
        submit(cluster, workers, out, backend)
        return
    study, by = _study(given.pop("like")), split_names(given.pop("by"))
    track, stream = tuple(dict.fromkeys(given.pop("track"))), given.pop("stream")
    reading, annotators, options = _asked(data, given, study)
    start_backend(backend)
    if options.strategy == "generate":
        from labelfeed.cli.generate import run_generate

        for option, value in (("--by", by), ("--track", track), ("--annotators", annotators),
                              ("--like", study), ("--stream", stream),
                              ("--devices", shared["devices"]),
                              ("--shard-classes", shared["shard_classes"])):  # fmt: skip
            if value:
                raise click.UsageError(
                    f"{option} does not go with --strategy generate: leave it out."
                )
        command = shlex.join(["labelfeed", *sys.argv[1:]])
        run_generate(data, out, reading=reading, options=options, overwrite=overwrite,
                     checkpoint=checkpoint, quiet=quiet, command=command)  # fmt: skip
        return
    with shared_training(shared, out) as first:
        if not first:  # what another process writes, reads and says, this one keeps to itself
            quiet, track = True, ()
        from labelfeed.cli.train import run_train

        command = shlex.join(["labelfeed", *sys.argv[1:]])
        run_train(data, reading=reading, options=options, annotators=annotators, by=by,
                  track=track, like=study, overwrite=overwrite, checkpoint=checkpoint,
                  stream=stream, quiet=quiet, command=command, **shared)  # fmt: skip


def _study(folder: str | None) -> Study | None:
    from labelfeed.tuning.study import load_study

    return None if folder is None else load_study(folder)


def _asked(
    data: str | tuple[str, ...], given: dict[str, Any], study: Study | None = None
) -> tuple[dict[str, Any], tuple[str, ...], TrainingOptions]:
    """Return how a file is read, its annotators, and how to train on it."""
    names = ("tree", "features", "image_size", "image_color", "labels_file", "file_column", "cells")
    reading = {**table_reading(given), **{name: given.pop(name) for name in names}}
    reading["features"] = reading["features"] or "x"
    for name in ("beside", "training_only"):
        reading[name] = split_names(given.pop(name))
    if reading["target"] is None and is_table(data):
        raise click.UsageError("Name the label column of the table: --target COL.")
    annotators = split_names(given.pop("annotators"))
    options = TrainingOptions(**given)
    options = options if study is None else study.options(options)
    size = backbone_size(options.given.get("backbone") or "")
    reading["image_size"] = reading["image_size"] or size or 32
    return reading, annotators, options


_NOT_TUNED = ("out", "overwrite", "checkpoint", "like", "by", "track", "stream", "devices",
              "shard_classes", "cluster", "workers")  # fmt: skip


@click.command("tune", params=[p for p in _train.params if p.name not in _NOT_TUNED])
@click.option("--out", required=True, metavar="DIR", help="Folder of the study; the same command "
              "goes on with what is there, also from several shells at once.")  # fmt: skip
@click.option("--trials", type=click.IntRange(min=1), default=50, show_default=True,
              help="In all, those in DIR counted; the first is that of the defaults.")  # fmt: skip
@click.option("--metric", type=click.Choice(_METRICS), help="What trials are scored by, on labels "
              "that the model does not know.  [log-loss; margin: accuracy; noisy-labels, "
              "prior-adjusted: macro-auc]")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace another study in DIR.")
@with_cells
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def _tune(data: str | tuple[str, ...], out: str, backend: str | None, **given: Any) -> None:
    """Choose settings for train by experiment, on the training rows of DATA alone.

    Options that are given stay as they are; the others of the strategy are searched. Train with
    what was found: train DATA ... --like DIR.
    """
    own = {name: given.pop(name) for name in ("trials", "metric", "overwrite", "as_json", "quiet")}
    own["metric"] = own["metric"] and own["metric"].replace("-", "_")
    reading, annotators, options = _asked(data, given)
    start_backend(backend)
    from labelfeed.cli.tune import run_tune

    run_tune(data, out, reading=reading, options=options, annotators=annotators,
             command=shlex.join(["labelfeed", *sys.argv[1:]]), **own)  # fmt: skip


# Each once (`with_cells` adds its own), and what is of tuning alone first.
_tune.params = list({param.name: param for param in _tune.params}.values())
_tune.params.sort(key=lambda param: param.name not in ("data", "out", "trials", "metric"))
DATA_COMMANDS = (_check, _clean, _compare, _train, _tune)
