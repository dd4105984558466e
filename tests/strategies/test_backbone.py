from __future__ import annotations

import importlib

import keras
import numpy as np
import pytest

from labelfeed.strategies.backbone import as_read, build_trunk
from labelfeed.strategies.networks import NetworkError


@pytest.fixture(scope="module")
def body():
    x = keras.Input((None, None, 3))
    h = keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3, strides=2)(x))
    return keras.Model(x, h)


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("ResNet50", "resnet"),
        ("ResNet101V2", "resnet_v2"),
        ("VGG16", "vgg16"),
        ("DenseNet121", "densenet"),
        ("MobileNet", "mobilenet"),
        ("MobileNetV2", "mobilenet_v2"),
        ("MobileNetV3Small", "mobilenet_v3"),
        ("NASNetMobile", "nasnet"),
        ("InceptionV3", "inception_v3"),
        ("InceptionResNetV2", "inception_resnet_v2"),
        ("Xception", "xception"),
        ("EfficientNetB0", "efficientnet"),
        ("EfficientNetV2S", "efficientnet_v2"),
        ("ConvNeXtTiny", "convnext"),
    ],
)
def test_pixels_are_scaled_as_keras_does(name, module):
    x = np.random.default_rng(0).random((2, 3, 3, 3)).astype(np.float32)
    theirs = importlib.import_module(f"keras.applications.{module}").preprocess_input(255 * x)
    kernel, bias = as_read(name, 3, 3)
    np.testing.assert_allclose(x @ kernel + bias, theirs, atol=1e-3)


def test_grey_and_colour_as_the_backbone_wants_them():
    kernel, bias = as_read(None, 1, 3)
    np.testing.assert_array_equal(np.array([[0.5]]) @ kernel + bias, [[0.5, 0.5, 0.5]])
    kernel, bias = as_read(None, 3, 1)
    np.testing.assert_allclose(np.array([[0.3, 0.6, 0.9]]) @ kernel + bias, [[0.6]])


def test_vectors_are_scaled_and_numbers_stand_behind_them(body, tmp_path):
    trunk = build_trunk(((8, 9, 1), 2), body, augment="light")
    x = np.random.default_rng(0).random((20, 74)).astype(np.float32)
    plain = trunk.vectors(x)
    assert plain.shape == (20, 6)
    np.testing.assert_array_equal(plain[:, 4:], x[:, 72:])
    assert np.abs(trunk.vectors(x, augment=True) - plain)[:, :4].max() > 1e-3
    trunk.scale(x)
    z = trunk.vectors(x)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(z.std(axis=0), 1, atol=1e-3)
    assert not trunk.network.trainable_variables
    body.save(tmp_path / "b.keras")
    again = build_trunk((8, 9, 1), str(tmp_path / "b.keras"))
    other = again.vectors(x[:, :72].reshape(-1, 8, 9, 1))
    np.testing.assert_allclose(other, plain[:, :4], atol=1e-4)


def test_refused(tmp_path):
    with pytest.raises(NetworkError, match="Did you mean ResNet50"):
        build_trunk((32, 32, 3), "Resnet5")
    with pytest.raises(NetworkError, match=r"--weights w\.h5: no such file"):
        build_trunk((32, 32, 3), "MobileNetV2", "w.h5")
    (tmp_path / "x.keras").write_text("no model")
    with pytest.raises(NetworkError, match=r"--backbone .*x.keras: "):
        build_trunk((32, 32, 3), str(tmp_path / "x.keras"))
    with pytest.raises(NetworkError, match="reads pictures"):
        build_trunk((5,), "MobileNetV2")
