"""Pretrained networks of keras.applications: their names and the sizes they were made for.

Nothing is imported but the standard library: `labelfeed --help` reads this package.
"""

from __future__ import annotations

import json
import zipfile

__all__ = ["backbone_named", "backbone_size"]

_USUAL = 224
_SIZES = {
    "EfficientNetB1": 240, "EfficientNetB2": 260, "EfficientNetB3": 300, "EfficientNetB4": 380,
    "EfficientNetB5": 456, "EfficientNetB6": 528, "EfficientNetB7": 600, "EfficientNetV2B1": 240,
    "EfficientNetV2B2": 260, "EfficientNetV2B3": 300, "EfficientNetV2S": 384,
    "EfficientNetV2M": 480, "EfficientNetV2L": 480, "InceptionResNetV2": 299, "InceptionV3": 299,
    "NASNetLarge": 331, "Xception": 299,
}  # fmt: skip
_OTHERS = (
    "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge",
    "DenseNet121", "DenseNet169", "DenseNet201", "EfficientNetB0", "EfficientNetV2B0", "MobileNet",
    "MobileNetV2", "MobileNetV3Large", "MobileNetV3Small", "NASNetMobile", "ResNet101",
    "ResNet101V2", "ResNet152", "ResNet152V2", "ResNet50", "ResNet50V2", "VGG16", "VGG19",
)  # fmt: skip
_BY_NAME = {name.lower(): name for name in (*_SIZES, *_OTHERS)}


def backbone_named(name: str) -> str | None:
    """Return the name as keras.applications writes it; `None` if it has no such network.

    Example:
        >>> backbone_named("mobilenetv3small"), backbone_named("letters.keras")
        ('MobileNetV3Small', None)
    """
    return _BY_NAME.get(name.lower())


def backbone_size(name: str) -> int | None:
    """Return the side length of the pictures that a network was trained on.

    Args:
        name: In keras.applications, or the path of a `.keras` file, whose input is looked up.

    Example:
        >>> backbone_size("Xception"), backbone_size("ResNet50"), backbone_size("nothing.keras")
        (299, 224, None)
    """
    found = backbone_named(name)
    if found is not None:
        return _SIZES.get(found, _USUAL)
    try:
        with zipfile.ZipFile(name) as archive:
            shape = _picture_shape(json.loads(archive.read("config.json")))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, RecursionError):
        return None  # what reads the file says what is wrong with it
    sides = [side for side in shape[1:3] if isinstance(side, int)]
    return max(sides) if len(sides) == 2 else None


def _picture_shape(config: object) -> list[object]:
    """Return the first shape of four axes that a config gives to an input; `[]` if none does."""
    if isinstance(config, dict):
        shape = config.get("batch_shape")
        if isinstance(shape, list) and len(shape) == 4:
            return shape
        config = list(config.values())
    if isinstance(config, list):
        for part in config:
            if shape := _picture_shape(part):
                return list(shape)
    return []
