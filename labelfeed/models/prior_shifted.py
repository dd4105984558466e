"""A trained model at the prior of the place where it will be used."""

from __future__ import annotations

from collections.abc import Mapping

import keras

from labelfeed.labels.prior import PriorError, prior_shift, stated_prior, training_prior
from labelfeed.layers.prior_shift import PriorShift
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.side_label import PRIOR, SideLabelModel
from labelfeed.types import ArrayLike, KerasModel

__all__ = ["prior_shifted"]


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
        A compiled model with the weights of the given one, under the same visibility.

    Raises:
        PriorError: The prior is none, or a class is in no training row; or the model has no
            network of probabilities, as `MarginModel`.
        ValueError: The model has such a shift already.

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
    if not isinstance(model, LabelFedModel):
        raise PriorError(
            f"A prior shifts probabilities of a LabelFedModel; this is a {type(model).__name__}. "
            "Train with another strategy than margin."
        )
    spec, network = model.label, model.network
    if any(isinstance(layer, PriorShift) for layer in network.layers):
        raise ValueError("The model is at another prior already: shift the one before that.")
    layer = PriorShift(spec, name=PRIOR)
    layer.assign(
        prior_shift(stated_prior(prior, spec), training_prior(labels, spec, weights), spec)
    )
    network = keras.Model(network.inputs, layer(network.outputs[0]))
    network.trainable = model.network.trainable
    whole: LabelFedModel
    if isinstance(model, SideLabelModel):
        whole = SideLabelModel(network, spec, model.sides, model.product)
    else:
        whole = LabelFedModel(network, spec, model.visibility)
    if model.compiled:
        config = model.get_compile_config()
        whole.compile_from_config(config or {})
    return whole
