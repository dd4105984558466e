"""What side labels add to cross-fitted plain models: models that read both, and counts."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from labelfeed.estimators.blend import Blend, fit_blend
from labelfeed.estimators.kept_fits import cross_fitted
from labelfeed.estimators.member import CrossFitted, Member
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.bayes_product import BayesProduct

__all__ = ["SideBlend", "SideMember", "fit_side_blend", "noised", "side_columns", "side_member"]

# Products of features and side labels are read by what is linear in its features, where they are
# not too many: trees find them by themselves.
_CROSSED = {"network": 4096, "logistic": 1024}


@dataclasses.dataclass(frozen=True, eq=False)
class SideMember:
    """A kind of plain model that reads features and side labels.

    Args:
        member: What is cross-fitted.
        crossed: Whether it reads the products of features and side labels too: a kernel for each
            class of a side label, where it is linear in its features.
    """

    member: Member
    crossed: bool


@dataclasses.dataclass(frozen=True, eq=False)
class SideBlend:
    """`logits = weights . [plain, log p(sides | class), members] + bias`, for known side labels.

    Args:
        members: What reads features and side labels, fitted, and whether it reads their products.
        blend: The weights; first of the plain logits, then of the counts where there are some.
        product: The counts; `None` where the target has no classes to count by.
        specs: The side labels, each single.
        plain_loss: Out-of-fold log loss of the plain logits, nats a label.
    """

    members: tuple[tuple[CrossFitted, bool], ...]
    blend: Blend
    product: BayesProduct | None
    specs: tuple[LabelSpec, ...]
    plain_loss: float

    def logits(self, plain: np.ndarray, x: np.ndarray, sides: np.ndarray) -> np.ndarray:
        """Return logits `(n, places)`; those of the plain model where no side label is known.

        Args:
            plain: Plain logits `(n, places)`.
            x: Features `(n, d)`.
            sides: int ids `(n, side labels)`, -1 unknown.
        """
        parts = [plain]
        if self.product is not None:
            parts.append(self.product.log_factor(list(sides.T)))
        for fitted, crossed in self.members:
            final = fitted.final
            if final is None:
                raise ValueError(f"The plain model {fitted.name!r} has no model for new rows.")
            parts.append(final.logits(side_columns(x, sides, self.specs, crossed)))
        known = (sides != UNKNOWN).any(axis=1)
        return np.where(known[:, None], self.blend.logits(parts), plain)


def side_member(member: Member, width: int, specs: Sequence[LabelSpec]) -> SideMember:
    """Return what is to read side labels as well, with their products where that is worth it.

    Args:
        member: A kind of plain model.
        width: Number of features.
        specs: The side labels.

    Example:
        >>> from labelfeed.estimators.logistic import LogisticMember
        >>> side_member(LogisticMember(), 4, [LabelSpec.single(2)]).crossed
        True
    """
    classes = sum(spec.num_classes for spec in specs)
    return SideMember(member, crossed=(width + 1) * classes <= _CROSSED.get(member.name, 0))


def side_columns(
    x: np.ndarray, sides: np.ndarray, specs: Sequence[LabelSpec], crossed: bool
) -> np.ndarray:
    """Return features with a column for each class of each side label beside them.

    Args:
        x: `(n, d)`.
        sides: int ids `(n, side labels)`, -1 unknown: zeros.
        specs: The side labels.
        crossed: Whether the product of each feature and each such column follows.

    Returns:
        float32 `(n, d + classes)`, crossed `(n, d + classes + d * classes)`.

    Example:
        >>> x, sides = np.array([[2.0, 3.0]]), np.array([[1]])
        >>> side_columns(x, sides, [LabelSpec.single(2)], crossed=True).tolist()
        [[2.0, 3.0, 0.0, 1.0, 0.0, 2.0, 0.0, 3.0]]
    """
    hot = np.concatenate(
        [sides[:, [at]] == np.arange(spec.num_classes) for at, spec in enumerate(specs)],
        axis=1,
    ).astype(np.float32)
    parts = [np.asarray(x, np.float32), hot]
    if crossed:
        parts.append((parts[0][:, :, None] * hot[:, None, :]).reshape(len(x), -1))
    return np.concatenate(parts, axis=1)


def noised(
    sides: np.ndarray, specs: Sequence[LabelSpec], dropout: float, corruption: float, seed: int
) -> np.ndarray:
    """Return side labels of which some are replaced by another class, then some hidden.

    Args:
        sides: int ids `(n, side labels)`, -1 unknown.
        specs: The side labels.
        dropout: Probability in [0, 1) that one is hidden.
        corruption: Probability in [0, 1) that a known one becomes another class.
        seed: Of the draws.
    """
    rng, out = np.random.default_rng(seed), sides.copy()
    for at, spec in enumerate(specs):
        ids, states = out[:, at], spec.num_classes
        wrong = (rng.random(len(ids)) < corruption) & (ids != UNKNOWN)
        ids = np.where(wrong, (ids + rng.integers(1, states, len(ids))) % states, ids)
        out[:, at] = np.where(rng.random(len(ids)) < dropout, UNKNOWN, ids)
    return out


def fit_side_blend(
    plain: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    sides: np.ndarray,
    spec: LabelSpec,
    specs: Sequence[LabelSpec],
    folds: np.ndarray,
    members: Sequence[SideMember],
    *,
    error_rate: float | None = None,
    weight: np.ndarray | None = None,
    seed: int = 0,
) -> SideBlend:
    """Cross-fit what reads side labels, and blend it with plain logits by out-of-fold log loss.

    Rows without any side label do not count: they take the plain logits. Where nothing pays the
    plain logits alone are taken.

    Args:
        plain: Out-of-fold plain logits `(n, places)`.
        x: Features `(n, d)`.
        y: int `(n, places)` of 1, 0, -1.
        sides: int ids `(n, side labels)`, -1 unknown.
        spec: The target.
        specs: The side labels, each single.
        folds: Fold of each row.
        members: What is tried.
        error_rate: Share of side labels that are wrong at inference, for the counts.
        weight: `(n,)`, of the rows.
        seed: Of the members.
    """
    parts, product = [plain], None
    if spec.kind == "single":
        ids = np.where((y == 1).any(axis=1), y.argmax(axis=1), UNKNOWN)
        evidence = np.zeros(plain.shape)
        for fold in np.unique(folds):
            inside = folds == fold
            counted = BayesProduct(spec, specs, error_rate=error_rate)
            counted.fit(ids[~inside], list(sides[~inside].T))
            evidence[inside] = counted.log_factor(list(sides[inside].T))
        parts.append(evidence)
        product = BayesProduct(spec, specs, error_rate=error_rate).fit(ids, list(sides.T))
    fitted = []
    for one in members:
        columns = side_columns(x, sides, specs, one.crossed)
        found = cross_fitted(one.member, columns, y, spec, folds, sample_weight=weight, seed=seed)
        fitted.append((found, one.crossed))
        parts.append(found.oof)
    told = (sides != UNKNOWN).any(axis=1)
    own = np.ones(len(y)) if weight is None else weight
    blend = fit_blend(parts, y, spec, weight=np.where(told, own, 0.0))
    return SideBlend(tuple(fitted), blend, product, tuple(specs), float(blend.losses[0]))
