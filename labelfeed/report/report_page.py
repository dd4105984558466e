"""One page of several things: runs, comparisons and studies, the verdicts on top."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.stored import RESULT, load_comparison
from labelfeed.records.stored import StoredRun, read_stored
from labelfeed.report.comparison_page import comparison_parts
from labelfeed.report.page import Part, write_page
from labelfeed.report.run_parts import run_parts
from labelfeed.report.several import several_parts, several_verdict
from labelfeed.report.study_parts import STUDY_FILE, read_study, study_parts, study_verdict
from labelfeed.report.summaries import headline

__all__ = ["ReportError", "write_report_page"]

_RUN, _COMPARISON = "run.json", "comparison.json"


class ReportError(ValueError):
    """Something that no page can be made of; the message says what."""


def write_report_page(path: Path, sources: Sequence[str | Path], command: str = "") -> list[str]:
    """Write a page that needs no other file and no network; return its verdicts.

    Args:
        path: `.html` file to write, whole or not at all.
        sources: Folders of runs, comparisons and studies, each once.
        command: What was typed, shown at the end.

    Raises:
        ReportError: A folder is none of these, or broken.
        OSError: The page cannot be written.
    """
    runs: list[StoredRun] = []
    verdicts: list[str] = []
    sections: list[Part] = []
    for source in dict.fromkeys(map(Path, sources)):
        kind = _kind(source)
        name = source.resolve().name
        try:
            if kind == "run":
                runs.append(read_stored(source))
            elif kind == "comparison":
                found, typed = load_comparison(source)
                verdicts.append(found.verdict)
                sections += [f"# Comparison: {name}", found.verdict]
                sections += comparison_parts(found, typed)
            else:
                study = read_study(source)
                verdicts.append(study_verdict(study))
                sections += [f"# Study: {name}", study_verdict(study), *study_parts(study)]
        except ComparisonError as error:
            raise ReportError(str(error)) from error
        except ValueError as error:
            raise ReportError(f"{source}: {error}") from error
    runs = _told_apart(runs)
    top: list[Part] = []
    told = [f"{run.name}: {headline(run)}." for run in runs]
    if len(runs) > 1:
        verdicts.append(several_verdict(runs))
        top += ["# Runs side by side", *several_parts(runs)]
    elif runs:
        verdicts.append(headline(runs[0]))
    lead, *others = verdicts
    parts: list[Part] = [_sentence(verdict) for verdict in others]
    parts += [] if len(runs) < 2 else told
    parts += [*top, *sections]
    for run in runs:
        if len(runs) > 1 or sections:
            parts.append(f"# Run: {run.name}")
            parts.append(f"{headline(run)}.")
        parts += run_parts(run)
    if command:
        parts += ["## This page", f"$ {command}"]
    write_page(path, _title(runs, len(verdicts)), parts, lead=_sentence(lead))
    return verdicts


def _kind(source: Path) -> str:
    for file, kind in ((_RUN, "run"), (STUDY_FILE, "study"), (_COMPARISON, "comparison"),
                       (RESULT, "comparison")):  # fmt: skip
        if (source / file).is_file():
            return kind
    if not source.is_dir():
        raise ReportError(f"{source}: no such folder.")
    raise ReportError(
        f"{source} is no folder of a run, a comparison or a study: none of {_RUN}, {_COMPARISON}, "
        f"{STUDY_FILE} is in it."
    )


def _told_apart(runs: list[StoredRun]) -> list[StoredRun]:
    """Number runs whose folders have the same name."""
    seen: dict[str, int] = {}
    found = []
    for run in runs:
        seen[run.name] = seen.get(run.name, 0) + 1
        more = f" ({seen[run.name]})" if seen[run.name] > 1 else ""
        found.append(dataclasses.replace(run, name=run.name + more))
    return found


def _title(runs: Sequence[StoredRun], verdicts: int) -> str:
    if len(runs) == 1 and verdicts == 1:
        return f"Run: {runs[0].name}"
    return "Report"


def _sentence(line: str) -> str:
    return f"{line[:1].upper()}{line[1:]}"
