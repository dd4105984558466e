"""The options of `noisy-labels`."""

from __future__ import annotations

import pytest

from labelfeed.options import NOISE_METHODS, OptionError
from labelfeed.options.noisy_labels import NoisyLabelsOptions
from labelfeed.options.underneath import underneath


def test_a_loss_is_of_one_network() -> None:
    assert underneath(NoisyLabelsOptions()) == NOISE_METHODS[0] == "auto"
    assert underneath(NoisyLabelsOptions(plain="logistic")) == "logistic"
    for method in NOISE_METHODS[1:]:
        assert underneath(NoisyLabelsOptions(noise_method=method)) == "network"
        with pytest.raises(OptionError, match="leave out --plain logistic"):
            underneath(NoisyLabelsOptions(noise_method=method, plain="logistic"))


def test_there_are_no_other_methods() -> None:
    with pytest.raises(OptionError, match="'gce', got 'gse'"):
        NoisyLabelsOptions(noise_method="gse")
