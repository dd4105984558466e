"""Scale and shift that turn the logits of label columns into what is seen on held-out rows."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.logit_calibration import fit_scale_and_shift

__all__ = ["calibrated_loss", "fit_columns"]

_TINY = 1e-12


def fit_columns(
    logits: np.ndarray, y: np.ndarray, spec: LabelSpec
) -> tuple[np.ndarray, np.ndarray]:
    """Return factor and summand of each logit that make the labels most likely.

    A yes/no label: `s_j z_j + b_j` (Platt 1999). A column of classes: `s z_k + t log P(k)`, one
    `s > 0` and one `t` for all of its classes, with the share `P(k)` of each: at `s = 0, t = 1` it
    falls back to the shares. Standard normal priors on `log s`, `b` and `t`.

    Args:
        logits: `(n, places)`, of rows that the network was not trained on.
        y: int `(n, places)` of 1, 0, -1 (unknown, left out).
        spec: The label.

    Returns:
        Two float64 arrays `(places,)`.

    Example:
        >>> timid = np.array([[-0.2], [-0.1], [0.1], [0.2]] * 25)
        >>> scale, shift = fit_columns(timid, (timid > 0).astype(int), LabelSpec.multi(1))
        >>> bool(scale[0] > 5)
        True
    """
    scale, shift = np.ones(y.shape[1]), np.zeros(y.shape[1])
    yes_no = [c.places[0] for c in spec.label_columns if not c.of_classes]
    if yes_no:
        scale[yes_no], shift[yes_no] = fit_scale_and_shift(logits[:, yes_no], y[:, yes_no])
    for column in spec.label_columns:
        if column.of_classes:
            own = list(column.places)
            rows = y[:, own[0]] >= 0
            scale[own], shift[own] = _fit_classes(logits[rows][:, own], y[rows][:, own] == 1)
    return scale, shift


def calibrated_loss(logits: np.ndarray, y: np.ndarray, spec: LabelSpec) -> float:
    """Return the mean loss of the known labels after `fit_columns`, in nats a label column.

    What is left when the logits' size is right: how well they tell the rows apart.

    Args:
        logits: As for `fit_columns`.
        y: As for `fit_columns`.
        spec: The label.

    References:
        Berta, Holzmueller, Jordan and Bach 2025, Rethinking early stopping: refine, then calibrate.
    """
    scale, shift = fit_columns(logits, y, spec)
    z, total, count = logits * scale + shift, 0.0, 0
    for column in spec.label_columns:
        own = list(column.places)
        rows = y[:, own[0]] >= 0
        count += int(rows.sum())
        if column.of_classes:
            total += _class_losses(z[rows][:, own], y[rows][:, own] == 1).sum()
        else:
            sign = np.where(y[rows, own[0]] == 1, -1.0, 1.0)
            total += np.logaddexp(0.0, sign * z[rows, own[0]]).sum()
    return float(total) / max(count, 1)


def _fit_classes(z: np.ndarray, present: np.ndarray) -> tuple[float, np.ndarray]:
    share = np.log(present.sum(axis=0) + 0.5)
    share -= share.mean()  # a summand of all classes changes nothing

    def value(at: np.ndarray) -> tuple[float, np.ndarray]:
        scaled = np.exp(at[0]) * z
        out = scaled + at[1] * share
        p = np.exp(out - out.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        slope = p - present
        gradient = np.array([(slope * scaled).sum(), (slope @ share).sum()])
        loss = -np.log(p[present] + _TINY).sum()
        return float(loss + 0.5 * at @ at), gradient + at

    if not len(z):
        return 1.0, np.zeros(z.shape[1])
    found = minimize(
        value, np.zeros(2), jac=True, method="L-BFGS-B", bounds=[(-6.0, 3.0), (-5.0, 5.0)]
    ).x
    return float(np.exp(found[0])), found[1] * share


def _class_losses(z: np.ndarray, present: np.ndarray) -> np.ndarray:
    top = z.max(axis=1)
    total: np.ndarray = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
    return total - np.where(present, z, 0.0).sum(axis=1)
