"""Pictures as tables of pixels, or of principal components where there are many pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA

from labelfeed.data.dataset import DataError
from labelfeed.types import ArrayLike

__all__ = ["picture_frames"]


def picture_frames(
    sets: Sequence[tuple[np.ndarray, ArrayLike | pd.DataFrame]],
    target: str = "label",
    most: int = 64,
) -> list[pd.DataFrame]:
    """Return a table for each set of pictures, to be judged as rows.

    Args:
        sets: Pictures `(n, ...)` and labels of each set; the training rows come first. Labels are
            `(n,)`, or a table with a column for each label.
        target: Name of the label column, where labels have none.
        most: Pixels that stay as they are; of more the 32 principal components that the training
            pictures have.

    Raises:
        DataError: The pictures of two sets differ in size.

    Example:
        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> sets = [(rng.random((50, 8, 8)), np.arange(50) % 2) for _ in range(3)]
        >>> [frame.shape for frame in picture_frames(sets)]
        [(50, 65), (50, 65), (50, 65)]
    """
    flat = [np.asarray(x, float).reshape(len(x), -1) for x, _ in sets]
    if len({x.shape[1] for x in flat}) != 1:
        raise DataError(
            f"The pictures differ in size: {[tuple(np.shape(x)[1:]) for x, _ in sets]}."
        )
    name = "pixel"
    if flat[0].shape[1] > most:
        name = "component"
        turned = PCA(min(32, len(flat[0])), random_state=0).fit(flat[0])
        flat = [turned.transform(x) for x in flat]
    heads = [f"{name} {place + 1}" for place in range(flat[0].shape[1])]
    frames = []
    for x, (_, y) in zip(flat, sets, strict=True):
        labels = y if isinstance(y, pd.DataFrame) else pd.DataFrame({target: np.asarray(y)})
        rows = pd.DataFrame(x, columns=heads)
        frames.append(pd.concat([rows, labels.reset_index(drop=True)], axis=1))
    return frames
