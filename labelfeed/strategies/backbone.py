"""A pretrained network of pictures as a frozen trunk: pictures become vectors, once."""

from __future__ import annotations

import dataclasses
import difflib
import math
import warnings
from pathlib import Path

import keras
import numpy as np

from labelfeed.layers.frozen_scaling import FrozenScaling
from labelfeed.layers.random_view import RandomView
from labelfeed.models.embedding import feature_network
from labelfeed.models.keras_private import without_tensorflow
from labelfeed.models.on_trunk import READS
from labelfeed.options.backbones import backbone_named
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.pictures import FeatureShape, augmented, flat_shape, parts, split_shape
from labelfeed.types import KerasModel, Tensor

__all__ = ["Trunk", "application", "as_read", "build_trunk"]

_SMALLEST = {"InceptionV3": 75, "InceptionResNetV2": 75, "Xception": 71}  # sides they can read
_USUAL_SMALLEST = 32
# What of the three preprocessings of keras.applications.imagenet_utils a family was trained with.
_BY_ONES = ("Inception", "MobileNet", "NASNet", "Xception")  # -1 to 1
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_BGR_MEAN = (103.939, 116.779, 123.68)


@dataclasses.dataclass(frozen=True)
class Trunk:
    """What turns rows with pictures into vectors.

    Args:
        network: `keras.Model`: rows -> `(batch, d)`.
        shape: Of a row, as for `build_trunk`.
        flip: Whether half of the views are mirrored.
    """

    network: KerasModel
    shape: FeatureShape
    flip: bool = False

    def vectors(self, x: np.ndarray, augment: bool = False, batch_size: int = 64) -> np.ndarray:
        """Return float32 vectors `(n, d)` of prepared rows, computed once.

        Args:
            x: Prepared rows, pictures from 0 to 1.
            augment: Whether to look at each picture from a place drawn anew.
            batch_size: Rows per step.
        """
        x = self._seen_anew(x, batch_size) if augment else x
        return np.asarray(self.network.predict(x, batch_size=batch_size, verbose=0), np.float32)

    def _seen_anew(self, x: np.ndarray, batch_size: int) -> np.ndarray:
        picture, _ = split_shape(self.shape)
        assert picture is not None
        view, seen = RandomView(flip=self.flip), np.array(x)
        flat = seen.reshape(len(seen), -1)
        pixels = flat[:, : math.prod(picture)]
        for start in range(0, len(x), batch_size):
            part = pixels[start : start + batch_size]
            out = view(part.reshape(-1, *picture), training=True)
            part[:] = keras.ops.convert_to_numpy(out).reshape(part.shape)
        return seen

    def scale(self, x: np.ndarray) -> None:
        """Give each number of the vectors mean 0 and deviation 1 over these prepared rows."""
        layer = self.network.get_layer("vector_scale")
        z = self.vectors(x).astype(np.float64)
        layer.assign(z.mean(axis=0), np.maximum(z.std(axis=0), 1e-6))


def build_trunk(
    shape: FeatureShape,
    backbone: str | KerasModel,
    weights: str | None = None,
    augment: str = "light",
) -> Trunk:
    """Return a frozen network that turns pictures into vectors.

    Grey pictures become three equal channels where the backbone reads three; the scaling that it
    was trained with is part of the network, and so is a resizing where the backbone reads one size
    alone or pictures are too small for it. Maps are averaged over places. Numbers beside the
    picture stand after the vector.

    Args:
        shape: `(height, width, channels)`, or `((height, width, channels), d)`.
        backbone: Name in keras.applications; or a Keras model of pictures from 0 to 1 whose output
            is maps or vectors, or the file of one (`.keras`). Of a model of this library, what its
            last layer reads.
        weights: Of a name: a file of weights without the top layer, `"imagenet"`, which Keras
            downloads, or `None` (random).
        augment: What training does to pictures; see `labelfeed.strategies.pictures.augmented`.

    Raises:
        NetworkError: There is no such backbone, or its weights do not fit.

    Example:
        >>> x = keras.Input((8, 8, 1))
        >>> model = keras.Model(x, keras.layers.Conv2D(5, 3)(x))
        >>> build_trunk((12, 9, 3), model).vectors(np.ones((2, 12, 9, 3))).shape
        (2, 5)
    """
    rows = keras.Input(flat_shape(shape), name="features")
    picture, numbers = parts(rows, shape)
    if picture is None:
        raise NetworkError(f"--backbone reads pictures; these rows have the shape {shape}.")
    name = None
    if isinstance(backbone, str):
        name = backbone_named(backbone)
        backbone = _saved(backbone) if name is None else application(name, weights)
    body = backbone
    body.trainable = False
    height, width, channels = body.inputs[0].shape[1:]
    least = _SMALLEST.get(name or "", _USUAL_SMALLEST if name else 1)
    size = tuple(
        given or max(own, least)
        for given, own in zip((height, width), picture.shape[1:3], strict=True)
    )
    scale = FrozenScaling(name="vector_scale")
    reads = _pixels(name, int(picture.shape[-1]), int(channels))

    def vector(seen: Tensor) -> Tensor:
        if seen.shape[1:3] != size:
            seen = keras.layers.Resizing(*size)(seen)
        h = body(reads(seen))
        if len(h.shape) == 4:
            h = keras.layers.GlobalAveragePooling2D(dtype="float32")(h)
        elif len(h.shape) == 3:
            h = keras.layers.GlobalAveragePooling1D(dtype="float32")(h)
        return scale(h if numbers is None else keras.layers.Concatenate()([h, numbers]))

    network = keras.Model(rows, vector(augmented(picture, augment)), name="trunk")
    return Trunk(network, shape, augment == "flip")


def application(name: str, weights: str | None = None) -> KerasModel:
    """Return a network of keras.applications without its top.

    Args:
        name: As keras.applications writes it.
        weights: As for `build_trunk`.

    Raises:
        NetworkError: The weights cannot be loaded or downloaded.
    """
    if weights not in (None, "imagenet") and not Path(str(weights)).is_file():
        raise NetworkError(
            f"--weights {weights}: no such file. Expected the weights of {name} without its top, "
            "or imagenet. (A column of weights is --weight COL.)"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a line for each layer, of which none is lost
            made: KerasModel = getattr(keras.applications, name)(
                include_top=False, weights=weights, input_shape=(None, None, 3)
            )
    except Exception as error:  # what reading or downloading happens to raise
        reason = (str(error).strip() or type(error).__name__).split("\n")[0]
        raise NetworkError(f"--backbone {name}, --weights {weights}: {reason}") from error
    return made


def as_read(name: str | None, channels: int, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the kernel and bias that turn pixels from 0 to 1 into what a backbone reads.

    Args:
        name: In keras.applications; `None`: pixels as they are.
        channels: Of the pictures.
        wanted: Of the backbone.

    Returns:
        Float arrays `(channels, wanted)` and `(wanted,)`.

    Example:
        >>> kernel, bias = as_read("MobileNetV2", 1, 3)
        >>> kernel.tolist(), bias.tolist()
        ([[2.0, 2.0, 2.0]], [-1.0, -1.0, -1.0])
    """
    kernel = np.eye(wanted) if channels == wanted else np.full((channels, wanted), 1.0 / channels)
    bias = np.zeros(wanted)
    if name is None:
        return kernel, bias
    if name.startswith("DenseNet"):
        return kernel / np.array(_DEVIATION), -np.array(_MEAN) / _DEVIATION
    if name.startswith(("VGG", "ResNet")) and not name.endswith("V2"):
        return 255.0 * kernel[:, ::-1], -np.array(_BGR_MEAN)
    if name.startswith((*_BY_ONES, "ResNet")) and not name.startswith("MobileNetV3"):
        return 2.0 * kernel, bias - 1.0
    return 255.0 * kernel, bias  # it scales them itself


def _pixels(name: str | None, channels: int, wanted: int) -> keras.layers.Layer:
    layer = keras.layers.Conv2D(wanted, 1, dtype="float32", name=READS)
    layer.build((None, None, None, channels))
    kernel, bias = as_read(name, channels, wanted)
    layer.set_weights([kernel[None, None], bias])
    layer.trainable = False
    return layer


def _saved(place: str) -> KerasModel:
    path = Path(place)
    if not path.is_file():
        close = difflib.get_close_matches(
            place, [n for n in dir(keras.applications) if n[0].isupper()]
        )
        hint = f" Did you mean {close[0]}?" if close else ""
        raise NetworkError(
            f"--backbone {place}: neither a network of keras.applications (MobileNetV3Small, ...) "
            f"nor a .keras file.{hint}"
        )
    try:
        with without_tensorflow():
            return feature_network(keras.saving.load_model(path, compile=False))
    except Exception as error:  # a broken file raises what its broken part happens to raise
        reason = (str(error).strip() or type(error).__name__).split("\n")[0]
        raise NetworkError(f"--backbone {place}: {reason}") from error
