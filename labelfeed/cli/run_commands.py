"""The commands that use a trained run: evaluate, predict, embed, ask, audit, export, serve, ..."""

from __future__ import annotations

import shlex
import sys
from typing import Any

import click

from labelfeed.cli.backends import export_backend, start_backend
from labelfeed.cli.cell_options import with_cells
from labelfeed.cli.common_options import (
    COMMON,
    JUDGED,
    PLAIN_CELLS,
    READING,
    consented,
    split_names,
)
from labelfeed.cli.exit_codes import LEAK
from labelfeed.cli.files import data_argument

__all__ = ["RUN_COMMANDS"]

_COUNT = click.IntRange(min=1)


@click.command("evaluate")
@click.argument("run")
@data_argument()
@click.option("--known-share", type=click.FloatRange(0, 1, max_open=True), default=0.5,
              show_default=True,
              help="Share of each row's labels known to a model of several labels.")  # fmt: skip
@click.option("--sensitivity", metavar="P|NAME=P",
              help="Choose a threshold for it on other rows than those that score it.")  # fmt: skip
@click.option("--precision", metavar="P|NAME=P", help="The same for a precision.")
@click.option("--by", metavar="COL,...", multiple=True,
              help="Score the rows of each value of COL by themselves too.")  # fmt: skip
@click.option("--report", metavar="FILE.html", help="Write a page: scores, curves, calibration.")
@JUDGED
@with_cells
@consented
@READING
@COMMON
def _evaluate(run: str, data: str | tuple[str, ...], backend: str | None, **given: Any) -> None:
    """Score a RUN on labelled DATA: with nothing known, and partly known.

    Of a generator (train --strategy generate): do its rows look like DATA, obey the label, copy
    anyone, help a classifier?
    """
    start_backend(backend)
    from labelfeed.cli.evaluate import run_evaluate

    given["by"] = split_names(given["by"])
    run_evaluate(run, data, command=shlex.join(["labelfeed", *sys.argv[1:]]), **given)


@click.command("predict")
@click.argument("run")
@data_argument()
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
@PLAIN_CELLS
@with_cells
@consented
@READING
@COMMON
def _predict(
    run: str, data: str | tuple[str, ...], out: str, backend: str | None, **given: Any
) -> None:
    """Predict the rows of DATA with a RUN; no label is read unless --known names it.

    Several tables are one. CSV and Parquet that do not fit into the memory are read in parts.
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
    if prototypes:
        if not isinstance(data, str):
            raise click.UsageError("--prototypes takes one file of rows.")
        start_backend(backend)
        from labelfeed.cli.prototypes import run_prototypes

        shared = {
            name: given[name]
            for name in ("labels_file", "overwrite", "plain", "trust", "quiet", "cells")
        }
        run_prototypes(run, data, out, prototypes=prototypes, reject=reject, **shared)
        return
    from labelfeed.cli.predict import run_predict

    run_predict(run, data, out, backend=backend, **given)


@click.command("sample")
@click.argument("run", metavar="GENERATOR")
@click.option("--n", type=_COUNT, help="Rows to make.")
@click.option("--given", metavar="FILE",
              help="Fill the empty cells of these rows instead.")  # fmt: skip
@click.option("--known", multiple=True, metavar="COL=VALUE,...",
              help="What rows shall be: of a label, side label or other column.")  # fmt: skip
@click.option("--guidance", type=click.FloatRange(min=0), default=1.0, show_default=True,
              help="How much labels count: 0 not at all, above 1 exaggerates them.")  # fmt: skip
@click.option("--out", required=True, metavar="FILE",
              help="CSV or Parquet file to write; of pictures a folder.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0, max=2**32 - 1), default=0, show_default=True,
              help="The same seed makes the same rows.")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace FILE.")
@PLAIN_CELLS
@with_cells
@READING
@COMMON
def _sample(run: str, backend: str | None, **given: Any) -> None:
    """Make rows with a GENERATOR (train --strategy generate), or fill the empty cells of some."""
    if (given["n"] is None) == (given["given"] is None):
        raise click.UsageError(
            "Say how many rows to make, --n 200, or which to fill, --given FILE."
        )
    start_backend(backend)
    from labelfeed.cli.sample import run_sample

    run_sample(run, **given)


@click.command("embed")
@click.argument("run")
@click.argument("data")
@click.option("--out", required=True, metavar="FILE", help="CSV, Parquet or npz file to write.")
@click.option("--labels-file", metavar="TABLE",
              help="CSV/Parquet with the columns beside images.")  # fmt: skip
@click.option("--raw", is_flag=True, help="As the network gives them, not scaled to length 1.")
@click.option("--overwrite", is_flag=True, help="Replace FILE.")
@PLAIN_CELLS
@with_cells
@consented
@READING
@COMMON
def _embed(run: str, data: str, out: str, backend: str | None, raw: bool, **given: Any) -> None:
    """Write the embedding of each row of DATA; no label is read."""
    start_backend(backend)
    from labelfeed.cli.embed import run_embed

    run_embed(run, data, out, normalize=not raw, **given)


@click.command("ask")
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
    from labelfeed.cli.ask import run_ask

    run_ask(run, data, backend=backend, **given)


@click.command("audit")
@click.argument("run")
@click.argument("data")
@click.option("--fail-on-leak", is_flag=True, help="Exit with 1 when a leak is found.")
@click.option("--trained-on", metavar="FILE", help="Training rows, to compare with.")
@click.option("--train", metavar="MODULE:FUNCTION",
              help="train(x, y) -> model: is called with labels drawn at random; what scores above "
              "chance then is a leak.")  # fmt: skip
@click.option("--target", metavar="COL", help="Label column, for a .keras file or MODULE:FUNCTION.")
@click.option("--label", "labels", metavar="COL", multiple=True, help="Further label column.")
@click.option("--drop", metavar="COL", multiple=True, help="Column that is no feature.")
@click.option("--label-input", metavar="NAME", help="Which input of the model is the label.")
@click.option("--output", metavar="NAME", help="Which output predicts it, of several.")
@click.option("--unknown-id", type=int, metavar="N", help="What is fed for an unknown label.")
@click.option("--seed", type=click.IntRange(min=0, max=2**32 - 1), default=0, show_default=True)
@JUDGED
@with_cells
@consented
@READING
@COMMON
def _audit(run: str, data: str, backend: str | None, fail_on_leak: bool, **given: Any) -> None:
    """Audit a RUN on labelled DATA: does it read the label that it is scored on?

    RUN may be a model of your own too: a .keras file, or MODULE:FUNCTION, a function (rows, label)
    -> scores or one without arguments that returns the model. Of a generator: has the label an
    effect, was it dropped in training, are rows copies?
    """
    start_backend(backend)
    from labelfeed.cli.audit import run_audit

    if run_audit(run, data, **given).leaks and fail_on_leak:
        sys.exit(LEAK)


@click.command("report")
@click.argument("sources", nargs=-1, required=True, metavar="FOLDER...")
@click.option("--out", required=True, metavar="FILE.html", help="Page to write.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error arose.")
def _report(sources: tuple[str, ...], out: str, quiet: bool) -> None:
    """Write one page of runs, comparisons and studies; the verdict on top, runs side by side."""
    from labelfeed.cli.report import run_report

    run_report(sources, out, quiet=quiet, command=shlex.join(["labelfeed", *sys.argv[1:]]))


@click.command("export")
@click.argument("run")
@click.option("--format", required=True, help="What to write.",
              type=click.Choice(["keras", "saved_model", "onnx", "litert"]))  # fmt: skip
@click.option("--out", metavar="PATH", help="File or SavedModel folder; without it an ONNX copy "
              "beside the RUN, by which predict and ask start without Keras.")  # fmt: skip
@click.option("--with-known", is_flag=True, help="Take known labels (or side labels) too.")
@click.option("--overwrite", is_flag=True, help="Replace what is at PATH.")
@consented
@READING
@COMMON
def _export(run: str, backend: str | None, **given: Any) -> None:
    """Write the model of a RUN for another program, checked against Keras; it takes no label."""
    start_backend(backend or export_backend(given["format"]))
    from labelfeed.cli.export import run_export

    run_export(run, **given)


@click.command("serve")
@click.argument("run")
@click.option("--host", default="127.0.0.1", show_default=True,
              help="Address to listen on; any but a loopback one asks for a token.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
              help="0: any that is free.")  # fmt: skip
@click.option("--token", envvar="LABELFEED_TOKEN", metavar="TEXT",
              help="What clients must send; made and printed where one is needed. Also in the "
              "variable LABELFEED_TOKEN.")  # fmt: skip
@click.option("--max-rows", "most_rows", type=_COUNT, default=1000, show_default=True,
              help="Most rows of one request.")  # fmt: skip
@click.option("--timeout", type=click.FloatRange(0, min_open=True), default=30.0,
              show_default=True, help="Seconds for a request.")  # fmt: skip
@consented
@READING
@COMMON
def _serve(run: str, backend: str | None, **given: Any) -> None:
    """Serve a RUN: an API, and a page to try it in a browser."""
    from labelfeed.cli.serve import run_serve

    run_serve(run, backend=backend, **given)


RUN_COMMANDS = (_evaluate, _predict, _sample, _embed, _ask, _audit, _export, _serve, _report)
