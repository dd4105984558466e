"""The part of a page about a study of `labelfeed tune`, read loosely: whatever of it is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labelfeed.data.described import is_number
from labelfeed.report.page import Part
from labelfeed.report.tables import Table

__all__ = ["STUDY_FILE", "read_study", "study_parts", "study_verdict"]

STUDY_FILE = "study.json"
_SHOWN = 12


def read_study(folder: str | Path) -> dict[str, Any]:
    """Return what stands in the `study.json` of a folder; a result inside it comes first.

    Raises:
        ValueError: It is broken.
    """
    path = Path(folder) / STUDY_FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{path} is broken: {error}") from error
    if not isinstance(found, dict):
        raise ValueError(f"{path} is broken: expected an object, got {type(found).__name__}.")
    inner = found.get("result")
    return {**found, **inner} if isinstance(inner, dict) else found


def study_verdict(study: Mapping[str, Any]) -> str:
    """Return its verdict, or that there is none yet."""
    verdict = study.get("verdict")
    return verdict if isinstance(verdict, str) and verdict else "a study without a verdict yet"


def study_parts(study: Mapping[str, Any]) -> list[Part]:
    """Return its scores, the best settings, and what mattered.

    Args:
        study: As `read_study` returns it.
    """
    parts: list[Part] = []
    scores = [(name, study.get(name)) for name in ("defaults", "tuned", "gain")]
    rows = tuple((name, _figure(value)) for name, value in scores if _figure(value))
    if rows:
        metric = study.get("metric")
        head = str(metric).replace("_", " ") if metric else "score"
        parts.append(Table("Settings against the defaults", ("", head), rows))
    settings = _flat(study.get("settings") or study.get("best") or {})
    if settings:
        made = tuple((name, str(value)) for name, value in settings.items())
        parts.append(Table("Best settings", ("setting", "value"), made))
    importance = study.get("importance")
    if isinstance(importance, dict) and importance:
        shares = [(str(k), float(v)) for k, v in importance.items() if is_number(v)]
        shares.sort(key=lambda one: -one[1])
        told = tuple((name, f"{share:.0%}") for name, share in shares[:_SHOWN])
        note = "Share of the variance of the score that each setting explains."
        parts.append(Table("What mattered", ("setting", "share"), told, note))
    trials = study.get("trials")
    if isinstance(trials, list):
        parts.append(f"{len(trials):,} trials.")
    for name, text in _flat(study.get("data") or {}).items():
        parts.append(f"{name}: {text}.")
    notes = study.get("notes")
    parts += [str(note) for note in notes] if isinstance(notes, list) else []
    command = study.get("command")
    parts += [f"$ {command}"] if isinstance(command, str) and command else []
    return parts


def _figure(value: object) -> str:
    if isinstance(value, dict) and is_number(value.get("mean")):
        ends = [value.get(end) for end in ("low", "high")]
        known = all(map(is_number, ends))
        shown = f" [{ends[0]:+.4f}, {ends[1]:+.4f}]" if known else ""
        return f"{value['mean']:+.4f}{shown}"
    return f"{value:.4f}" if is_number(value) else ""


def _flat(values: object) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items() if isinstance(values, dict) else ():
        if isinstance(value, dict):
            found |= {f"{name}.{key}": inner for key, inner in _flat(value).items()}
        else:
            found[str(name)] = value
    return found
