"""Handwritten digits made anew: by class and guidance, between two classes, without a label.

One diffusion learns from the 1,797 small digits of scikit-learn with their labels, a tenth of which
each step hides. So the same network makes digits of a class, exaggerates it (guidance above 1), or
leaves it out (guidance 0, which is the same as an unknown label, to the bit). Between two classes
lies the mean of what the denoiser says of each.

    python examples/generate_digits.py    # writes digits.png, between.png, unknown.png, loss.png
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.ensemble import ExtraTreesClassifier

from labelfeed import LabelSpec
from labelfeed.generate import (
    ConditionalDiffusion,
    Guidance,
    class_grid,
    denoising_steps,
    image_network,
    loss_chart,
    sheet_of,
)

DIGIT = LabelSpec.single(10, name="digit")
GUIDANCE = (0.0, 1.0, 2.0, 4.0)


def between(
    model: ConditionalDiffusion, first: int, second: int, shares: np.ndarray, steps: int = 30
) -> np.ndarray:
    """Return pictures `(len(shares), 8, 8, 1)` from one class to another, all of the same noise."""
    noise = np.random.default_rng(0).standard_normal((1, 8, 8, 1))
    found = []
    for share in shares:
        mixed = Guidance(model.denoiser(1, second), model.denoiser(1, first), float(share))
        *_, x = denoising_steps(mixed, noise, model.levels.steps(steps))
        found.append(x[0])
    return np.stack(found)


def main(
    epochs: int = 60, width: int = 16, steps: int = 30, out: Path | str = ".", verbose: int = 2
) -> dict:
    """Train, write the pictures, and return how often a classifier finds the class asked for."""
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(0)
    pixels, digit = load_digits(return_X_y=True)
    x = pixels.reshape(-1, 8, 8, 1) / 8 - 1
    model = ConditionalDiffusion(image_network((8, 8, 1), DIGIT, width=width), DIGIT)
    history = model.fit(x, digit, epochs=epochs, batch_size=64, verbose=verbose)
    (out / "loss.png").write_bytes(loss_chart(history.history))

    rows = [class_grid(model, range(10), 3, guidance=w, steps=steps, zoom=6) for w in GUIDANCE]
    sheet = Image.new("L", (sum(r.width + 8 for r in rows), rows[0].height), 255)
    at = 0
    for row in rows:
        sheet.paste(row, (at, 0))
        at += row.width + 8
    sheet.save(out / "digits.png")
    pairs = ((3, 8), (1, 7), (0, 6))
    lines = [between(model, a, b, np.linspace(0, 1, 9), steps) for a, b in pairs]
    sheet_of(np.stack(lines), zoom=6).save(out / "between.png")
    class_grid(model, [None], 20, steps=steps, zoom=6).save(out / "unknown.png")

    judge = ExtraTreesClassifier(200, random_state=0).fit(pixels, digit)
    asked = np.arange(200) % 10
    figures = {}
    for weight in GUIDANCE:
        made = model.sample(200, asked, guidance=weight, steps=steps, seed=1, verbose=0)
        found = judge.predict((made.reshape(200, 64) + 1) * 8)
        figures[weight] = float((found == asked).mean())
        print(f"guidance {weight:g}: the class asked for is found in {figures[weight]:.0%}")
    return figures


if __name__ == "__main__":
    main()
