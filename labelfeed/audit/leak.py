"""The leak audit: feed labels that are true, wrong, permuted and unknown, and judge."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from labelfeed.audit.batch import rows_read_each_other
from labelfeed.audit.chance import convicts
from labelfeed.audit.control import Train, random_label_control
from labelfeed.audit.data_findings import data_findings, near_training
from labelfeed.audit.fed_model import audit_fed_model
from labelfeed.audit.findings import Finding
from labelfeed.audit.followed import compiled_metrics, own_label_findings
from labelfeed.audit.history import audit_history
from labelfeed.audit.multi import probe_multi
from labelfeed.audit.probes import FollowProbe
from labelfeed.audit.results import LeakAudit
from labelfeed.audit.rows import row_count, take_rows
from labelfeed.audit.side import side_audit
from labelfeed.audit.single import probe_single
from labelfeed.audit.tables import feature_copy
from labelfeed.audit.verdicts import Verdict
from labelfeed.data.seen_rows import SeenRows
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.significance import smallest_sample
from labelfeed.models.label_feeding import LabelFormat
from labelfeed.models.wrapping import as_predictor, own_spec
from labelfeed.predictors.predictor import Predictor
from labelfeed.types import AnyModel, Cells, Features, Labels

__all__ = ["audit"]

_LEAST_ROWS = 30
_MOST_ROWS = 2000
_STEP_TESTS, _CONTROLS = 4, 4  # scores that a step, or a control, is asked for at most
_MOST_CELLS = 20_000_000


def audit(
    model: AnyModel,
    x: Features,
    y: Labels,
    spec: LabelSpec | None = None,
    *,
    target: np.ndarray | Sequence[Any] | None = None,
    label_input: str | int | None = None,
    label_format: LabelFormat = "auto",
    unknown_id: int | None = None,
    batch_size: int = 256,
    seed: int = 0,
    alpha: float = 0.01,
    min_excess: float = 0.02,
    min_pull: float = 0.25,
    groups: Cells | None = None,
    seen: SeenRows | None = None,
    trained_on: tuple[Features, Labels] | None = None,
    train: Train | None = None,
    history: int | None = None,
    output: str | int | None = None,
) -> LeakAudit:
    r"""Tell whether a model reads, on its scored path, the label that it is scored on.

    The *scored path* is how predictions come about that the owner's loss and metrics are computed
    from. A model **leaks** when the score of a label depends there on that label's own value:

    - For a model that needs the label as an input (`model.evaluate([x, y], y)`) and for a
      function, the fed label lies on the scored path. It leaks if the output of a class moves with
      feeding that class: `P(pred = w | fed w) != P(pred = w | fed v)` for a wrong label w and
      another label v on the same row (follow rate, excess at least `min_excess`), or if the log
      odds of w move by `min_pull` spreads (or 3 nats) in the median row: on easy data a leak
      changes no prediction. A spread is what the features do to the same log odds (standard
      deviation).
    - For a `LabelFedModel` labels that are shown are not scored. It leaks if `evaluate` depends
      on y other than as the target, or if a shown label contributes to the training loss. What
      it does with a label shown on purpose is reported beside it, as information.
    - For a `MarginModel` the label is fed to its head, where training has it: class scores must
      be the same whatever it is.
    - For multi labels only the own state of a label counts; using the other labels is no leak.
    - With `target`, the label is a side label: using it is no leak, but a label that determines
      the target is a leak of the data.

    Args:
        model: `LabelFedModel`, `MarginModel`, any Keras model of features and label, a function
            `(features, label) -> scores` of NumPy arrays, or a `Run`.
        x: Features: array, table, or list or dict of arrays as the model takes them, without the
            label. Use rows that were not trained on.
        y: Labels of the rows, anything `spec.encode` takes; unknown ones are left out.
        spec: The spec of the label that is fed; a `Run` and models of labelfeed bring their own.
        target: What is predicted, if that is not the label that is fed: ids `(n,)`, or 0/1
            `(n, labels)`; -1 unknown.
        label_input: Name or position of the label among the model's inputs. By default the
            input named as the spec, `label`, `labels` or `y`, else the second one.
        label_format: `"ids"`, `"one_hot"`, or `"auto"` to tell by the input's shape.
        unknown_id: What the model takes for an unknown label, for example -1 or `num_classes`.
            By default -1 for layers of labelfeed, a row of zeros for one-hot; otherwise unknown
            is not available and accuracy without the label is that of the mean over labels.
        batch_size: Rows per prediction step.
        seed: Seed of the sample of rows (at most 2000) and of wrong and permuted labels.
        alpha: Probability, in (0, 1), of a false alarm on a model that does not read the label;
            shared by all tests (Bonferroni).
        min_excess: Least excess follow rate that counts, in (0, 1).
        min_pull: Least median shift of the log odds that counts, in spreads, above 0.
        groups: Group of each row (a patient, say), to compare with those in `seen`.
        seen: What the model was trained on, `SeenRows.of(x_train, groups_train)`; by default what
            a `Run` has kept, or the features of `trained_on`.
        trained_on: Features in the form of x, and labels, of training rows: then rows that nearly
            equal one are told too, and columns that are means of labels over all rows.
        train: `train(x, y) -> model` builds a model, trains it as always and returns it. It is
            called once, with labels that are drawn at random, int32 as `spec.encode` gives them: a
            score above chance, in training or on held-out rows, is a leak.
        history: For a model that reads the labels of earlier steps: the id that is fed where there
            is none yet. Then y is `(n, steps)`; see `audit_history`.
        output: Name or position of the output that predicts the label, of a model (or a function)
            with several; by default the one called like the spec.

    Returns:
        `LeakAudit`; its `verdict` is `"leak"`, `"no leak found"`, `"label not read"` or, with
        fewer than 30 labelled rows and no finding, `"cannot tell"`. Where the model does not leak
        and the data do (a column or the fed label determines the target, rows or groups of
        training), it is `"data leak"`; where a column nearly tells it, `"suspect"`. Its `findings`
        name cause and mend.

    Raises:
        LabelError: A label in `y` does not fit the spec.
        ValueError: The label input cannot be found, or scores do not fit the label.

    Reference: Kaufman, Rosset, Perlich (2011), "Leakage in data mining: formulation, detection,
    and avoidance"; McNemar (1947) for the paired test.

    Example:
        >>> import numpy as np
        >>> from labelfeed import LabelSpec
        >>> x, y = np.zeros((60, 2)), np.arange(60) % 3
        >>> audit(lambda x, label: np.eye(3)[label], x, y, LabelSpec.single(3)).verdict
        'leak'
    """
    for name, value in (("alpha", alpha), ("min_excess", min_excess)):
        if not 0 < value < 1:
            raise ValueError(f"{name} must lie in (0, 1), got {value!r}.")
    if not min_pull > 0:
        raise ValueError(f"min_pull must be above 0, got {min_pull!r}.")
    spec = own_spec(model) if spec is None else spec
    if spec is None:
        raise ValueError("What label is fed? Pass its spec: audit(model, x, y, LabelSpec...).")
    if history is not None:
        if target is not None or train is not None:
            raise ValueError("history= takes neither target= nor train=.")
        return audit_history(model, x, y, spec, start=history, label_input=label_input,
                             output=output, batch_size=batch_size, seed=seed, alpha=alpha,
                             min_excess=min_excess)  # fmt: skip
    ids = spec.encode(y)
    if row_count(x) != len(ids):
        raise ValueError(f"x has {row_count(x)} rows, y has {len(ids)}.")
    if target is not None and len(target) != len(ids):
        raise ValueError(f"target has {len(target)} rows, y has {len(ids)}.")
    predictor = as_predictor(
        model,
        spec,
        reads_label=True,
        label_input=label_input,
        label_format=label_format,
        unknown_id=unknown_id,
        batch_size=batch_size,
        output=output,
    )
    trained = None if trained_on is None else (trained_on[0], spec.encode(trained_on[1]))
    if seen is None:
        seen = predictor.seen
        if seen is None and trained is not None and hasattr(trained[0], "shape"):
            seen = SeenRows.of(trained[0])
    columns, outer = predictor.columns, predictor
    predictor, prepared = predictor.prepared(x)
    looked_at = x[list(columns)] if hasattr(x, "columns") and columns else x
    rows = _sample(ids, spec, seed)
    head: dict[str, Any] = {
        "subject": predictor.what,
        "label": spec.name,
        "kind": spec.kind,
        "rows": len(rows),
        "alpha": alpha,
    }
    if not len(rows):
        why = "there is no row with a known label"
        return LeakAudit("cannot tell", (why,), (), **head)
    features, known = take_rows(prepared, rows), ids[rows]
    if target is not None:
        return side_audit(predictor, features, known, spec, np.asarray(target)[rows], seed, head)
    follow: tuple[FollowProbe, ...]
    if spec.kind == "single":  # one label moves by itself, several one while the others stay
        accuracy, read, one, permutation = probe_single(predictor, features, known, spec, seed)
        follow = (one,)
    else:
        accuracy, read, follow, permutation = probe_multi(predictor, features, known, spec, seed)
    copies = feature_copy(looked_at, ids, spec)
    head |= {
        "accuracy": accuracy,
        "read": read,
        "follow": follow,
        "permutation": permutation,
        "feature_copies": copies,
    }
    tests = 4 * max(1, len(follow)) + (_CONTROLS if train is not None else 0)
    if predictor.visibility is not None:
        share = alpha / (_STEP_TESTS + (_CONTROLS if train is not None else 0))
        result = audit_fed_model(predictor.model, features, known, spec, seed, share, head)
    else:
        share = alpha / tests
        metrics = compiled_metrics(predictor.model)
        found = own_label_findings(follow, share, min_excess, min_pull, metrics)
        result = _verdict(found, read.read, share, head)
    beside = data_findings(looked_at, ids, spec, copies, seen, groups, trained)
    if trained is not None:
        beside += near_training(prepared, outer.prepared(trained[0])[1], seed)
    result = result.beside(beside + rows_read_each_other(predictor, features, known))
    if train is None:
        return result

    def reader(fresh: AnyModel) -> Predictor:
        return as_predictor(fresh, spec, label_input=label_input, label_format=label_format,
                            unknown_id=unknown_id, output=output)  # fmt: skip

    rows_of = (x, ids) if trained is None else trained
    control = random_label_control(train, *rows_of, spec, seed, reader)
    return dataclasses.replace(result, control=control).beside(
        [
            Finding("random labels learned", f"trained on labels drawn at random: {score}")
            for score in control.scores
            if convicts(score, share)
        ]
    )


def _verdict(
    found: tuple[Finding, ...], read: bool, share: float, head: dict[str, Any]
) -> LeakAudit:
    """Return the audit of a model whose label lies on the scored path."""
    verdict: Verdict = "no leak found"
    if not read:
        verdict, why = "label not read", "the outputs are the same whatever label is fed"
        found = (Finding("label without effect", why),)
    elif found:
        verdict, why = "leak", ""
    elif head["rows"] < max(_LEAST_ROWS, smallest_sample(share)):
        verdict, why = "cannot tell", f"{head['rows']} labelled rows are too few to rule a leak out"
    else:
        why = "predictions move with the fed label, but do not follow it"
    return LeakAudit(verdict, (why,) if why else (), (), **head).beside(found)


def _sample(ids: np.ndarray, spec: LabelSpec, seed: int) -> np.ndarray:
    """Return the sorted rows to use: labelled ones, at random if there are too many."""
    rows = np.flatnonzero((ids >= 0).reshape(len(ids), spec.num_entries).any(axis=1))
    most = max(200, min(_MOST_ROWS, _MOST_CELLS // spec.num_classes))
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(seed).permutation(rows)[:most])
    return rows
