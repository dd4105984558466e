"""A trained model at the prior of the place where it will be used."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np

from labelfeed.labels.prior import PriorError, prior_shift, stated_prior, training_prior
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.prior_shift import PriorShift
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.side_label import PRIOR, SideLabelModel
from labelfeed.types import ArrayLike, KerasModel

__all__ = ["prior_shifted", "with_shift"]

_NO_NETWORK = (
    "A prior shifts the probabilities of a LabelFedModel; this is a {}. Train with another "
    "strategy than margin."
)


def prior_shifted(
    model: KerasModel,
    labels: ArrayLike,
    prior: float | str | Mapping[str, float],
    weights: ArrayLike | None = None,
) -> LabelFedModel:
    """Return a trained model whose probabilities are those at another prior.

    `logit' = logit + logit(prior) - logit(share in training)` for a yes/no label,
    `p * prior / share`, made to sum to 1, for classes. The shift is a frozen weight behind the
    network, so that `predict`, `known=`, `save` and `export` have it. Right where only the shares
    differ and P(x | y) is the same.

    Args:
        model: A trained `LabelFedModel`, also with side labels; its network gives probabilities.
        labels: Encoded labels of the rows it was trained on, `(n,)` or `(n, num_labels)`; -1
            unknown.
        prior: 0.02 for one yes/no label; else by class or label, `{"ill": 0.02}` or `"ill=0.02"`,
            see `labels.prior.stated_prior`.
        weights: Sample weights it was trained with.

    Returns:
        A compiled model with the layers of the given one, under the same visibility. Of a model
        that is at another prior already, one at this prior instead.

    Raises:
        PriorError: The prior is none, or a class is in no training row; or the model has no
            network of probabilities, as `MarginModel`.

    References:
        Saerens, Latinne and Decaestecker 2002; Menon et al. 2021, Long-tail learning via logit
        adjustment.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.single(["well", "ill"])
        >>> model = labelfeed.strategies.plain(spec, (3,), width=4)
        >>> x, y = np.random.rand(40, 3), np.arange(40) % 2
        >>> rare = prior_shifted(model, y, {"ill": 0.02})
        >>> bool(np.all(rare.predict(x, verbose=0) < model.predict(x, verbose=0), axis=0)[1])
        True
    """
    spec = getattr(model, "label", None)
    if not isinstance(spec, LabelSpec):
        raise PriorError(_NO_NETWORK.format(type(model).__name__))
    trained = training_prior(labels, spec, weights)
    return with_shift(model, prior_shift(stated_prior(prior, spec), trained, spec))


def with_shift(model: KerasModel, shift: np.ndarray) -> LabelFedModel:
    """Return a trained model with this shift of its logits, and with no other.

    Args:
        model: As for `prior_shifted`.
        shift: `(num_classes,)`, as `labels.prior.prior_shift` returns it.

    Raises:
        PriorError: The model has no network of probabilities.
    """
    if not isinstance(model, LabelFedModel):
        raise PriorError(_NO_NETWORK.format(type(model).__name__))
    spec, network = model.label, model.network
    last, output = network.layers[-1], network.outputs[0]
    layer = PriorShift(spec, name=PRIOR)
    layer.assign(shift)
    output = layer(last.input if isinstance(last, PriorShift) else output)
    network = keras.Model(network.inputs, output)
    whole: LabelFedModel
    if isinstance(model, SideLabelModel):
        whole = SideLabelModel(network, spec, model.sides, model.product)
    else:
        whole = LabelFedModel(network, spec, model.visibility)
    if model.compiled:
        whole.compile_from_config(model.get_compile_config() or {})
    return whole
