"""Many small networks trained at once by NumPy alone.

A step on a small table is a few products of small matrices; around them Keras spends two to five
times as long: in compiling, in calling, and Torch in drawing for dropout.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.types import JSON

__all__ = ["MemberNetworks"]

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.99, 1e-7  # of AdamW
_CUT = 0.87962566  # standard deviation of a standard normal that is cut at -2 and 2
_Layer = dict[str, np.ndarray]


class MemberNetworks:
    """MLPs with ReLU, `copies` in a group, as `strategies.ensemble_network` builds them in Keras.

    The copies of a group share their hidden kernels and differ by factors of inputs and outputs;
    last layers are shared by none. All weights are views into one vector, so that AdamW is a few
    lines for all. Activations are `(members, units, rows)`.

    Args:
        inputs: Columns of what they read.
        widths: Units of the hidden layers, at least one.
        places: Logits of each member; they start at 0.
        groups: Groups of members, >= 1.
        copies: Members of each group, >= 1.
        dropout: Probability in [0, 1) that a hidden unit is zeroed in training, to 1/256.
        weight_decay: Of the kernels, >= 0.
        seed: Of weights, batches and dropout.

    Attributes:
        layers: For each layer `kernel` `(groups, in, out)`, of the last one `(members, in, out)`;
            `bias` `(members, out)`; with copies `input_factor` `(members, in)` and `output_factor`
            `(members, out)`.
        vector: All of them.

    References:
        Gorishniy, Kotelnikov and Babenko 2025, TabM; Loshchilov and Hutter 2019, Decoupled weight
        decay regularization.

    Example:
        >>> networks = MemberNetworks(3, (8,), 2, groups=5, copies=4)
        >>> networks.logits(np.zeros((3, 7), np.float32)).shape
        (20, 2, 7)
    """

    def __init__(
        self,
        inputs: int,
        widths: tuple[int, ...],
        places: int,
        *,
        groups: int,
        copies: int = 1,
        dropout: float = 0.0,
        weight_decay: float = 0.0,
        seed: int = 0,
    ) -> None:
        """Draw the weights."""
        self.copies, self.kept = copies, 1 - round(dropout * 256) / 256
        self.rng, self.steps = np.random.default_rng(seed), 0
        members, shapes = groups * copies, []
        for place, (width, units) in enumerate(zip((inputs, *widths), widths, strict=False)):
            shapes += [(place, "kernel", (groups, width, units)), (place, "bias", (members, units))]
            if copies > 1:
                shapes += [(place, "input_factor", (members, width))]
                shapes += [(place, "output_factor", (members, units))]
        last = len(widths)
        shapes += [(last, "kernel", (members, widths[-1], places))]
        shapes += [(last, "bias", (members, places))]
        total = sum(math.prod(shape) for _, _, shape in shapes)
        self.vector, self._gradient, self._first, self._second, self._decay = (
            np.zeros(total, np.float32) for _ in range(5)
        )
        self.layers: list[_Layer] = [{} for _ in range(last + 1)]
        self._slopes: list[_Layer] = [{} for _ in self.layers]
        at = 0
        for place, name, shape in shapes:
            part = slice(at, at := at + math.prod(shape))
            self.layers[place][name] = self.vector[part].reshape(shape)
            self._slopes[place][name] = self._gradient[part].reshape(shape)
            self._decay[part] = weight_decay * (name == "kernel")
        for layer in self.layers[:-1]:
            self._draw(layer, layer is self.layers[0])

    def _draw(self, layer: _Layer, first: bool) -> None:
        kernel = self.rng.standard_normal(layer["kernel"].shape, np.float32)  # He et al. 2015
        while (far := np.abs(kernel) > 2).any():
            kernel[far] = self.rng.standard_normal(int(far.sum()), np.float32)
        layer["kernel"][:] = kernel * (math.sqrt(2 / kernel.shape[1]) / _CUT)
        for name in {"input_factor", "output_factor"} & set(layer):
            layer[name][:] = 1.0
        if first:  # a feature of two values is cut at different places too, and copies differ
            layer["bias"][:] = 0.1 * self.rng.standard_normal(layer["bias"].shape, np.float32)
            if self.copies > 1:
                layer["input_factor"][self.rng.random(layer["input_factor"].shape) < 0.5] = -1.0

    def state(self) -> tuple[dict[str, np.ndarray], JSON]:
        """Return weights, moments and generator, as arrays and JSON; a training goes on from it."""
        arrays = {"vector": self.vector, "first": self._first, "second": self._second}
        told = {"steps": self.steps, "rng": self.rng.bit_generator.state}
        return {name: array.copy() for name, array in arrays.items()}, told

    def restore(self, arrays: Mapping[str, np.ndarray], told: JSON) -> None:
        """Put back what `state` returned."""
        self.vector[:], self._first[:] = arrays["vector"], arrays["first"]
        self._second[:] = arrays["second"]
        self.steps, self.rng.bit_generator.state = told["steps"], told["rng"]

    def logits(self, x: np.ndarray, group: int | None = None) -> np.ndarray:
        """Return float32 logits `(members, places, n)` of all members, or of those of a group.

        Args:
            x: float32 `(inputs, n)`.
            group: Which group.
        """
        first = 0 if group is None else group * self.copies
        own = slice(first, None if group is None else first + self.copies)
        h = x
        for layer in self.layers:
            h = self._kernel(layer)[own].transpose(0, 2, 1) @ h
            h += layer["bias"][own, :, None]
            if layer is not self.layers[-1]:
                np.maximum(h, 0, out=h)
        return h

    def step(
        self, x: np.ndarray, y: np.ndarray, weight: np.ndarray, spec: LabelSpec, rate: float
    ) -> float:
        """Take a step of AdamW on a batch; return the mean loss of members and rows.

        Args:
            x: float32 `(inputs, n)`.
            y: `(places, n)` of 1, 0, -1 (unknown).
            weight: float32 `(members, n)`.
            spec: The label.
            rate: Learning rate.
        """
        kernels = [self._kernel(layer) for layer in self.layers]
        inside: list[np.ndarray] = [x]
        for layer, kernel in zip(self.layers, kernels, strict=True):
            h = kernel.transpose(0, 2, 1) @ inside[-1]
            h += layer["bias"][:, :, None]
            if layer is not self.layers[-1]:
                np.maximum(h, 0, out=h)
                self._drop(h)
            inside.append(h)
        loss, slope = _loss(inside.pop(), y, spec)
        share = weight / weight.size  # the mean over members and rows, as Keras takes it
        slope *= share[:, None]
        for place in reversed(range(len(self.layers))):
            h = inside[place]
            self._slopes[place]["bias"][:] = slope.sum(axis=2)
            self._to_kernel(place, h @ slope.transpose(0, 2, 1))
            if place:
                slope = kernels[place] @ slope
                slope *= h > 0  # neither cut by the ReLU nor dropped
                slope *= 1 / self.kept
        self._adam(rate)
        return float((loss * share).sum())

    def _kernel(self, layer: _Layer) -> np.ndarray:
        """Return the kernels of all members, with their factors, `(members, in, out)`."""
        if "input_factor" not in layer:
            return layer["kernel"]
        shared = layer["kernel"][:, None]  # (groups, 1, in, out)
        each = (len(shared), self.copies)
        kernel = shared * layer["input_factor"].reshape(*each, -1, 1)
        kernel *= layer["output_factor"].reshape(*each, 1, -1)
        return kernel.reshape(-1, *shared.shape[2:])

    def _to_kernel(self, place: int, slope: np.ndarray) -> None:
        """Put the gradient of the kernels of members where that of their parts belongs."""
        layer, into = self.layers[place], self._slopes[place]
        if "input_factor" not in layer:
            into["kernel"][:] = slope
            return
        each = (-1, self.copies, *slope.shape[1:])
        through = (slope.reshape(each) * layer["kernel"][:, None]).reshape(slope.shape)
        into["input_factor"][:] = (through @ layer["output_factor"][:, :, None])[:, :, 0]
        into["output_factor"][:] = (layer["input_factor"][:, None] @ through)[:, 0]
        slope *= layer["input_factor"][:, :, None]
        slope *= layer["output_factor"][:, None]
        into["kernel"][:] = slope.reshape(each).sum(axis=1)

    def _drop(self, h: np.ndarray) -> None:
        """Zero some units of `(members, units, n)` in place, and raise the others."""
        if self.kept == 1:
            return
        words = self.rng.integers(0, 2**64, -(-h.size // 8), np.uint64, endpoint=False)
        h *= (words.view(np.uint8)[: h.size] < round(self.kept * 256)).reshape(h.shape)
        h *= 1 / self.kept

    def _adam(self, rate: float) -> None:
        self.steps += 1
        size = rate * math.sqrt(1 - _BETA_2**self.steps) / (1 - _BETA_1**self.steps)
        self.vector -= self.vector * (rate * self._decay)
        self._first += (1 - _BETA_1) * (self._gradient - self._first)
        self._second += (1 - _BETA_2) * (np.square(self._gradient) - self._second)
        self.vector -= size * self._first / (np.sqrt(self._second) + _EPSILON)


def _loss(z: np.ndarray, y: np.ndarray, spec: LabelSpec) -> tuple[np.ndarray, np.ndarray]:
    """Return the loss `(members, n)` of logits `(members, places, n)`, and its gradient.

    The mean over the label columns, 0 where they are unknown.
    """
    columns = spec.label_columns
    yes_no = [c.places[0] for c in columns if not c.of_classes]
    loss, slope = np.zeros((len(z), z.shape[2]), np.float32), np.zeros_like(z)
    known = (y >= 0).astype(np.float32)
    present = np.maximum(y, 0).astype(np.float32)
    if yes_no:
        own = z if len(yes_no) == len(y) else z[:, yes_no]
        low = np.exp(-np.abs(own))
        each = np.maximum(own, 0) + np.log1p(low) - present[yes_no] * own
        loss += (each * known[yes_no]).sum(axis=1)
        p = np.where(own >= 0, 1, low) / (1 + low)
        slope[:, yes_no] = (p - present[yes_no]) * known[yes_no]
    for column in columns:
        if column.of_classes:
            places = slice(column.places[0], column.places[-1] + 1)
            own = z[:, places] - z[:, places].max(axis=1, keepdims=True)
            p = np.exp(own)
            total = p.sum(axis=1, keepdims=True)
            loss += ((np.log(total) - own) * present[places]).sum(axis=1)
            slope[:, places] = (p / total - present[places]) * known[places]
    loss /= len(columns)
    slope /= len(columns)
    return loss, slope
