from __future__ import annotations

import pytest

from labelfeed.options.backbones import backbone_named, backbone_size


@pytest.mark.parametrize(
    ("given", "name", "size"),
    [
        ("resnet50", "ResNet50", 224),
        ("EfficientNetV2s", "EfficientNetV2S", 384),
        ("letters.keras", None, None),
        ("", None, None),
    ],
)
def test_names_and_sizes(given, name, size):
    assert (backbone_named(given), backbone_size(given)) == (name, size)
