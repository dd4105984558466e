"""Numbers of a flat table by position, for positions that are known to be in range.

Why native: `keras.ops.take` looks for negative positions at each call, and makes them int64 on
Torch: three to six times the time of the lookup itself on a CPU, of which trees make millions.
"""

from __future__ import annotations

import keras

from labelfeed.types import Tensor

__all__ = ["flat_take"]

if keras.backend.backend() == "torch":

    def flat_take(table: Tensor, index: Tensor) -> Tensor:
        """Return `table[index]`; int32 index of any shape, `0 <= index < len(table)`."""
        return table.index_select(0, index.reshape(-1)).reshape(index.shape)

elif keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    def flat_take(table: Tensor, index: Tensor) -> Tensor:
        """Return `table[index]`; int32 index of any shape, `0 <= index < len(table)`."""
        return tf.gather(table, index)

else:

    def flat_take(table: Tensor, index: Tensor) -> Tensor:
        """Return `table[index]`; int32 index of any shape, `0 <= index < len(table)`."""
        return keras.ops.take(table, index)
