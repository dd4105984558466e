"""The audit: does a model read the label that it is scored on, and what is a known label worth?"""

from labelfeed.audit.information_curve import information_curve
from labelfeed.audit.leak import audit
from labelfeed.audit.results import (
    AccuracyProbe,
    FeatureCopyProbe,
    FollowProbe,
    LeakAudit,
    PermutationProbe,
    ReadProbe,
    ScoredPathProbe,
)
from labelfeed.audit.side_curve import SideCurve, side_curve
from labelfeed.audit.side_labels import audit_sides
from labelfeed.audit.tables import feature_copy
from labelfeed.metrics.information import InformationCurve

__all__ = [
    "AccuracyProbe",
    "FeatureCopyProbe",
    "FollowProbe",
    "InformationCurve",
    "LeakAudit",
    "PermutationProbe",
    "ReadProbe",
    "ScoredPathProbe",
    "SideCurve",
    "audit",
    "audit_sides",
    "feature_copy",
    "information_curve",
    "side_curve",
]
