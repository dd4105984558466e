"""The strategy `side-label` itself in `python -m benchmarks side`: two phases, Bayes offset."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["STRATEGIES", "train_strategy"]

# name -> side_corruption; all with the strategy's own dropout of side labels
PLAIN_MODELS = "train --side, plain models"
STRATEGIES = {
    "strategy side-label": 0.1,
    "strategy side-label, no corruption": 0.0,
    PLAIN_MODELS: 0.1,
}


def train_strategy(
    way: str, x: Any, y: Any, side: Any, target: Any, spec: Any, fit: dict[str, Any]
) -> Any:
    """Return the strategy's model, trained on rows as the networks of the other ways are.

    Args:
        way: A name in `STRATEGIES`.
        x: Features of the training rows.
        y: Their targets.
        side: Their side labels.
        target: Spec of the target.
        spec: Spec of the side label.
        fit: Arguments of `fit` (each of its two phases takes as many epochs as a network).
    """
    from labelfeed import BayesProduct
    from labelfeed.strategies import side_label

    corruption = STRATEGIES[way]
    if way == PLAIN_MODELS:  # what the command line takes for tables
        from labelfeed.data.dataset import Dataset, Sides
        from labelfeed.options import SideLabelOptions
        from labelfeed.strategies.blended_sides import fit_blended_sides

        sides = Sides((spec,), np.asarray(side, np.int32)[:, None])
        y = np.asarray(y, np.int32)
        rows = Dataset("arrays", x, y, target, np.arange(len(x)), "rows", sides=sides)
        return fit_blended_sides(np.asarray(x, np.float32), rows, SideLabelOptions()).model
    product = BayesProduct(target, spec, error_rate=corruption or None).fit(y, [side])
    model = side_label(
        target,
        x.shape[1:],
        [spec],
        rows=len(x),
        side_corruption=corruption,
        product=product,
        offset=True,
    )
    model.fit(x, y, sides=[side], **fit)
    return model
