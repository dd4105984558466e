"""What the follow probes say of a model: significant, and large enough to matter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.audit.findings import Finding
from labelfeed.audit.probes import FollowProbe
from labelfeed.types import AnyModel

__all__ = ["compiled_metrics", "own_label_findings"]

_MANY_NATS = 3.0  # odds times 20: a say of the label, however much the features say


def own_label_findings(
    follow: Sequence[FollowProbe],
    share: float,
    min_excess: float,
    min_pull: float,
    metrics: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """Return what speaks for a leak: significant at `share` and large enough to matter.

    Args:
        follow: What was measured, label by label.
        share: Error rate of each test.
        min_excess: Least excess follow rate that counts.
        min_pull: Least shift of the log odds that counts, in spreads.
        metrics: What the model was compiled with: computed on labels that it is shown.
    """
    found = []
    for p in follow:
        what = f"{p.label} ({p.context})" if p.context else p.label
        rates = f"{p.follow_rate:.1%} against {p.control_rate:.1%}"
        shift = p.told_pull
        decided = _size(p.pull_decided, p.strength_decided, min_pull)
        pulled = _size(p.pull, p.strength, min_pull)
        if p.p_follow <= share and p.excess >= min_excess and decided > 0:
            text = f"predictions follow a wrong {what} when it is fed ({rates})"
            found.append(Finding("own label followed", text))
        elif p.p_avoid <= share and -p.excess >= min_excess and decided < 0:
            text = f"predictions avoid the {what} that is fed ({rates})"
            found.append(Finding("own label avoided", text))
        elif p.p_pull <= share and pulled > 0:
            text = f"scores are pulled to the {what} that is fed ({shift})"
            found.append(Finding("own label followed", text))
        elif p.p_push <= share and pulled < 0:
            text = f"scores are pushed off the {what} that is fed ({shift})"
            found.append(Finding("own label avoided", text))
    if found and metrics:
        text = f"its compiled {', '.join(metrics)} count labels that it is fed"
        found.append(Finding("shown label in metrics", text))
    return tuple(found)


def compiled_metrics(model: AnyModel) -> tuple[str, ...]:
    """Return the names of the metrics that a Keras model was compiled with; none for a function."""
    found = getattr(model, "metrics", None)
    names: list[str] = []
    for metric in found if isinstance(found, list) else ():
        inside = getattr(metric, "metrics", None)  # Keras bundles them, once they are built
        names += [m.name for m in inside] if inside else [metric.name.replace("compile_", "")]
    return tuple(name for name in dict.fromkeys(names) if not name.endswith("loss"))


def _size(pull: float, strength: float, least: float) -> int:
    """Return the sign of a pull that is large enough to matter, else 0."""
    large = abs(strength) >= least or abs(pull) >= _MANY_NATS
    return int(np.sign(pull)) if large else 0
