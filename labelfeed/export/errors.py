"""What goes wrong in an export."""

from __future__ import annotations

__all__ = ["ExportError"]


class ExportError(ValueError):
    """An export that cannot be made, or does not predict as Keras does; says how to mend it."""
