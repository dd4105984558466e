"""ArcFace with several centres a class, for noisy labels."""

from __future__ import annotations

from typing import Any

import keras

from labelfeed.heads._texts import documented
from labelfeed.heads.arc_face import ArcFace

__all__ = ["SubCenterArcFace"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class SubCenterArcFace(ArcFace):
    """ArcFace on the cosine with the nearest of a class's centres: `cos t_j = max_k cos t_jk`.

    Mislabelled and odd rows gather at centres of their own, so that the dominant one stays clean.

    Args:
        {num_classes}
        margin: m in radians, in [0, pi / 2]. The paper uses 0.5.
        {scale_of_64}
        sub_centres: Number of centres a class, >= 1; the paper uses 3.
        {cosine_head}

    {cosine_shapes}

    {raises}

    Reference:
        Deng et al. (2020), Sub-center ArcFace: Boosting Face Recognition by Large-Scale Noisy Web
        Faces.

    Example:
        >>> import numpy as np
        >>> head = SubCenterArcFace(3, sub_centres=2)
        >>> tuple(head(np.ones((2, 4), "float32")).shape), tuple(head.centres.shape)
        ((2, 3), (6, 4))
    """

    def __init__(
        self,
        num_classes: int,
        margin: float = 0.5,
        scale: float = 64.0,
        sub_centres: int = 3,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(num_classes, margin, scale, **kwargs)
        if isinstance(sub_centres, bool) or int(sub_centres) < 1:
            raise ValueError(f"sub_centres must be an integer >= 1, got {sub_centres!r}.")
        self.sub_centres = int(sub_centres)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "sub_centres": self.sub_centres}
