"""How often `labelfeed compare` says that labels pay: where they tell nothing, and where they do.

Rows are drawn anew in each run. Null: labels permuted within their column, or a side label drawn
at random. Planted: a latent variable that the labels share, of which known ones tell; a side label
that turns the sign of features, which a table of counts cannot use. The strength of both is such
that the strategy is about three points of macro-AUC better than plain. `classes-...` are side
labels of a target of four classes, judged by log loss.

To be cheap the plain model is the logistic one, and the boosted trees are left out unless `--trees`
is given: fewer peers make it easier to say 'pays', where nothing pays too.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from typing import Any

import numpy as np
from joblib import Parallel, cpu_count, delayed
from scipy.stats import rankdata

from benchmarks.common import parser, progress, save_json, table
from labelfeed.comparison.compare import verdict_metric
from labelfeed.comparison.contenders import CONTENDERS, applying
from labelfeed.comparison.decision import Outcome
from labelfeed.comparison.design import Design, input_kind, split_of
from labelfeed.comparison.journal import Journal
from labelfeed.comparison.looks import Looks
from labelfeed.comparison.plain import plain_model
from labelfeed.comparison.runner import Clock
from labelfeed.data.dataset import Dataset, Sides
from labelfeed.labels.spec import LabelSpec

__all__ = ["CASES", "decision_of", "main", "rows_of"]

CASES = ("labels-null", "sides-null", "classes-null",
         "labels-planted", "sides-planted", "classes-planted")  # fmt: skip
_FEATURES, _LABELS = 6, 4
_SHARED, _TURNED = 1.0, 0.25  # so that the gain is three points


def rows_of(case: str, rows: int, seed: int) -> Dataset:
    """Return the rows of a case, one of `CASES`."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, _FEATURES)).astype(np.float32)
    ids = np.arange(rows)
    if case.startswith("labels"):
        spec = LabelSpec.multi([f"finding {i}" for i in range(_LABELS)])
        score = x @ rng.normal(0, 0.7, (_FEATURES, _LABELS))
        score += _SHARED * rng.normal(size=(rows, 1)) + rng.normal(size=(rows, _LABELS))
        y = (score > 0).astype(np.int32)
        if case.endswith("null"):
            y = rng.permuted(y, axis=0)
        return Dataset("arrays", x, y, spec, ids, case, spec.names or ())
    side = rng.integers(0, 3, rows)
    turn = np.array([1.0, 0.0, -1.0])[side] * (0.0 if case.endswith("null") else _TURNED)
    turned = turn * x[:, 3] * 2
    classes = _LABELS if case.startswith("classes") else 2
    if classes > 2:
        score = x @ rng.normal(0, 0.7, (_FEATURES, _LABELS)) + rng.gumbel(size=(rows, _LABELS))
        score[:, 0] += 3 * turned
        y = score.argmax(axis=1).astype(np.int32)
    else:
        score = x[:, :3].sum(axis=1) * 0.5 + turned + rng.normal(size=rows)
        y = (score > 0).astype(np.int32)
    told = LabelSpec.single(["a", "b", "c"], name="scanner")
    sides = Sides((told,), side[:, None].astype(np.int32))
    return Dataset("arrays", x, y, LabelSpec.single(classes), ids, case, ("label",), sides=sides)


def decision_of(case: str, rows: int, seed: int, trees: bool = False) -> tuple[Outcome, int]:
    """Return what a comparison decides on the rows of a case, and after how many splits."""
    dataset = rows_of(case, rows, seed)
    names = applying(input_kind(dataset), "logistic")
    names = tuple(n for n in names if trees or not n.startswith("trees"))
    metric = verdict_metric(dataset)
    design = Design(dataset, None, names, "logistic", metric=metric, seed=seed)
    journal = Journal(None, design)
    looks = Looks(design, journal)
    for at in design.plan:
        journal.add(_scored(design, *at))
        if looks.ended():
            break
    decision, splits, _ = looks.final(Clock(1.0), 1)
    return decision, len(splits)


def _scored(design: Design, repeat: int, fold: int) -> dict[str, Any]:
    """Do what `judged` does, at the verdict's point alone: other scores take most of its time."""
    split, at = split_of(design, repeat, fold), design.verdict_point
    point = split.points[at]
    y = point.scored if split.spec.shape else point.scored[:, None]
    model = plain_model(split, design.plain, split.seed, "partial-labels" in design.contenders)
    found = {}
    for name in design.contenders:
        p = CONTENDERS[name].fit(split, model)(point)
        if design.metric == "log_loss":
            said = p[np.arange(len(p)), y[:, 0]]
            score = float(-np.log(np.maximum(said, 1e-7)).mean())
        else:
            areas = [_area(y[:, i], p[:, -y.shape[1] :][:, i]) for i in range(y.shape[1])]
            score = float(np.nanmean(areas))
        found[name] = {"scores": {at: {design.metric: score}}}
    rows = [len(split.x), len(split.test)]
    return {"split": [repeat, fold], "rows": rows, "contenders": found}


def _area(y: np.ndarray, p: np.ndarray) -> float:
    """Return the area under the ROC curve from the ranks of those present."""
    p, there = p[y >= 0], y[y >= 0] == 1
    many, few = int(there.sum()), int((~there).sum())
    ranks = float(rankdata(p)[there].sum())
    return (ranks - many * (many + 1) / 2) / (many * few) if many and few else math.nan


def main(arguments: list[str]) -> None:
    given = parser("verdicts", __doc__.partition("\n")[0])
    given.add_argument("--runs", type=int, default=100, help="of each case [100]")
    given.add_argument("--rows", type=int, default=300, help="of each run [300]")
    given.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    given.add_argument("--first-seed", type=int, default=0)
    given.add_argument("--trees", action="store_true", help="with boosted trees among the peers")
    options = given.parse_args(arguments)
    lines, figures = [], {}
    for case in options.cases:
        start = time.perf_counter()
        seeds = range(options.first_seed, options.first_seed + options.runs)
        found = Parallel(cpu_count(), batch_size=1)(
            delayed(decision_of)(case, options.rows, seed, options.trees) for seed in seeds
        )
        kinds = Counter(decision.kind for decision, _ in found)
        gain = float(np.mean([d.gain.mean for d, _ in found]))
        splits = float(np.mean([count for _, count in found]))
        seconds = (time.perf_counter() - start) / options.runs
        told = [kinds[kind] for kind in ("pays", "labels pay", "does not pay")]
        lines.append([case, *told, f"{100 * gain:+.1f}", f"{splits:.0f}", f"{seconds:.1f}"])
        figures[case] = {**kinds, "gain": gain, "splits": splits}
        progress(f"{case}: {dict(kinds)}")
    heads = ["case", "pays", "labels pay", "does not pay", "gain, x 100", "splits", "seconds"]
    print(table(lines, heads))
    save_json(options.json, {"runs": options.runs, "rows": options.rows, "cases": figures})
