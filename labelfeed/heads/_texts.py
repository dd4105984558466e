"""What the docstrings of several heads say, written once; see `labelfeed.docstrings`."""

from labelfeed.docstrings import KWARGS, sharing

__all__ = ["TEXTS", "documented"]

TEXTS = {
    "kwargs": KWARGS,
    "num_classes": "num_classes: Number of classes, >= 2.",
    "scale_of_64": "scale: s, > 0; the paper uses 64.",
    "centres": """
        centre_initializer: Initializer of the centres; only their directions matter.
        centre_regularizer: Regularizer of the centres.
        """,
    "cosine_head": """
        {centres}
        block_size: Classes at a time in the loss, which bounds memory at `batch * block_size`
            numbers beside the gradient; `None` for all at once. The loss is the same. "auto" is
            all up to 8,192 classes, and 2,048 beyond.
        sample: Share of the classes that a training step runs over, in (0, 1]: those of the batch
            and, drawn anew for each step, as many others as make `ceil(sample * num_classes)`,
            which must not be fewer than the batch has. Accuracy in training is then among the
            classes drawn; validation and scores use all. `None` is all, and so is 1.
        seed: Seed of the draw.
        {kwargs}
        """,
    "embedding_and_label": """
        Input shape:
            Embedding `(batch, dimension)`; label ids `(batch,)`, -1 where unknown, or none.
        """,
    "cosine_shapes": """
        {embedding_and_label}

        Output shape:
            Cosines `(batch, num_classes)`, float32.
        """,
    "raises": """
        Raises:
            ValueError: An argument is out of range.
        """,
}
documented = sharing(TEXTS)
