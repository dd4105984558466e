"""Proxies that pull the rows of their class and push all others."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.heads._texts import documented
from labelfeed.heads.base import RowLosses, positive
from labelfeed.heads.cosine import CosineHead
from labelfeed.heads.sampling import Drawn
from labelfeed.losses.class_terms import class_logits
from labelfeed.losses.margins import unit_and_norm
from labelfeed.types import Tensor

__all__ = ["ProxyAnchor"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class ProxyAnchor(CosineHead):
    """Each class centre is an anchor that sees the whole batch at once.

    `L = 1/|P+| sum_{p in P+} log(1 + sum_{i: y_i = p} exp(-s (c_ip - m)))
    + 1/C sum_p log(1 + sum_{i: y_i != p} exp(s (c_ip + m)))` with the classes `P+` of the batch.
    The loss is of the batch: each of its rows carries it, sample weights weigh the mean of rows.
    In validation `m = 0`.

    Args:
        num_classes: Number of classes C, >= 2.
        margin: m, a cosine in [0, 1]; the paper uses 0.1.
        scale: s (the paper's alpha), > 0; the paper uses 32.
        {centres}
        block_size: Without effect: the loss needs the cosines of all classes at once.
        sample: Not taken; only `None`.
        seed: Without effect.
        {kwargs}

    {cosine_shapes}

    Raises:
        ValueError: `margin` is not in [0, 1], or `sample` is given.

    Reference:
        Kim et al. (2020), Proxy Anchor Loss for Deep Metric Learning.

    Example:
        >>> import numpy as np
        >>> tuple(ProxyAnchor(3)(np.ones((2, 4), "float32"), np.array([0, -1])).shape)
        (2, 3)
    """

    by_row = False

    def __init__(
        self, num_classes: int, margin: float = 0.1, scale: float = 32.0, **kwargs: Any
    ) -> None:
        """Check and store the arguments."""
        super().__init__(num_classes, positive(scale, "scale"), **kwargs)
        if self.sample is not None:
            raise ValueError(
                "ProxyAnchor takes no sample=: its loss is a mean over all classes, not a softmax "
                "over them. Use ArcFace, CosFace or another softmax head."
            )
        if not 0 <= margin <= 1:
            raise ValueError(f"margin is added to a cosine, in [0, 1]; got {margin!r}.")
        self.margin = float(margin)

    def row_losses(
        self,
        embedding: Tensor,
        label: Tensor,
        training: bool | None = None,
        drawn: Drawn | None = None,
    ) -> RowLosses:
        """Return the batch's loss at each row of known label."""
        label = self.checked(embedding, label)
        cosines = class_logits(unit_and_norm(embedding)[0], self.centres)
        margin = self.margin if training else 0.0
        classes = ops.arange(cosines.shape[1], dtype="int32")[None, :]
        known = label[:, None] >= 0
        own = label[:, None] == classes
        other = ops.logical_and(known, ops.logical_not(own))
        pull = _log1p_sum_exp(-self.scale * (cosines - margin), own)
        push = _log1p_sum_exp(self.scale * (cosines + margin), other)
        present = ops.cast(ops.any(own, axis=0), "float32")
        loss = ops.sum(pull * present) / ops.maximum(ops.sum(present), 1.0) + ops.mean(push)
        best = ops.cast(ops.argmax(cosines, axis=1), "int32")
        return self.masked(loss + ops.zeros_like(cosines[:, 0]), label, best == label)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "margin": self.margin}


def _log1p_sum_exp(values: Tensor, mask: Tensor) -> Tensor:
    """Return `log(1 + sum_i exp(values_i))` over the masked rows, `(num_classes,)`."""
    values = ops.where(mask, values, -1e30)
    return ops.logsumexp(ops.concatenate([values, ops.zeros_like(values[:1])], axis=0), axis=0)
