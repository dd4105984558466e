"""One row for every public head; a new head gets a row here, and with it every contract."""

from __future__ import annotations

from typing import Any, NamedTuple

from labelfeed import heads

CLASSES = 4


class Row(NamedTuple):
    """A head to hold to the contract, with arguments that differ from every default."""

    cls: Any
    arguments: dict[str, Any]

    def make(self, **kwargs: Any) -> heads.LabelHead:
        """Return the head, not built."""
        return self.cls(**self.arguments, **kwargs)

    def built(self, width: int, **kwargs: Any) -> heads.LabelHead:
        """Return the head for embeddings of this width."""
        head = self.make(**kwargs)
        head.build((None, width))
        head.built = True
        return head


_COSINE = {
    "num_classes": CLASSES,
    "centre_initializer": "he_normal",
    "centre_regularizer": "l2",
    "block_size": 3,
    "sample": 1.0,
    "seed": 5,
}
_ONE = {"num_classes": CLASSES, "scale": 30.0}

ROWS = {
    "AdaFace": Row(heads.AdaFace, {**_ONE, "margin": 0.3, "concentration": 0.5, "momentum": 0.1}),
    "ArcFace": Row(heads.ArcFace, {**_ONE, "margin": 0.4}),
    "CenterLoss": Row(heads.CenterLoss, {"num_classes": CLASSES, "weight": 0.1}),
    "CombinedMargin": Row(
        heads.CombinedMargin, {**_ONE, "factor": 1.2, "angle": 0.25, "cosine": 0.1}
    ),
    "CosFace": Row(heads.CosFace, {**_ONE, "margin": 0.3}),
    "CosineHead": Row(heads.CosineHead, {**_COSINE, "scale": 16.0}),
    "CurricularFace": Row(heads.CurricularFace, {**_ONE, "margin": 0.4, "momentum": 0.1}),
    "LDAM": Row(heads.LDAM, {"class_counts": [40, 30, 20, 10], "margin": 0.4, "scale": 20.0}),
    "MagFace": Row(
        heads.MagFace, {**_ONE, "margins": [0.4, 0.7], "norms": [0.5, 5.0], "penalty": 20.0}
    ),
    "NormalizedSoftmax": Row(heads.NormalizedSoftmax, _ONE),
    "ProxyAnchor": Row(heads.ProxyAnchor, {**_ONE, "margin": 0.2}),
    "SphereFace": Row(heads.SphereFace, {"num_classes": CLASSES, "margin": 3.0, "scale": 2.0}),
    "SubCenterArcFace": Row(heads.SubCenterArcFace, {**_ONE, "margin": 0.4, "sub_centres": 2}),
    "SupCon": Row(heads.SupCon, {"temperature": 0.2}),
}
