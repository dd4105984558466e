"""`python -m benchmarks class-trees`: few rows of known class, and more that say a coarser one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from benchmarks import common
from benchmarks.open_set_data import letters
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.coarse import sort_coarse
from labelfeed.noise.honest import fit_soft

__all__ = ["TREES", "Rows", "main"]

TEST = 4000  # rows that score, at most

# By shape, not by what is easily told apart.
TREES = {
    "digits": {"round": "0689", "straight": "147", "open": "235"},
    "letter": {"diagonal": "AVWMNXYKZ", "bowl": "BDPRS", "round": "CGOQEU", "bars": "FILJTH"},
}


class Rows:
    """Rows of known class `fine`, rows known coarsely, and test rows."""

    def __init__(self, name: str, folder: Path | None, fine: int, coarse: int, seed: int) -> None:
        """Take `fine` rows of each class, and `coarse` ones of all."""
        if name == "digits":
            x, y = load_digits(return_X_y=True)
            names = np.array([str(c) for c in range(int(y.max()) + 1)])
        else:
            given, x = letters(folder)
            names, y = np.unique(given, return_inverse=True)
        order = np.random.default_rng(seed).permutation(len(x))
        x, y = np.asarray(x, float)[order], y[order]
        x = ((x - x.mean(axis=0)) / (x.std(axis=0) + 1e-6)).astype(np.float32)
        first = np.concatenate([np.flatnonzero(y == c)[:fine] for c in range(len(names))])
        rest = np.setdiff1d(np.arange(len(x)), first)
        train, test = np.concatenate([first, rest[:coarse]]), rest[coarse:][:TEST]
        self.x, self.y, self.test, self.target = x[train], y[train], x[test], y[test]
        self.ids = np.where(np.arange(len(train)) < len(first), self.y, -1)
        of = np.array([next(k for k, own in TREES[name].items() if c in own) for c in names])
        self.sets = of[self.y][:, None] == of[None]
        self.cost = np.where(of[:, None] == of[None], 2.0, 4.0) - 2 * np.eye(len(names))
        self.groups = np.unique(of, return_inverse=True)[1]
        self.spec, self.seed = LabelSpec.single(names.tolist()), seed
        self.plain = _plain()

    def scores(self, model: LabelFedClassifier) -> dict[str, float]:
        """Return figures on the test rows."""
        p = model.predict_proba(self.test)
        best = p.argmax(axis=1)
        own = np.clip(p[np.arange(len(p)), self.target], 1e-9, 1)
        return {
            "accuracy": float((best == self.target).mean()),
            "log loss": float(-np.log(own).mean()),
            "cost": float(self.cost[self.target, best].mean()),
            "right coarsely": float((self.groups[best] == self.groups[self.target]).mean()),
        }

    def on(self, ids: np.ndarray) -> LabelFedClassifier:
        """Return a blend that learns from class ids."""
        return LabelFedClassifier(self.plain, self.spec, read=False, seed=self.seed).fit(
            self.x, ids
        )

    def with_coarse(self) -> LabelFedClassifier:
        """Return a blend that learns from the coarse rows too, as `train --tree` does."""
        found = sort_coarse(
            self.x, self.ids, self.sets, self.spec, plain=self.plain, seed=self.seed
        )
        if not found.pays:
            return self.on(self.ids)
        y = np.zeros_like(found.posterior, int)
        return fit_soft(self.x, [found.posterior], y, self.spec, None, None, self.plain, self.seed)


def _plain() -> Any:
    return [LogisticMember(), ExtraTreesMember()]


def main(argv: list[str] | None = None) -> None:
    """Print scores of the finest classes, without and with coarsely labelled rows."""
    made = common.parser("class-trees", __doc__ or "")
    made.add_argument("--data", type=Path, help="folder of letter-recognition.data; else OpenML")
    made.add_argument("--sets", nargs="+", choices=TREES, default=list(TREES))
    made.add_argument("--fine", type=int, default=5, help="rows of each class (5)")
    made.add_argument("--coarse", type=int, default=500, help="rows known coarsely (500)")
    made.add_argument("--seeds", type=int, default=3, help="paired seeds (3)")
    options = made.parse_args(argv)
    figures: dict[str, Any] = {}
    for name in options.sets:
        found: dict[str, dict[str, list[float]]] = {}
        for seed in range(options.seeds):
            rows = Rows(name, options.data, options.fine, options.coarse, seed)
            models = {
                "rows of known class": rows.on(rows.ids),
                "and coarse rows (--tree)": rows.with_coarse(),
                "all classes known": rows.on(rows.y),
            }
            for peer, model in models.items():
                for figure, value in rows.scores(model).items():
                    found.setdefault(peer, {}).setdefault(figure, []).append(value)
                said = {figure: round(values[-1], 3) for figure, values in found[peer].items()}
                common.progress(f"{name} seed {seed} {peer}: {said}")
        figures[name] = found
        common.save_json(options.json, figures)
        print(f"\n## {name}: {options.fine} rows a class, {options.coarse} coarse ones, "
              f"{options.seeds} paired seeds\n")  # fmt: skip
        lines = [[peer, *(float(np.mean(v)) for v in own.values())] for peer, own in found.items()]
        print(common.table(lines, ["training on", "accuracy", "log loss", "cost (edges)",
                                   "right coarsely"]))  # fmt: skip
