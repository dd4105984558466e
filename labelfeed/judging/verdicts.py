"""The four questions about synthetic rows, each answered by one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from labelfeed.judging.copying import Copying
from labelfeed.judging.estimate import Estimate
from labelfeed.judging.fidelity import Fidelity
from labelfeed.judging.told_apart import ToldApart
from labelfeed.judging.usefulness import Usefulness

__all__ = ["copies", "helps", "looks", "obeys"]

_ALIKE, _NEARLY, _ROUGHLY = 0.55, 0.65, 0.8  # areas under the ROC curve
_SMALL_GAP = 0.05


def looks(apart: Sequence[ToldApart], real: Sequence[ToldApart]) -> str:
    """Answer whether the rows look like the data.

    Args:
        apart: How well classifiers tell synthetic from real rows.
        real: How well they tell real training from real held-out rows.
    """
    best = max(apart, key=lambda one: one.auc.value)
    pairs = f"{100 * max(best.auc.value, 0.5):.0f} of 100 pairs right; 50 is guessing"
    if best.auc.low <= 0.5 or best.auc.value < _ALIKE:
        return f"Looks like the data: no classifier tells the rows from real ones ({pairs})."
    for most, how, often in ((_NEARLY, "much", "seldom"), (_ROUGHLY, "roughly", "often")):
        if best.auc.value < most:
            return (
                f"Looks {how} like the data: a classifier ({best.by}) {often} tells the rows from "
                f"real ones ({pairs})."
            )
    return (
        f"Does not look like the data: a classifier ({best.by}) tells the rows from real ones "
        f"({pairs})."
    )


def obeys(fidelity: Sequence[Fidelity]) -> str:
    """Answer whether the rows obey the label that was asked for.

    Args:
        fidelity: How often each label is found again.
    """
    if not fidelity:
        return "Whether the label is obeyed cannot be told: too few held-out rows of its classes."
    told_at_all = [one for one in fidelity if one.real.low > one.chance]
    if not told_at_all:
        names = ", ".join(one.target for one in fidelity)
        return (
            f"Whether the label is obeyed cannot be told: the other columns of real rows do not "
            f"tell {names} either."
        )
    worst = min(told_at_all, key=lambda one: one.gap.value)
    told = (
        f"a classifier of real rows finds {worst.target} in {100 * worst.synthetic.value:.0f} % of "
        f"synthetic rows and in {100 * worst.real.value:.0f} % of real ones, each class counting "
        f"alike; guessing finds {100 * worst.chance:.0f} %"
    )
    if not worst.has_effect:
        return f"Does not obey the label: {told}."
    if worst.gap.high < 0 and worst.gap.value < -_SMALL_GAP:
        return f"Obeys the label in part: {told}."
    if worst.gap.low > 0 and worst.gap.value > _SMALL_GAP:
        return f"Obeys the label, with rows that are easier than real ones: {told}."
    return f"Obeys the label: {told}."


def copies(found: Copying) -> str:
    """Answer whether the rows are copies of training rows.

    Args:
        found: How near they are to them.
    """
    told = (
        f"{100 * found.nearer.value:.0f} % are nearer to a training row than to a held-out one, "
        f"{100 * found.expected:.0f} % expected"
    )
    equal = (
        f"{100 * found.equal:.1f} % equal a training row, {100 * found.equal_held_out:.1f} % of "
        "real held-out rows do"
    )
    if found.copies:
        return f"Copies training rows: {told}; {equal}."
    return f"Copies nobody: {told}; {equal}."


def helps(usefulness: Sequence[Usefulness]) -> str:
    """Answer whether the rows help a classifier.

    Args:
        usefulness: What they are worth to one, for each label.
    """
    if not usefulness:
        return "Whether they help a classifier cannot be told: too few classes in the rows."
    found = max(usefulness, key=lambda one: one.over_real.value)
    alone = (
        f"trained on them alone it scores {found.scored('synthetic').balanced_accuracy:.3f}, on "
        f"real rows {found.scored('real').balanced_accuracy:.3f} (balanced accuracy, "
        f"{found.target})"
    )
    beside = (
        f"put beside real rows they change it by {_signed(found.over_real)}, and over repeating "
        f"rare rows by {_signed(found.over_oversampled)}"
    )
    if found.over_real.low > 0 and found.over_oversampled.low > 0:
        answer = "Helps a classifier"
    elif found.over_real.high < 0:
        answer = "Harms a classifier"
    elif found.over_real.low > 0:
        answer = "Helps a classifier no more than repeating rare rows does"
    else:
        answer = "Does not help a classifier"
    return f"{answer}: {beside}; {alone}."


def _signed(value: Estimate) -> str:
    return f"{value.value:+.3f} [{value.low:+.3f}, {value.high:+.3f}]"
