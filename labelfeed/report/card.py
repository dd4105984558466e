"""stub"""

from pathlib import Path

__all__ = ["write_card"]


def write_card(folder: Path) -> None:
    pass
