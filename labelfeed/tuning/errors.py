"""What goes wrong in tuning."""

from __future__ import annotations

__all__ = ["TuningError"]


class TuningError(ValueError):
    """Nothing can be tuned, or a study does not fit; the message says why and how to mend it."""
