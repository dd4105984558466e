"""The kernels of LabelConditionalDense: shared, per class, low rank; grouped and gathered."""

import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.label_conditional_dense import LabelConditionalDense

KERNELS = ["per-class+shared", "per-class", "low-rank"]
SINGLE, MANY, MULTI = LabelSpec.single(3), LabelSpec.single(40), LabelSpec.multi(3)


def _randomised(layer):
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


def _reference(layer, x, label):
    w = {v.name: keras.ops.convert_to_numpy(v).astype("float64") for v in layer.weights}
    kernels = w["class_kernels"]
    kernels = w["class_down"] @ kernels if "class_down" in w else kernels
    out = np.zeros((*x.shape[:-1], layer.units)) + w["bias"]
    for row, value in enumerate(label):
        if layer.spec.kind == "multi":
            on = [s * 3 + i for i, v in enumerate(value) for s in (0, 1) if v == s]
        elif layer.kernel_kind == "per-class":
            on = [value if value >= 0 else layer.spec.num_classes]
        else:
            on = [value] if value >= 0 else []
        kernel = w.get("kernel", 0) + sum(kernels[i] for i in on)
        out[row] += x[row] @ kernel + sum(w["class_biases"][i] for i in on)
    return out


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("spec", [SINGLE, MANY, MULTI], ids=["single", "many", "multi"])
@pytest.mark.parametrize("shape", [(6, 5), (6, 2, 3, 5)], ids=["vector", "image"])
def test_output_equals_the_reference(kernel, spec, shape):
    units = 4 if len(shape) == 2 else 8  # fewer than the states of three labels, and more
    if kernel == "per-class" and spec is MULTI:
        with pytest.raises(ValueError, match="needs a single label"):
            LabelConditionalDense(units, spec, kernel=kernel)
        return
    rng = np.random.default_rng(1)
    x = rng.normal(size=shape)
    label = rng.integers(-1, 2, (6, *spec.shape))
    for method in ("gather", "grouped"):
        layer = LabelConditionalDense(units, spec, kernel=kernel, rank=2, method=method)
        layer.build([shape, label.shape])
        out = _randomised(layer)([x, label])
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(out), _reference(layer, x, label), atol=2e-5
        )


@pytest.mark.parametrize("kernel", ["per-class+shared", "low-rank"])
def test_classes_start_as_the_plain_dense_layer(kernel):
    layer = LabelConditionalDense(4, MANY, kernel=kernel)
    x = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    plain = layer([x, np.full(5, -1)])
    np.testing.assert_allclose(*map(keras.ops.convert_to_numpy, (layer([x, np.arange(5)]), plain)))


def test_per_class_kernels_start_alive():
    layer = LabelConditionalDense(64, SINGLE, kernel="per-class")
    x = np.random.default_rng(0).normal(size=(200, 64)).astype("float32")
    out = keras.ops.convert_to_numpy(layer([x, np.arange(200) % 3]))
    assert 0.5 < out.std() < 2


@pytest.mark.parametrize("method", ["auto", "grouped"])
@pytest.mark.parametrize(
    "kernel, spec", [(KERNELS[0], SINGLE), (KERNELS[1], MANY), (KERNELS[2], MANY)]
)
def test_an_exported_graph_for_any_batch_size_equals_the_layer(kernel, spec, method, tmp_path):
    x, label = keras.Input((70,)), keras.Input((), dtype="int32")
    layer = LabelConditionalDense(65, spec, kernel=kernel, rank=3, method=method)  # "large" kernels
    model = keras.Model([x, label], layer([x, label]))
    _randomised(layer)
    rng = np.random.default_rng(0)
    features = rng.normal(size=(7, 70)).astype("float32")
    labels = rng.integers(-1, spec.num_classes, 7).astype("int32")
    if keras.backend.backend() == "torch":  # Keras has no SavedModel there
        import torch

        data = [keras.ops.convert_to_tensor(v) for v in (features, labels)]
        batch = [{0: torch.export.Dim("batch")}] * 2
        exported = torch.export.export(model, (data,), dynamic_shapes=((batch,),)).module()
        found = exported([v[:5] for v in data]).detach().cpu().numpy()
    else:
        tf = pytest.importorskip("tensorflow")
        model.export(tmp_path / "saved", format="tf_saved_model", verbose=False)
        loaded = tf.saved_model.load(str(tmp_path / "saved"))
        found = loaded.serve([features[:5], labels[:5]]).numpy()
    expected = model.predict([features[:5], labels[:5]], verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-5)
    np.testing.assert_allclose(found, _reference(layer, features[:5], labels[:5]), atol=1e-4)


@pytest.mark.parametrize("bad", [{"kernel": "full"}, {"rank": 0}, {"method": "quick"}])
def test_wrong_options_are_named(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        LabelConditionalDense(4, SINGLE, **bad)


@pytest.mark.parametrize("kernel", KERNELS)
def test_half_precision_follows_single(kernel):
    rng = np.random.default_rng(0)
    x, label = rng.normal(size=(20, 6)).astype("float32"), rng.integers(-1, 40, 20)
    outputs, state = [], None
    for dtype in ("float32", "mixed_bfloat16"):
        layer = LabelConditionalDense(4, MANY, kernel=kernel, rank=2, method="grouped", dtype=dtype)
        layer.build([x.shape, label.shape])
        state = [rng.normal(size=w.shape) for w in layer.get_weights()] if state is None else state
        layer.set_weights(state)
        out = layer([x, label])
        assert keras.backend.standardize_dtype(out.dtype) == layer.compute_dtype
        outputs.append(keras.ops.convert_to_numpy(keras.ops.cast(out, "float32")))
    np.testing.assert_allclose(outputs[1], outputs[0], atol=0.15, rtol=0.05)
