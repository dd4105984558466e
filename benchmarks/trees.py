"""Trees of scikit-learn as a layer: seconds of a prediction and size of the file, beside its own.

The peer is the estimator's own prediction in one thread. Both predict the same rows in turn, by
the processor's time, so that a busy machine changes little. The file is the `.keras` file.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.common import in_process, parser, progress, save_json, table

ROWS, FEATURES, LABELS = 2000, 20, 10
FORESTS = {"extra trees, leaf >= 1": 1, "extra trees, leaf >= 2": 2, "extra trees, leaf >= 5": 5}
MODELS = ("boosting", *FORESTS)


def main(arguments: list[str] | None = None) -> None:
    made = parser("trees", __doc__ or "")
    made.add_argument("--backends", nargs="+", default=["tensorflow", "jax", "torch"])
    made.add_argument("--repeats", type=int, default=5, help="predictions that count")
    made.add_argument("--one", action="store_true", help="measure here, print JSON")
    options = made.parse_args(arguments)
    if options.one:
        print(json.dumps({"models": [measure(name, options.repeats) for name in MODELS]}))
        return
    rows, figures = [], []
    for backend in options.backends:
        progress(backend)
        measured = in_process(backend, "trees", "--one", "--repeats", options.repeats)
        for found in measured["models"]:
            figures.append({"backend": backend, **found})
            times = [f"{1e3 * found[k]:.0f}" for k in ("theirs", "ours")]
            loss = "" if found["loss"] is None else f"{found['loss']:.4f}"
            sizes = [f"{found['splits']:,}", found["depth"], f"{found['file_mb']:.2f}"]
            rows.append([backend, found["model"], *times, f"{found['error']:.0e}", *sizes, loss])
    header = "backend|model|scikit-learn, ms|layer, ms|largest difference|splits|depth|file, MB"
    print(table(rows, [*header.split("|"), "log loss"]))
    print(
        f"\nProcessor time to predict {ROWS} rows by batches of 256, least of the repeats; "
        f"{LABELS} yes/no labels, {FEATURES} features, 200 trees (boosting: 100 a label). "
        "Log loss of new rows, forests clipped at 1e-3."
    )
    save_json(options.json, {"trees": figures})


def measure(name: str, repeats: int) -> dict[str, Any]:
    """Return seconds of both, the largest difference, and sizes."""
    import keras
    import numpy as np
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
    from sklearn.multioutput import MultiOutputClassifier
    from threadpoolctl import threadpool_limits

    from labelfeed.estimators.tree_arrays import TreeArrays
    from labelfeed.estimators.trees import tree_arrays
    from labelfeed.models.from_estimators import keras_of

    rng = np.random.default_rng(0)
    x = rng.normal(size=(2 * ROWS, FEATURES)).astype("float32")
    hidden = x @ rng.normal(size=(FEATURES, LABELS)) + 3 * np.abs(x[:, :LABELS])
    y = (hidden + 3 * rng.normal(size=hidden.shape) > 2).astype(int)
    estimator: Any
    if name == "boosting":
        estimator = MultiOutputClassifier(HistGradientBoostingClassifier(random_state=0))
    else:
        leaf = FORESTS[name]
        estimator = ExtraTreesClassifier(200, min_samples_leaf=leaf, random_state=0)
    with threadpool_limits(1):
        estimator.fit(x[:ROWS], y[:ROWS])
        arrays = (
            TreeArrays.beside([tree_arrays(e) for e in estimator.estimators_])
            if name == "boosting"
            else tree_arrays(estimator)
        )
        network, new = keras_of(estimator, FEATURES), x[ROWS:]
        network.compile(loss="binary_crossentropy")

        def ours() -> np.ndarray:
            return np.asarray(network.predict(new, batch_size=256, verbose=0))

        found, theirs = ours(), np.hstack(estimator.predict_proba(new))
        seconds = [
            (_seconds(lambda: estimator.predict_proba(new)), _seconds(ours)) for _ in range(repeats)
        ]
    with tempfile.TemporaryDirectory() as folder:
        network.save(path := Path(folder) / "trees.keras")
        size = path.stat().st_size / 1e6
    p = np.clip(theirs[:, 1::2], 1e-3, 1 - 1e-3)
    loss = -np.log(np.where(y[ROWS:] == 1, p, 1 - p)).mean()
    return {
        "model": name,
        "theirs": min(a for a, _ in seconds),
        "ours": min(b for _, b in seconds),
        "error": float(np.abs(found - theirs).max()),
        "splits": len(arrays.feature),
        "depth": arrays.depth,
        "file_mb": size,
        "loss": float(loss),
        "keras": keras.__version__,
    }


def _seconds(step: Any) -> float:
    start = time.process_time()
    step()
    return time.process_time() - start
