"""`labelfeed evaluate` and `labelfeed audit` of a generator: its rows judged against real ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labelfeed.audit.generator import audit_generator, drops_labels
from labelfeed.audit.results import LeakAudit
from labelfeed.cli.console import note, print_json, reading_images, say
from labelfeed.cli.files import shown
from labelfeed.cli.scores_page import check_report
from labelfeed.data.dataset import DataError
from labelfeed.labels.cell_rules import CellRules
from labelfeed.report.generator_page import judged_table, write_generator_page
from labelfeed.report.tables import table_text
from labelfeed.runs.generator import PICTURE, Generator
from labelfeed.runs.generator_folder import load_generator
from labelfeed.runs.judge_generator import GeneratorJudged, judge_generator, real_rows
from labelfeed.synthetic import TableCodec

__all__ = ["run_audit_generator", "run_judge"]


def run_judge(
    run: str,
    data: str | tuple[str, ...],
    *,
    report: str | None = None,
    labels_file: str | None = None,
    as_json: bool = False,
    cells: Mapping[str, Any] | None = None,
    seed: int = 0,
    quiet: bool = False,
    command: str = "",
    **unfit: Any,
) -> dict[str, Any]:
    """Print, and return, what a generator's rows are worth.

    Args:
        run: Folder of a generator.
        data: Its training file, or files, or rows that it has not seen.
        report: `.html` file to write.
        labels_file: Table with the labels of images.
        as_json: Print JSON only.
        cells: What cells mean: arguments of `CellRules`.
        seed: Of the rows and the judges.
        quiet: Show no notes.
        command: What was typed, for the page.
        **unfit: Options of other runs; one that was given is refused.

    Raises:
        DataError: An option is not for generators, or the rows cannot be read.
    """
    _refuse(unfit)
    hushed = quiet or as_json
    if report is not None:
        check_report(report, data, hushed)
    loaded = load_generator(run)
    found = _judged(loaded, data, labels_file, cells, seed, hushed)
    content = {"rows": found.real.what, **found.judged.to_dict()}
    if as_json:
        print_json(content)
    else:
        say(f"{shown(data)}: {found.real.what}")
        for sentence in found.judged.verdicts.values():
            say(sentence)
        say("\n" + table_text(judged_table(found.judged)))
    for line in (*found.notes, *found.judged.notes):
        note(line, hushed)
    if report is not None:
        pictures = None if isinstance(loaded.codec, TableCodec) else PICTURE
        try:
            write_generator_page(
                Path(report), found.judged, found.real.held_out, found.synthetic,
                what=found.real.what, notes=found.notes, pictures=pictures, command=command,
            )  # fmt: skip
        except OSError as error:
            raise DataError(f"{report} cannot be written: {error}") from error
        note(f"report written to {report}", hushed)
    return content


def run_audit_generator(
    run: str,
    data: str | tuple[str, ...],
    *,
    labels_file: str | None = None,
    as_json: bool = False,
    cells: Mapping[str, Any] | None = None,
    seed: int = 0,
    quiet: bool = False,
    **unfit: Any,
) -> LeakAudit:
    """Print, and return, the audit of a generator.

    Args:
        run: Folder of a generator.
        data: As for `run_judge`, and likewise those that follow.
        labels_file: As there.
        as_json: As there.
        cells: As there.
        seed: As there.
        quiet: As there.
        **unfit: As there.

    Raises:
        DataError: As there.
    """
    _refuse(unfit)
    loaded = load_generator(run)
    found = _judged(loaded, data, labels_file, cells, seed, quiet or as_json)
    dropped = drops_labels(loaded.model.label_dropout) or loaded.combinations.some_unknown.any()
    result = audit_generator(found.judged, dropped=bool(dropped))
    if as_json:
        print_json(result.to_dict())
    else:
        note(f"audited on {found.real.what}", quiet)
        say(str(result))
    return result


def _judged(
    run: Generator,
    data: str | tuple[str, ...],
    labels_file: str | None,
    cells: Mapping[str, Any] | None,
    seed: int,
    hushed: bool,
) -> GeneratorJudged:
    rules = CellRules(**cells) if cells else None
    with reading_images(hushed) as on_image:
        rows = real_rows(run, data, labels_file=labels_file, cells=rules, on_image=on_image)
    return judge_generator(run, rows, seed=seed)


def _refuse(unfit: Mapping[str, Any]) -> None:
    usual = {"rows": "auto", "known_share": 0.5}
    for name, value in unfit.items():
        if value not in (None, (), False, [], {}, usual.get(name)):
            raise DataError(
                f"--{name.replace('_', '-')} is for runs that predict; this one is a generator."
            )
