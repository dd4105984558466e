"""The loss by which a network learns from its own sure answers: FreeMatch's adaptive threshold."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.types import Shapes, Tensor

__all__ = ["Agreement"]

_TINY = 1e-7


@keras.saving.register_keras_serializable(package="labelfeed")
class Agreement(keras.layers.Layer):
    """Cross-entropy of what a network says of one view of rows against its answer to another.

    The answer, the likeliest class, counts where its probability reaches
    `sure * share_c / max(share)`: `sure` is a running mean of the probability of the likeliest
    class, `share` one of the probabilities of all. As the network becomes surer, it asks for more;
    of a class that it says rarely, for less. Of several labels each has its own.

    Args:
        exclusive: Whether the outputs are classes of which one is true; else each is yes or no.
        momentum: Of the running means, in [0, 1).
        **kwargs: `name`, `dtype`.

    Input shape: probabilities `(batch, C)` of the weak view, which teaches, and of the strong one.
    Output shape: `()`, the loss: its mean over all rows and labels, 0 where the answer is not sure.

    References:
        Sohn et al. 2020, FixMatch; Wang et al. 2023, FreeMatch, equations 5 to 9 (without its
        fairness loss).

    Example:
        >>> p = keras.ops.convert_to_tensor([[0.9, 0.1], [0.5, 0.5]])
        >>> float(Agreement(momentum=0.0)(p, p)) < 0.11  # .9 is sure, .5 is not
        True
    """

    def __init__(self, exclusive: bool = True, momentum: float = 0.99, **kwargs: Any) -> None:
        """Check the momentum."""
        kwargs.setdefault("dtype", "float32")  # running means move by less than half floats can
        super().__init__(**kwargs)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must be in [0, 1), got {momentum}.")
        self.exclusive, self.momentum = bool(exclusive), float(momentum)

    def build(self, weak_shape: Shapes, strong_shape: Shapes | None = None) -> None:
        """Make the running means, which start from what a network says that knows nothing."""
        outputs = int(weak_shape[-1])
        columns, classes = (1, outputs) if self.exclusive else (outputs, 2)
        start = {"initializer": keras.initializers.Constant(1 / classes), "trainable": False}
        self.sure = self.add_weight(shape=(columns,), name="sure", dtype="float32", **start)
        self.share = self.add_weight(
            shape=(columns, classes), name="share", dtype="float32", **start
        )
        self.built = True

    def call(self, weak: Tensor, strong: Tensor) -> Tensor:
        """Return the loss, and move the running means."""
        weak, strong = ops.stop_gradient(self._columns(weak)), self._columns(strong)
        top, kept = ops.max(weak, axis=-1), self.momentum
        sure = kept * self.sure + (1 - kept) * ops.mean(top, axis=0)
        share = kept * self.share + (1 - kept) * ops.mean(weak, axis=0)
        self.sure.assign(sure)
        self.share.assign(share)
        asked = sure[:, None] * share / ops.max(share, axis=-1, keepdims=True)
        answer = ops.one_hot(ops.argmax(weak, axis=-1), weak.shape[-1], dtype="float32")
        counts = ops.cast(top >= ops.sum(answer * asked[None], axis=-1), "float32")
        loss = -ops.log(ops.maximum(ops.sum(answer * strong, axis=-1), _TINY))
        return ops.mean(loss * counts)

    def _columns(self, p: Tensor) -> Tensor:
        """Return float32 probabilities `(batch, columns, classes)`."""
        p = ops.cast(p, "float32")
        return p[:, None] if self.exclusive else ops.stack([1.0 - p, p], axis=-1)

    def compute_output_shape(self, weak_shape: Shapes, strong_shape: Shapes) -> tuple[()]:
        """Return the shape of one number."""
        return ()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"exclusive": self.exclusive, "momentum": self.momentum}
        return {**super().get_config(), **own}
