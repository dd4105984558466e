"""What the probes of an audit measure: frozen dataclasses, one for each probe."""

from __future__ import annotations

import dataclasses
import math

from labelfeed.audit.findings import Finding

__all__ = [
    "AccuracyProbe",
    "Chance",
    "ControlProbe",
    "FeatureCopyProbe",
    "FollowProbe",
    "HistoryProbe",
    "PermutationProbe",
    "ReadProbe",
    "ScoredPathProbe",
    "TrainingStepProbe",
]


@dataclasses.dataclass(frozen=True)
class AccuracyProbe:
    """Accuracy (share of right predictions, 0..1) by the label that was fed.

    For multi labels it is counted per label, the own state being fed as named and the others true.

    Attributes:
        true: With the true label fed.
        wrong: With a wrong label fed (multi: the own state flipped).
        permuted: With the labels dealt out to other rows.
        unknown: With the label unknown; `None` where it cannot be said.
        unknown_how: How "unknown" was fed: `"unknown"`, `"zeros one-hot"`, `"mean over ..."`,
            `"not available"`.
        majority: Accuracy of always predicting the most frequent class.
    """

    true: float
    wrong: float
    permuted: float
    unknown: float | None
    unknown_how: str
    majority: float

    @property
    def drop(self) -> float | None:
        """Accuracy that is lost when the label is unknown; `None` where that cannot be said."""
        return None if self.unknown is None else self.true - self.unknown


@dataclasses.dataclass(frozen=True)
class ReadProbe:
    """Whether the outputs change at all with the label that is fed.

    Attributes:
        largest_change: Largest change of a score between two fed labels.
        repeat_change: Largest change between two predictions from the same input (noise).
        read: Whether the first exceeds the second beyond rounding.
    """

    largest_change: float
    repeat_change: float
    read: bool


_MANY_SPREADS = 1000  # above it the spread is rounding error


@dataclasses.dataclass(frozen=True)
class FollowProbe:
    """Whether predictions follow a wrong label that is fed, rather than the features.

    Attributes:
        label: Name of the label (multi: of the one yes/no label).
        context: What was fed beside it: `""`, `"others shown"` or `"others hidden"`.
        rows: Rows that were tested.
        follow_rate: How often the prediction equals the wrong label that is fed.
        control_rate: How often it is that same class while another label is fed.
        p_follow: One-sided McNemar p-value for `follow_rate > control_rate`.
        p_avoid: One-sided McNemar p-value for `follow_rate < control_rate`.
        pull: Median change of the log odds of a class (nats) by feeding it.
        p_pull: One-sided sign-test p-value for a positive pull.
        p_push: One-sided sign-test p-value for a negative pull.
        spread: Standard deviation (nats) of the same log odds between rows, the fed label held
            fixed: what the features do to them.
        pull_decided: Median pull (nats) over the rows whose prediction the fed label decided;
            0 if it decided none.
    """

    label: str
    context: str
    rows: int
    follow_rate: float
    control_rate: float
    p_follow: float
    p_avoid: float
    pull: float
    p_pull: float
    p_push: float
    spread: float
    pull_decided: float

    @property
    def strength(self) -> float:
        """Pull in units of the spread: 0 if the label has no say, above 1 if it rules."""
        return _ratio(self.pull, self.spread)

    @property
    def strength_decided(self) -> float:
        """The same for `pull_decided`."""
        return _ratio(self.pull_decided, self.spread)

    @property
    def told_pull(self) -> str:
        """The pull in words; spreads only where the features do anything to speak of."""
        if abs(self.strength) > _MANY_SPREADS:
            return f"{self.pull:+.2f} nats, the features next to none"
        return f"{self.pull:+.2f} nats, {self.strength:+.2f} spreads"

    @property
    def excess(self) -> float:
        """Follow rate minus control rate, -1..1: 0 if the label has no say, 1 for a mere copy."""
        return self.follow_rate - self.control_rate


@dataclasses.dataclass(frozen=True)
class PermutationProbe:
    """Agreement of predictions with labels that were dealt out to other rows.

    Attributes:
        agreement: Share of predictions that equal the fed label.
        chance: The same when labels and predictions are paired at random.
        p_value: Permutation p-value for `agreement > chance`.
    """

    agreement: float
    chance: float
    p_value: float


@dataclasses.dataclass(frozen=True)
class ScoredPathProbe:
    """Whether a `LabelFedModel` scores a label that its network reads.

    Attributes:
        evaluated_loss: Loss that `evaluate(x, y)` reports; `None` if the model is not compiled.
        label_free_loss: Loss of `predict(x)`, which reads no label, against y.
        evaluate_reads_label: Whether the two differ, so that `evaluate` reads y.
        shown_share: Share of the labels shown in the visibility draws that were tried.
        shown_loss_change: Largest relative change of the training loss when the predictions of
            shown labels are altered; 0 when shown labels are unscored.
        shown_is_scored: Whether that change is more than rounding.
        shown_metrics: Metrics of hidden labels that change with the predictions of shown ones.
    """

    evaluated_loss: float | None
    label_free_loss: float | None
    evaluate_reads_label: bool | None
    shown_share: float | None
    shown_loss_change: float | None
    shown_is_scored: bool | None
    shown_metrics: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class FeatureCopyProbe:
    """A feature column that determines the target one to one.

    Attributes:
        column: Name or number of the column.
        label: Name of the label it determines.
        rows: Rows on which both are known.
    """

    column: str
    label: str
    rows: int

    @property
    def finding(self) -> Finding:
        """What an audit says of it."""
        text = f"column {self.column!r} determines {self.label!r} one to one"
        return Finding("feature copy", text)


@dataclasses.dataclass(frozen=True)
class Chance:
    """What training or evaluation reports on labels drawn at random, against chance.

    Attributes:
        what: Which score: `"training accuracy"`, `"loss of evaluate"`, ...
        score: What is reported.
        chance: The best that can be reported without reading the label: of an accuracy the most,
            of a cross-entropy the least.
        p_value: Probability of so good a score, at most, if no label is read.
    """

    what: str
    score: float
    chance: float
    p_value: float

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.what} {self.score:.3f}, chance {self.chance:.3f} (p {self.p_value:.1e})"


@dataclasses.dataclass(frozen=True)
class TrainingStepProbe:
    """What the model's own training step reports on labels drawn at random.

    Attributes:
        rows: Rows of the step, in all repetitions.
        scores: Each score that the step reports and that can be compared with chance.
    """

    rows: int
    scores: tuple[Chance, ...]

    def __str__(self) -> str:
        """Return a line of text."""
        return f"  a training step on random labels: {_listed(self.scores)}"


@dataclasses.dataclass(frozen=True)
class ControlProbe:
    """What a model that was trained on labels drawn at random scores; without a leak, chance.

    Attributes:
        rows: Rows that it was trained on.
        held_out: Rows that it was scored on.
        scores: Each score that training or evaluation reports.
    """

    rows: int
    held_out: int
    scores: tuple[Chance, ...]

    def __str__(self) -> str:
        """Return a line of text."""
        return f"  trained on random labels: {_listed(self.scores)}"


@dataclasses.dataclass(frozen=True)
class HistoryProbe:
    """Teacher forcing: the true history fed against the model's own predictions.

    Attributes:
        true: Accuracy with the true labels of the earlier steps fed.
        own: Accuracy with its own predictions fed, step by step.
        none: Accuracy with no history at all.
        p_value: One-sided sign-test p-value for `true > own`, row by row.
        looks_ahead: Largest change of a score by labels of its own or later steps.
    """

    true: float
    own: float
    none: float
    p_value: float
    looks_ahead: float

    def __str__(self) -> str:
        """Return a line of text."""
        return (
            f"  accuracy by history: true {self.true:.3f}, own predictions {self.own:.3f} "
            f"(p {self.p_value:.1e}), none {self.none:.3f}"
        )


def _listed(scores: tuple[Chance, ...]) -> str:
    return "; ".join(map(str, scores)) or "no accuracy or cross-entropy is reported"


def _ratio(pull: float, spread: float) -> float:
    return pull / spread if spread > 0 else math.copysign(math.inf, pull) if pull else 0.0
