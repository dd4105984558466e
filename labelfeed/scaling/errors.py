"""What goes wrong where training is shared."""

__all__ = ["ScalingError"]


class ScalingError(ValueError):
    """Training cannot be shared like that, or would not be: each device would train by itself."""
