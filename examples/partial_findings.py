"""Image findings, partly known: what two confirmed findings say about the others.

Draws small grey pictures of a chest-like field with up to five findings, faint in the noise, so
that the picture alone leaves them open. But findings go together: where there is a mass there is
mostly fluid and often a nodule, and where the heart is large the vessels are wide.
One model takes any findings as known; `information_curve` tells what each amount of knowledge is
worth, `ask` which finding to confirm next.

    python examples/partial_findings.py    # writes partial_findings.png and information.png
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from matplotlib.figure import Figure

import labelfeed
from labelfeed.audit import information_curve
from labelfeed.report.information_chart import information_chart
from labelfeed.runs import ask, explain_known
from labelfeed.strategies import partial_labels

NAMES = ("nodule", "mass", "fluid", "large heart", "wide vessels")
SIZE = 24
NOISE = 0.35  # of each pixel; at 0.12 the picture tells nearly all, and known findings add nothing


def findings(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return pictures `(n, 24, 24, 1)` in [0, 1] and findings `(n, 5)` of 0 and 1."""
    rng = np.random.default_rng(seed)
    mass = rng.random(n) < 0.4
    heart = rng.random(n) < 0.4
    fluid = rng.random(n) < np.where(mass, 0.9, 0.1)
    vessels = rng.random(n) < np.where(heart, 0.9, 0.15)
    nodule = rng.random(n) < np.where(mass, 0.8, 0.15)
    y = np.column_stack([nodule, mass, fluid, heart, vessels]).astype(np.int32)
    return np.stack([draw(row, rng) for row in y]), y


def draw(row: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    nodule, mass, fluid, heart, vessels = row
    v, h = np.mgrid[:SIZE, :SIZE] / (SIZE - 1)
    picture = 0.45 - 0.25 * sum(
        np.exp(-(((h - side) / 0.2) ** 4) - ((v - 0.45) / 0.38) ** 4) for side in (0.23, 0.77)
    )  # two dark lungs

    def blob(height: float, radius: float) -> np.ndarray:
        at_v, at_h = rng.uniform(0.2, 0.6), rng.choice([0.22, 0.78]) + rng.uniform(-0.1, 0.1)
        return height * np.exp(-((v - at_v) ** 2 + (h - at_h) ** 2) / radius**2)

    wide = 0.19 if heart else 0.13
    picture += 0.25 * (((h - 0.5) / wide) ** 2 + ((v - 0.62) / 0.2) ** 2 < 1)
    if mass:
        picture += blob(0.26, 0.12)
    if nodule:
        picture += blob(0.22, 0.05)
    if fluid:
        picture += 0.09 * (v > rng.uniform(0.76, 0.86))
    if vessels:
        picture += 0.08 * (np.abs(np.sin(9 * h + rng.uniform(0, 6))) > 0.9) * (v < 0.5)
    return (picture + rng.normal(0, NOISE, v.shape)).clip(0, 1)[..., None].astype(np.float32)


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

    alone = model.predict(test[0], verbose=0)
    has_both = test[1][:, 1] & test[1][:, 2]  # a mass, and fluid
    row = int(np.argmin(np.where(has_both, np.abs(alone[:, 2] - 0.4), 1)))  # left open
    picture = test[0][row]
    print("\nWhat to confirm next about fluid?")
    for question in ask(model, picture, about="fluid"):
        print(f"  {question.label:<13} {question.gain:.3f} bits")
    effect = explain_known(model, picture, {"mass": 1}, about="fluid")
    print(f"P(fluid) = {effect.nothing_known:.2f}; the mass confirmed: {effect.all_known:.2f}")
    figures["fluid"], figures["fluid, mass known"] = effect.nothing_known, effect.all_known

    chart = information_chart({"with known findings": curve, "picture alone": blind})
    (out / "information.png").write_bytes(chart)
    show(test, model, np.r_[row, :4], out / "partial_findings.png")
    return figures


def show(test: tuple, model: keras.Model, rows: np.ndarray, path: Path) -> None:
    """Draw pictures and, below each, its chances with nothing known and with two known."""
    x, y = test[0][rows], test[1][rows]
    confirmed = np.isin(np.arange(len(NAMES)), (1, 3))  # mass and large heart
    plain = model.predict(x, verbose=0)
    told = model.predict(x, known=np.where(confirmed, y, labelfeed.UNKNOWN), verbose=0)
    figure = Figure(figsize=(12, 5.4), layout="constrained")
    grid = figure.subplots(2, len(rows), height_ratios=[1.5, 1])
    places = np.arange(len(NAMES))
    for i in range(len(rows)):
        image, bars = grid[:, i]
        image.imshow(x[i, ..., 0], cmap="gray", vmin=0, vmax=0.9)
        image.set_axis_off()
        present = [name for name, here in zip(NAMES, y[i], strict=True) if here]
        image.set_title(", ".join(present) or "nothing", fontsize=9)
        bars.barh(places - 0.2, plain[i], 0.36, color="#b9c4d0", label="picture alone")
        after = np.where(confirmed, np.nan, told[i])
        bars.barh(places + 0.2, after, 0.36, color="#c2571a", label="mass, heart known")
        bars.scatter(y[i], places, marker="|", s=260, color="black", label="truth", zorder=3)
        for j in np.flatnonzero(confirmed):
            bars.text(0.5, j + 0.21, "known", fontsize=7, color="#c2571a", va="center", ha="center")
        bars.set(xlim=(-0.03, 1.03), ylim=(len(NAMES) - 0.5, -0.5), xticks=[0, 0.5, 1])
        bars.set_yticks(places, NAMES if i == 0 else [""] * len(NAMES), fontsize=8)
        bars.tick_params(labelsize=8)
        bars.spines[["top", "right"]].set_visible(False)
    handles, texts = grid[1, 0].get_legend_handles_labels()
    figure.legend(handles, texts, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    figure.suptitle("Chance of each finding: before and after two of them are known", fontsize=11)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
