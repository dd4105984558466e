"""Which label to ask for next."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from labelfeed.labels.encoding import UNKNOWN, LabelError
from labelfeed.labels.soft import hard_part, said_of, soft_columns
from labelfeed.results import Result
from labelfeed.runs._one_row import (
    answers,
    encode_row,
    find_target,
    partly_known,
    predict_row,
    with_ids,
)
from labelfeed.types import AnyModel, Features, Labels

__all__ = ["Question", "ask"]


@dataclasses.dataclass(frozen=True)
class Question(Result):
    """What knowing one more label of a row would tell about a target label.

    Args:
        label: Name of the label to ask for.
        gain: Expected fall of the target's entropy by the answer, in bits, >= 0.
        probability: Probability that the asked label is present; `None` for a column of classes.
        if_present: Probability of the target once the asked label is known to be present; `None`
            where asked label or target is a column of classes.
        if_absent: The same once it is known to be absent.
        answers: Probability of each answer.
        then: For each answer the probabilities of the target's states.
    """

    label: str
    gain: float
    probability: float | None
    if_present: float | None
    if_absent: float | None
    answers: dict[str, float] = dataclasses.field(default_factory=dict)
    then: dict[str, dict[str, float]] = dataclasses.field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each answer: its chance, and what the target would be then."""
        rows = ({"answer": a, "chance": p, **self.then[a]} for a, p in self.answers.items())
        return pd.DataFrame(list(rows))

    def headline(self) -> str:
        """Return what to ask for and what that tells."""
        return f"ask for {self.label}: {self.gain:.3f} bits"


def ask(
    model: AnyModel, row: Features, about: str, known: Labels | None = None, best: int | None = 3
) -> list[Question]:
    """Return which unknown labels of one row would tell most about a target label, best first.

    `gain_i = H(sum_s P(y_i = s) p_s) - sum_s P(y_i = s) H(p_s)`, where `H` is the entropy in bits
    and `p_s` the probabilities of the target once label `i` is known to be `s` (absent, present,
    or one of its classes): the model is run with each, so the expectation is exact for the model.
    The mean over the answers stands for the present probability, which it equals for a model that
    obeys the law of total probability: so a model that does not is not credited for changing its
    mind.

    Args:
        model: A `LabelFedModel` of several labels, a `Run`, or another model that reads labels and
            that `as_predictor` takes.
        row: Features of one row, with or without the batch axis.
        about: Name of the target, unknown in this row: a yes/no label, a column of classes
            (`colour`), or one class of it (`colour=red`).
        known: What is known already: a dict such as `{"fever": 1}`, or an encoded row. What is
            soft, `{"fever": 0.7}`, may be asked for too.
        best: Number of questions to return; all of them when `None`.

    Returns:
        A list of `Question`; empty when every other label is known.

    Raises:
        LabelError: There is no such label, a value does not fit, or the target is known already.

    References:
        Lindley 1956, On a measure of the information provided by an experiment.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.multi(["nodule", "effusion", "mass"])
        >>> model = labelfeed.strategies.partial_labels(spec, (4,), width=8)
        >>> questions = ask(model, np.ones(4), about="mass", known={"nodule": 1})
        >>> [q.label for q in questions]
        ['effusion']
    """
    predictor = partly_known(model)
    spec = predictor.spec
    given, target = encode_row(spec, known), find_target(spec, about)
    whole = target.place is None or not target.column.of_classes
    hard = hard_part(given)
    state = int(target.column.ids(hard[None])[0] if whole else hard[target.place])
    soft = bool(soft_columns(given[None], spec)[0, spec.label_columns.index(target.column)])
    if state != UNKNOWN or soft:
        value: object = target.column.name_of(state) if target.place is None else state
        value = said_of(target.column, given) if soft else value
        raise LabelError(
            f"{about!r} is known already ({value}): there is nothing to ask about it. "
            "Leave it out of what is known.",
            column=about,
            value=value,
        )
    open_ = [
        c for c in spec.label_columns if c != target.column and c.ids(hard[None])[0] == UNKNOWN
    ]
    cases = [given, *(with_ids(given, c, s) for c in open_ for s in range(c.num_classes))]
    p = predict_row(predictor, row, np.stack(cases))
    questions, start = [], 1
    for column in open_:
        chance = answers(column, p[:1])[0]
        then = target.distribution(p[start : start + column.num_classes])
        start += column.num_classes
        expected = float(sum(a * _entropy(q) for a, q in zip(chance, then, strict=True)))
        yes_no = not column.of_classes
        both = yes_no and target.place is not None
        questions.append(
            Question(
                label=column.name,
                gain=max(_entropy(chance @ then) - expected, 0.0),
                probability=float(chance[1]) if yes_no else None,
                if_present=float(then[1, 1]) if both else None,
                if_absent=float(then[0, 1]) if both else None,
                answers=dict(zip(column.names, map(float, chance), strict=True)),
                then={
                    answer: dict(zip(target.names, map(float, q), strict=True))
                    for answer, q in zip(column.names, then, strict=True)
                },
            )
        )
    questions.sort(key=lambda q: -q.gain)
    return questions[:best]


def _entropy(p: np.ndarray) -> float:
    """Return the entropy in bits of a distribution."""
    p = np.clip(p, 1e-12, 1.0)
    return float(-(p * np.log2(p)).sum())
