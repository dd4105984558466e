"""The scores of a run as tables, the same for a command and for a page."""

from __future__ import annotations

import dataclasses
from typing import Any

from labelfeed.metrics.numbers import SHARE as _SHARE
from labelfeed.report.side_tables import side_table
from labelfeed.report.tables import Table, figure

__all__ = ["label_table", "main_table", "score_table"]

_SCORES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced",
    "macro_auc": "macro-AUC",
    "log_loss": "log loss",
}
_RARE = 0.4  # of an even share (20 % of two states), below which accuracy says little
_RANKED = {"rank_error": "rank error", "kappa": "kappa"}  # of ordered classes


def main_table(metrics: dict[str, Any]) -> Table:
    """Return the one table that a command prints: of side labels where there are some.

    Args:
        metrics: What `evaluate_run` returned.
    """
    if "sides" not in metrics:
        return score_table(metrics)
    found = side_table(metrics["sides"], metrics.get("weighted", False))
    lines = [*_numbers(metrics), *_tree(metrics.get("tree"))]
    numbers = [f"Side labels unknown, {line}" for line in lines]
    return dataclasses.replace(found, note="\n".join([found.note, *numbers]).strip("\n"))


def score_table(metrics: dict[str, Any]) -> Table:
    """Return the scores of `evaluate_run`, a row for each amount of knowledge.

    Args:
        metrics: What it returned. Labels without an area are named in the note.
    """
    kinds = {
        "nothing_known": "none",
        "not_fed": "none (the labels of the next line)",
        "partly_known": "{:.0%} (the others are scored)",
    }
    ranked = metrics["nothing_known"].get("rank_error") is not None
    names = {**_SCORES, **(_RANKED if ranked else {})}
    rows = []
    for kind, text in kinds.items():
        if kind in metrics:
            found = metrics[kind]
            figures = (figure(found.get(name)) for name in names)
            rows.append((text.format(found.get("known_share", 0)), str(found["labels"]), *figures))
    lines = []
    if "verification" in metrics:
        lines.append(_verification(metrics["verification"]))
    lines += _imbalance(metrics["nothing_known"])
    lines += _ranks(metrics)
    lines += _numbers(metrics)
    lines += _tree(metrics.get("tree"))
    lines += _coherence(metrics.get("coherence"))
    skipped = metrics["nothing_known"]["skipped"]
    if skipped:
        shown = ", ".join(skipped[:8]) + (", ..." if len(skipped) > 8 else "")
        lines.append(f"No AUC for {shown}: only one state among the scored rows.")
    if metrics.get("weighted"):
        pairs = "; pairs count once" if "verification" in metrics else ""
        lines.append(f"Each row or label counts by its weight{pairs}.")
    if soft := metrics["nothing_known"].get("soft"):
        lines.append(f"{soft} uncertain labels are soft targets, which no score counts.")
    head = ("labels known to the network", "scored", *names.values())
    return Table("Scores", head, tuple(rows), "\n".join(lines))


def label_table(metrics: dict[str, Any]) -> Table:
    """Return the area under the ROC curve of each label, with nothing and with a part known.

    Args:
        metrics: What `evaluate_run` returned.
    """
    blind, known = metrics["nothing_known"], metrics.get("partly_known")
    found = [blind, known] if known else [blind]
    heads = ("label", "nothing known", *([f"{known['known_share']:.0%} known"] if known else []))
    rows = tuple(
        (name, *(figure(scores["auc"].get(name)) for scores in found))
        for name in [*blind["auc"], *blind["skipped"]]
    )
    return Table("AUC of each label", heads, rows, "- where the scored rows have one state only.")


def _imbalance(found: dict[str, Any]) -> list[str]:
    """Return a line where a class or label is rare: accuracy then says little."""
    rarest, part = found.get("rarest"), found.get("rarest_of_even")
    if rarest is None or part is None or part >= _RARE:
        return []
    of = {"macro-F1": "macro_f1", "average precision": "average_precision",
          "calibration error": "calibration_error"}  # fmt: skip
    shown = ", ".join(f"{name} {figure(found.get(key))}" for name, key in of.items())
    return [f"Imbalanced, the rarest is {rarest:.1%}: {shown}."]


def _ranks(metrics: dict[str, Any]) -> list[str]:
    """Return a line for each ordered column, if there are several."""
    blind = metrics["nothing_known"].get("ranks", {})
    told = metrics.get("partly_known", {})
    lines = []
    for name, found in blind.items() if len(blind) > 1 else ():
        line = f"{name}: rank error {figure(found['rank_error'])}, kappa {figure(found['kappa'])}"
        part = told.get("ranks", {}).get(name)
        if part:
            line += f"; with {told['known_share']:.0%} known {figure(part['rank_error'])}, "
            line += figure(part["kappa"])
        lines.append(f"{line}.")
    return lines


def _numbers(metrics: dict[str, Any]) -> list[str]:
    """Return a line for each label that is a number."""
    found = metrics.get("numbers", {})
    share = metrics.get("partly_known", {}).get("known_share", 0)
    lines = []
    for name, blind in found.get("nothing_known", {}).items():
        r2 = figure(blind["r2"])
        line = f"{name}: off by {blind['mae']:.4g} on average (RMSE {blind['rmse']:.4g}, R2 {r2}), "
        line += f"{blind['coverage']:.0%} of rows in their {_SHARE:.0%} interval"
        part, without = (found.get(k, {}).get(name) for k in ("partly_known", "not_fed"))
        if part and without:
            line += f"; with {share:.0%} known {part['mae']:.4g}, the same rows without "
            line += f"{without['mae']:.4g}"
        lines.append(f"{line}.")
    return lines


def _tree(found: dict[str, Any] | None) -> list[str]:
    """Return a line about mistakes in a tree of classes."""
    if found is None:
        return []
    levels = [
        f"{figure(share)} at level {n}" for n, share in enumerate(found["levels"].values(), 1)
    ]
    right = f"; right {', '.join(levels)}" if levels else ""
    return [
        f"Tree: a row is off by {found['cost']:.3f} edges on average ({found['least_cost']:.3f} by "
        f"the class of least expected cost){right}."
    ]


def _coherence(found: dict[str, Any] | None) -> list[str]:
    """Return a line about how far probabilities are from their mean over answers."""
    if found is None:
        return []
    gaps = [
        (found["nothing_known"], "with nothing known"),
        (found["partly_known"], f"with {found['known_share']:.0%} known"),
    ]
    said = ", ".join(f"{gap:.4f} {when}" for gap, when in gaps if gap is not None)
    return [f"Coherence gap (a probability and its mean over the answers to a question): {said}."]


def _verification(found: dict[str, Any]) -> str:
    return (
        f"Pairs of {found['rows']} rows by the cosine of their embeddings: TAR at FAR "
        f"{found['far']:.0%} {figure(found['tar_at_far'])}, ROC-AUC {figure(found['pair_auc'])}; "
        f"recall at 1 {figure(found['recall_at_1'])}."
    )
