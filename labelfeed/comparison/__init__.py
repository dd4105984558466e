"""Does a label input pay on these rows? Strategies against plain and cheap peers, paired.

Called `comparison`, for `labelfeed.compare` is the function. No Keras: on tables every strategy
stands on cross-fitted plain models (`labelfeed.estimators`), and the network among them is left
out for all contenders alike.
"""

from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.result import Comparison

__all__ = ["Comparison", "ComparisonError"]
