"""Audit of a generator: has the label an effect, was it dropped in training, who is copied?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.audit.findings import Finding
from labelfeed.audit.results import LeakAudit
from labelfeed.audit.verdicts import weighed
from labelfeed.judging.judged import Judged
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.visibility.policies import Visibility

__all__ = ["audit_generator", "drops_labels"]

_DRAWN = 2000  # rows of which one is hidden, if any ever is
_ALPHA = 0.05  # of each interval of the judges


def audit_generator(judged: Judged, *, dropped: bool, subject: str = "generator") -> LeakAudit:
    """Audit what makes rows for a label.

    Three things go wrong without a word: the label is an input that nothing reads; it was shown at
    every step, so that the model without it, which guidance needs, was never trained; and rows are
    those that were learned by heart.

    Args:
        judged: Its rows, as `labelfeed.judging.judge` found them.
        dropped: Whether training hid the label at times, or had rows without one.
        subject: What was audited.

    Returns:
        A `LeakAudit`; copied rows are a leak of the data.

    Example:
        >>> import numpy as np, pandas as pd
        >>> from labelfeed.judging import judge
        >>> rng = np.random.default_rng(0)
        >>> rows = [pd.DataFrame({"a": rng.normal(size=60), "y": [0, 1] * 30}) for _ in range(2)]
        >>> audit_generator(judge(*rows, rows[0], "y"), dropped=True).verdict
        'data leak'
    """
    findings = [*_effect(judged), *_copies(judged)]
    if not dropped:
        text = "the label was shown at every step of training (label dropout 0)"
        findings.append(Finding("unconditional branch untrained", text))
    unread = [f.text for f in findings if f.weight == "label not read"]
    told = [judged.verdicts[key].rstrip(".") for key in ("obeys", "copies")]
    verdict, reasons = weighed(
        "label not read" if unread else "no leak found", unread or told, findings
    )
    return LeakAudit(
        verdict=verdict,
        reasons=reasons,
        findings=tuple(findings),
        subject=subject,
        label=", ".join(judged.target),
        kind="single" if len(judged.target) == 1 else "multi",
        rows=judged.synthetic,
        alpha=_ALPHA,
    )


def drops_labels(label_dropout: float | Visibility) -> bool:
    """Return whether the label is ever hidden in training.

    Args:
        label_dropout: As `ConditionalDiffusion` takes it: a probability, or a visibility.

    Example:
        >>> from labelfeed.visibility import Masked, Shown
        >>> drops_labels(0.1), drops_labels(0.0), drops_labels(Shown()), drops_labels(Masked(0.2))
        (True, False, False, True)
    """
    if not isinstance(label_dropout, Visibility):
        return label_dropout > 0
    drawn = label_dropout.sample(np.zeros((_DRAWN, 1), np.int32), seed=0)
    return bool((drawn == UNKNOWN).any())


def _effect(judged: Judged) -> Sequence[Finding]:
    """Find labels that classifiers of real rows find no more often than by guessing."""
    found = []
    for one in judged.fidelity:
        if not one.has_effect and one.real.low > one.chance:
            found.append(
                Finding(
                    "asked label without effect",
                    f"{one.target} that was asked for is found in {one.synthetic} of synthetic "
                    f"rows, guessing finds {one.chance:.3f}, real rows have {one.real.value:.3f}",
                )
            )
    return found


def _copies(judged: Judged) -> Sequence[Finding]:
    near = judged.copying
    if not near.copies:
        return []
    text = (
        f"{near.nearer} of synthetic rows are nearer to a training row than to a held-out one, "
        f"{near.expected:.3f} expected; {near.equal:.3f} equal one, {near.equal_held_out:.3f} of "
        "real held-out rows do"
    )
    return [Finding("training rows copied", text)]
