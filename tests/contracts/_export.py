"""What an exported model says, on each backend that Keras exports from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np


def served(model: Any, values: Any, folder: Path) -> Any:
    """Export a model for any batch size, load it without its classes, and feed it.

    SavedModel from TensorFlow and JAX; an ExportedProgram from Torch, which knows no SavedModel.
    """
    place = folder / "served"
    if keras.backend.backend() != "torch":
        import tensorflow as tf

        model.export(place, verbose=False)
        loaded = tf.saved_model.load(str(place))
        return keras.tree.map_structure(np.asarray, loaded.serve(values))
    import torch

    batch = keras.tree.map_structure(lambda _: {0: torch.export.Dim.AUTO}, values)
    path = place.with_suffix(".pt2")
    model.export(path, format="torch", verbose=False, dynamic_shapes=(batch,))
    module = torch.export.load(str(path)).module()
    out = module(keras.tree.map_structure(keras.ops.convert_to_tensor, values))
    return keras.tree.map_structure(lambda t: t.detach().cpu().numpy(), out)
