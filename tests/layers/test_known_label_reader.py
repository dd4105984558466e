"""What the known labels add: its formula, row by row, and nothing where nothing is known."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.known_label_reader import KnownLabelReader

SPEC = LabelSpec.columns(["fever", LabelSpec.single(3, name="size"), "rash", "cough"])
COLUMN = [0, 1, 1, 1, 2, 3]


def by_hand(z: np.ndarray, y: np.ndarray, w: dict[str, np.ndarray], cap: float) -> np.ndarray:
    """Return the formula of the docstring for one row, in a loop."""
    p = 1 / (1 + np.exp(-z))
    p[1:4] = np.exp(z[1:4]) / np.exp(z[1:4]).sum()
    out = z.copy()
    for j in range(6):
        k = len({COLUMN[i] for i in range(6) if y[i] >= 0} - {COLUMN[j]})
        e = sum(
            w["tables"][y[i], i, j] for i in range(6) if y[i] == 1 or (y[i] == 0 and COLUMN[i] != 1)
        )
        e = np.clip(e / (1 + w["redundancy"] * max(k - 1, 0)), -cap, cap)
        out[j] += k / 3 * (w["scale"][j] * z[j] + w["shift"][j]) + w["strength"][j] * e
        for i in range(6):
            if y[i] >= 0:
                out[j] += (y[i] - p[i]) * w["by_surprise"][i, j] + (2 * y[i] - 1) * w["by_sign"][
                    i, j
                ]
    return out


def test_follows_its_formula() -> None:
    rng = np.random.default_rng(0)
    shapes = {"tables": (2, 6, 6), "by_surprise": (6, 6), "by_sign": (6, 6)}
    shapes |= dict.fromkeys(("scale", "shift", "strength"), (6,))
    w = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    w["redundancy"] = np.array(0.3)
    layer = KnownLabelReader(SPEC, cap=1.5)
    layer.assign(**w)
    z = rng.normal(size=(8, 6))
    y = SPEC.encode([[1, 2, -1, 0], [-1, 0, 1, -1], [0, -1, -1, -1], [1, 1, 1, 1]] * 2)
    found = ops.convert_to_numpy(layer([z, y]))
    wanted = np.stack([by_hand(a, b, w, 1.5) for a, b in zip(z, y, strict=True)])
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)
    z32 = z.astype(np.float32)
    np.testing.assert_array_equal(ops.convert_to_numpy(layer([z32, np.full_like(y, -1)])), z32)


def test_what_does_not_fit_is_said() -> None:
    with pytest.raises(ValueError, match=r"scale \(6,\).*got scale \(2,\)"):
        KnownLabelReader(SPEC).assign(scale=[1.0, 2.0])
    with pytest.raises(ValueError, match="got strangth"):
        KnownLabelReader(SPEC).assign(strangth=np.zeros(6))
    with pytest.raises(ValueError, match="cap must be > 0"):
        KnownLabelReader(SPEC, cap=0)
