"""Which label to ask for next, and what the known ones have changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from labelfeed.encoding import UNKNOWN, LabelError
from labelfeed.labels import LabelSpec

__all__ = ["KnownEffect", "Question", "ask", "explain_known"]


@dataclasses.dataclass(frozen=True)
class Question:
    """What knowing one more label of a row would tell about a target label.

    Args:
        label: Name of the label to ask for.
        gain: Expected fall of the target's entropy by the answer, in bits, >= 0.
        probability: Probability that the asked label is present.
        if_present: Probability of the target once the asked label is known to be present.
        if_absent: The same once it is known to be absent.
    """

    label: str
    gain: float
    probability: float
    if_present: float
    if_absent: float


@dataclasses.dataclass(frozen=True)
class KnownEffect:
    """What a row's known labels changed in the prediction of a target label.

    Args:
        target: Name of the target label.
        nothing_known: Its probability with nothing known.
        all_known: Its probability with everything known that was given.
        alone: For each known label, the probability with that one known alone.
        without: For each known label, the probability with all others known.
    """

    target: str
    nothing_known: float
    all_known: float
    alone: dict[str, float]
    without: dict[str, float]


def ask(
    model: Any, row: Any, about: str, known: Any = None, best: int | None = 3
) -> list[Question]:
    """Return which unknown labels of one row would tell most about a target label, best first.

    `gain_i = H(sum_s P(y_i = s) p_s) - sum_s P(y_i = s) H(p_s)`, where `H` is the entropy in bits
    and `p_s` the probability of the target once label `i` is known to be `s` (absent, present):
    the model is run with both, so the expectation is exact for the model. The mean over the
    answers stands for the present probability, which it equals for a model that obeys the law of
    total probability: so a model that does not is not credited for changing its mind.

    Args:
        model: A `LabelFedModel` of yes/no labels, or a `Run`.
        row: Features of one row, with or without the batch axis.
        about: Name of the target label, unknown in this row.
        known: What is known already: a dict such as `{"fever": 1}`, or an encoded row.
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
    spec = _multi_spec(model)
    given = _encode_row(spec, known)
    target = _place(spec, about)
    if given[target] != UNKNOWN:
        raise LabelError(
            f"{about!r} is known already ({given[target]}): there is nothing to ask about it. "
            "Leave it out of what is known."
        )
    open_ = [int(i) for i in np.flatnonzero(given == UNKNOWN) if i != target]
    cases = [given, *(_with(given, i, state) for i in open_ for state in (0, 1))]
    p = _predict(model, row, np.stack(cases))
    questions = []
    for place, i in enumerate(open_):
        absent, present = p[1 + 2 * place, target], p[2 + 2 * place, target]
        now = _entropy((1 - p[0, i]) * absent + p[0, i] * present)
        expected = (1 - p[0, i]) * _entropy(absent) + p[0, i] * _entropy(present)
        values = (float(v) for v in (max(now - expected, 0.0), p[0, i], present, absent))
        questions.append(Question(spec.name_of(i), *values))
    questions.sort(key=lambda q: -q.gain)
    return questions[:best]


def explain_known(model: Any, row: Any, known: Any, about: str) -> KnownEffect:
    """Return what the known labels of one row changed in the prediction of a target.

    Args:
        model: A `LabelFedModel` of yes/no labels, or a `Run`.
        row: Features of one row, with or without the batch axis.
        known: What is known: a dict such as `{"fever": 1}`, or an encoded row.
        about: Name of the target label; what is known about it is left out.

    Raises:
        LabelError: There is no such label, or a value does not fit.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.multi(["nodule", "effusion"])
        >>> model = labelfeed.strategies.partial_labels(spec, (4,), width=8)
        >>> effect = explain_known(model, np.ones(4), {"nodule": 1}, "effusion")
        >>> sorted(effect.alone), effect.without["nodule"] == effect.nothing_known
        (['nodule'], True)
    """
    spec = _multi_spec(model)
    given, target = _encode_row(spec, known), _place(spec, about)
    given = _with(given, target, UNKNOWN)
    nothing = np.full_like(given, UNKNOWN)
    told = [int(i) for i in np.flatnonzero(given != UNKNOWN)]
    alone = [_with(nothing, i, given[i]) for i in told]
    without = [_with(given, i, UNKNOWN) for i in told]
    p = _predict(model, row, np.stack([nothing, given, *alone, *without]))[:, target]
    names = [spec.name_of(i) for i in told]
    first, second = p[2 : 2 + len(told)], p[2 + len(told) :]
    return KnownEffect(
        target=about,
        nothing_known=float(p[0]),
        all_known=float(p[1]),
        alone=dict(zip(names, map(float, first), strict=True)),
        without=dict(zip(names, map(float, second), strict=True)),
    )


def _multi_spec(model: Any) -> LabelSpec:
    spec = getattr(model, "label", None) or getattr(model, "spec", None)
    if not isinstance(spec, LabelSpec) or spec.kind != "multi":
        raise ValueError(
            "Expected a LabelFedModel or Run of yes/no labels, of which some can be known while "
            f"others are not; got {type(model).__name__} with {spec!r}."
        )
    return spec


def _encode_row(spec: LabelSpec, known: Any) -> np.ndarray:
    if known is None:
        return np.full(spec.num_classes, UNKNOWN, np.int32)
    rows = [known] if isinstance(known, Mapping) else np.atleast_2d(np.asarray(known))
    encoded = spec.encode(rows)
    if len(encoded) != 1:
        raise LabelError(f"Expected what is known about one row, got {len(encoded)} rows.")
    row: np.ndarray = encoded[0]
    return row


def _place(spec: LabelSpec, name: str) -> int:
    names = [spec.name_of(i) for i in range(spec.num_classes)]
    if name not in names:
        raise LabelError(f"There is no label {name!r}; expected one of {names}.")
    return names.index(name)


def _with(row: np.ndarray, place: int, state: Any) -> np.ndarray:
    changed = row.copy()
    changed[place] = state
    return changed


def _predict(model: Any, row: Any, known: np.ndarray) -> np.ndarray:
    """Return probabilities of one row under several states of knowledge, float64."""
    batch = 256
    if isinstance(model, keras.Model):
        shape = next(i.shape for i in model.network.inputs if i.name != model.label.name)
        row = keras.tree.map_structure(np.asarray, row)
        if not isinstance(row, (dict, list, tuple)):
            row = row[None] if row.ndim == len(shape) - 1 else row
        rows = keras.tree.map_structure(lambda part: np.repeat(part, len(known), axis=0), row)
        out = model.predict(rows, known=known, batch_size=batch, verbose=0)
    else:  # a run reads raw rows
        first = row.iloc[[0] * len(known)] if hasattr(row, "iloc") else None
        if first is None:
            row = np.asarray(row)
            features = model.preprocessor.shape
            row = row[None] if row.ndim == len(features) else row
            first = np.repeat(row, len(known), axis=0)
        out = model.predict(first, known=known, batch_size=batch)
    return np.asarray(out, np.float64)


def _entropy(p: Any) -> float:
    """Return the entropy in bits of a yes/no label that is present with probability p."""
    p = float(np.clip(p, 1e-12, 1 - 1e-12))
    return float(-p * np.log2(p) - (1 - p) * np.log2(1 - p))
