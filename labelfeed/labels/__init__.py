"""What a label may be: names, classes, columns; how people write it; unknown.

Imports no Keras: `labelfeed.labels.input`, which does, is imported by itself.
"""

from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.errors import LabelError
from labelfeed.labels.spec import LabelSpec

__all__ = ["UNKNOWN", "CellRules", "LabelColumn", "LabelError", "LabelSpec"]
