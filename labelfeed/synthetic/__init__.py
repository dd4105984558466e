"""Tables of mixed columns as numbers that a generator learns, and back; no Keras.

Each cell becomes one or a few numbers that are standard normal over the rows: quantiles of numbers,
with values that many rows share as intervals, classes one-hot, and whether a cell is empty.
"""

from labelfeed.synthetic.codec import TableCodec

__all__ = ["TableCodec"]
