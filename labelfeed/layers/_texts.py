"""What the docstrings of several layers say, written once; see `labelfeed.docstrings`."""

from labelfeed.docstrings import KWARGS, sharing

__all__ = ["TEXTS", "documented"]

TEXTS = {
    "kwargs": KWARGS,
    "spec": "spec: `LabelSpec` of the label, or its config.",
    "specs": "spec: `LabelSpec` of the label, or a list of them.",
    "multi_spec": "spec: `LabelSpec` of yes/no labels (`multi`).",
    "activation": "activation: Any Keras activation; linear by default.",
    "epsilon": "epsilon: Added to the variance, > 0.",
    "kernel_regularizer": """
        kernel_regularizer: Regularizer of all kernels (weight decay of the loss; decoupled decay
            comes with `keras.optimizers.AdamW`).
        """,
    "method": "method: How the product with each row's kernel is made; see `grouped_matmul`.",
    "label_dropout": """
        label_dropout: Probability in [0, 1) that this layer takes a label for unknown in training
            (per row; for multi labels each by itself, the classes of a column together). It hides
            labels from this layer only: what the model was shown stays unscored.
        """,
    "label_corruption": """
        label_corruption: Probability in [0, 1) that this layer takes a known label for another
            class, drawn evenly, in training (multi: for the opposite; 0 for columns of classes).
            It teaches the layer how far to trust a label that may be wrong at inference.
        """,
    "label_kwargs": """
        {label_corruption}
        {kwargs}
        """,
    "modulation": """
        {label_dropout}
        {label_corruption}
        modulation_regularizer: Regularizer of the tables.
        {kwargs}
        """,
    "shared_scale_and_shift": """
        `g` and `b` are shared; `g_y` and `b_y` are rows of a table, zero at the start: the layer
        starts as the ordinary one; several labels add up.
        """,
    "modulation_shapes": """
        Input shape:
            A list `[features, label, ...]`: features `(batch, ..., d)`; int32 labels `(batch,)`,
            for multi `(batch, num_classes)`; -1 unknown.

        Output shape:
            That of the features.
        """,
    "modulation_raises": """
        Raises:
            ValueError: The inputs do not fit the labels, or the features have no known last axis.
        """,
    "features_and_label": """
        Input shape:
            A list `[features, label]`: features `(batch, ..., d)`; int32 label `(batch,)`, for
            multi `(batch, num_classes)`; -1 unknown.
        """,
    "logits_and_label": """
        A list `[logits, label]`: logits `(batch, num_labels)`; int32 label of the same shape, -1
        unknown.
        """,
    "label": "int32 labels `(batch,)`, for multi `(batch, num_classes)`; -1 unknown.",
    "multi_raises": """
        Raises:
            ValueError: The spec is `single`, or an argument is out of its range.
        """,
}
documented = sharing(TEXTS)
