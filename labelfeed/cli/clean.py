"""`labelfeed clean`: which labels are probably wrong, and a table with repaired ones."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
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
from labelfeed.data.side_numbers import split_ranges
from labelfeed.labels.cell_rules import CellRules
from labelfeed.noise.annotated import read_annotators
from labelfeed.noise.cleaned import Cleaned, words_of
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
    annotators: Sequence[str] = (),
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
        reading: Arguments of `load_data`; `order` and `side_ranges` as the options have them.
        cells: Arguments of `CellRules`.
        review: `.html` file of the review page.
        decisions: File that the page has saved: its decisions are applied, and nothing else.
        annotators: Columns of several annotators; the target is what they agree on.
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
    if annotators and reading.get("labels"):
        raise DataError("--annotators goes with one target, not with --label.")
    usual = "y" if data.lower().endswith(".npz") else "label"
    order = split_order(reading.get("order") or (), reading.get("target") or usual)
    given = {k: v for k, v in reading.items() if k != "order"}
    given["side_ranges"] = split_ranges(reading.get("side_ranges") or ()) or None
    given["cells"] = CellRules(**(cells or {}))
    cleaned: Cleaned | None = None
    if not annotators:
        dataset = load_data(data, **given, order=order)
        for line in dataset.notes:
            note(line, quiet)
    elif decisions is not None:
        dataset = read_annotators(data, annotators, str(reading["target"]), given)[0]
    if decisions is None:
        with progress("clean", 6, quiet) as step:
            source, named = (data, given) if annotators else (dataset, {})
            cleaned = clean(
                source,
                annotators=annotators,
                plain=plain_model,
                seed=seed,
                on_step=lambda done, total: step(done),
                **named,
            )
        dataset = cleaned.dataset
        _say(cleaned, data, quiet)
        if review is not None:
            words = ["labelfeed", "clean", data, *_words(reading, annotators), "--decisions",
                     "decisions.json", "--out", "decided.csv"]  # fmt: skip
            count = write_review(Path(review), cleaned, command=shlex.join(words))
            if not quiet:
                say(f"{count} labels to look at in {review}")
    if out is None:
        return None
    frame = read_frame(data, reading.get("encoding"))[0] if dataset.kind == "table" else None
    table = _table(frame, dataset, cleaned, decisions, annotators, quiet)
    write_table(plain_cells(table) if plain else table, Path(out))
    if not quiet:
        say(f"written to {out}")
    return table


def _say(cleaned: Cleaned, data: str, quiet: bool) -> None:
    for line in cleaned.notes:
        note(line, quiet)
    if not quiet:
        say(f"{data}: {cleaned}")


def _table(
    frame: pd.DataFrame | None,
    dataset: Dataset,
    cleaned: Cleaned | None,
    decisions: str | None,
    annotators: Sequence[str],
    quiet: bool,
) -> pd.DataFrame:
    """Return the table of the file, repaired, or with what was decided where nothing is."""
    data = dataset.source
    if frame is None:
        if cleaned is None:
            raise DataError(f"{data}: decisions are applied to tables alone.")
        return cleaned.to_frame()
    if annotators:
        votes = words_of(dataset.spec.label_columns[0])[dataset.labels]
        frame = frame.assign(**{dataset.spec.name: votes})
        told = " ".join(f"--drop {shlex.quote(name)}" for name in annotators)
        note(f"train on it with {told}, unless these are known at prediction time", quiet)
    if cleaned is not None:
        return repaired_table(frame, cleaned)
    found = read_decisions(str(decisions))
    labels = apply_decisions(dataset, found)
    changed = sum(one.given != one.value for one in found)
    if not quiet:
        say(f"{data}: {len(found)} decisions, {changed} labels changed; all others as they were")
    return with_labels(frame, dataset, labels)


def _words(reading: Mapping[str, Any], annotators: Sequence[str]) -> list[str]:
    """Return the options that name the labels and the rows, as they were given."""
    words: list[str] = []
    for option, name in (("--target", "target"), ("--id-column", "id_column")):
        if reading.get(name) is not None:
            words += [option, reading[name]]
    for option, name in (("--label", "labels"), ("--ranges", "side_ranges")):
        for value in reading.get(name) or ():
            words += [option, value]
    if annotators:
        words += ["--annotators", ",".join(annotators)]
    return words
