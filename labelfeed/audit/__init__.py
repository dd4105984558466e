"""The audit: does a model read the label that it is scored on, and what is a known label worth?

The package can be called: `labelfeed.audit(...)` is `labelfeed.audit.audit(...)`.
"""

import functools
import sys
import types

from labelfeed.audit.findings import FINDINGS, Finding
from labelfeed.audit.generator import audit_generator
from labelfeed.audit.history import audit_history
from labelfeed.audit.information_curve import information_curve
from labelfeed.audit.leak import audit
from labelfeed.audit.probes import (
    AccuracyProbe,
    Chance,
    ControlProbe,
    FeatureCopyProbe,
    FollowProbe,
    HistoryProbe,
    PermutationProbe,
    ReadProbe,
    ScoredPathProbe,
    TrainingStepProbe,
)
from labelfeed.audit.results import LeakAudit
from labelfeed.audit.side_curve import SideCurve, side_curve
from labelfeed.audit.side_labels import audit_sides
from labelfeed.audit.tables import feature_copy
from labelfeed.metrics.information import InformationCurve

__all__ = [
    "FINDINGS",
    "AccuracyProbe",
    "Chance",
    "ControlProbe",
    "FeatureCopyProbe",
    "Finding",
    "FollowProbe",
    "HistoryProbe",
    "InformationCurve",
    "LeakAudit",
    "PermutationProbe",
    "ReadProbe",
    "ScoredPathProbe",
    "SideCurve",
    "TrainingStepProbe",
    "audit",
    "audit_generator",
    "audit_history",
    "audit_sides",
    "feature_copy",
    "information_curve",
    "side_curve",
]


class _Callable(types.ModuleType):
    """A module that is called for its function of the same name, as Python's data model allows."""

    @functools.wraps(audit)
    def __call__(self, *args: object, **given: object) -> LeakAudit:
        return audit(*args, **given)  # type: ignore[arg-type]


sys.modules[__name__].__class__ = _Callable
