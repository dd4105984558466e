"""Classes that training never met: margin heads against softmax features and raw features.

Each seed draws which classes are unseen. Every network has the same embedder (that of the strategy
`margin`), data, batches and epochs, and stops early on accuracy for the trained classes; only the
loss differs. Scored are rows of the unseen classes alone: recall at 1, TAR at FAR 1 % over all
pairs, and nearest prototype from five labelled rows a class. How well the greatest score tells rows
of unseen classes from test rows of the trained ones: by cosines with the means of the trained
classes, and by the model's own scores (softmax: probabilities; heads: cosines with the centres).

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
from labelfeed.options import MarginOptions

__all__ = ["METHODS", "METRICS", "PEER", "Trained", "main", "run_seed", "scores"]

PAIRS = ("recall at 1", "TAR at FAR 1 %", "5-shot accuracy", "pair ROC-AUC")
OPEN = ("none-of-these AUC, prototypes", "none-of-these AUC, own scores")
METRICS = (*PAIRS, *OPEN)
PEER = "softmax features"
Function = Callable[[np.ndarray], np.ndarray]
_SHOTS = 5


@dataclasses.dataclass(frozen=True)
class Settings:
    """How long and how wide to train: as the strategy does."""

    epochs: int = MarginOptions.epochs
    patience: int = MarginOptions.patience
    batch_size: int = MarginOptions.batch_size
    width: int = MarginOptions.width
    dimension: int = MarginOptions.embedding_dim
    most: int = 6000


class Trained:
    """Embeds rows; `own` gives the scores of the trained classes, if it has any."""

    def __init__(self, embed: Function, own: Function | None = None) -> None:
        self.embed, self.own = embed, own


def _raw(parts: Parts, settings: Settings, seed: int) -> Trained:
    mean = parts.train[0].reshape(len(parts.train[0]), -1).mean(axis=0)
    return Trained(lambda x: x.reshape(len(x), -1) - mean)


def _pca(parts: Parts, settings: Settings, seed: int) -> Trained:
    from sklearn.decomposition import PCA

    flat = parts.train[0].reshape(len(parts.train[0]), -1)
    size = min(settings.dimension, flat.shape[1])
    fitted = PCA(size, whiten=True, random_state=seed).fit(flat)
    return Trained(lambda x: fitted.transform(x.reshape(len(x), -1)))


def _softmax(parts: Parts, settings: Settings, seed: int) -> Trained:
    """Train embedder and linear softmax; the penultimate layer, and the probabilities."""
    import keras

    model = _model(parts, settings, "arcface")
    embedder = model.embedder
    count = model.label.num_classes
    out = keras.layers.Dense(count, activation="softmax")(embedder.output)
    plain = keras.Model(embedder.inputs, out)
    plain.compile(_optimizer(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    _fit(plain, parts, settings)
    return Trained(_in_parts(embedder), _in_parts(plain))


def _head(name: Any, **arguments: Any) -> Any:
    def train(parts: Parts, settings: Settings, seed: int) -> Trained:
        model = _model(parts, settings, name() if callable(name) else name, **arguments)
        _fit(model, parts, settings)
        has_scores = model.head.num_classes is not None
        return Trained(_in_parts(model.embedder), _in_parts(model) if has_scores else None)

    return train


def _sup_con() -> Any:
    from labelfeed.heads import SupCon

    return SupCon(0.1)


METHODS: dict[str, Callable[..., Trained]] = {
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
    from labelfeed.labels.spec import LabelSpec
    from labelfeed.strategies.margin import margin

    spec = LabelSpec.single(int(parts.train[1].max()) + 1)
    model = margin(
        spec, parts.train[0].shape[1:], head, dimension=settings.dimension, width=settings.width,
        **arguments,
    )  # fmt: skip
    return model


def _in_parts(model: Any) -> Function:
    """Return the model as a function of arrays, without compiling it for each length."""
    from keras import ops

    def call(x: np.ndarray) -> np.ndarray:
        parts = [model(x[i : i + 1000], training=False) for i in range(0, len(x), 1000)]
        return np.concatenate([ops.convert_to_numpy(part) for part in parts])

    return call


def _optimizer() -> Any:
    import keras

    own = MarginOptions()
    return keras.optimizers.AdamW(own.learning_rate, weight_decay=own.weight_decay)


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


def scores(found: Trained, parts: Parts, seed: int) -> dict[str, float]:
    """Return `METRICS` on rows that were not trained on; NaN where there are no own scores."""
    from labelfeed import verification
    from labelfeed.heads import prototypes

    x, y = parts.unseen
    vectors = found.embed(x)
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
    trained = prototypes(found.embed(parts.train[0]), parts.train[1], int(parts.train[1].max()) + 1)
    known = found.embed(parts.known[0])
    known = known / np.maximum(np.linalg.norm(known, axis=1, keepdims=True), 1e-12)
    own = found.own
    values = (
        verification.recall_at_k(vectors, y),
        verification.tar_at_far(similarity, same, 0.01),
        float(np.mean(shots)),
        verification.roc_auc(similarity, same),
        verification.open_set_auc(known @ trained.T, unit @ trained.T),
        verification.open_set_auc(own(parts.known[0]), own(x)) if own else np.nan,
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
        print(_tables(figures[name]))
    save_json(given.json, figures)
    return figures


def _tables(found: dict[str, dict[str, list[float]]]) -> str:
    """Return mean scores, and how they differ from the peer's: paired, with wins."""
    means = [[m, *(float(np.mean(v[k])) for k in METRICS)] for m, v in found.items()]
    text = table(means, ["method", *METRICS])
    if PEER not in found:
        return text
    gains = [
        [m, *(_gain(found[PEER][k], v[k]) for k in METRICS)] for m, v in found.items() if m != PEER
    ]
    return f"{text}\n\nGain over {PEER}:\n\n{table(gains, ['method', *METRICS])}"


def _gain(base: list[float], values: list[float]) -> str:
    if np.isnan(values).any():
        return "-"
    gain = paired_interval(base, values)
    return f"{gain:+.3f}, {gain.wins}/{gain.seeds}"


if __name__ == "__main__":
    main()
