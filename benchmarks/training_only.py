"""`python -m benchmarks training-only`: columns that prediction lacks, as teachers on few rows."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits

from benchmarks import common
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.honest import fit_soft
from labelfeed.noise.taught import soft_labels, teach

__all__ = ["SETS", "Rows", "drawn", "main"]

TEST = 3000  # rows that score, at most


@dataclasses.dataclass(frozen=True)
class Rows:
    """Features x, training-only columns z, labels y as given, and true ones where they differ."""

    x: np.ndarray
    z: np.ndarray
    y: np.ndarray
    true: np.ndarray

    def cut(self, rows: slice) -> Rows:
        """Return some of the rows."""
        return Rows(self.x[rows], self.z[rows], self.y[rows], self.true[rows])


def drawn(kind: str, count: int, seed: int) -> Rows:
    """Return made-up rows, of which it is known what z explains.

    Args:
        kind: `"second reading"`: y and z are readings of one truth, wrong in 25 and 15 %;
            `"severity"`: y is a threshold of a measurement, z that measurement with noise;
            `"other cause"`: y has a strong cause z that x tells nothing about; `"reading time"`: y
            is a coin where the time z is short; `"nothing"`: z is noise; `"copy"`: z is y.
        count: Rows.
        seed: Seed.
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 8))
    f = 1.5 * x[:, 0] + x[:, 1] * x[:, 2] + x[:, 3]
    noise, coin = rng.normal(size=count), rng.random((2, count))
    true = y = (f + noise > 0).astype(int)
    if kind == "second reading":
        true = (f > 0).astype(int)
        y, z = np.where(coin[0] < 0.25, 1 - true, true), np.where(coin[1] < 0.15, 1 - true, true)
    elif kind == "severity":
        z = f + noise + 0.5 * rng.normal(size=count)
    elif kind == "other cause":
        z = rng.normal(size=count)
        true = y = (f + 3 * z + noise > 0).astype(int)
    elif kind == "reading time":
        z = rng.exponential(size=count)
        true = (f + 0.3 * noise > 0).astype(int)
        y = np.where(z < 0.5, coin[0] < 0.5, true).astype(int)
    elif kind == "nothing":
        z = rng.normal(size=count)
    else:
        z = y
    return Rows(x.astype(np.float32), np.asarray(z, np.float32)[:, None], y, true)


def _real(kind: str, count: int, seed: int) -> Rows:
    if kind == "cancer: worst cells":
        found = load_breast_cancer()
        x, z, y = found.data[:, :10], found.data[:, 20:], found.target
    else:
        found = load_digits()
        x = found.images.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(len(found.images), -1)
        z, y = found.data, found.target
    order = np.random.default_rng(seed).permutation(len(x))
    x, z = ((a - a.mean(axis=0)) / (a.std(axis=0) + 1e-6) for a in (x[order], z[order]))
    return Rows(x.astype(np.float32), z.astype(np.float32), y[order], y[order])


DRAWN = ("second reading", "severity", "other cause", "reading time", "nothing", "copy")
SETS = (*DRAWN, "cancer: worst cells", "digits: full pictures")


def main(argv: list[str] | None = None) -> None:
    """Print log loss and accuracy without z, taught by z, and with z as a feature."""
    made = common.parser("training-only", __doc__ or "")
    made.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    made.add_argument("--rows", type=int, default=400, help="training rows (400)")
    made.add_argument("--seeds", type=int, default=3, help="paired seeds (3)")
    made.add_argument("--networks", action="store_true", help="compare the Keras networks instead")
    options = made.parse_args(argv)
    figures: dict[str, Any] = {}
    for name in options.sets:
        rows: dict[str, dict[str, list[float]]] = {}
        for seed in range(options.seeds):
            made_up = name in DRAWN
            data = (drawn if made_up else _real)(name, options.rows + TEST, seed)
            train, test = data.cut(slice(options.rows)), data.cut(slice(options.rows, None))
            done = _networks(train, test, seed) if options.networks else _blends(train, test, seed)
            for peer, own in done.items():
                for figure, value in own.items():
                    rows.setdefault(peer, {}).setdefault(figure, []).append(value)
            said = ", ".join(
                f"{peer} {own['log loss']:.4f}"
                + (
                    f" (out of fold {own['gain']:+.4f} +- {own['spread']:.4f})"
                    if "gain" in own
                    else ""
                )
                for peer, own in done.items()
            )
            common.progress(f"{name} seed {seed}: {said}")
        figures[name] = rows
        common.save_json(options.json, figures)
        print(f"\n## {name}: {options.rows} training rows, {options.seeds} paired seeds\n")
        print(_table(rows))


def _table(rows: dict[str, dict[str, list[float]]]) -> str:
    base, *_ = rows.values()
    lines = []
    for peer, own in rows.items():
        gain: Any = None
        if own is not base and len(own["log loss"]) > 1:
            gain = common.paired_interval(own["log loss"], base["log loss"])
        mean = {figure: float(np.mean(values)) for figure, values in own.items()}
        lines.append([peer, mean["log loss"], gain, mean["accuracy"], mean["true accuracy"],
                      mean.get("taught")])  # fmt: skip
    return common.table(lines, ["training", "log loss", "log loss saved", "accuracy",
                                "accuracy on true labels", "taught"])  # fmt: skip


def _scores(p: np.ndarray, test: Rows) -> dict[str, float]:
    own = np.clip(p[np.arange(len(p)), test.y], 1e-7, 1)
    hit = p.argmax(axis=1)
    return {
        "log loss": float(-np.log(own).mean()),
        "accuracy": float((hit == test.y).mean()),
        "true accuracy": float((hit == test.true).mean()),
    }


def _blends(train: Rows, test: Rows, seed: int) -> dict[str, dict[str, float]]:
    spec = LabelSpec.single(int(train.y.max()) + 1)
    y = np.eye(spec.num_classes, dtype=int)[train.y]
    plain = _plain()

    def fitted(x: np.ndarray) -> LabelFedClassifier:
        return LabelFedClassifier(plain, spec, read=False, seed=seed).fit(x, train.y)

    found = teach(train.x, train.z, y, spec, plain=plain, seed=seed)
    usual = fitted(train.x)
    both = np.hstack([train.x, train.z])
    seen = fitted(both)
    student = fit_soft(train.x, soft_labels(seen, y), y, spec, None, None, plain, seed)
    done = {
        "plain": _scores(usual.predict_proba(test.x), test),
        "always taught": _scores(student.predict_proba(test.x), test),
    }
    done["--training-only"] = {
        **done["always taught" if found.pays else "plain"], "taught": float(found.pays),
        "gain": found.gain, "spread": found.spread,
    }  # fmt: skip
    done["as a feature"] = _scores(seen.predict_proba(np.hstack([test.x, test.z])), test)
    return done


def _plain() -> Any:
    return [LogisticMember(), ExtraTreesMember()]


def _networks(train: Rows, test: Rows, seed: int) -> dict[str, dict[str, float]]:
    import keras

    from labelfeed import strategies

    spec, shape = LabelSpec.single(int(train.y.max()) + 1), train.x.shape[1:]
    given: dict[str, Any] = {"epochs": 40, "batch_size": 64, "verbose": 0}
    keras.utils.set_random_seed(seed)
    plain = strategies.plain(spec, shape)
    plain.fit(train.x, train.y, **given)
    keras.utils.set_random_seed(seed)
    two = strategies.training_only(spec, shape, columns=train.z.shape[1])
    two.fit(train.x, train.y, training_only=train.z, **given)
    models = {"network": plain, "network, training_only": two}
    return {name: _scores(m.predict(test.x, verbose=0), test) for name, m in models.items()}
