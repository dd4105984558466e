"""Does a strategy beat every cheap peer? Fixed looks, several strategies, one error rate."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from labelfeed.comparison.contenders import CONTENDERS
from labelfeed.metrics.intervals import Interval
from labelfeed.metrics.resampled import holm, resampled_interval, resampled_p

__all__ = [
    "ALPHA",
    "FEWEST_SPLITS",
    "LOOK",
    "Outcome",
    "alpha_of",
    "challengers",
    "decide",
    "peers_of",
]

ALPHA = 0.025  # chance that anything is said to pay where nothing does, one-sided
LOOK = 2  # repeats after which it is looked at once before the end
FEWEST_SPLITS = 5  # splits, below which nothing is said
_EARLY = 0.2  # share of ALPHA that the first look takes
_CUT = 0.8  # share of what is left that a look takes when the budget ends before the plan

Kind = Literal["pays", "labels pay", "beats plain", "does not pay", "cannot tell"]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What the splits say.

    Args:
        kind: `"pays"`: a strategy beats every peer. `"labels pay"`: something that reads labels
            beats whatever reads none, but no strategy beats every cheap peer. `"beats plain"`: the
            same of a strategy that gains otherwise, by the weight of rare classes, say. `"does not
            pay"`: none is shown. `"cannot tell"`: there are too few splits or rows.
        name: What to take: the strategy, or the reader of labels with the best mean; `""` for none.
        peer: The best of the others, which `gain` is over: by its mean, picked after the fact,
            which makes it look too good rather than too bad.
        gain: Paired difference, in the unit of the metric, at the level of the test.
        p: Adjusted p-value of what is claimed, one-sided.
        alpha: What it was compared with.
        hopeless: Whether no strategy is ahead of what reads no label, so that more splits are not
            worth their time.
        reader: Where `name` is a strategy that beats some peers alone, the best of the others.
        over_reader: The difference to it.
        over_plain: Where nothing pays: what `peer` gains over plain.
    """

    kind: Kind
    name: str
    peer: str
    gain: Interval
    p: float
    alpha: float
    hopeless: bool = False
    reader: str = ""
    over_reader: Interval | None = None
    over_plain: Interval | None = None


def alpha_of(spent: float, last: bool, complete: bool) -> float:
    """Return the error rate that a look may use; the looks of a comparison add up to `ALPHA`.

    Args:
        spent: What looks before have used.
        last: Whether this look ends the comparison for now.
        complete: Whether all splits of the plan are there, so that nothing is to be kept.

    Example:
        >>> first = alpha_of(0.0, last=False, complete=False)
        >>> round(first, 4), round(alpha_of(first, last=True, complete=True), 4)
        (0.005, 0.02)
    """
    left = max(ALPHA - spent, 0.0)
    return left if complete else left * _CUT if last else min(left, ALPHA * _EARLY)


def challengers(names: Sequence[str]) -> list[str]:
    """Return those that may be said to pay: strategies, and peers that read labels."""
    made = [CONTENDERS[name] for name in names]
    return [one.name for one in made if one.role == "strategy" or one.reads]


def peers_of(names: Sequence[str], reading: bool = True) -> list[str]:
    """Return the cheap peers: plain, controls, trees, counts, and what weighs classes.

    Args:
        names: Names of contenders.
        reading: Whether those count that read labels of a row, or weigh classes.
    """
    made = [CONTENDERS[name] for name in names if CONTENDERS[name].role != "strategy"]
    return [one.name for one in made if reading or not (one.reads or one.metrics)]


def decide(
    scores: Mapping[str, np.ndarray], test_share: float, alpha: float, kind: str = "labels"
) -> Outcome:
    """Return what the scores of the splits say.

    Two steps, so that all claims together are wrong in at most `alpha` of the cases where labels
    tell nothing. First, of each challenger: is it better than *every* contender that reads no
    label? That is an intersection-union test: the largest p-value of its comparisons counts, which
    needs no correction for the number of peers and no choice of the best. Holm corrects for the
    number of challengers. Then, of each strategy that passed: is it better than every peer, the
    reading ones too?

    Args:
        scores: By contender, the score in each split, `(J,)`, more is better.
        test_share: Share of the rows that a split tests on.
        alpha: One-sided.
        kind: What can be read of a row, see `design.input_kind`.

    References:
        Berger 1982, Multiparameter hypothesis testing and acceptance sampling (intersection-union
        tests); Holm 1979.

    Example:
        >>> noise = np.random.default_rng(0).normal(0, 0.001, (3, 10))
        >>> names = ("plain", "partial-labels", "bayes-product")
        >>> scores = {n: 0.8 + row for n, row in zip(names, noise)}
        >>> scores["partial-labels"] += 0.03
        >>> decide(scores, 0.2, 0.025).kind
        'pays'
    """
    names = list(scores)
    mean = {name: float(values.mean()) for name, values in scores.items()}
    blind = peers_of(names, reading=False)

    def gap(one: str, other: str) -> np.ndarray:
        out: np.ndarray = scores[one] - scores[other]
        return out

    def largest(one: str, others: Sequence[str]) -> float:
        return max((resampled_p(gap(one, o), test_share) for o in others if o != one), default=1.0)

    def best(of: Sequence[str]) -> str:
        return max(of, key=lambda name: mean[name])

    tried, strategies = challengers(names), _strategies(names)
    first = dict(zip(tried, holm([largest(one, blind) for one in tried]), strict=True))
    second = holm([largest(one, peers_of(names)) for one in strategies])
    beats_all = {n: max(p, first[n]) for n, p in zip(strategies, second, strict=True)}
    leading = best(strategies or tried)
    hopeless = all(mean[one] <= mean[best(blind)] for one in tried)

    def made(verdict: Kind, name: str, others: Sequence[str], p: float, tests: int) -> Outcome:
        peer = best([o for o in others if o != name])
        level = 0.95 if verdict == "does not pay" else 1 - 2 * alpha / max(tests, 1)
        gain = resampled_interval(gap(name, peer), test_share, level)
        return Outcome(verdict, name, peer, gain, p, alpha, hopeless)

    if len(next(iter(scores.values()))) < FEWEST_SPLITS:
        nothing = Interval(mean[leading] - mean[best(blind)], math.nan, math.nan, 0, 0)
        return Outcome("cannot tell", "", best(blind), nothing, 1.0, alpha)
    if paying := [one for one in strategies if beats_all[one] <= alpha]:
        name = best(paying)
        return made("pays", name, peers_of(names), beats_all[name], len(strategies))
    if passed := [one for one in tried if first[one] <= alpha]:
        made_of = {one: CONTENDERS[one] for one in passed}
        able = [n for n, one in made_of.items() if kind in one.reads and not one.metrics]
        name = best(able or passed)
        found = made("labels pay" if able else "beats plain", name, blind, first[name], len(tried))
        readers = [one for one in peers_of(names) if one not in blind]
        if name not in strategies or not readers:
            return found
        reader = best(readers)
        more = resampled_interval(gap(name, reader), test_share)
        return dataclasses.replace(found, reader=reader, over_reader=more)
    found = made("does not pay", leading, blind, first[leading], len(tried))
    if found.peer == "plain" or "plain" not in scores:
        return found
    more = resampled_interval(gap(found.peer, "plain"), test_share)
    return dataclasses.replace(found, over_plain=more)


def _strategies(names: Sequence[str]) -> list[str]:
    return [name for name in names if CONTENDERS[name].role == "strategy"]
