"""One of every head, for the tests that every head must pass."""

from __future__ import annotations

from collections.abc import Callable

from labelfeed import heads

CLASSES = 4

EVERY: dict[str, Callable[[], heads.LabelHead]] = {
    "AdaFace": lambda: heads.AdaFace(CLASSES),
    "ArcFace": lambda: heads.ArcFace(CLASSES),
    "CenterLoss": lambda: heads.CenterLoss(CLASSES, weight=0.1),
    "CombinedMargin": lambda: heads.CombinedMargin(CLASSES, 1.2, 0.3, 0.1),
    "CosFace": lambda: heads.CosFace(CLASSES),
    "CurricularFace": lambda: heads.CurricularFace(CLASSES),
    "LDAM": lambda: heads.LDAM([40, 30, 20, 10]),
    "MagFace": lambda: heads.MagFace(CLASSES, norms=(0.5, 5.0)),
    "NormalizedSoftmax": lambda: heads.NormalizedSoftmax(CLASSES),
    "ProxyAnchor": lambda: heads.ProxyAnchor(CLASSES),
    "SphereFace": lambda: heads.SphereFace(CLASSES),
    "SubCenterArcFace": lambda: heads.SubCenterArcFace(CLASSES, sub_centres=2),
    "SupCon": lambda: heads.SupCon(),
}
