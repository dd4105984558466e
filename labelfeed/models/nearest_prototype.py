"""Nearest-prototype prediction: classes from a few labelled rows, or none of them."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.heads.lifecycle import prototypes
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import ArrayLike, Labels

__all__ = ["NearestPrototype"]


@dataclasses.dataclass(frozen=True, eq=False)
class NearestPrototype:
    """Predict the class whose prototype is nearest by cosine, or none of them.

    A prototype is the direction of the mean of the unit embeddings of a class. A row's score for
    "none of these" is `1 - max_c cos(row, prototype_c)`, in [0, 2].

    What a row of no listed class looks like is estimated from the labelled rows: the greatest
    cosine of each with the prototypes of the *other* classes. The threshold of a false accept rate
    is a quantile of those. It holds for new classes as far as they are like the listed ones; with
    prototypes of the very classes that the embedding was trained to tell apart it is too low.

    Args:
        spec: The classes; they need not be those of training.
        vectors: float32 unit prototypes `(num_classes, dimension)`.
        impostors: Greatest cosine of each labelled row with prototypes of other classes, `(n,)`.
        genuine: Cosine of each labelled row with its own class's prototype, made without that row;
            rows alone with their class are left out.

    Reference:
        Snell et al. (2017), Prototypical Networks for Few-shot Learning; Scheirer et al. (2013),
        Toward Open Set Recognition.

    Example:
        >>> import numpy as np
        >>> spec = LabelSpec.single(["right", "up"])
        >>> vectors = np.array([[1, 0.1], [1, -0.1], [0.1, 1], [-0.1, 1]])
        >>> nearest = NearestPrototype.fit(vectors, np.array([0, 0, 1, 1]), spec)
        >>> nearest.predict([[2, 0.2], [-1, -1]], far=0.0).tolist()
        [0, -1]
    """

    spec: LabelSpec
    vectors: np.ndarray
    impostors: np.ndarray
    genuine: np.ndarray

    @classmethod
    def fit(cls, embedding: ArrayLike, labels: Labels, spec: LabelSpec) -> NearestPrototype:
        """Return the prototypes of labelled embeddings.

        Args:
            embedding: `(n, dimension)`, of any length.
            labels: One for each row: ids, names or whatever else `LabelSpec.encode` takes, -1 where
                unknown; each class at least once.
            spec: Single label.

        Raises:
            LabelError: A label does not fit the spec; names the row.
            ValueError: A class has no row, shapes do not fit, or the label is not single.
        """
        if spec.kind != "single":
            raise ValueError(f"Prototypes stand for the classes of a single label, got {spec!r}.")
        unit, labels = _unit(embedding), spec.encode(labels)
        if labels.shape != unit.shape[:1]:
            raise ValueError(
                f"Expected a label for each of the {len(unit)} rows, got {labels.shape}."
            )
        counts = np.bincount(labels[labels >= 0], minlength=spec.num_classes)
        if (counts == 0).any():
            name = spec.name_of(int(np.argmin(counts)))
            raise ValueError(f"The class {name!r} has no labelled row to make a prototype of.")
        vectors = prototypes(unit, labels, spec.num_classes)
        unit, labels = unit[labels >= 0], labels[labels >= 0]
        cosine = unit @ vectors.T.astype(np.float64)
        cosine[np.arange(len(labels)), labels] = -np.inf
        sums = np.zeros(vectors.shape)
        np.add.at(sums, labels, unit)
        several = counts[labels] > 1
        others = _unit(sums[labels[several]] - unit[several])
        return cls(spec, vectors, cosine.max(axis=1), np.sum(others * unit[several], axis=1))

    def cosines(self, embedding: ArrayLike) -> np.ndarray:
        """Return the cosine of each row with each prototype, float64 `(n, num_classes)`.

        Raises:
            ValueError: The embedding has another dimension.
        """
        unit = _unit(embedding)
        if unit.shape[1] != self.vectors.shape[1]:
            raise ValueError(
                f"Embeddings have {unit.shape[1]} dimensions, the prototypes "
                f"{self.vectors.shape[1]}: they must come from one embedder."
            )
        cosine: np.ndarray = unit @ self.vectors.T.astype(np.float64)
        return cosine

    def threshold(self, far: float) -> float:
        """Return the cosine above which a row is accepted.

        Args:
            far: Share in [0, 1) of rows of no listed class that may be accepted, as estimated.
        """
        if not 0 <= far < 1:
            raise ValueError(f"The false accept rate must be in [0, 1), got {far!r}.")
        found = np.sort(self.impostors)[::-1]
        return float(found[int(np.floor(far * len(found)))])

    def accepted(self, far: float) -> float | None:
        """Return the estimated share of rows of listed classes above the threshold of `far`."""
        if not len(self.genuine):
            return None
        return float(np.mean(self.genuine > self.threshold(far)))

    def predict(self, embedding: ArrayLike, far: float | None = None) -> np.ndarray:
        """Return the id of the nearest prototype, int32 `(n,)`.

        Args:
            embedding: `(n, dimension)`.
            far: With it, rows whose greatest cosine is not above its threshold get -1.
        """
        cosine = self.cosines(embedding)
        ids = cosine.argmax(axis=1).astype(np.int32)
        if far is not None:
            ids[cosine.max(axis=1) <= self.threshold(far)] = UNKNOWN
        return ids


def _unit(embedding: ArrayLike) -> np.ndarray:
    rows = np.asarray(embedding, np.float64)
    if rows.ndim != 2:
        raise ValueError(f"Embeddings must have the shape (n, dimension), got {rows.shape}.")
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
