"""Data files into raw features, encoded labels and a label spec."""

from labelfeed.data.arrays import load_arrays
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.duplicates import find_duplicates
from labelfeed.data.folds import group_folds
from labelfeed.data.groups import propose_group, together
from labelfeed.data.images import load_images
from labelfeed.data.loading import load_data
from labelfeed.data.near_duplicates import near_duplicates
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.seen_rows import SeenRows
from labelfeed.data.split import Split, split_rows
from labelfeed.data.streamed_pictures import StreamedPictures, stream_pictures
from labelfeed.data.streamed_table import StreamedTable, stream_table
from labelfeed.data.table import load_table

__all__ = [
    "DataError",
    "Dataset",
    "Preprocessor",
    "SeenRows",
    "Split",
    "StreamedPictures",
    "StreamedTable",
    "find_duplicates",
    "group_folds",
    "load_arrays",
    "load_data",
    "load_images",
    "load_table",
    "near_duplicates",
    "propose_group",
    "split_rows",
    "stream_pictures",
    "stream_table",
    "together",
]
