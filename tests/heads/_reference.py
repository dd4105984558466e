"""The heads once more in plain NumPy, float64, straight from the papers: slow and obvious."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Loss = Callable[[np.ndarray, np.ndarray, np.ndarray], float]


def cosines(x: np.ndarray, centres: np.ndarray, sub: int = 1) -> np.ndarray:
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    centres = centres / np.linalg.norm(centres, axis=1, keepdims=True)
    return (x @ centres.T).reshape(len(x), -1, sub).max(axis=2)


def cross_entropy(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    top = logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]
    return total - logits[np.arange(len(y)), y]


def softmax_loss(
    margin: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray], scale: float, sub: int = 1
) -> Loss:
    """Return the mean cross-entropy whose true cosine is `margin(angle, label, norm)`."""

    def loss(x: np.ndarray, centres: np.ndarray, y: np.ndarray) -> float:
        x, y = x[y >= 0], y[y >= 0]
        c, norm = cosines(x, centres, sub), np.linalg.norm(x, axis=1)
        rows = np.arange(len(y))
        angle = np.arccos(np.clip(c[rows, y], -1, 1))
        c[rows, y] = margin(angle, y, norm)
        scales = norm[:, None] if scale == 0 else scale
        return float(cross_entropy(scales * c, y).mean())

    return loss


def arc(margin: float | np.ndarray) -> Callable:
    def apply(angle: np.ndarray, y: np.ndarray, norm: np.ndarray) -> np.ndarray:
        m = margin(norm) if callable(margin) else margin
        beyond = np.cos(angle) - m * np.sin(m)
        return np.where(angle <= np.pi - m, np.cos(angle + m), beyond)

    return apply


def psi(u: np.ndarray) -> np.ndarray:
    k = np.floor(u / np.pi)
    return (-1.0) ** k * np.cos(u) - 2 * k


def curricular(margin: float, scale: float, hardness: float) -> Loss:
    def loss(x: np.ndarray, centres: np.ndarray, y: np.ndarray) -> float:
        c, rows = cosines(x, centres), np.arange(len(y))
        angle = np.arccos(c[rows, y])
        true = arc(margin)(angle, y, None)
        c = np.where(c > true[:, None], c * (hardness + c), c)
        c[rows, y] = true
        return float(cross_entropy(scale * c, y).mean())

    return loss


def proxy_anchor(margin: float, alpha: float) -> Loss:
    def loss(x: np.ndarray, centres: np.ndarray, y: np.ndarray) -> float:
        c = cosines(x, centres)
        pull, push = [], []
        for p in range(len(centres)):
            own = c[y == p, p]
            if len(own):
                pull.append(np.log1p(np.exp(-alpha * (own - margin)).sum()))
            push.append(np.log1p(np.exp(alpha * (c[y != p, p] + margin)).sum()))
        return float(np.mean(pull) + np.mean(push))

    return loss


def supervised_contrastive(x: np.ndarray, y: np.ndarray, temperature: float) -> float:
    c, losses = cosines(x, x) / temperature, []
    for i in range(len(y)):
        others = [j for j in range(len(y)) if j != i]
        total = np.log(sum(np.exp(c[i, j]) for j in others))
        alike = [c[i, j] - total for j in others if y[j] == y[i]]
        if alike:
            losses.append(-np.mean(alike))
    return float(np.mean(losses))


def slope(loss: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """Return the gradient by central differences."""
    out = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[place] += step
        down[place] -= step
        out[place] = (loss(up) - loss(down)) / (2 * step)
    return out
