"""What an audit returns: a frozen dataclass that prints as text and turns into JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pandas as pd

from labelfeed.audit.findings import FINDINGS, Finding
from labelfeed.audit.probes import (
    AccuracyProbe,
    ControlProbe,
    FeatureCopyProbe,
    FollowProbe,
    HistoryProbe,
    PermutationProbe,
    ReadProbe,
    ScoredPathProbe,
    TrainingStepProbe,
)
from labelfeed.audit.verdicts import Verdict, weighed
from labelfeed.results import Result, json_types

__all__ = ["LeakAudit"]


@dataclasses.dataclass(frozen=True)
class LeakAudit(Result):
    """Verdict of `labelfeed.audit.audit` with the probes it rests on.

    Attributes:
        verdict: `"leak"` of the model, `"data leak"`, `"suspect"`, `"no leak found"`, `"label not
            read"` or `"cannot tell"`.
        reasons: What the verdict rests on, one sentence each.
        findings: What was found, of the model and of the data, each with its cause and what mends
            it; some kinds decide the verdict (`audit.findings.FINDINGS`).
        subject: What was audited: `"two-input model"`, `"LabelFedModel"`, `"function"`, ...
        label: Name of the label.
        kind: `"single"` or `"multi"`.
        rows: Labelled rows that were used.
        alpha: Error rate that all tests of the audit share.
        scored_path: Only for a `LabelFedModel`; then it decides, and the probes of a label that
            is shown on purpose are information.
        training_step: Only for a compiled `LabelFedModel`: a step on labels drawn at random.
        control: Only with `train=`: what a model trained on labels drawn at random scores.
        history: Only with `history=`: teacher forcing.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]
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
    training_step: TrainingStepProbe | None = None
    control: ControlProbe | None = None
    history: HistoryProbe | None = None

    @property
    def leaks(self) -> bool:
        """Whether the verdict is a leak, of the model or of the data."""
        return self.verdict in ("leak", "data leak")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What was found beside what the model does with the label: in the data, in the audit."""
        return tuple(f for f in self.findings if f.weight not in ("leak", "label not read"))

    def beside(self, findings: Sequence[Finding]) -> LeakAudit:
        """Return the audit with more that was found; that may change the verdict.

        Args:
            findings: What was found.
        """
        verdict, reasons = weighed(self.verdict, self.reasons, findings)
        every = tuple(dict.fromkeys((*self.findings, *findings)))
        return dataclasses.replace(self, verdict=verdict, reasons=reasons, findings=every)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-serialisable types (`None` for what is not a number)."""
        out = super().to_dict()
        out["leaks"] = self.leaks
        out["findings"] = [finding.to_dict() for finding in self.findings]
        out["warnings"] = [{"kind": w.kind, "text": w.text} for w in self.warnings]
        if self.accuracy is not None:
            out["accuracy"]["drop"] = json_types(self.accuracy.drop)
        for entry, probe in zip(out["follow"], self.follow, strict=True):
            entry["excess"] = json_types(probe.excess)
            entry["strength"] = json_types(probe.strength)
        return out

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each reason of the verdict, then for each finding."""
        found = [("reason", reason, "", "") for reason in self.reasons]
        found += [(f.kind, f.text, f.cause, f.mend) for f in self.findings]
        return pd.DataFrame(found, columns=["finding", "what", "cause", "mend"])

    def __str__(self) -> str:
        """Return the audit as a few lines of text."""
        lines = [f"{self.verdict.upper()}: {self.label} ({self.subject}, {self.rows} rows)"]
        lines += [f"  because {reason}" for reason in self.reasons[:3]]
        if len(self.reasons) > 3:
            lines.append(f"  and {len(self.reasons) - 3} more reasons")
        told = self.reasons[:3]
        lines += [f"  warning: {w}" for w in self.warnings if not _told(w.text, told)]
        for kind in dict.fromkeys(finding.kind for finding in self.findings):
            remedy = FINDINGS[kind]
            lines += [f"  {kind}: {remedy.cause}", f"    mend: {remedy.mend}"]
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
                f"{probe.control_rate:.3f} (p {probe.p_follow:.1e}); pull {probe.told_pull}"
            )
        if self.permutation is not None:
            p = self.permutation
            lines.append(
                f"  permuted labels: agreement {p.agreement:.3f}, chance {p.chance:.3f} "
                f"(p {p.p_value:.1e})"
            )
        lines += [str(p) for p in (self.training_step, self.control, self.history) if p is not None]
        if self.scored_path is not None:
            lines.append(
                "  (accuracy and follow lines: what it does when shown a label; that is no leak)"
            )
        return "\n".join(lines)


def _told(text: str, reasons: Sequence[str]) -> bool:
    return any(reason.endswith(text) for reason in reasons)


def _strongest(probes: tuple[FollowProbe, ...], most: int = 3) -> list[FollowProbe]:
    return sorted(probes, key=lambda p: -abs(p.pull))[:most]
