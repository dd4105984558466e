"""Teacher forcing: a model that reads the labels of earlier steps, fed the truth and its own."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from labelfeed.audit.findings import Finding
from labelfeed.audit.probes import HistoryProbe
from labelfeed.audit.results import LeakAudit
from labelfeed.audit.rows import take_rows
from labelfeed.audit.single import read_probe
from labelfeed.audit.verdicts import Verdict
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.significance import sign_test
from labelfeed.models.label_feeding import LabelFeeding, label_place
from labelfeed.models.user_predictors import FunctionPredictor, KerasPredictor
from labelfeed.predictors.predictor import Predictor
from labelfeed.predictors.responses import PredictorError
from labelfeed.types import AnyModel, Features, Labels

__all__ = ["audit_history"]

_MOST_ROWS, _LEAST_ROWS = 256, 30
_CUTS = 4  # steps at which the later labels are exchanged


def audit_history(
    model: AnyModel,
    x: Features,
    y: Labels,
    spec: LabelSpec,
    *,
    start: int,
    label_input: str | int | None = None,
    output: str | int | None = None,
    batch_size: int = 256,
    seed: int = 0,
    alpha: float = 0.01,
    min_excess: float = 0.02,
) -> LeakAudit:
    """Tell whether a score with the true labels of earlier steps is one that the model has alone.

    The model is asked three times: with the true history (teacher forcing), with what it has
    predicted itself, step by step, and with none. Its outputs at a step must not change with labels
    of that step or later ones; if they do, it leaks.

    Args:
        model: Keras model of features and history, or a function `(x, history) -> scores`. History
            is `(n, steps)` ids (or one-hot rows): at each step the label of the step before, at the
            first one `start`. Scores are `(n, steps, classes)`.
        x: Features of the rows, without the history.
        y: Labels `(n, steps)`, anything that `spec.encode` takes; unknown ones count nowhere.
        spec: The label of a step, single.
        start: Id where there is no label before, and for unknown ones; of one-hot rows zeros.
        label_input: Name or position of the history among a Keras model's inputs.
        output: Name or position of the output, of several.
        batch_size: Rows per prediction step.
        seed: Seed of the rows (at most 256) and of what is exchanged.
        alpha: Error rate of the comparison of true and own history.
        min_excess: Least difference in accuracy that counts.

    Returns:
        `LeakAudit` with `history`: `"leak"` where later labels are read, `"suspect"` where the true
        history scores better than its own predictions, `"label not read"`, or `"no leak found"`.

    Raises:
        ValueError: The label is no single one, y has no steps, or scores do not fit.

    Reference: Williams, Zipser (1989), "A learning algorithm for continually running fully
    recurrent neural networks"; Bengio et al. (2015), "Scheduled sampling for sequence prediction
    with recurrent neural networks".

    Example:
        >>> y = np.random.default_rng(0).integers(0, 2, (60, 5))
        >>> found = audit_history(lambda x, h: np.eye(3)[h][..., :2], y, y, LabelSpec.single(2),
        ...                       start=2)
        >>> found.verdict, found.history.looks_ahead
        ('no leak found', 0.0)
    """
    cells = np.asarray(y)
    if spec.kind != "single" or cells.ndim != 2:
        raise ValueError(
            f"history= needs y of shape (n, steps) and a single label, got y of shape "
            f"{cells.shape} and a {spec.kind} label."
        )
    count, steps = cells.shape
    ids = spec.encode(cells.reshape(-1)).reshape(count, steps)
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(np.flatnonzero((ids >= 0).any(axis=1)))[:_MOST_ROWS])
    predictor = _predictor(model, spec, start, label_input, output).batched(batch_size)
    head: dict[str, Any] = {"subject": predictor.what, "label": spec.name, "kind": spec.kind,
                            "rows": len(rows), "alpha": alpha}  # fmt: skip
    if not len(rows) or steps < 2:
        return LeakAudit("cannot tell", ("there are no two steps with a label",), (), **head)
    asked = _Asked(predictor, take_rows(x, rows), ids[rows], spec)
    truth = _shifted(asked.ids)
    none = np.full_like(truth, UNKNOWN)
    by_true, by_none, again = asked.scores(truth), asked.scores(none), asked.scores(truth)
    read = read_probe([by_true, by_none], again)
    ahead = asked.looks_ahead(truth, by_true, rng)
    right = {"true": asked.right(by_true), "none": asked.right(by_none), "own": asked.alone()}
    rate = {name: float(value[asked.ids >= 0].mean()) for name, value in right.items()}
    test = sign_test(np.nansum(right["true"] - right["own"], axis=1))
    probe = HistoryProbe(**rate, p_value=test.p_value, looks_ahead=ahead)
    found: list[Finding] = []
    verdict: Verdict = "no leak found"
    why = "true and own history score alike"
    if ahead > 3 * read.repeat_change + 1e-5 * max(1.0, float(np.abs(by_true).max())):
        text = f"the scores of a step move with labels of that step or later ({ahead:.3g})"
        found.append(Finding("later labels read", text))
        verdict, why = "leak", text
    elif not read.read:
        verdict, why = "label not read", "the outputs are the same whatever history is fed"
        found.append(Finding("label without effect", why))
    elif test.p_value <= alpha and rate["true"] - rate["own"] >= min_excess:
        text = (f"with the true history accuracy is {rate['true']:.3f}, with its own predictions "
                f"{rate['own']:.3f}")  # fmt: skip
        found.append(Finding("teacher forcing", text))
        why = "no step reads its own label or a later one"
    elif len(rows) < _LEAST_ROWS:
        verdict, why = "cannot tell", f"{len(rows)} labelled rows are too few to rule it out"
    result = LeakAudit(verdict, (why,), (), **head, read=read, history=probe)
    return result.beside(found)


def _shifted(ids: np.ndarray) -> np.ndarray:
    first = np.full((len(ids), 1), UNKNOWN, ids.dtype)
    return np.concatenate([first, ids[:, :-1]], axis=1)


def _predictor(
    model: AnyModel,
    spec: LabelSpec,
    start: int,
    label_input: str | int | None,
    output: str | int | None,
) -> Predictor:
    fed = LabelFeeding(lambda ids: np.where(ids == UNKNOWN, start, ids), True, "start")
    inputs = list(getattr(model, "inputs", None) or [])
    if not inputs:
        if not callable(model):
            raise TypeError(f"Expected a model or a function, got {type(model).__name__}.")
        return FunctionPredictor(model, spec, fed, output)
    place = label_place(inputs, label_input, spec, insist=True)
    assert place is not None  # insisted on
    if len(inputs[place].shape) == 3:  # (n, steps, classes)
        table = np.vstack([np.eye(spec.num_classes), np.zeros(spec.num_classes)])
        fed = LabelFeeding(lambda ids: table[ids], True, "zeros one-hot")
    return KerasPredictor(model, spec, place, fed, output)


class _Asked:
    """A model asked for all steps of some rows, under one history or another."""

    def __init__(
        self, predictor: Predictor, features: Features, ids: np.ndarray, spec: LabelSpec
    ) -> None:
        self.predictor, self.features, self.ids, self.spec = predictor, features, ids, spec

    def scores(self, history: np.ndarray) -> np.ndarray:
        """Return scores `(n, steps, classes)`."""
        raw = self.predictor.scores(self.features, history)
        found = np.asarray(keras.ops.convert_to_numpy(raw), np.float64)
        if found.ndim == 2 and self.spec.num_classes == 2:
            found = found[..., None]
        wanted = (*history.shape, self.spec.num_classes)
        if found.shape == (*history.shape, 1) and self.spec.num_classes == 2:
            zero = np.full_like(found, 0.5 if found.min() >= 0 and found.max() <= 1 else 0.0)
            found = np.concatenate([zero, found], axis=2)
        if found.shape != wanted:
            raise PredictorError(
                f"Expected scores (n, steps, classes) of shape {wanted}, got {found.shape}."
            )
        return found

    def right(self, scores: np.ndarray) -> np.ndarray:
        """Return whether each step is right, NaN where its label is unknown."""
        return np.where(self.ids >= 0, scores.argmax(axis=2) == self.ids, np.nan)

    def alone(self) -> np.ndarray:
        """Return whether each step is right when it is told its own predictions."""
        history = np.full_like(self.ids, UNKNOWN)
        said = np.zeros_like(self.ids)
        for step in range(history.shape[1]):
            said[:, step] = self.scores(history)[:, step].argmax(axis=1)
            if step + 1 < history.shape[1]:
                history[:, step + 1] = said[:, step]
        return np.where(self.ids >= 0, said == self.ids, np.nan)

    def looks_ahead(self, truth: np.ndarray, scores: np.ndarray, rng: np.random.Generator) -> float:
        """Return the largest change of a step's scores by labels that come with it or later."""
        steps = truth.shape[1]
        cuts = rng.permutation(np.arange(1, steps))[:_CUTS]
        changes = []
        for cut in cuts:
            other = truth.copy()
            other[:, cut:] = rng.integers(0, self.spec.num_classes, other[:, cut:].shape)
            changes.append(np.abs(self.scores(other)[:, :cut] - scores[:, :cut]).max())
        return float(max(changes))
