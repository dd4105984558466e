from __future__ import annotations

import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.options import MarginOptions, MaskedOptions, PlainOptions
from labelfeed.strategies.networks import NetworkError, build_network
from labelfeed.strategies.size import check_size, least_bytes


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((30,), PlainOptions(width=10**9)),
        ((30,), PlainOptions(width=10**9, depth=1)),
        ((30,), PlainOptions(depth=10**9)),
        ((30,), MaskedOptions(width=10**300)),
        ((30,), MarginOptions(embedding_dim=10**9, width=10**4)),
        ((10**6, 10**6, 3), PlainOptions()),
        ((10**5, 10**5, 1), PlainOptions(batch_size=1)),
    ],
)
def test_absurd_sizes_are_refused(shape, options):
    with pytest.raises(NetworkError, match=r"of memory, and there are|depth must be at most 1000"):
        check_size(shape, 1000, 3, options)


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((30,), PlainOptions()),
        ((30_000,), PlainOptions(width=1024, batch_size=10**12)),
        ((224, 224, 3), MarginOptions()),
        (((224, 224, 3), 9), PlainOptions()),
        ((30,), MaskedOptions(network="own:net", width=10**9)),
    ],
)
def test_what_people_train_passes(shape, options):
    check_size(shape, 1000, 3, options)


@pytest.mark.parametrize("shape", [(30,), (33, 40, 3), (6, 9, 1)])
def test_the_weights_of_the_default_network_are_a_bound(shape):
    options = PlainOptions(width=200, depth=3)
    spec = LabelSpec.single(4)
    made = build_network(shape, spec, conditioning=None, width=200, depth=3).count_params()
    told = least_bytes(shape, 0, 4, options) / 16
    assert 0.5 * made < told <= made
