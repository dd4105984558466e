"""The softmax over cosines with class centres that most margin heads share."""

from __future__ import annotations

import math
from typing import Any, Literal

import keras
from keras import ops

from labelfeed.heads._texts import documented
from labelfeed.heads.base import LabelHead, RowLosses, positive
from labelfeed.heads.large_table import frugal
from labelfeed.heads.sampling import Drawn, draw_classes, drawn_count, keep_labels, valid_share
from labelfeed.losses.blocks import blocked_terms
from labelfeed.losses.class_terms import class_logits, class_terms
from labelfeed.losses.margins import unit_and_norm
from labelfeed.scaling.shares import classes_are_cut, spare_classes
from labelfeed.types import Identifier, Shape, Tensor

__all__ = ["CosineHead", "radians"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class CosineHead(LabelHead):
    """Scores are cosines between the embedding and one centre per class.

    The loss of a row with label `y` is `-log(exp(s f(c_y)) / (exp(s f(c_y)) + sum_{j != y}
    exp(s c_j)))` with cosines `c`, scale `s`, and the margin `f`, the identity without training.
    A head of your own overrides `with_margin`.

    Reference for `sample`: An et al. (2021), Partial FC: Training 10 Million Identities on a
    Single Machine; An et al. (2022), Killing Two Birds with One Stone.

    Args:
        {num_classes}
        scale: s, the inverse temperature of the logits, > 0.
        {cosine_head}
    """

    sub_centres = 1

    def __init__(
        self,
        num_classes: int,
        scale: float = 64.0,
        centre_initializer: Identifier = "glorot_normal",
        centre_regularizer: Identifier | None = None,
        block_size: int | Literal["auto"] | None = "auto",
        sample: float | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(num_classes, **kwargs)
        if block_size not in (None, "auto") and (
            not isinstance(block_size, int) or isinstance(block_size, bool) or block_size < 1
        ):
            raise ValueError(f"block_size must be >= 1, 'auto' or None, got {block_size!r}.")
        self.block_size = block_size
        self.sample = valid_share(sample)
        self.seed = seed
        self.drawn_classes = drawn_count(int(num_classes), self.sample)
        self._draw_seed = None
        if self.drawn_classes < num_classes:
            self._draw_seed = keras.random.SeedGenerator(seed, name="classes")
            self.by_row = False  # the classes of other rows are among those drawn
        self.scale = positive(scale, "scale")
        self.centre_initializer = keras.initializers.get(centre_initializer)
        self.centre_regularizer = keras.regularizers.get(centre_regularizer)

    def build(self, embedding_shape: Shape, label_shape: Shape | None = None) -> None:
        """Allocate the centres, `(num_classes * sub_centres, dimension)`.

        Where devices cut the classes there are a few more, so that they divide (`spare_classes`).
        """
        if len(embedding_shape) != 2 or embedding_shape[-1] is None:
            raise ValueError(
                f"{type(self).__name__} expects embeddings of shape (batch, dimension) with a "
                f"known dimension, got {tuple(embedding_shape)}."
            )
        assert self.num_classes is not None
        shape = (self.num_classes * self.sub_centres, int(embedding_shape[-1]))
        self.spare_classes = spare_classes(self.num_classes)
        spare = self.spare_classes * self.sub_centres
        if spare and self.centre_regularizer is not None:
            raise ValueError(
                f"A centre_regularizer would count {self.spare_classes} classes that are added so "
                f"that {self.num_classes} divide among devices. Use weight_decay of the optimizer."
            )
        made = frugal(self.centre_initializer, shape)
        self.centres = self.add_weight(
            shape=(shape[0] + spare, shape[1]),
            initializer=made if not spare else _filled_up(made, shape),
            regularizer=self.centre_regularizer,
            dtype="float32",
            autocast=False,
            name="centres",
        )

    def with_margin(self, cosine: Tensor, label: Tensor, norm: Tensor) -> Tensor:
        """Return the cosine of the true class with its margin.

        Args:
            cosine: float32 `(batch,)`, cosine of the true class, in [-1, 1] up to rounding.
            label: int32 `(batch,)`, -1 where unknown (the row is dropped afterwards).
            norm: float32 `(batch,)`, norm of the embedding.
        """
        return cosine

    def row_scale(self, norm: Tensor) -> Tensor:
        """Return the scale of the logits: a number, or float32 `(batch,)`."""
        return self.scale

    def row_losses(
        self,
        embedding: Tensor,
        label: Tensor,
        training: bool | None = None,
        drawn: Drawn | None = None,
    ) -> RowLosses:
        """Return the softmax cross-entropy of each row, with the margin in training.

        Args:
            embedding: `(batch, dimension)` of any float type.
            label: Integers `(batch,)`, -1 where unknown.
            training: Whether the margin applies, and the share of the classes that is sampled.
            drawn: The classes of the step; by default `sample` says.
        """
        label = self.checked(embedding, label)
        if drawn is None and training and self._draw_seed is not None:
            rows, place = self.draw(label)
            drawn = Drawn(ops.take(self.centres, rows, axis=0), place)
        centres, place = (self.centres, label) if drawn is None else drawn
        unit, norm = unit_and_norm(embedding)
        scale = self.row_scale(norm)
        per_row = scale if isinstance(scale, float) else scale[:, None]
        hard = self.hard_negatives(unit, label, norm) if training else None
        if drawn is None and classes_are_cut():
            terms = class_terms(
                unit * per_row, centres, place, self.sub_centres, hard, self.num_classes
            )
        else:
            terms = blocked_terms(
                unit * per_row, centres, place, self.block_classes, self.sub_centres, hard
            )
        cosine = terms.target / scale
        true = self.with_margin(cosine, label, norm) if training else cosine
        losses = ops.softplus(terms.rest - scale * true) + self.extra(norm, training)
        if drawn is not None:
            losses = ops.where(place < self.drawn_classes, losses, float("nan"))
        return self.masked(losses, label, terms.target > terms.best)

    def draw(self, label: Tensor) -> tuple[Tensor, Tensor]:
        """Draw the classes of a step: `sample` of them, those of the batch always among them.

        Args:
            label: int32 ids `(batch,)`, -1 where unknown.

        Returns:
            `(rows, place)`: int32 rows of the centres, `(drawn_classes * sub_centres,)`, and
            `Drawn.place`.

        Raises:
            ValueError: The batch has more rows than classes are drawn.
        """
        assert self.num_classes is not None
        batch, count = label.shape[0], self.drawn_classes
        if batch is not None and batch > count:
            raise ValueError(
                f"sample={self.sample} of {self.num_classes} classes draws {count}, fewer than the "
                f"{batch} rows of the batch, whose classes are always kept. Use a larger share, a "
                "smaller batch, or sample=None."
            )
        places, start = draw_classes(self.num_classes, count, self._draw_seed)
        ids, place = keep_labels(places, start, label, self.num_classes)
        if self.sub_centres > 1:
            parts = ops.arange(self.sub_centres, dtype="int32")
            ids = ops.reshape(ids[:, None] * self.sub_centres + parts, (-1,))
        return ids, place

    @property
    def block_classes(self) -> int:
        """Classes at a time in the loss."""
        assert self.num_classes is not None
        if self.block_size == "auto":
            return self.num_classes if self.num_classes <= 8192 else 2048
        return self.num_classes if self.block_size is None else self.block_size

    def hard_negatives(self, unit: Tensor, label: Tensor, norm: Tensor) -> Tensor:
        """Return `hard` of `class_terms`, or `None`."""
        return None

    def extra(self, norm: Tensor, training: bool | None) -> Tensor:
        """Return what is added to each row's loss, a number or `(batch,)`."""
        return 0.0

    def scores(self, embedding: Tensor) -> Tensor:
        """Return float32 cosines `(batch, num_classes)`, in [-1, 1]."""
        self.checked(embedding)
        scores = class_logits(unit_and_norm(embedding)[0], self.centres, self.sub_centres)
        return scores[:, : self.num_classes] if self.spare_classes else scores

    def probabilities(self, scores: Tensor) -> Tensor:
        """Return the softmax of the scaled cosines, `(batch, num_classes)`."""
        return ops.softmax(self.scale * scores, axis=-1)

    def compute_output_shape(
        self, embedding_shape: Shape, label_shape: Shape | None = None
    ) -> Shape:
        """Return `(batch, num_classes)`."""
        return (embedding_shape[0], self.num_classes)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "scale": self.scale,
            "centre_initializer": keras.initializers.serialize(self.centre_initializer),
            "block_size": self.block_size,
            "sample": self.sample,
            "seed": self.seed,
            "centre_regularizer": keras.regularizers.serialize(self.centre_regularizer),
        }


def _filled_up(initializer: Identifier, shape: tuple[int, int]) -> Identifier:
    """Return an initializer of a longer table, whose further rows are 1: they count nowhere."""

    def made(longer: tuple[int, int], dtype: str | None = None) -> Tensor:
        first = initializer(shape, dtype=dtype)
        return ops.concatenate([first, ops.ones((longer[0] - shape[0], shape[1]), dtype)])

    return made


def radians(margin: float, name: str = "margin", most: float = math.pi / 2) -> float:
    """Return an angle in radians as float; raise `ValueError` unless it is in [0, most]."""
    number = float(margin)
    if not 0 <= number <= most:
        degrees = f" If {margin!r} is in degrees, give math.radians({margin!r})."
        raise ValueError(
            f"{name} is an angle in radians in [0, {most:.4g}], got {margin!r}."
            + (degrees if number > most else "")
        )
    return number
