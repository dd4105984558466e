"""`Predictor`: what a run, an audit or a comparison may ask of a model, ours or the user's."""

from __future__ import annotations

import abc
import copy
from typing import TYPE_CHECKING

import numpy as np

from labelfeed.data.seen_rows import SeenRows
from labelfeed.labels.answers import mean_over_answers
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.soft import soft_known_of_rows
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.known import encode_known
from labelfeed.predictors.responses import PredictorError, class_probabilities, one_output
from labelfeed.predictors.rows import num_rows, rows_at
from labelfeed.sides.bayes_product import BayesProduct
from labelfeed.types import AnyModel, Features, Labels, Shape, SideValues, Tensor

if TYPE_CHECKING:  # it needs Keras, and a predictor need not
    from labelfeed.visibility.policies import Visibility

__all__ = ["Predictor"]


class Predictor(abc.ABC):
    """Class probabilities of rows, whatever stands behind them.

    Everything above the models asks here and never for the class of a model. `as_predictor` makes
    one of a model of this library, a Keras model, a function or a scikit-learn estimator; whoever
    has something else subclasses this and writes `scores`.

    Args:
        spec: The label that is predicted.
        reads_label: Whether `probabilities` takes `known`.
        sides: Specs of the side labels that it takes.

    Attributes:
        model: What stands behind it.
        what: What that is, in words.
        visibility: The policy under which it was trained to read its own target; `None` where no
            policy keeps the labels that it reads apart from those that it is scored on.
        takes_unknown: Whether a model that reads the label can be told that it is unknown, -1.
        unknown_how: How, in words.
        takes_soft: Whether `scores` itself takes known labels that are soft.
        embeds: Whether it was trained to embed, so that cosines of embeddings mean something.
        product: The fitted `BayesProduct` of its side labels, the peer to compare with, if any.
        feature_shapes: Shape of one row for each feature input; `None` where it cannot be told.
        batch_size: Rows per step.
        seen: What it was trained on, if somebody has kept that.
        columns: Names of the columns of a table that it reads; `None` where it reads all.

    Example:
        >>> class Prior(Predictor):
        ...     def scores(self, x, known=None, sides=None):
        ...         return np.full((len(x), 1), 0.3)
        >>> Prior(LabelSpec.single(2)).probabilities(np.zeros((1, 4))).tolist()
        [[0.7, 0.3]]
    """

    model: AnyModel = None
    what: str = "predictor"
    visibility: Visibility | None = None
    takes_unknown: bool = True
    unknown_how: str = "unknown"
    takes_soft: bool = False
    embeds: bool = False
    product: BayesProduct | None = None
    feature_shapes: tuple[Shape, ...] | None = None
    seen: SeenRows | None = None
    columns: tuple[str, ...] | None = None
    batch_size: int = 256

    def __init__(
        self, spec: LabelSpec, reads_label: bool = False, sides: tuple[LabelSpec, ...] = ()
    ) -> None:
        """Keep what it predicts and what it may be told."""
        self.spec = spec
        self.reads_label = reads_label
        self.sides = tuple(sides)

    @abc.abstractmethod
    def scores(
        self, x: Features, known: np.ndarray | None = None, sides: SideValues | None = None
    ) -> Tensor:
        """Return what the model itself gives for at least one row: probabilities, or logits.

        Args:
            x: Rows.
            known: Encoded labels, -1 unknown; `None` where nothing is known.
            sides: Side labels by name.
        """

    def probabilities(
        self, x: Features, known: Labels | None = None, sides: SideValues | None = None
    ) -> np.ndarray:
        """Return class probabilities; no label is read unless it is given.

        Args:
            x: Rows as the model takes them: an array, a table, or a list or dict of arrays.
            known: Labels that may be read: anything that `LabelSpec.encode` takes, one row per row
                of x; for multi labels also a dict such as `{"malignant": 1}` for all rows. Several
                labels may be soft (.7): then the mean under each answer is returned, see
                `labels.answers.mean_over_answers`.
            sides: Side labels by name, a value for each row or one for all; never needed.

        Returns:
            float64 array `(n, num_classes)` in [0, 1]; of several labels one column each.

        Raises:
            LabelError: A known label does not fit, or the number of rows differs.
            PredictorError: It takes no known or no side labels, or none that are unknown; or the
                model's output has another shape or is no probability.
        """
        self.check_known(known)
        if sides is not None and not self.sides:
            raise PredictorError(f"This {self.what} takes no side labels: leave sides= out.")
        rows = self._rows(x)
        if known is not None:
            known = (
                self._encoded(known)
                if rows is None
                else encode_known(known, x, self.spec, soft=True)
            )
            rows = len(known)
        self._check_unknown(known)
        if rows == 0:
            return np.zeros((0, self.spec.num_classes))
        if known is not None and known.dtype.kind == "f" and not self.takes_soft:

            def under(at: np.ndarray, ids: np.ndarray) -> np.ndarray:
                return class_probabilities(self.scores(rows_at(x, at), ids), self.spec, len(at))

            return mean_over_answers(under, known, self.spec)
        return class_probabilities(self.scores(x, known, sides), self.spec, rows)

    def check_known(self, known: Labels) -> None:
        """Raise `PredictorError` if labels are given to what reads none."""
        if known is not None and not self.reads_label:
            raise PredictorError(self._no_known())

    def fed_scores(self, x: Features, ids: np.ndarray) -> np.ndarray:
        """Return raw scores with a label fed wherever the model has it in training: for an audit.

        Args:
            x: Rows.
            ids: Encoded labels; -1 only if `takes_unknown`.

        Returns:
            float64 array `(n, outputs)`: probabilities or logits, as the model gives them.

        Raises:
            PredictorError: No label can be fed.
        """
        if not self.reads_label:
            raise PredictorError(
                f"No label can be fed to this {self.what}: it reads none, and nothing leaks "
                "through an input that is not there."
            )
        return one_output(self.scores(x, ids), len(ids))

    def embedding(self, x: Features) -> np.ndarray:
        """Return what the classifier reads of each row, float32 `(n, dimension)`; no label is read.

        Raises:
            PredictorError: It has no embedding.
        """
        raise PredictorError(f"This {self.what} has no embedding: it gives probabilities alone.")

    def own_evaluation(self, x: Features, ids: np.ndarray) -> dict[str, float] | None:
        """Return what the model's own `evaluate` reports, by name; `None` where it has none.

        Args:
            x: Rows.
            ids: Encoded labels, its targets.
        """
        del x, ids
        return None

    def prepared(self, x: Features) -> tuple[Predictor, Features]:
        """Return the predictor of what `model` reads, and x as it reads it.

        The predictor of a run preprocesses raw rows; who predicts the same rows many times, or
        looks into `model`, prepares them once.
        """
        return self, x

    def batched(self, batch_size: int | None) -> Predictor:
        """Return this predictor with another number of rows per step; itself for `None`."""
        if batch_size is None or batch_size == self.batch_size:
            return self
        if batch_size < 1:
            raise PredictorError(f"batch_size must be at least 1, got {batch_size!r}.")
        other = copy.copy(self)
        other.batch_size = batch_size
        return other

    def _check_unknown(self, known: np.ndarray | None) -> None:
        """Raise if a label is unknown and the model cannot be told so."""
        if not self.reads_label or self.takes_unknown:
            return
        if known is None or (known == UNKNOWN).any():
            raise PredictorError(
                f"This {self.what} needs its label as an input and cannot be told that one is "
                "unknown. Pass unknown_id= to as_predictor if some id means that; otherwise it "
                "cannot predict rows whose label is not known."
            )

    def _rows(self, x: Features) -> int | None:
        """Return how many rows there are; `None` where x does not tell."""
        return num_rows(x)

    def _no_known(self) -> str:
        """Say why no known label is taken."""
        return f"This {self.what} reads no label: predict without known labels."

    def _encoded(self, known: Labels) -> np.ndarray:
        """Return known labels beside features whose rows cannot be counted."""
        if not isinstance(known, np.ndarray):
            raise PredictorError(
                "known= must be an array with one row per row of x where x is no array, no table "
                f"and no list or dict of arrays; got {type(known).__name__}."
            )
        return soft_known_of_rows(known, len(known), self.spec)
