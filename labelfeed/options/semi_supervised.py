"""The options of the strategy `semi-supervised`."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from labelfeed.options.plain import PlainOptions

__all__ = ["SemiSupervisedOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class SemiSupervisedOptions(PlainOptions):
    """Options of `semi-supervised`, few labelled rows among many without a label.

    All are those of `plain`; a batch holds rows of both kinds.
    """

    strategy: ClassVar[str] = "semi-supervised"
