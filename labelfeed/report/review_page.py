"""The review page: labels that are probably wrong, one after another, to accept or to keep."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.noise.cleaned import Cleaned
from labelfeed.noise.honest import ColumnNoise
from labelfeed.noise.neighbours import nearest_labelled
from labelfeed.report._review_parts import BODY, SCRIPT, STYLE
from labelfeed.writing import replacing

__all__ = ["review_items", "write_review"]

_LEAST = 0.05  # probability of an error from which a label is looked at
_DOUBTED = 20  # labels that are shown where no noise was found
_CLASSES, _CELLS, _NEAR = 5, 40, 5  # of a card: classes, features, neighbours


def write_review(path: Path, cleaned: Cleaned, *, command: str, most: int = 500) -> int:
    """Write a page that needs no other file and no network; return the number of its labels.

    Keys: A accepts, K keeps what is given, S skips, U undoes; Save downloads `decisions.json`,
    which `labelfeed clean --decisions` applies.

    Args:
        path: `.html` file, written whole or not at all.
        cleaned: What was found.
        command: The command that applies the decisions, told at the end.
        most: Most labels on the page.
    """
    dataset = cleaned.dataset
    items = review_items(cleaned, most)
    what = f"{len(items):,} label{'s' * (len(items) != 1)}, the most probable errors first."
    if not any(found.found for found in cleaned.columns):
        what = "No noise was found. These labels are the least probable ones all the same."
    title = f"Labels of {Path(dataset.source).name}"
    content = {
        "title": title,
        "what": what,
        "source": dataset.source,
        "key": f"{dataset.source} {dataset.fingerprint[:16]} {len(items)}",
        "classes": {f.column.name: list(f.column.names) for f in cleaned.columns},
        "items": items,
        "then": f"Then: {command}",
    }
    # Nothing of the data can end the element that it stands in.
    text = json.dumps(content, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    heading = html.escape(title)
    page = (
        "<!doctype html>\n<html lang=en><meta charset=utf-8>\n"
        "<meta name=viewport content='width=device-width, initial-scale=1'>\n"
        f"<title>{heading}</title>\n<style>{STYLE}</style>\n{BODY}"
        f"<script type='application/json' id=data>{text}</script>\n<script>{SCRIPT}</script>\n"
        "</html>\n"
    )
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8", errors="backslashreplace")
    return len(items)


def review_items(cleaned: Cleaned, most: int = 500) -> list[dict[str, Any]]:
    """Return the labels to look at, the most probable errors first, as JSON types.

    Where no noise was found, these are the 20 labels that the features make least probable.
    """
    places: list[tuple[float, ColumnNoise, int]] = []
    noisy = [found for found in cleaned.columns if found.found]
    for found in noisy or cleaned.columns:
        doubt = found.error
        if not noisy:
            own = found.clean[np.arange(len(doubt)), np.maximum(found.given, 0)]
            doubt = np.where(found.given == UNKNOWN, np.nan, 1 - own)
        few = most if noisy else _DOUBTED
        rows = np.argsort(-np.nan_to_num(doubt, nan=-1.0), kind="stable")[:few]
        places += [(float(doubt[row]), found, int(row)) for row in rows if doubt[row] >= _LEAST]
    places.sort(key=lambda place: -place[0])
    places = places[: most if noisy else _DOUBTED]
    near = _neighbours(cleaned, places)
    return [
        {
            "row": str(cleaned.dataset.row_ids[row]),
            "label": found.column.name,
            "given": _name(found.column, found.given[row]),
            "suggestion": _name(found.column, _suggested(found, row)),
            "error": doubt,
            "classes": _likely(found, row),
            "table": _table(cleaned, found, row, *near[found.column.name, row]),
        }
        for doubt, found, row in places
    ]


def _suggested(found: ColumnNoise, row: int) -> int:
    """Return the suggestion; where no noise was found, or none beats it, the likeliest other."""
    best = int(found.suggestion[row])
    if best != found.given[row]:
        return best
    posterior = (found.posterior if found.found else found.clean)[row].copy()
    posterior[found.given[row]] = -1.0
    return int(posterior.argmax())


def _likely(found: ColumnNoise, row: int) -> list[list[Any]]:
    p = found.clean[row]
    shown = list(np.argsort(-p, kind="stable")[:_CLASSES])
    if found.given[row] not in shown:
        shown[-1] = found.given[row]
    return [[found.column.name_of(int(c)), round(float(p[c]), 4)] for c in shown]


def _neighbours(
    cleaned: Cleaned, places: Sequence[tuple[float, ColumnNoise, int]]
) -> dict[tuple[str, int], tuple[np.ndarray, np.ndarray]]:
    out: dict[tuple[str, int], tuple[np.ndarray, np.ndarray]] = {}
    for found in cleaned.columns:
        rows = np.array([row for _, one, row in places if one is found], int)
        if rows.size:
            at, far = nearest_labelled(cleaned.x, found.given, rows, _NEAR)
            for row, others, distances in zip(rows, at, far, strict=True):
                out[found.column.name, int(row)] = (others, distances)
    return out


def _table(
    cleaned: Cleaned, found: ColumnNoise, row: int, others: np.ndarray, far: np.ndarray
) -> list[list[str]]:
    """Return a line for rows, labels, distances and each feature: the row first, then others."""
    features, ids = cleaned.dataset.features, cleaned.dataset.row_ids
    shown = [row, *others.tolist()]
    lines = [
        ["row", *(str(ids[at]) for at in shown)],
        [found.column.name, *(_name(found.column, found.given[at]) for at in shown)],
        ["distance", "", *(f"{d:.2f}" for d in far)],
    ]
    for place, name in enumerate(_feature_names(cleaned)):
        own = features.iloc[:, place] if isinstance(features, pd.DataFrame) else features[:, place]
        values = own.iloc[shown] if isinstance(own, pd.Series) else own[shown]
        lines.append([name, *("" if pd.isna(v) else _short(v) for v in values)])
    return lines


def _feature_names(cleaned: Cleaned) -> list[str]:
    features = cleaned.dataset.features
    if isinstance(features, pd.DataFrame):
        return [str(name) for name in features.columns[:_CELLS]]
    return [f"x{i}" for i in range(min(features.shape[1], _CELLS))]


def _short(value: object) -> str:
    return f"{value:.5g}" if isinstance(value, float | np.floating) else str(value)[:120]


def _name(column: LabelColumn, state: int | np.integer[Any]) -> str:
    return "" if state == UNKNOWN else column.name_of(int(state))
