"""The command line. Nothing heavy is imported here: `--help` answers at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from labelfeed import __version__
from labelfeed.cli.backends import start_backend
from labelfeed.cli.cell_options import with_cells
from labelfeed.cli.common_options import COMMON, JUDGED, READING, consented, split_names
from labelfeed.cli.exit_codes import LEAK, Commands
from labelfeed.cli.table_options import TABLE, table_reading
from labelfeed.cli.training_options import TRAINING
from labelfeed.options import TrainingOptions
from labelfeed.options.backbones import backbone_size

__all__ = ["main"]

_COUNT = click.IntRange(min=1)
_PLAIN_CELLS = click.option("--plain-cells", "plain", is_flag=True, help="Put an apostrophe before "
                           "text that a spreadsheet would run: = + - @ first.")  # fmt: skip


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="labelfeed")
def main() -> None:
    """Labels as inputs for Keras: fed in training, never leaked, never needed later."""


@main.command("check")
@click.argument("data", metavar="FILE")
@TABLE
@with_cells
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@READING
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error arose.")
def _check(data: str, as_json: bool, cells: dict[str, Any], **given: Any) -> None:
    """Say what FILE (as for train) holds, what to look at, and how to train on it.

    Nothing is trained or written. Without --target the columns that look like labels are taken.
    """
    from labelfeed.cli.check import run_check

    run_check(data, reading=table_reading(given), cells=cells, as_json=as_json)


@main.command("clean")
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
@_PLAIN_CELLS
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
    if reading["target"] is None and not data.lower().endswith(".npz"):
        raise click.UsageError("Name the label column of the table: --target COL.")
    given["annotators"] = split_names(given["annotators"])
    from labelfeed.cli.clean import run_clean

    run_clean(data, out, reading=reading, **given)


@main.command("train")
@click.argument("data")
@click.option("--out", required=True, metavar="RUN", help="Folder of the run.")
@click.option("--overwrite", is_flag=True, help="Replace a run that is there.")
@TABLE
@click.option("--annotators", metavar="COL,...", multiple=True,
              help="Columns of several annotators, who label --target together.")  # fmt: skip
@click.option("--features", metavar="NAME", help="Feature array of an npz [x].")
@click.option("--image-size", type=click.IntRange(4, 2**31 - 1),
              help="Side length of images, in pixels.  [32; with --backbone its own]")  # fmt: skip
@click.option("--image-color", type=click.Choice(["rgb", "grey"]), default="rgb", show_default=True)
@click.option("--labels-file", metavar="TABLE", help="CSV/Parquet with the labels of images.")
@click.option("--file-column", metavar="COL", default="file", show_default=True,
              help="Column of file names in --labels-file.")  # fmt: skip
@click.option("--beside", metavar="COL,...", multiple=True,
              help="Column of --labels-file, a feature beside the picture: age, ...")  # fmt: skip
@with_cells
@TRAINING
@READING
@COMMON
def _train(
    data: str, out: str, backend: str | None, quiet: bool, overwrite: bool, **given: Any
) -> None:
    """Train on DATA (CSV, Excel, Parquet, npz or a folder of images) and save a run."""
    names = ("features", "image_size", "image_color", "labels_file", "file_column", "cells")
    reading = {**table_reading(given), **{name: given.pop(name) for name in names}}
    reading["features"] = reading["features"] or "x"
    reading["beside"] = split_names(given.pop("beside"))
    if Path(data).is_file() and reading["target"] is None and not data.lower().endswith(".npz"):
        raise click.UsageError("Name the label column of the table: --target COL.")
    annotators = split_names(given.pop("annotators"))
    options = TrainingOptions(**given)
    size = backbone_size(options.given.get("backbone") or "")
    reading["image_size"] = reading["image_size"] or size or 32
    start_backend(backend)
    from labelfeed.cli.train import run_train

    run_train(data, out, reading=reading, options=options, annotators=annotators,
              overwrite=overwrite, quiet=quiet)  # fmt: skip


@main.command("evaluate")
@click.argument("run")
@click.argument("data")
@click.option("--known-share", type=click.FloatRange(0, 1, max_open=True), default=0.5,
              show_default=True,
              help="Share of each row's labels known to a model of several labels.")  # fmt: skip
@click.option("--sensitivity", metavar="P|NAME=P",
              help="Choose a threshold for it on other rows than those that score it.")  # fmt: skip
@click.option("--precision", metavar="P|NAME=P", help="The same for a precision.")
@click.option("--report", metavar="FILE.html", help="Write a page: scores by the known share.")
@JUDGED
@with_cells
@consented
@READING
@COMMON
def _evaluate(run: str, data: str, backend: str | None, **given: Any) -> None:
    """Score a RUN on labelled DATA: with nothing known, and partly known."""
    start_backend(backend)
    from labelfeed.cli.evaluate import run_evaluate

    run_evaluate(run, data, **given)


@main.command("predict")
@click.argument("run")
@click.argument("data")
@click.option("--out", required=True, metavar="FILE", help="CSV or Parquet file to write.")
@click.option("--known", multiple=True, metavar="COL,...",
              help="Feed what these label columns hold; COL=VALUE: for all rows (also of a side "
              "label).")  # fmt: skip
@click.option("--explain", metavar="FILE2",
              help="Write a second file: what each known label changed, row by row.")  # fmt: skip
@click.option("--prototypes", metavar="LABELLED",
              help="Predict the classes of these labelled rows, by the nearest embedding; training "
              "need not have met them.")  # fmt: skip
@click.option("--reject", type=click.FloatRange(0, 1, min_open=True, max_open=True), metavar="FAR",
              help="With --prototypes: no class for rows of none of them; at most this share of "
              "those would get one.")  # fmt: skip
@click.option("--ignore-side", "read_sides", flag_value=False, default=True,
              help="Predict as if every side label were unknown.")  # fmt: skip
@click.option("--deploy-prior", metavar="P|NAME=P,...", help="How frequent the label is here, if "
              "otherwise than in training.")  # fmt: skip
@click.option("--labels-file", metavar="TABLE",
              help="CSV/Parquet with labels of images and columns beside them.")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace FILE (and FILE2).")
@_PLAIN_CELLS
@with_cells
@consented
@READING
@COMMON
def _predict(run: str, data: str, out: str, backend: str | None, **given: Any) -> None:
    """Predict the rows of DATA with a RUN; no label is read unless --known names it.

    Side labels (train --side) are read where DATA has them; they are known at inference.
    """
    prototypes, reject = given.pop("prototypes"), given.pop("reject")
    fed = {"--known": given["known"], "--explain": given["explain"],
           "--ignore-side": not given["read_sides"],
           "--deploy-prior": given["deploy_prior"]}  # fmt: skip
    if prototypes and (wrong := [option for option, value in fed.items() if value]):
        raise click.UsageError(f"{wrong[0]} and --prototypes exclude each other.")
    if reject is not None and not prototypes:
        raise click.UsageError("--reject needs --prototypes LABELLED.")
    start_backend(backend)
    if prototypes:
        from labelfeed.cli.prototypes import run_prototypes

        shared = {
            name: given[name]
            for name in ("labels_file", "overwrite", "plain", "trust", "quiet", "cells")
        }
        run_prototypes(run, data, out, prototypes=prototypes, reject=reject, **shared)
        return
    from labelfeed.cli.predict import run_predict

    run_predict(run, data, out, **given)


@main.command("embed")
@click.argument("run")
@click.argument("data")
@click.option("--out", required=True, metavar="FILE", help="CSV, Parquet or npz file to write.")
@click.option("--labels-file", metavar="TABLE",
              help="CSV/Parquet with the columns beside images.")  # fmt: skip
@click.option("--raw", is_flag=True, help="As the network gives them, not scaled to length 1.")
@click.option("--overwrite", is_flag=True, help="Replace FILE.")
@_PLAIN_CELLS
@with_cells
@consented
@READING
@COMMON
def _embed(run: str, data: str, out: str, backend: str | None, raw: bool, **given: Any) -> None:
    """Write the embedding of each row of DATA; no label is read."""
    start_backend(backend)
    from labelfeed.cli.embed import run_embed

    run_embed(run, data, out, normalize=not raw, **given)


@main.command("ask")
@click.argument("run")
@click.argument("data", metavar="ROW")
@click.option("--about", required=True, metavar="LABEL",
              help="The label in question: a column, or one class as colour=red.")  # fmt: skip
@click.option("--row", metavar="ID", help="Which row of the file ROW, by its id.")
@click.option("--known", multiple=True, metavar="COL,...",
              help="Known: the filled cells of these labels; COL=VALUE: this value.")  # fmt: skip
@click.option("--labels-file", metavar="TABLE",
              help="CSV/Parquet with the labels of images, and columns beside them.")  # fmt: skip
@click.option("--best", type=_COUNT, default=3, show_default=True, help="Number of questions.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@with_cells
@consented
@READING
@COMMON
def _ask(run: str, data: str, backend: str | None, **given: Any) -> None:
    """Tell which unknown label of ROW, if known, would tell most about a LABEL.

    ROW is a file as for predict, with one row or with --row.
    """
    start_backend(backend)
    from labelfeed.cli.ask import run_ask

    run_ask(run, data, **given)


@main.command("audit")
@click.argument("run")
@click.argument("data")
@click.option("--fail-on-leak", is_flag=True, help="Exit with 1 when a leak is found.")
@click.option("--seed", type=click.IntRange(min=0, max=2**32 - 1), default=0, show_default=True)
@JUDGED
@with_cells
@consented
@READING
@COMMON
def _audit(run: str, data: str, backend: str | None, fail_on_leak: bool, **given: Any) -> None:
    """Audit a RUN on labelled DATA: does it read the label that it is scored on?"""
    start_backend(backend)
    from labelfeed.cli.audit import run_audit

    if run_audit(run, data, **given).leaks and fail_on_leak:
        sys.exit(LEAK)


@main.command("demo")
@click.option("--out", default="demo-run", show_default=True, metavar="DIR", help="Folder.")
@COMMON
def _demo(out: str, backend: str | None, quiet: bool) -> None:
    """Show on real data what leaks, what does not, and what a label input is worth."""
    start_backend(backend)
    from rich.console import Console

    from labelfeed.demo import run_demo

    run_demo(Path(out), console=Console(quiet=quiet))
