"""Plain models of any kind under side labels: what tables with `--side` are trained with."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.estimators import LabelFedClassifier
from labelfeed.estimators.sides import (
    SideBlend,
    SideMember,
    fit_side_blend,
    noised,
    side_member,
)
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.assembled_sides import assembled_sides
from labelfeed.options import SideLabelOptions
from labelfeed.strategies.blended import Blended, member_losses, plain_models, telling
from labelfeed.strategies.plain_members import members_of

__all__ = ["fit_blended_sides"]


def fit_blended_sides(
    x: np.ndarray,
    rows: Dataset,
    options: SideLabelOptions,
    *,
    groups: np.ndarray | None = None,
    on_member: Callable[[int, str, float], None] | None = None,
) -> Blended:
    """Cross-fit plain models without and with the side labels, and blend them; one Keras model.

    Arguments, result and errors are those of `labelfeed.strategies.blended.fit_blended`. Side
    labels are hidden and replaced now and then, as `options` say, so that blend and models know
    that they may be missing or wrong.
    """
    names = plain_models(options, rows)
    told = telling(members_of(options, names), on_member)
    classifier = LabelFedClassifier(told, rows.spec, read=False, seed=options.seed)
    classifier.fit(x, rows.labels, groups=groups, sample_weight=rows.weights)
    spec, specs = classifier.spec_, rows.sides.specs
    oof = classifier.out_of_fold_logits()
    y = rows.states
    start = time.perf_counter()
    found = fit_side_blend(
        oof,
        x,
        y,
        noised(rows.sides.ids, specs, options.side_dropout, options.side_corruption, options.seed),
        spec,
        specs,
        classifier.folds_,
        _side_members(options, names, x.shape[1], specs, on_member),
        weight=rows.weights,
        seed=options.seed,
    )
    seconds = {**classifier.seconds_, "side labels": time.perf_counter() - start}
    return Blended(
        assembled_sides(classifier, found),
        f"{classifier.summary()}; {_said(found)}",
        {name: round(value, 2) for name, value in seconds.items()},
        members=2 * len(names),
        losses=member_losses(classifier),
    )


def _side_members(
    options: SideLabelOptions,
    names: list[str],
    width: int,
    specs: tuple[LabelSpec, ...],
    on_member: Callable[[int, str, float], None] | None,
) -> list[SideMember]:
    members = telling(members_of(options, names), on_member, before=len(names))
    return [side_member(member, width, specs) for member in members]


def _said(found: SideBlend) -> str:
    saved = found.plain_loss - float(found.blend.losses[-1])
    weights = found.blend.weights.mean(axis=1)
    shares = weights / max(weights.sum(), 1e-9)
    names = ["plain", *(["counts"] if found.product is not None else [])]
    names += [fitted.name for fitted, _ in found.members]
    taken = ", ".join(f"{n} {s:.0%}" for n, s in zip(names, shares, strict=True) if s >= 0.005)
    return f"side labels save {saved:.3f} ({taken})" if saved > 0 else "side labels: not read"
