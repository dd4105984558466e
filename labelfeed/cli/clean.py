"""`labelfeed clean`: which labels are probably wrong, and a table with repaired ones."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from labelfeed.cli.console import note, progress, say
from labelfeed.cli.output import TABLES, check_out, write_table
from labelfeed.cli.plain_cells import plain_cells
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.frame import read_frame
from labelfeed.data.loading import load_data
from labelfeed.data.order import split_order
from labelfeed.labels.cell_rules import CellRules
from labelfeed.noise.cleaning import clean
from labelfeed.noise.decisions import apply_decisions, read_decisions
from labelfeed.noise.repaired_table import repaired_table, with_labels
from labelfeed.report.review_page import write_review

__all__ = ["run_clean"]


def run_clean(
    data: str,
    out: str | None,
    *,
    reading: dict[str, Any],
    cells: Mapping[str, Any] | None = None,
    review: str | None = None,
    decisions: str | None = None,
    plain_model: str = "auto",
    seed: int = 0,
    overwrite: bool = False,
    plain: bool = False,
    quiet: bool = False,
) -> pd.DataFrame | None:
    """Write a table with repaired labels, a page to review them, or what was decided there.

    Args:
        data: File with labelled rows.
        out: `.csv` or `.parquet` file to write; `None`: the page alone.
        reading: Arguments of `load_data`; `order` as the option has it.
        cells: Arguments of `CellRules`.
        review: `.html` file of the review page.
        decisions: File that the page has saved: its decisions are applied, and nothing else.
        plain_model: The plain models that judge the labels; see `labelfeed.clean`.
        seed: Seed of everything drawn.
        overwrite: Whether files may be replaced.
        plain: Whether text that a spreadsheet would run gets an apostrophe; see `plain_cells`.
        quiet: Print nothing but errors.

    Returns:
        The table.

    Raises:
        DataError: The file cannot be read, or the output cannot be written.
        NoiseError: The decisions do not fit the file.
    """
    for path, endings in ((out, TABLES), (review, (".html",)))[: 2 if decisions is None else 1]:
        if path is not None:
            check_out(Path(path), data, overwrite, endings, quiet=quiet)
    if Path(data).is_dir():
        raise DataError(
            f"{data}: labels of pictures are not cleaned. Write features of them with `labelfeed "
            "embed`, and clean these with their labels."
        )
    usual = "y" if data.lower().endswith(".npz") else "label"
    order = split_order(reading.get("order") or (), reading.get("target") or usual)
    given = {k: v for k, v in reading.items() if k not in ("order", "side_ranges")}
    dataset = load_data(data, **given, order=order, cells=CellRules(**(cells or {})))
    for line in dataset.notes:
        note(line, quiet)
    if decisions is not None:
        table = _decided(data, dataset, decisions, reading.get("encoding"), quiet)
    else:
        with progress("clean", 6, quiet) as step:
            cleaned = clean(
                dataset, plain=plain_model, seed=seed, on_step=lambda done, total: step(done)
            )
        for line in cleaned.notes:
            note(line, quiet)
        if not quiet:
            say(f"{data}: {cleaned}")
        if review is not None:
            words = ["labelfeed", "clean", data, *_words(reading), "--decisions", "decisions.json",
                     "--out", "decided.csv"]  # fmt: skip
            count = write_review(Path(review), cleaned, command=shlex.join(words))
            if not quiet:
                say(f"{count} labels to look at in {review}")
        if out is None:
            return None
        if dataset.kind == "table":
            table = repaired_table(read_frame(data, reading.get("encoding"))[0], cleaned)
        else:
            table = cleaned.to_frame()
    if out is not None:
        write_table(plain_cells(table) if plain else table, Path(out))
        if not quiet:
            say(f"written to {out}")
    return table


def _decided(
    data: str, dataset: Dataset, decisions: str, encoding: str | None, quiet: bool
) -> pd.DataFrame:
    if dataset.kind != "table":
        raise DataError(f"{data}: decisions are applied to tables alone.")
    found = read_decisions(decisions)
    labels = apply_decisions(dataset, found)
    changed = sum(one.given != one.value for one in found)
    if not quiet:
        say(f"{data}: {len(found)} decisions, {changed} labels changed; all others as they were")
    return with_labels(read_frame(data, encoding)[0], dataset, labels)


def _words(reading: Mapping[str, Any]) -> list[str]:
    """Return the options that name the labels and the rows, as they were given."""
    words: list[str] = []
    for option, name in (("--target", "target"), ("--id-column", "id_column")):
        if reading.get(name) is not None:
            words += [option, reading[name]]
    for label in reading.get("labels") or ():
        words += ["--label", label]
    return words
