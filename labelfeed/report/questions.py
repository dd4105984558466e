"""What to ask next about a row, and what is known of it already, as text."""

from __future__ import annotations

from collections.abc import Sequence

from labelfeed.report.tables import Table, table_text
from labelfeed.runs.ask import Question
from labelfeed.runs.explain import KnownEffect

__all__ = ["answer_table", "effect_table", "question_table", "question_text"]


def question_text(effect: KnownEffect, questions: Sequence[Question], one: bool) -> str:
    """Return what is known about a label, and the best questions about it.

    Args:
        effect: What the known labels have changed.
        questions: The best questions, best first.
        one: Whether the question is about one label or class, and not a column of classes.
    """
    lines = [f"P({effect.target}) = {effect.nothing_known:.3f} with nothing known"]
    if effect.alone:
        lines[0] += f", {effect.all_known:.3f} with what is known"
        lines += [table_text(effect_table(effect)), ""]
    if not questions:
        return "\n".join([*lines, "every other label is known: there is nothing left to ask"])
    if any(q.if_present is None for q in questions):
        asked = answer_table(effect.target if one else None, questions)
    else:
        asked = question_table(effect.target, questions)
    return "\n".join([*lines, table_text(asked)])


def effect_table(effect: KnownEffect) -> Table:
    """Return a row for each known label: the target's probability with it alone, and without."""
    rows = ((n, f"{p:.3f}", f"{effect.without[n]:.3f}") for n, p in effect.alone.items())
    return Table("What is known", ("known", "alone", "without it"), tuple(rows))


def question_table(target: str, questions: Sequence[Question]) -> Table:
    """Return a row for each yes/no question about a target."""
    head = ("ask for", "gain in bits", "chance of yes", f"{target} if yes", "if no")
    rows = (
        (q.label, *(f"{v:.3f}" for v in (q.gain, q.probability, q.if_present, q.if_absent)))
        for q in questions
    )
    return Table("What to ask next", head, tuple(rows))


def answer_table(target: str | None, questions: Sequence[Question]) -> Table:
    """Return a row for each answer, with what it would make of a target (`None`: of a column)."""
    last = "most probable then" if target is None else f"P({target}) then"
    rows = []
    for question in questions:
        for place, (answer, chance) in enumerate(question.answers.items()):
            then = question.then[answer]
            state, p = max(then.items(), key=lambda item: item[1])
            text = f"{state} {p:.3f}" if target is None else f"{list(then.values())[1]:.3f}"
            first = (question.label, f"{question.gain:.3f}") if not place else ("", "")
            rows.append((*first, answer, f"{chance:.3f}", text))
    head = ("ask for", "gain in bits", "answer", "chance", last)
    return Table("What to ask next", head, tuple(rows))
