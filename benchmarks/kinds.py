"""Labels of other kinds than yes and no: which loss for classes, what an order brings, numbers.

`--part loss`: columns of classes in the network of `partial-labels`, trained with binary
cross-entropy of each class (the default) and with `-log P(true class)`. `--part order`: ordered
classes, by softmax, with probabilities smoothed over neighbours (how much is chosen out of fold),
and by a logistic regression for each threshold. `--part number`: a number by ranges against
regression. The public sets come with scikit-learn; `--data` adds mi-complications to `loss`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes, make_friedman1
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.preprocessing import StandardScaler

from benchmarks.common import parser, progress, save_json, table
from labelfeed.estimators import LabelFedClassifier
from labelfeed.estimators.column_math import column_losses, logits_of, probabilities_of
from labelfeed.labels.known_share import leave_known
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.intervals import interval_of
from labelfeed.metrics.numbers import number_scores
from labelfeed.metrics.ordered import rank_scores

PARTS = ("loss", "order", "number")
_SMOOTH = (0.0, 0.05, 0.1, 0.2, 0.3)


def main(arguments: list[str] | None = None) -> None:
    made = parser("kinds", __doc__ or "")
    made.add_argument("--part", choices=PARTS, action="append", help="all by default")
    made.add_argument("--data", type=Path, help="folder with mi-complications.csv.gz")
    made.add_argument("--seeds", type=int, default=3)
    made.add_argument("--epochs", type=int, default=30, help="at most, of each phase")
    options = made.parse_args(arguments)
    figures: dict[str, Any] = {}
    for part in options.part or PARTS:
        found: dict[tuple[str, str], list[tuple[float, ...]]] = {}
        for seed in range(options.seeds):
            progress(f"{part}, seed {seed}")
            for key, values in _MEASURES[part](seed, options).items():
                found.setdefault(key, []).append(values)
        rows = []
        for (data, what), values in found.items():
            columns = [interval_of(column) for column in np.array(values).T.tolist()]
            rows.append([data, what, *(f"{c.mean:.3f} ± {c.half:.3f}" for c in columns)])
        print(table(rows, ["data", part, *_HEADS[part]]), "\n")
        figures[part] = {" | ".join(key): values for key, values in found.items()}
    save_json(options.json, figures)


def of_losses(seed: int, options: Any) -> dict[tuple[str, str], tuple[float, ...]]:
    """Return log loss a column, at 0 and 50 % known, of classes and of yes/no columns."""
    import keras

    from labelfeed.strategies import partial_labels

    def categorical(y: Any, p: Any) -> Any:
        p = keras.ops.clip(p, 1e-7, 1 - 1e-7)
        yes_no = -(y * keras.ops.log(p) + (1 - y) * keras.ops.log(1 - p))
        return keras.ops.where(of_classes, -y * keras.ops.log(p), yes_no)

    out = {}
    sets = {"made up": _made_up} | ({"mi-complications": _complications} if options.data else {})
    for name, read in sets.items():
        x, spec, y = read(seed, options.data)
        of_classes = np.zeros((1, spec.num_classes), bool)
        for column in spec.label_columns:
            of_classes[:, list(column.places)] = column.of_classes
        train, held, test = np.split(np.random.default_rng(seed).permutation(len(x)),
                                     [int(0.6 * len(x)), int(0.75 * len(x))])  # fmt: skip
        for what in ("binary", "categorical"):
            keras.utils.set_random_seed(seed)
            model = partial_labels(spec, (x.shape[1],))
            if what == "categorical":
                model.compile(keras.optimizers.AdamW(0.002, weight_decay=0.01), categorical)
            stop = keras.callbacks.EarlyStopping(patience=6, restore_best_weights=True)
            model.fit(x[train], y[train], validation_data=(x[held], y[held]), verbose=0,
                      epochs=options.epochs, batch_size=64, callbacks=[stop])  # fmt: skip
            losses = []
            for share in (0.0, 0.5):
                known = leave_known(y[test], share, seed, spec)
                p = model.predict(x[test], known=known, verbose=0, batch_size=1024)
                hidden = np.where(known == -1, y[test], -1)
                each = column_losses(hidden, logits_of(p, spec), spec)
                scored = hidden[:, [c.places[0] for c in spec.label_columns]] != -1
                kinds = np.array([c.of_classes for c in spec.label_columns])
                losses += [float(each[:, k].sum() / scored[:, k].sum()) for k in (kinds, ~kinds)]
            out[name, what] = tuple(losses)
    return out


def of_orders(seed: int, options: Any) -> dict[tuple[str, str], tuple[float, ...]]:
    """Return log loss, mean distance in ranks of the most probable and the median class, kappa."""
    del options
    out = {}
    for name, (x, number) in _numbers(seed).items():
        for train, test in [_halves(len(x), seed)]:
            edges = np.quantile(number[train], np.arange(1, 5) / 5)
            y, spec = np.searchsorted(edges, number).astype(np.int32), LabelSpec.single(5)
            scale = StandardScaler().fit(x[train])
            a, b = scale.transform(x[train]), scale.transform(x[test])
            model = LabelFedClassifier(spec=spec, seed=seed).fit(a, y[train])
            oof = probabilities_of(model.out_of_fold_logits(), spec)
            p = model.predict_proba(b)
            share = min(_SMOOTH, key=lambda s: _loss(_smoothed(oof, s), y[train]))
            softmax = LogisticRegression(max_iter=2000).fit(a, y[train]).predict_proba(b)
            above = [LogisticRegression(max_iter=2000).fit(a, y[train] > k).predict_proba(b)[:, 1]
                     for k in range(4)]  # fmt: skip
            upper = np.column_stack([np.ones(len(b)), *above, np.zeros(len(b))])
            steps = np.maximum(upper[:, :-1] - upper[:, 1:], 1e-4)
            ways = {"blend": p, "blend, smoothed": _smoothed(p, share), "softmax": softmax,
                    "thresholds": steps / steps.sum(axis=1, keepdims=True)}  # fmt: skip
            for what, q in ways.items():
                top, kappa = rank_scores(y[test], q.argmax(axis=1), 5)
                median = rank_scores(y[test], (q.cumsum(axis=1) >= 0.5).argmax(axis=1), 5)[0]
                out[name, what] = (_loss(q, y[test]), top, median, kappa or 0.0)
    return out


def of_numbers(seed: int, options: Any) -> dict[tuple[str, str], tuple[float, ...]]:
    """Return errors of the mean, and the share of rows in their 90 % interval."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    del options
    out = {}
    for name, (x, number) in _numbers(seed).items():
        train, test = _halves(len(x), seed)
        scale = StandardScaler().fit(x[train])
        a, b = scale.transform(x[train]), scale.transform(x[test])
        trees = HistGradientBoostingRegressor(learning_rate=0.05)
        for what, peer in (("ridge", RidgeCV(np.logspace(-2, 3, 10))), ("boosted trees", trees)):
            off = peer.fit(a, number[train]).predict(b) - number[test]
            out[name, what] = (np.abs(off).mean(), np.sqrt((off**2).mean()), np.nan)
        for ranges in (5, 10):
            spec = LabelSpec.number(number[train], ranges=ranges)
            model = LabelFedClassifier(spec=spec, seed=seed).fit(a, number[train])
            found = number_scores(number[test], model.predict_proba(b), spec.numbers[0])
            out[name, f"{ranges} ranges"] = (found.mae, found.rmse, found.coverage)
    return out


def _made_up(seed: int, data: Path | None) -> tuple[np.ndarray, LabelSpec, np.ndarray]:
    """Three columns of five classes and three yes/no labels that hang together."""
    del data
    rng = np.random.default_rng(100 + seed)
    n, d = 1000, 20
    x = rng.normal(size=(n, d)).astype("float32")
    hidden = rng.normal(size=(n, 3))
    columns = [LabelSpec.single(5, f"c{k}") for k in range(3)]
    spec = LabelSpec.columns([*columns, "a", "b", "c"])
    y = np.zeros((n, spec.num_classes), np.int32)
    for column in spec.label_columns:
        size = column.num_classes if column.of_classes else 1
        z = x @ rng.normal(size=(d, size)) * 0.3 + hidden @ rng.normal(size=(3, size))
        z += rng.logistic(size=(n, size)) * (0.6 if size > 1 else 0.3)
        ids = z.argmax(axis=1) if size > 1 else (z[:, 0] > 0.5).astype(int)
        column.put(y, ids)
    y[rng.random(len(y)) < 0.1, -1] = -1
    return x, spec, y


def _complications(seed: int, data: Path) -> tuple[np.ndarray, LabelSpec, np.ndarray]:
    import pandas as pd

    del seed
    frame = pd.read_csv(data / "mi-complications.csv.gz")
    labels = [f"complication{i}" for i in range(1, 12)]
    classes = sorted(map(str, frame["complication12"].unique()))
    spec = LabelSpec.columns([*labels, LabelSpec.single(classes, "complication12")])
    given = {**{c: frame[c] for c in labels}, "complication12": frame["complication12"].map(str)}
    x = frame.drop(columns=["id", "complication12", *labels]).to_numpy(float)
    gaps = np.isnan(x)
    x = np.where(gaps, np.nanmedian(x, axis=0), x)
    x = np.column_stack([StandardScaler().fit_transform(x), gaps[:, gaps.mean(axis=0) > 0.02]])
    return np.nan_to_num(x).astype("float32"), spec, spec.encode(pd.DataFrame(given))


def _numbers(seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {"diabetes": load_diabetes(return_X_y=True),
            "Friedman": make_friedman1(600, noise=2.0, random_state=seed)}  # fmt: skip


def _halves(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng(seed).permutation(rows)
    return order[: int(0.7 * rows)], order[int(0.7 * rows) :]


def _smoothed(p: np.ndarray, share: float) -> np.ndarray:
    """Move a share of each class's probability to its two neighbours; at the ends half of it."""
    wide = np.pad(p, ((0, 0), (1, 1)), mode="edge")
    q = (1 - share) * p + share / 2 * (wide[:, :-2] + wide[:, 2:])
    return q / q.sum(axis=1, keepdims=True)


def _loss(p: np.ndarray, y: np.ndarray) -> float:
    return float(-np.log(np.maximum(p[np.arange(len(y)), y], 1e-7)).mean())


_MEASURES = {"loss": of_losses, "order": of_orders, "number": of_numbers}
_HEADS = {
    "loss": ("classes, 0 %", "yes/no, 0 %", "classes, 50 %", "yes/no, 50 %"),
    "order": ("log loss", "rank error", "of the median", "kappa"),
    "number": ("mean absolute error", "RMSE", "in 90 % interval"),
}
