"""Classes that training never met: margin heads against softmax features and raw features.

Each seed draws which classes are unseen. Every network has the same embedder (that of the strategy
`margin`), data, batches and epochs, and stops early on accuracy for the trained classes; only the
loss differs. Scored are rows of the unseen classes alone: recall at 1, TAR at FAR 1 % over all
pairs, and nearest prototype from five labelled rows a class.

    python -m benchmarks open-set --data DIR
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import paired_interval, parser, progress, save_json, table
from benchmarks.open_set_data import SETS, Parts, load, split

__all__ = ["METHODS", "METRICS", "main", "run_seed", "scores"]

METRICS = ("recall at 1", "TAR at FAR 1 %", "5-shot accuracy", "pair ROC-AUC", "none-of-these AUC")
PEER = "softmax features"
_SHOTS = 5


@dataclasses.dataclass(frozen=True)
class Settings:
    """How long and how wide to train."""

    epochs: int = 20
    patience: int = 5
    batch_size: int = 128
    width: int = 256
    dimension: int = 64
    most: int = 6000


def _raw(parts: Parts, settings: Settings, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    mean = parts.train[0].reshape(len(parts.train[0]), -1).mean(axis=0)
    return lambda x: x.reshape(len(x), -1) - mean


def _pca(parts: Parts, settings: Settings, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    from sklearn.decomposition import PCA

    flat = parts.train[0].reshape(len(parts.train[0]), -1)
    size = min(settings.dimension, flat.shape[1])
    fitted = PCA(size, whiten=True, random_state=seed).fit(flat)
    return lambda x: fitted.transform(x.reshape(len(x), -1))


def _softmax(parts: Parts, settings: Settings, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Train embedder and linear softmax; return the penultimate layer."""
    import keras

    model = _model(parts, settings, "arcface")
    embedder = model.embedder
    count = model.label.num_classes
    out = keras.layers.Dense(count, activation="softmax")(embedder.output)
    plain = keras.Model(embedder.inputs, out)
    plain.compile(_optimizer(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    _fit(plain, parts, settings)
    return _embed(embedder)


def _head(name: Any, **arguments: Any) -> Any:
    def train(parts: Parts, settings: Settings, seed: int) -> Callable[[np.ndarray], np.ndarray]:
        model = _model(parts, settings, name() if callable(name) else name, **arguments)
        _fit(model, parts, settings)
        return _embed(model.embedder)

    return train


def _sup_con() -> Any:
    from labelfeed.heads import SupCon

    return SupCon(0.1)


METHODS: dict[str, Callable[..., Callable[[np.ndarray], np.ndarray]]] = {
    "raw features": _raw,
    "PCA, whitened": _pca,
    PEER: _softmax,
    "NormalizedSoftmax": _head("normalized-softmax"),
    "ArcFace": _head("arcface"),
    "CosFace": _head("cosface"),
    "SubCenterArcFace": _head("subcenter-arcface"),
    "ProxyAnchor": _head("proxy-anchor"),
    "SupCon": _head(_sup_con),
}


def _model(parts: Parts, settings: Settings, head: Any, **arguments: Any) -> Any:
    from labelfeed.labels import LabelSpec
    from labelfeed.strategies.margin import margin

    spec = LabelSpec.single(int(parts.train[1].max()) + 1)
    model = margin(
        spec, parts.train[0].shape[1:], head, dimension=settings.dimension, width=settings.width,
        **arguments,
    )  # fmt: skip
    model.compile(_optimizer())
    return model


def _embed(embedder: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Return the embedder as a function of arrays, without compiling it for each length."""
    from keras import ops

    def embed(x: np.ndarray) -> np.ndarray:
        parts = [embedder(x[i : i + 1000], training=False) for i in range(0, len(x), 1000)]
        return np.concatenate([ops.convert_to_numpy(part) for part in parts])

    return embed


def _optimizer() -> Any:
    import keras

    return keras.optimizers.AdamW(1e-3, weight_decay=1e-4)


def _fit(model: Any, parts: Parts, settings: Settings) -> None:
    import keras

    has_accuracy = getattr(getattr(model, "head", None), "num_classes", 2) is not None
    watch, mode = ("val_accuracy", "max") if has_accuracy else ("val_loss", "min")
    stop = keras.callbacks.EarlyStopping(
        watch, mode=mode, patience=settings.patience, restore_best_weights=True
    )
    model.fit(
        *parts.train, validation_data=parts.validation, epochs=settings.epochs,
        batch_size=settings.batch_size, callbacks=[stop], verbose=0,
    )  # fmt: skip


def scores(embed: Callable[[np.ndarray], np.ndarray], parts: Parts, seed: int) -> dict[str, float]:
    """Return `METRICS` of an embedding, on rows that it was not trained on."""
    from labelfeed import verification
    from labelfeed.heads import prototypes

    x, y = parts.unseen
    vectors = embed(x)
    y = np.unique(y, return_inverse=True)[1]
    similarity, same = verification.pair_similarities(vectors, y, max_pairs=None)
    rng = np.random.default_rng(seed)
    shots, unit = [], vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    for _ in range(10):
        chosen = [rng.permutation(np.flatnonzero(y == c))[:_SHOTS] for c in range(y.max() + 1)]
        rows = np.concatenate(chosen)
        centres = prototypes(vectors[rows], y[rows], y.max() + 1)
        rest = np.setdiff1d(np.arange(len(y)), rows)
        shots.append(np.mean((unit[rest] @ centres.T).argmax(axis=1) == y[rest]))
    trained = prototypes(embed(parts.train[0]), parts.train[1], int(parts.train[1].max()) + 1)
    known = embed(parts.known[0])
    known = known / np.maximum(np.linalg.norm(known, axis=1, keepdims=True), 1e-12)
    values = (
        verification.recall_at_k(vectors, y),
        verification.tar_at_far(similarity, same, 0.01),
        float(np.mean(shots)),
        verification.roc_auc(similarity, same),
        verification.open_set_auc(known @ trained.T, unit @ trained.T),
    )
    return dict(zip(METRICS, map(float, values), strict=True))


def run_seed(
    name: str, folder: Path | None, seed: int, methods: Sequence[str], settings: Settings
) -> dict[str, dict[str, float]]:
    """Return the scores of every method for the unseen classes that the seed draws."""
    import keras

    parts = split(*load(name, folder), SETS[name][0], seed, settings.most)
    small = dataclasses.replace(
        parts,
        unseen=tuple(a[:2000] for a in parts.unseen),
        known=tuple(a[:2000] for a in parts.known),
    )
    found = {}
    for method in methods:
        keras.utils.clear_session()
        keras.utils.set_random_seed(seed)
        found[method] = scores(METHODS[method](small, settings, seed), small, seed)
        line = ", ".join(f"{k} {v:.3f}" for k, v in found[method].items())
        progress(f"{name} seed {seed} {method}: {line}")
    return found


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Run the sets and print a table for each."""
    made = parser("open-set", __doc__.split("\n")[0])
    made.add_argument("--data", type=Path, metavar="DIR", help="folder of the data sets")
    made.add_argument("--sets", nargs="+", choices=SETS, default=["letter", "notmnist"])
    made.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    made.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    made.add_argument("--epochs", type=int, default=Settings.epochs)
    given = made.parse_args(arguments)
    settings = Settings(epochs=given.epochs)
    figures: dict[str, Any] = {"settings": dataclasses.asdict(settings), "seeds": given.seeds}
    for name in given.sets:
        runs = [run_seed(name, given.data, s, given.methods, settings) for s in given.seeds]
        figures[name] = {m: {k: [r[m][k] for r in runs] for k in METRICS} for m in given.methods}
        held, of = SETS[name]
        print(f"\n{name}: {held} of {of} classes unseen, {len(given.seeds)} seeds\n")
        print(_table(figures[name]))
    save_json(given.json, figures)
    return figures


def _table(found: dict[str, dict[str, list[float]]]) -> str:
    """Return mean scores, and how recall and TAR differ from the peer's, with wins."""
    rows = []
    for method, values in found.items():
        row: list[Any] = [method, *(float(np.mean(values[m])) for m in METRICS)]
        for metric in METRICS[:3]:
            base = found.get(PEER, {}).get(metric)
            row.append("" if base is None or method == PEER else _gain(base, values[metric]))
        rows.append(row)
    gains = [f"{m}, gain" for m in METRICS[:3]]
    return table(rows, ["method", *METRICS, *gains])


def _gain(base: list[float], values: list[float]) -> str:
    wins = sum(v > b for b, v in zip(base, values, strict=True))
    return f"{paired_interval(base, values)}, {wins}/{len(base)}"


if __name__ == "__main__":
    main()
