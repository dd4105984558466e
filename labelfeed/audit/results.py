"""What an audit returns: frozen dataclasses that print as text and turn into JSON."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from labelfeed.audit.verdicts import AuditWarning, Verdict, weighed
from labelfeed.results import Result, json_types

__all__ = [
    "AccuracyProbe",
    "FeatureCopyProbe",
    "FollowProbe",
    "LeakAudit",
    "PermutationProbe",
    "ReadProbe",
    "ScoredPathProbe",
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
    """

    evaluated_loss: float | None
    label_free_loss: float | None
    evaluate_reads_label: bool | None
    shown_share: float | None
    shown_loss_change: float | None
    shown_is_scored: bool | None


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
    def warning(self) -> AuditWarning:
        """The warning of it."""
        text = f"column {self.column!r} determines {self.label!r} one to one"
        return AuditWarning("feature copy", text)


@dataclasses.dataclass(frozen=True)
class LeakAudit(Result):
    """Verdict of `labelfeed.audit.audit` with the probes it rests on.

    Attributes:
        verdict: `"leak"` of the model, `"data leak"`, `"suspect"`, `"no leak found"`, `"label not
            read"` or `"cannot tell"`.
        reasons: What the verdict rests on, one sentence each.
        warnings: What to look at in the data; some kinds decide the verdict (`AuditWarning`).
        subject: What was audited: `"two-input model"`, `"LabelFedModel"`, `"function"`, ...
        label: Name of the label.
        kind: `"single"` or `"multi"`.
        rows: Labelled rows that were used.
        alpha: Error rate that all tests of the audit share.
        scored_path: Only for a `LabelFedModel`; then it decides, and the probes of a label that
            is shown on purpose are information.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    warnings: tuple[AuditWarning, ...]
    subject: str
    label: str
    kind: str
    rows: int
    alpha: float
    accuracy: AccuracyProbe | None = None
    read: ReadProbe | None = None
    follow: tuple[FollowProbe, ...] = ()
    permutation: PermutationProbe | None = None
    scored_path: ScoredPathProbe | None = None
    feature_copies: tuple[FeatureCopyProbe, ...] = ()

    @property
    def leaks(self) -> bool:
        """Whether the verdict is a leak, of the model or of the data."""
        return self.verdict in ("leak", "data leak")

    def beside(self, warnings: Sequence[AuditWarning]) -> LeakAudit:
        """Return the audit with more found in the data; that may change the verdict.

        Args:
            warnings: What was found.
        """
        verdict, reasons = weighed(self.verdict, self.reasons, warnings)
        every = tuple(dict.fromkeys((*self.warnings, *warnings)))
        return dataclasses.replace(self, verdict=verdict, reasons=reasons, warnings=every)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-serialisable types (`None` for what is not a number)."""
        out = super().to_dict()
        out["leaks"] = self.leaks
        if self.accuracy is not None:
            out["accuracy"]["drop"] = json_types(self.accuracy.drop)
        for entry, probe in zip(out["follow"], self.follow, strict=True):
            entry["excess"] = json_types(probe.excess)
            entry["strength"] = json_types(probe.strength)
        return out

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each finding: what the verdict rests on, then the warnings."""
        found = [("reason", reason) for reason in self.reasons]
        found += [(str(w.kind), w.text) for w in self.warnings if w.text not in self.reasons]
        return pd.DataFrame(found, columns=["finding", "what"])

    def __str__(self) -> str:
        """Return the audit as a few lines of text."""
        lines = [f"{self.verdict.upper()}: {self.label} ({self.subject}, {self.rows} rows)"]
        lines += [f"  because {reason}" for reason in self.reasons[:3]]
        if len(self.reasons) > 3:
            lines.append(f"  and {len(self.reasons) - 3} more reasons")
        lines += [f"  warning: {w}" for w in self.warnings if w.text not in self.reasons[:3]]
        if self.accuracy is not None:
            a = self.accuracy
            unknown = "-" if a.unknown is None else f"{a.unknown:.3f}"
            lines.append(
                f"  accuracy by fed label: true {a.true:.3f}, wrong {a.wrong:.3f}, permuted "
                f"{a.permuted:.3f}, unknown {unknown} ({a.unknown_how}); majority {a.majority:.3f}"
            )
        for probe in _strongest(self.follow):
            what = f"{probe.label}, {probe.context}" if probe.context else probe.label
            lines.append(
                f"  wrong {what}: followed {probe.follow_rate:.3f}, control "
                f"{probe.control_rate:.3f} (p {probe.p_follow:.1e}); pull {probe.pull:+.2f} nats, "
                f"{probe.strength:+.2f} spreads"
            )
        if self.permutation is not None:
            p = self.permutation
            lines.append(
                f"  permuted labels: agreement {p.agreement:.3f}, chance {p.chance:.3f} "
                f"(p {p.p_value:.1e})"
            )
        if self.scored_path is not None:
            lines.append(
                "  (accuracy and follow lines: what it does when shown a label; that is no leak)"
            )
        return "\n".join(lines)


def _ratio(pull: float, spread: float) -> float:
    return pull / spread if spread > 0 else math.copysign(math.inf, pull) if pull else 0.0


def _strongest(probes: tuple[FollowProbe, ...], most: int = 3) -> list[FollowProbe]:
    return sorted(probes, key=lambda p: -abs(p.pull))[:most]
