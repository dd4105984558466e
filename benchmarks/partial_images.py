"""`python -m benchmarks partial-images`: partly known findings of drawn images, by noise.

The pictures are those of `examples/partial_findings.py`: five findings that go together, a third
of the training labels missing. Compared: the strategy `partial-labels` with its calibration and
without, the label embedding that `labelfeed train` takes for images, and, as what needs no label,
the plain network (the strategy with nothing fed). The less a picture tells, the more a known
finding is worth, so the noise of the pictures is varied.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from benchmarks import common
from examples import partial_findings as drawn
from labelfeed.audit.information_curve import KNOWN_SHARES, information_curve
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.information import InformationCurve
from labelfeed.options import MaskedOptions
from labelfeed.strategies import masked, partial_labels
from labelfeed.visibility.policies import Masked

__all__ = ["main"]

PLAIN, OURS = "plain network", "partial-labels"
WAYS = (OURS, "partial-labels, not calibrated", "label embedding")
SHAPE = (drawn.SIZE, drawn.SIZE, 1)
OWN = MaskedOptions()  # the network and the training of every way


def main(argv: list[str] | None = None) -> None:
    """Print macro-AUC of the unknown findings by known share, and paired gains over plain."""
    made = common.parser("partial-images", __doc__ or "")
    made.add_argument("--rows", type=int, default=1500, help="training images (1500)")
    made.add_argument("--epochs", type=int, default=OWN.epochs, help="most epochs of a phase")
    made.add_argument("--noise", type=float, nargs="+", default=[0.12, 0.35], help="of a pixel")
    made.add_argument("--seeds", type=int, default=5, help="paired seeds (5)")
    options = made.parse_args(argv)
    figures: dict[str, Any] = {}
    usual = drawn.NOISE
    try:
        for noise in options.noise:
            drawn.NOISE = noise
            curves = _curves(options.rows, options.epochs, options.seeds)
            figures[str(noise)] = {way: curve.to_json() for way, curve in curves.items()}
            common.save_json(options.json, figures)
            print(f"\n## noise {noise}: {options.rows} training images\n\n{_table(curves)}")
    finally:
        drawn.NOISE = usual


def _curves(rows: int, epochs: int, seeds: int) -> dict[str, InformationCurve]:
    tests = [drawn.findings(600, 100 * seed + 3) for seed in range(seeds)]
    x, y = [pictures for pictures, _ in tests], [labels for _, labels in tests]
    curves = {}
    for way in WAYS:
        models = [_trained(way, rows, epochs, seed) for seed in range(seeds)]
        curves[way] = information_curve(models, x, y, seeds=range(seeds))
        if way == OURS:
            blind = [_blind(model) for model in models]
            curves[PLAIN] = information_curve(blind, x, y, seeds=range(seeds))
        common.progress(f"{way}: done")
    return curves


def _trained(way: str, rows: int, epochs: int, seed: int) -> Any:
    keras.utils.set_random_seed(seed)
    spec = LabelSpec.multi(drawn.NAMES, name="findings")
    (x, y), check = drawn.findings(rows, 100 * seed + 1), drawn.findings(400, 100 * seed + 2)
    y = Masked(0.33).sample(y, seed=seed)
    visibility = Masked("uniform", seed=seed)
    if way == "label embedding":
        model = masked(spec, SHAPE, visibility=visibility, **OWN.shared())
    else:
        model = partial_labels(
            spec, SHAPE, visibility=visibility, calibrate=way == OURS, **OWN.shared()
        )
    stop = keras.callbacks.EarlyStopping(patience=OWN.patience, restore_best_weights=True)
    model.fit(x, y, batch_size=OWN.batch_size, epochs=epochs, validation_data=check,
              callbacks=[stop], verbose=0)  # fmt: skip
    return model


def _blind(model: Any) -> Any:
    return lambda x, known: model.predict(x, verbose=0)


def _table(curves: dict[str, InformationCurve]) -> str:
    rows = []
    for way, curve in curves.items():
        cells = []
        for share in KNOWN_SHARES:
            mean = f"{curve.interval('macro_auc', share).mean:.3f}"
            gain = curve.gain(curves[PLAIN], "macro_auc", share)
            cells.append(mean if way == PLAIN else f"{mean} {gain.scaled(100):+.1f}")
        rows.append([way, *cells, float(np.mean(curve.interval("log_loss", 0.5).mean))])
    head = ["last unknown" if s == "last" else f"{100 * s:.0f} %" for s in KNOWN_SHARES]
    return common.table(rows, ["macro-AUC, known:", *head, "log loss 50 %"])
