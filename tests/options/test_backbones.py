from __future__ import annotations

import json
import zipfile

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


@pytest.mark.parametrize(
    ("shape", "size"), [([None, 28, 32, 3], 32), ([None, None, None, 3], None), ([None, 5], None)]
)
def test_a_file_says_what_it_reads(tmp_path, shape, size):
    path = tmp_path / "b.keras"
    layers = [{"config": {"batch_shape": shape}}, {"config": {"batch_shape": [None, 1, 1, 1]}}]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps({"config": {"layers": layers[: size or 1]}}))
    assert backbone_size(str(path)) == size
    path.write_text("no archive")
    assert backbone_size(str(path)) is None
