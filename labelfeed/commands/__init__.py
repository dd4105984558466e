"""What the commands do, one a file; `labelfeed.cli` imports them when they are called."""

__all__ = []
