"""How to train: the options of `labelfeed train` and of `labelfeed.runs.train.train`."""

from __future__ import annotations

import dataclasses
from typing import Any

__all__ = ["STRATEGIES", "TrainingOptions"]

STRATEGIES = ("auto", "plain", "masked", "partial-labels", "side-label", "margin")


@dataclasses.dataclass(frozen=True)
class TrainingOptions:
    """How to train.

    Args:
        network: `"module:function"` of a user's network, for `"masked"`; `None` for the default.
        strategy: What the label input is for, one of `STRATEGIES`: `"plain"` (no label input),
            `"masked"` (the labels themselves, of which training hides a part),
            `"partial-labels"` (several label columns, partly known), `"side-label"` (labels known
            at inference that are not the target), or `"margin"` (one label, in the loss only: an
            embedding). `"auto"` takes `"side-label"` where the data have side labels,
            `"partial-labels"` for several label columns of tables, else `"masked"`.
        conditioning: Where the label enters the default network of `"masked"`: `"embedding"`,
            `"conditional-dense"` or `"branch"`; `"auto"` takes `"embedding"`.
        head: Head of `"margin"`, a name in `labelfeed.strategies.MARGIN_HEADS`; `None` takes
            `"arcface"`.
        embedding_dim: Length of the embedding of `"margin"`, >= 2; `None` takes 64.
        activation: Activation of the default network.
        width: Units of its dense layers, >= 1.
        depth: Number of its dense layers, >= 1.
        dropout: Dropout of its dense layers, in [0, 1).
        label_dropout: Probability in [0, 1) that a layer takes a shown label for unknown.
        hidden_rate: Probability in [0, 1] that a label is hidden in training, or `"uniform"` to
            draw it per row. `None` takes `"uniform"` for multi and 0.5 for single labels.
        side_layer: Where side labels enter, one of `labelfeed.strategies.SIDE_LAYERS` or `"auto"`.
        side_dropout: Probability in [0, 1) that a side label is taken for unknown in training.
        side_corruption: Probability in [0, 1) that it is taken for another class in training.
        side_offset: Whether the Bayes product is added to the logits that read side labels.
        epochs: Most epochs, >= 1; of each phase of `"partial-labels"` and `"side-label"`.
        patience: Epochs without a better validation loss after which training stops.
        batch_size: Rows per step, >= 1.
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay of AdamW, >= 0.
        test_share: Share of labelled rows held out for the scores, in [0, 1).
        validation_share: Share of labelled rows for early stopping, in [0, 1).
        seed: Seed of split, weights, batches and visibility.
    """

    network: str | None = None
    strategy: str = "auto"
    conditioning: str = "auto"
    head: str | None = None
    embedding_dim: int | None = None
    activation: str = "relu"
    width: int = 64
    depth: int = 2
    dropout: float = 0.1
    label_dropout: float = 0.0
    hidden_rate: Any = None
    side_layer: str = "auto"
    side_dropout: float = 0.1
    side_corruption: float = 0.1
    side_offset: bool = True
    epochs: int = 100
    patience: int = 10
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    test_share: float = 0.2
    validation_share: float = 0.15
    seed: int = 0
