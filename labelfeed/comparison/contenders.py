"""What is compared: plain, the strategies, and the cheap peers that they have to beat."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from typing import Any, Literal

from labelfeed.comparison import peers
from labelfeed.comparison.design import PreparedSplit
from labelfeed.comparison.plain import Predict
from labelfeed.comparison.strategies import STRATEGY_FITS
from labelfeed.comparison.trees import trees, trees_with_labels, which_trees
from labelfeed.estimators.classifier import LabelFedClassifier

__all__ = ["CONTENDERS", "HIDDEN_COLUMNS", "UNLABELLED", "Contender", "applying", "told_name"]

Role = Literal["plain", "strategy", "peer", "control"]

UNLABELLED = "rows without a label"
HIDDEN_COLUMNS = "training-only columns"


@dataclasses.dataclass(frozen=True)
class Contender:
    """One of those that are compared.

    Args:
        name: Its name.
        role: `"strategy"` has to beat the others; `"control"` is the same amount of model with
            nothing to read.
        kinds: Of which inputs it is one, see `design.input_kind`.
        reads: Of which of these it reads what is known of a row to predict.
        fit: From a split and its fitted plain model to probabilities of the test rows.
        on_plain: Whether the plain model is a part of it.
        on_readers: Whether what reads labels on the plain model is a part of it too.
        asked: Of which kinds it is left out unless it is asked for.
        metrics: By what it is judged; elsewhere it is left out unless it is asked for. None: all.
        needs: What the rows must bring, `UNLABELLED` or `HIDDEN_COLUMNS`; `""`: nothing.
    """

    name: str
    role: Role
    kinds: tuple[str, ...]
    reads: tuple[str, ...]
    fit: Callable[[PreparedSplit, LabelFedClassifier], Predict]
    on_plain: bool = True
    on_readers: bool = False
    asked: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    needs: str = ""


_LABELS, _SIDES = ("labels",), ("sides",)
_READ, _ALL = (*_LABELS, *_SIDES), (*_LABELS, *_SIDES, "target")
_EVEN = ("balanced_accuracy",)  # what counts all classes alike


def _strategy(name: str, kinds: tuple[str, ...], reads: tuple[str, ...], **more: Any) -> Contender:
    return Contender(name, "strategy", kinds, reads, STRATEGY_FITS[name], **more)


# In the order in which they are fitted: what a budget cuts off last comes first.
CONTENDERS = {
    made.name: made
    for made in (
        Contender("plain", "plain", _ALL, (), peers.just_plain),
        _strategy("partial-labels", _LABELS, _LABELS, on_readers=True),
        _strategy("side-label", _SIDES, _SIDES),
        _strategy("neighbour-labels", _ALL, _LABELS, asked=_READ),
        _strategy("prior-adjusted", _ALL, _LABELS, on_readers=True, metrics=_EVEN),
        _strategy("semi-supervised", _ALL, _LABELS, asked=_SIDES, needs=UNLABELLED),
        _strategy("training-only", _ALL, _SIDES, on_plain=False, needs=HIDDEN_COLUMNS),
        _strategy("noisy-labels", _ALL, _LABELS, on_plain=False, asked=_ALL),
        Contender("bayes-product", "peer", _READ, _READ, peers.bayes_product),
        Contender("trees-with-labels", "peer", _READ, _READ, trees_with_labels, False),
        Contender("trees", "peer", _ALL, (), trees, False),
        Contender(
            "logistic-weighted", "peer", _ALL, (), peers.logistic_weighted, False, metrics=_EVEN
        ),
        Contender("trees-weighted", "peer", _ALL, (), peers.trees_weighted, False, metrics=_EVEN),
        Contender("side-label-blanked", "control", _SIDES, (), STRATEGY_FITS["side-label-blanked"]),
        Contender("plain-twice", "control", ("labels", "target"), (), peers.plain_twice),
    )
}
"""All contenders by name."""

# With one plain model they are that model again.
_SAME = {("plain-twice", "logistic"), ("neighbour-labels", "neighbours")}


def applying(
    kind: str,
    plain: str,
    asked: Collection[str] = (),
    metric: str = "macro_auc",
    brought: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the names of those that apply.

    Args:
        kind: What can be read, see `design.input_kind`.
        plain: The plain models. A second one that is the same adds nothing.
        asked: Strategies that are asked for; none: all that apply by themselves.
        metric: What the verdict is made by.
        brought: What the rows bring that some need, of `UNLABELLED` and `HIDDEN_COLUMNS`.

    Example:
        >>> applying("labels", "logistic")
        ('plain', 'partial-labels', 'bayes-product', 'trees-with-labels', 'trees')
    """

    def wanted(one: Contender) -> bool:
        if asked and one.role == "strategy":
            return one.name in asked
        suits = not one.metrics or metric in one.metrics
        return suits and kind not in one.asked and (not one.needs or one.needs in brought)

    return tuple(
        one.name
        for one in CONTENDERS.values()
        if kind in one.kinds and wanted(one) and (one.name, plain) not in _SAME
    )


def told_name(name: str, kind: str) -> str:
    """Return how a contender is called in tables and sentences.

    Example:
        >>> told_name("bayes-product", "labels"), told_name("plain", "labels")
        ('the Bayes product', 'plain')
    """
    what = "side label columns" if kind == "sides" else "label columns"
    return {
        "bayes-product": "the Bayes product",
        "trees": which_trees(),
        "trees-with-labels": f"{which_trees()} with {what}",
        "trees-weighted": f"{which_trees()} with class weights",
        "logistic-weighted": "logistic regression with class weights",
        "plain-twice": "two plain models averaged",
        "side-label-blanked": "side-label, blanked",
        "training-only": HIDDEN_COLUMNS,
    }.get(name, name)
