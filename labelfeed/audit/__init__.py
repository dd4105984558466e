"""The audit: does a model read, where it is scored, the label that it is scored on?"""

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
from labelfeed.audit.tables import feature_copy

__all__ = [
    "AccuracyProbe",
    "FeatureCopyProbe",
    "FollowProbe",
    "LeakAudit",
    "PermutationProbe",
    "ReadProbe",
    "ScoredPathProbe",
    "audit",
    "feature_copy",
]
