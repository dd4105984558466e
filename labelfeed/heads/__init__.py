"""Heads: layers that turn an embedding into class scores, and use the label in training only.

Why they are layers: class centres are weights, and Keras's losses own none. Why the scores never
see the label: train accuracy, validation and prediction are then all of the same, label-free kind.
"""

from labelfeed.heads.ada_face import AdaFace
from labelfeed.heads.arc_face import ArcFace
from labelfeed.heads.base import LabelHead, RowLosses
from labelfeed.heads.center_loss import CenterLoss
from labelfeed.heads.combined_margin import CombinedMargin
from labelfeed.heads.cos_face import CosFace
from labelfeed.heads.cosine import CosineHead
from labelfeed.heads.curricular_face import CurricularFace
from labelfeed.heads.ldam import LDAM
from labelfeed.heads.lifecycle import add_classes, drop_classes, prototypes, similar_classes
from labelfeed.heads.mag_face import MagFace
from labelfeed.heads.mislabelled import Suspect, mislabelled_rows
from labelfeed.heads.normalized_softmax import NormalizedSoftmax
from labelfeed.heads.proxy_anchor import ProxyAnchor
from labelfeed.heads.sphere_face import SphereFace
from labelfeed.heads.sub_center_arc_face import SubCenterArcFace
from labelfeed.heads.sup_con import SupCon

__all__ = [
    "LDAM",
    "AdaFace",
    "ArcFace",
    "CenterLoss",
    "CombinedMargin",
    "CosFace",
    "CosineHead",
    "CurricularFace",
    "LabelHead",
    "MagFace",
    "NormalizedSoftmax",
    "ProxyAnchor",
    "RowLosses",
    "SphereFace",
    "SubCenterArcFace",
    "SupCon",
    "Suspect",
    "add_classes",
    "drop_classes",
    "mislabelled_rows",
    "prototypes",
    "similar_classes",
]
