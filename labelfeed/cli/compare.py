"""`labelfeed compare`: does a label input pay on this file? One sentence, and a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labelfeed.cli.console import note, print_json, progress, say
from labelfeed.cli.files import first_of, is_npz
from labelfeed.comparison.compare import compare
from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.result import Comparison
from labelfeed.comparison.stored import save_comparison
from labelfeed.data.files import data_files, format_of
from labelfeed.data.order import split_order
from labelfeed.data.side_numbers import split_ranges
from labelfeed.labels.cell_rules import CellRules
from labelfeed.report.comparison_page import comparison_table, write_comparison_page
from labelfeed.report.tables import table_text

__all__ = ["REPORT", "run_compare"]

REPORT = "report.html"


def run_compare(
    data: str | tuple[str, ...],
    out: str,
    *,
    reading: dict[str, Any],
    cells: Mapping[str, Any] | None = None,
    budget: str = "10m",
    strategies: Sequence[str] = (),
    plain: str = "auto",
    known_share: float = 0.5,
    metric: str | None = None,
    by: Sequence[str] = (),
    seed: int = 0,
    processes: int | None = None,
    overwrite: bool = False,
    as_json: bool = False,
    quiet: bool = False,
    command: str = "",
) -> Comparison:
    """Compare on a file, write the page, and print the verdict.

    Args:
        data: File with labelled rows, or several tables.
        out: Folder of the comparison, to go on with where it was interrupted.
        reading: Arguments of `load_data`; `order` and `side_ranges` as the options have them.
        cells: Arguments of `CellRules`.
        budget: As for `labelfeed.compare`, and likewise those that follow.
        strategies: Strategies.
        plain: Plain models.
        known_share: Share known where the verdict is made.
        metric: What the verdict is made by.
        by: Columns to score by.
        seed: Seed.
        processes: Processes at once.
        overwrite: Whether another comparison in `out` is replaced.
        as_json: Print JSON only.
        quiet: Print the verdict and errors only.
        command: What was typed, for the page.

    Raises:
        ComparisonError: Nothing can be compared, or `out` holds something else.
        DataError: The file cannot be read.
    """
    first = first_of(data)
    if Path(first).is_dir() and format_of(data_files(data)[0]) is None:
        raise ComparisonError(
            f"{first}: pictures are not compared, vectors of them are. Write these with `labelfeed "
            "embed RUN FOLDER --out vectors.csv`, RUN trained on other pictures (of its own it "
            "knows the labels), put the labels beside them by `file`, and compare on that table "
            "with --id-column file."
        )
    usual = "y" if is_npz(data) else "label"
    given = dict(reading)
    given["order"] = split_order(reading.get("order") or (), reading.get("target") or usual)
    given["side_ranges"] = split_ranges(reading.get("side_ranges") or ()) or None
    given["cells"] = CellRules(**(cells or {}))
    try:
        with progress("compare", 100, quiet or as_json) as step:
            found = compare(
                data,
                budget=budget,
                out=out,
                overwrite=overwrite,
                strategies=strategies,
                plain=plain,
                known_share=known_share,
                metric=metric,
                by=by,
                seed=seed,
                processes=processes,
                on_step=lambda share, text: step(int(100 * share), text),
                note=lambda line: note(line, quiet),
                **given,
            )
    except KeyboardInterrupt:
        say(f"The splits that are done are kept in {out}: the same command goes on.", err=True)
        raise
    page = Path(out) / REPORT
    save_comparison(found, out, command)
    write_comparison_page(page, found, command)
    if as_json:
        print_json(found.to_dict())
        return found
    if not quiet:
        say(table_text(comparison_table(found)).split("\nMean over the splits")[0])
        for line in found.notes:
            note(line)
    say(found.verdict)
    if not quiet:
        say(f"written to {page}")
    return found
