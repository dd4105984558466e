"""`python -m benchmarks coherence`: known labels read coherently, beside readers that add up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import common
from benchmarks.partial_data import SETS, split
from benchmarks.partial_tables import FILES
from labelfeed.estimators import LabelFedClassifier
from labelfeed.estimators.column_math import probabilities_of
from labelfeed.estimators.known_labels import KnownLabels, fit_known_labels
from labelfeed.estimators.readers import fit_readers
from labelfeed.labels.known_share import leave_known
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.probabilities import score
from labelfeed.models.wrapping import as_predictor
from labelfeed.runs.coherence import coherence
from labelfeed.strategies.plain_members import plain_members
from labelfeed.types import Plain

__all__ = ["main"]

_SHARES = (0.0, 0.25, 0.5, 0.75)
_HEAD = "/".join(f"{100 * share:.0f}" for share in _SHARES) + " %"


def main(argv: list[str] | None = None) -> None:
    """Print gaps, macro-AUC and log loss of both readings on one plain blend, and their pairs."""
    made = common.parser("coherence", __doc__ or "")
    made.add_argument("--data", type=Path, help="folder with the files; else from OpenML")
    made.add_argument("--sets", nargs="+", choices=SETS, help="all; without --data: no files")
    made.add_argument("--plain", default="auto", help="plain models (auto)")
    made.add_argument("--seeds", type=int, default=3, help="paired seeds (3)")
    options = made.parse_args(argv)
    names = options.sets or [name for name in SETS if options.data or name not in FILES]
    kept: dict[str, Any] = {}
    for name in names:
        found = [measured(name, options.data, seed, options.plain) for seed in range(options.seeds)]
        kept[name] = found
        common.save_json(options.json, kept)
        print(f"\n## {name}\n\n{_table(found)}", flush=True)


def measured(name: str, folder: Path | None, seed: int, plain: Plain) -> dict[str, dict[str, Any]]:
    """Return the figures of readers that add up, `before`, and of what is taken, `now`.

    Args:
        name: One of `SETS`.
        folder: Where its files are.
        seed: Of split, folds and known labels.
        plain: What stands under both; fitted once.
    """
    parts = split(name, folder, seed)
    x, y = (np.concatenate([a, b]) for a, b in zip(parts.train, parts.validation, strict=True))
    groups = np.concatenate(parts.groups[:2]) if parts.groups else None
    spec = LabelSpec.multi(y.shape[1])
    model = LabelFedClassifier(plain_members(plain), spec, read=False, seed=seed)
    model.fit(x, y, groups=groups)
    z, out = model.plain_logits(parts.test[0]), {}
    for what, fit in (("before", fit_readers), ("now", fit_known_labels)):
        readers = fit(model.out_of_fold_logits(), y, spec, model.folds_, seed=seed)
        out[what] = _figures(z, parts.test[1], spec, readers, seed)
        common.progress(f"{name} seed {seed} {what}: {out[what]['taken']}")
    return out


def _figures(
    z: np.ndarray, y: np.ndarray, spec: LabelSpec, readers: KnownLabels | None, seed: int
) -> dict[str, Any]:
    def predict(rows: np.ndarray, known: np.ndarray) -> np.ndarray:
        told = 0.0 if readers is None else readers.delta(rows, known)
        return probabilities_of(rows + told, spec)

    scores = []
    for share in _SHARES:
        known = leave_known(y, share, seed, spec)
        hidden = np.where(known == -1, y, -1)
        scores.append(score(hidden, predict(z, known), spec).to_json())
    gaps = coherence(as_predictor(predict, spec, reads_label=True), z, y, seed=seed)
    return {
        "taken": type(readers).__name__,
        "gaps": [gaps["nothing_known"], gaps["partly_known"]],
        **{m: [one[m] for one in scores] for m in ("macro_auc", "log_loss")},
    }


def _table(found: Sequence[dict[str, dict[str, Any]]]) -> str:
    """Return a row for each reading, means over the seeds, and the paired differences."""
    rows = []
    for what in ("before", "now"):
        taken = sorted({one[what]["taken"] for one in found})
        gap = "/".join(f"{np.mean([one[what]['gaps'][i] for one in found]):.4f}" for i in (0, 1))
        scores = [
            " ".join(f"{value:.3f}" for value in np.mean([one[what][m] for one in found], axis=0))
            for m in ("macro_auc", "log_loss")
        ]
        rows.append([f"{what} ({', '.join(taken)})", gap, *scores])
    cells = []
    for metric, scale, order in (
        ("macro_auc", 100, ("before", "now")),
        ("log_loss", 1000, ("now", "before")),
    ):
        pairs = [
            common.paired_interval(
                *([one[what][metric][i] for one in found] for what in order)
            ).scaled(scale)
            for i in range(len(_SHARES))
        ]
        cells.append(" ".join(f"{p:+.1f}" if p.seeds > 1 else f"{p.mean:+.1f}" for p in pairs))
    rows.append(["gain, points of AUC and log loss / 1000", "", *cells])
    head = [f"{name} at {_HEAD}" for name in ("macro-AUC", "log loss")]
    return common.table(rows, ["known labels", "gap, nothing / half known", *head])
