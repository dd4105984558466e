"""Image findings, partly known: what two confirmed findings say about the others.

Draws small grey pictures of a chest-like field with up to five findings. The nodule is faint, so
is the line of fluid: the picture alone leaves them open. But findings go together: where there is a
mass there is mostly fluid, and where the heart is large the vessels are wide. One model takes any
findings as known; `information_curve` tells what each amount of knowledge is worth, `ask` which
finding to confirm next.

    python examples/image_findings.py           # writes image_findings.png and information.png
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from matplotlib.figure import Figure

import labelfeed
from labelfeed.audit import information_curve
from labelfeed.report.information_chart import information_chart
from labelfeed.strategies import ask, explain_known, partial_labels

NAMES = ("nodule", "mass", "fluid", "large heart", "wide vessels")
SIZE = 24


def findings(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return pictures `(n, 24, 24, 1)` in [0, 1] and findings `(n, 5)` of 0 and 1."""
    rng = np.random.default_rng(seed)
    mass = rng.random(n) < 0.4
    heart = rng.random(n) < 0.4
    fluid = rng.random(n) < np.where(mass, 0.9, 0.1)
    vessels = rng.random(n) < np.where(heart, 0.9, 0.15)
    nodule = rng.random(n) < np.where(mass, 0.7, 0.2)
    y = np.column_stack([nodule, mass, fluid, heart, vessels]).astype(np.int32)
    return np.stack([draw(row, rng) for row in y]), y


def draw(row: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    nodule, mass, fluid, heart, vessels = row
    v, h = np.mgrid[:SIZE, :SIZE] / (SIZE - 1)
    picture = 0.3 + 0.1 * np.cos(3 * (h - 0.5))

    def blob(height: float, radius: float) -> np.ndarray:
        at_v, at_h = rng.uniform(0.2, 0.6), rng.choice([0.2, 0.8]) + rng.uniform(-0.1, 0.1)
        return height * np.exp(-((v - at_v) ** 2 + (h - at_h) ** 2) / radius**2)

    wide = 0.17 if heart else 0.12
    picture += 0.25 * (((h - 0.5) / wide) ** 2 + ((v - 0.65) / 0.2) ** 2 < 1)
    if mass:
        picture += blob(0.25, 0.13)
    if nodule:
        picture += blob(0.12, 0.05)
    if fluid:
        picture += 0.06 * (v > rng.uniform(0.8, 0.9))
    if vessels:
        picture += 0.06 * (np.abs(np.sin(9 * h + rng.uniform(0, 6))) > 0.9) * (v < 0.5)
    return (picture + rng.normal(0, 0.1, v.shape)).clip(0, 1)[..., None].astype(np.float32)


def main(rows: int = 1500, epochs: int = 25, out: Path = Path()) -> dict[str, float]:
    keras.utils.set_random_seed(0)
    spec = labelfeed.LabelSpec.multi(NAMES, name="findings")
    train, check, test = findings(rows, 1), findings(400, 2), findings(600, 3)
    # A third of the training labels was never written down: that is fine.
    partly = labelfeed.Masked(0.33).sample(train[1], seed=0)

    model = partial_labels(spec, (SIZE, SIZE, 1), width=64)
    stop = keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)
    model.fit(train[0], partly, batch_size=64, epochs=epochs, validation_data=check,
              callbacks=[stop], verbose=0)  # fmt: skip

    curve = information_curve(model, *test)
    blind = information_curve(lambda x, known: model.predict(x, verbose=0), *test)
    figures = {}
    print("macro-AUC of the unknown findings\nknown   with them   picture alone")
    for share in curve.shares:
        known, alone = (c.interval("macro_auc", share).mean for c in (curve, blind))
        figures[f"{share}"], figures[f"{share} alone"] = known, alone
        print(f"{share!s:>5}   {known:9.3f}   {alone:13.3f}")

    row = int(np.flatnonzero(test[1][:, 1] & test[1][:, 2])[0])  # a mass, and fluid
    picture = test[0][row]
    print("\nWhat to confirm next about fluid?")
    for question in ask(model, picture, about="fluid"):
        print(f"  {question.label:<13} {question.gain:.3f} bits")
    effect = explain_known(model, picture, {"mass": 1}, about="fluid")
    print(f"P(fluid) = {effect.nothing_known:.2f}; the mass confirmed: {effect.all_known:.2f}")
    figures["fluid"], figures["fluid, mass known"] = effect.nothing_known, effect.all_known

    chart = information_chart({"with known findings": curve, "picture alone": blind})
    (out / "information.png").write_bytes(chart)
    show(test, model, out / "image_findings.png")
    return figures


def show(test: tuple[np.ndarray, np.ndarray], model: keras.Model, path: Path) -> None:
    """Draw four pictures with their findings, and what two known ones change."""
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    x, y = test[0][:4], test[1][:4]
    known = np.where(np.isin(np.arange(5), (1, 3)), y, labelfeed.UNKNOWN)  # mass, large heart
    plain, told = (model.predict(x, known=k, verbose=0) for k in (None, known))
    for i, axes in enumerate(figure.subplots(1, 4)):
        axes.imshow(x[i, ..., 0], cmap="gray", vmin=0, vmax=1)
        axes.set_axis_off()
        lines = [
            f"{name}: {'yes' if y[i, j] else 'no'}, "
            + ("known" if known[i, j] >= 0 else f"{plain[i, j]:.2f} -> {told[i, j]:.2f}")
            for j, name in enumerate(NAMES)
        ]
        axes.set_title("\n".join(lines), fontsize=8, loc="left")
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
