"""Known labels read by one joint distribution of all labels, fitted elsewhere and frozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.columns import same_column
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._filled import filled
from labelfeed.layers._texts import documented
from labelfeed.layers.base import LabelLayer
from labelfeed.layers.column_probabilities import ColumnProbabilities
from labelfeed.types import ArrayLike, Shape, Shapes, Tensor

__all__ = ["KnownLabelMixture"]

_LARGEST, _LEAST = 15.0, 1e-7  # those of `labelfeed.estimators.label_mixture`


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class KnownLabelMixture(LabelLayer):
    """Add to each label's logit what the known labels tell, by Bayes' rule on a mixture.

    `P(y | x) = sum_m w_m(x) prod_j sigmoid(+-(a_j(x) + offsets[m, j]))` over patterns `m` of
    labels, a softmax in a column of classes; `w = softmax(gate[0] + (2 p - 1) @ gate[1:])` with the
    plain probabilities `p`. `a(x)` is solved for in `steps` steps, so that with nothing known the
    mixture's marginals are `p`. So the mean over the answers to any label is what was said before
    it was asked. With no label of another column known the logits pass unchanged, to the bit. In
    float32 at any policy. Nothing is trained: `labelfeed.estimators` fits the numbers, and `assign`
    takes them.

    Args:
        {multi_spec}
        patterns: Number of patterns, >= 1.
        steps: Steps of the solver, >= 1: 8 are enough for yes/no labels.
        {label_dropout}
        {label_kwargs}

    Input shape:
        {logits_and_label}

    Output shape:
        `(batch, num_labels)`, float32.

    {multi_raises}

    References:
        Li, Wang, Pavlu and Aslam 2016, Conditional Bernoulli mixtures for multi-label
        classification.

    Example:
        >>> from labelfeed import LabelSpec
        >>> layer = KnownLabelMixture(LabelSpec.multi(["cough", "fever"]), patterns=2)
        >>> layer.assign(offsets=[[4.0, 4.0], [-4.0, -4.0]])  # both or none
        >>> out = layer([np.zeros((2, 2)), np.array([[1, -1], [-1, -1]])])
        >>> [[round(float(v), 1) for v in row] for row in keras.ops.convert_to_numpy(out)]
        [[0.0, 3.3], [0.0, 0.0]]
    """

    built: bool

    multi_only = True

    def __init__(
        self,
        spec: LabelSpec,
        patterns: int,
        steps: int = 8,
        label_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        """Check the arguments."""
        kwargs["dtype"] = "float32"
        super().__init__(spec, label_dropout, **kwargs)
        for name, value in (("patterns", patterns), ("steps", steps)):
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}.")
        self.patterns, self.steps = patterns, steps
        self.same = same_column(self.spec)
        columns = self.spec.label_columns
        of_classes = [[c.of_classes] * len(c.places) for c in columns]
        self.classes = np.concatenate(of_classes).astype(np.float32)  # 1: the class of a column
        self.plain = ColumnProbabilities(self.spec)

    def build(self, input_shape: Shapes | None = None) -> None:
        """Allocate numbers that add nothing."""
        if self.built:
            return
        places, exact = self.spec.num_classes, {"dtype": "float32", "autocast": False}
        for name, shape in (
            ("offsets", (self.patterns, places)),
            ("gate", (1 + places, self.patterns)),
        ):
            weight = self.add_weight(shape, filled("zeros"), name=name, trainable=False, **exact)
            setattr(self, name, weight)
        self.built = True

    def assign(self, **values: ArrayLike) -> None:
        """Take numbers by name; those that are not named stay.

        Args:
            **values: `offsets` `(patterns, labels)`, `gate` `(1 + labels, patterns)`.
        """
        self.build()
        own = {"offsets": self.offsets, "gate": self.gate}
        for name, value in values.items():
            array = np.asarray(value, np.float32)
            if name not in own or array.shape != tuple(own[name].shape):
                shapes = ", ".join(f"{n} {tuple(w.shape)}" for n, w in own.items())
                raise ValueError(f"Expected some of {shapes}; got {name} {array.shape}.")
            own[name].assign(array)

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the logits with what the known labels add."""
        logits, label = inputs
        logits = ops.cast(logits, "float32")
        label = self.checked_label(label, training)
        least = float(1.0 / (1.0 + np.exp(_LARGEST)))
        p = ops.clip(self.plain(logits), least, 1.0 - least)
        weights = ops.softmax(self.gate[0] + ops.matmul(2.0 * p - 1.0, self.gate[1:]), axis=-1)
        level = self._solved(p, ops.clip(logits, -_LARGEST, _LARGEST), weights)
        t = level[:, None, :] + self.offsets  # (batch, patterns, labels)
        s, rest = self._shares(t), _share(-t)
        said = self._log_likelihood(s, rest, label)
        size = ops.convert_to_tensor(self.same.sum(axis=1))
        told = ops.log(weights)[:, :, None] + ops.sum(said / size, axis=2, keepdims=True) - said
        told, before = ops.softmax(told, axis=1), weights[:, :, None]
        delta = _log_ratio(told, before, s)
        delta = delta - ops.convert_to_tensor(1.0 - self.classes) * _log_ratio(told, before, rest)
        own = ops.cast(label >= 0, "float32")
        if self.spec.class_columns:
            own = ops.minimum(ops.matmul(own, self.same), 1.0)
        others = ops.sum(own / size, axis=1, keepdims=True) - own
        return ops.where(others > 0.5, logits + delta, logits)

    def _shares(self, t: Tensor) -> Tensor:
        """Return sigmoids, and softmaxes over the columns of classes, of `(batch, m, labels)`."""
        if not self.spec.class_columns:
            return _share(t)
        parts: list[Tensor] = []
        for column in self.spec.label_columns:
            own = t[:, :, column.places[0] : column.places[-1] + 1]
            of_classes = column.of_classes
            parts.append(ops.softmax(own, axis=-1) if of_classes else _share(own))
        return ops.concatenate(parts, axis=-1)

    def _solved(self, p: Tensor, z: Tensor, weights: Tensor) -> Tensor:
        """Return the level that pins the marginals; `labelfeed.estimators` says how."""
        low, high = z - ops.max(self.offsets, axis=0), z - ops.min(self.offsets, axis=0)
        a = z - ops.matmul(weights, self.offsets)
        by, classes = weights[:, None, :], ops.convert_to_tensor(self.classes > 0)
        for _ in range(self.steps):
            t = a[:, None, :] + self.offsets
            s = self._shares(t)
            rest = ops.where(classes, 1.0 - s, _share(-t))  # exact where s is nearly 1
            f, g = ops.matmul(by, s)[:, 0], ops.maximum(ops.matmul(by, rest)[:, 0], _LEAST)
            f = ops.maximum(f, _LEAST)
            curve = ops.maximum(ops.matmul(by, s * rest)[:, 0], 1e-9)
            even = f * g
            step = (z - ops.log(f / g)) * even / ops.maximum(curve, 0.05 * even)
            if self.spec.class_columns:
                bound = ops.where(2.0 * ops.matmul(curve, self.same) < 1.0, 2.0 * curve, f)
                of_class = ops.log(p / f) * f / ops.maximum(bound, 0.05 * f)
                step = ops.where(classes, of_class, step)
            a = a + ops.clip(step, -4.0, 4.0)
            within = ops.minimum(ops.maximum(a, low), high)
            a = ops.where(classes, a, within)
        return a

    def _log_likelihood(self, s: Tensor, rest: Tensor, label: Tensor) -> Tensor:
        """Return what is known of each place's column says of the patterns.

        Of a column of classes its present class; where none is, that it is not the absent ones.
        """
        present = ops.cast(label == 1, "float32")[:, None, :]
        absent = ops.cast(label == 0, "float32")[:, None, :]
        out = present * ops.log(ops.maximum(s, _LEAST))
        classes = ops.convert_to_tensor(self.classes)
        out = out + (1.0 - classes) * absent * ops.log(rest)
        if self.spec.class_columns:
            settled = ops.minimum(ops.matmul(present, self.same), 1.0)
            some = ops.minimum(ops.matmul(absent, self.same), 1.0)
            left = 1.0 - ops.matmul(s * absent, self.same)
            excluded = classes * (1.0 - settled) * some
            out = ops.matmul(out, self.same) + excluded * ops.log(ops.maximum(left, _LEAST))
        return out

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the logits."""
        return tuple(input_shape[0])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "patterns": self.patterns, "steps": self.steps}


def _share(t: Tensor) -> Tensor:
    """Return the sigmoid of t, exact far out too, as its logarithm is taken.

    ONNX Runtime's own sigmoid is exact to 1e-7 in all, which is much of 1e-6.
    """
    return 1.0 / (1.0 + ops.exp(-ops.clip(t, -_LARGEST, _LARGEST)))


def _log_ratio(told: Tensor, before: Tensor, s: Tensor) -> Tensor:
    return ops.log(ops.sum(told * s, axis=1) / ops.sum(before * s, axis=1))
