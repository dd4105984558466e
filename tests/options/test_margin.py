"""The options of `margin`."""

from __future__ import annotations

from labelfeed.options import PlainOptions, owners
from labelfeed.options.margin import HEADS, MarginOptions


def test_head_and_embedding_are_its_own():
    assert owners("head") == owners("embedding_dim") == ("margin",)
    assert MarginOptions().head in HEADS


def test_the_best_epoch_is_the_best_in_accuracy():
    assert MarginOptions.watch == "val_accuracy"  # a loss with a margin has another optimum
    assert PlainOptions.watch == "val_loss"
