"""Judge synthetic rows: do they look real, obey their label, copy anyone, help a classifier?

Stands on tables and scikit-learn alone: whoever made the rows, no Keras is needed to judge them.
"""

from labelfeed.judging.judge import judge
from labelfeed.judging.judged import Judged
from labelfeed.judging.pictures import picture_frames

__all__ = ["Judged", "judge", "picture_frames"]
