"""Settings of a strategy by experiment: which are better than the defaults, and by how much.

Called `tuning`, for `labelfeed.tune` is the function. Optuna (extra `tune`) draws settings, prunes
and keeps what is done; it is imported by what needs it.
"""

from labelfeed.tuning.errors import TuningError
from labelfeed.tuning.result import Tuned

__all__ = ["Tuned", "TuningError"]
