"""Which rows a run trains on, stops by and is scored on: the same for `train` and `tune`."""

from __future__ import annotations

from labelfeed.data.dataset import Dataset
from labelfeed.data.groups import Together, together
from labelfeed.data.split import Split, split_rows
from labelfeed.data.streamed_pictures import StreamedPictures
from labelfeed.data.streamed_table import StreamedTable
from labelfeed.options import StrategyOptions
from labelfeed.strategies.blended import plain_models

__all__ = ["split_of_run"]


def split_of_run(
    dataset: Dataset,
    options: StrategyOptions,
    streamed: StreamedTable | StreamedPictures | None = None,
) -> tuple[Split, Together]:
    """Return the parts of a data set, and which rows belong together.

    Where plain models are cross-fitted nothing is held out for validation: their folds see to that.

    Args:
        dataset: The rows.
        options: Of the strategy; its shares and seed count.
        streamed: What the rows are a sample of: then a hash of each row tells its part.

    Raises:
        DataError: The rows are too few for the parts.
    """
    belonging = together(dataset.features, dataset.groups, dataset.group_name)
    if streamed is not None:
        return streamed.split(options.test_share, options.validation_share), belonging
    blended = bool(plain_models(options, dataset))
    split = split_rows(
        dataset.labels,
        dataset.spec,
        test_share=options.test_share,
        validation_share=0.0 if blended else options.validation_share,
        seed=options.seed,
        groups=belonging.ids,
    )
    return split, belonging
