"""What is shown about side labels: how many there were, and what they are worth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from labelfeed.data.dataset import Dataset
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.report.tables import Table, figure

if TYPE_CHECKING:
    from labelfeed.runs.folder import Run

__all__ = ["side_summary", "side_table"]

_SCORES = {"accuracy": "accuracy", "balanced_accuracy": "balanced", "log_loss": "log loss"}
_RANKED = {"rank_error": "rank error", "kappa": "kappa"}  # of ordered classes


def side_summary(run: Run, dataset: Dataset) -> str:
    """Return how many rows were predicted with and without side labels.

    Args:
        run: A run that takes side labels.
        dataset: The rows; without side labels where they were not to be read.
    """
    names = ", ".join(spec.name for spec in run.sides)
    if not dataset.sides.specs:
        return f"side labels ({names}) not read: unknown in every row"
    known = dataset.sides.ids != UNKNOWN
    none = int((~known).all(axis=1).sum())
    text = f"side labels ({names}) fed in {len(dataset) - none} rows, none in {none}"
    some = int((~known).any(axis=1).sum()) - none
    return text + (f", only a part in {some}" if some else "")


def side_table(sides: dict[str, Any], weighted: bool = False) -> Table:
    """Return what `score_sides` found, with a sentence or more on what it means.

    Args:
        sides: Its result.
        weighted: Whether the rows have weights.
    """
    lines = _words(sides)
    if weighted:
        lines.append("each row counts by its weight; in gains and their intervals it counts once")
    note = "\n".join(f"{line[0].upper()}{line[1:]}." for line in lines)
    names = {**_SCORES, **(_RANKED if sides["known"].get("rank_error") is not None else {})}
    head = ("side labels", "scored", *names.values())
    return Table("Side labels known at inference", head, tuple(_rows(sides, names)), note)


def _rows(sides: dict[str, Any], names: Iterable[str]) -> list[tuple[str, ...]]:
    share = f"{sides['wrong_share']:.0%}"
    lines = {
        "unknown": "unknown (the plain network)",
        "known": "as in the data",
        "wrong": f"{share} wrong",
        "product_known": "plain x Bayes product, as in the data",
        "product_wrong": f"plain x Bayes product, {share} wrong",
    }
    rows = []
    for key, name in lines.items():
        if key in sides:
            found = sides[key]
            figures = (found.get(name) for name in names)
            rows.append((name, str(found["labels"]), *map(figure, figures)))
    return rows


def _words(sides: dict[str, Any]) -> list[str]:
    """Say whether the side labels pay here, as far as one run can tell."""
    if sides["without"] == sides["rows"]:
        return ["no row has a side label: nothing can be said about their worth"]
    gain, half = sides["over_plain"]
    if half is None:  # at most one row
        return ["too few rows have a label: nothing can be said about their worth"]
    said = f"{gain:+.3f} accuracy over the plain network (95 % interval +- {half:.3f})"
    pays = gain > half
    lines = [f"the side labels {'pay' if pays else 'do not clearly pay'} here: {said}"]
    if "over_product" in sides:
        more, within = sides["over_product"]
        if more < -within:
            lines.append(
                f"the Bayes product of the plain network is better: {-more:+.3f} (+- {within:.3f})"
            )
        elif pays and more <= within:
            lines.append(
                f"a table of counts does about as well: {more:+.3f} (+- {within:.3f}) over the "
                "Bayes product of the plain network"
            )
    worse = sides["unknown"]["accuracy"] - sides["wrong"]["accuracy"]
    if worse > half:
        lines.append(
            f"with {sides['wrong_share']:.0%} wrong side labels it falls below the plain network: "
            "if they can be wrong, train with a higher --side-corruption, or leave them out"
        )
    if sides["without"]:
        lines.append(f"{sides['without']} of {sides['rows']} rows have no side label")
    return lines
