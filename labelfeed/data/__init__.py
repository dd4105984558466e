"""Data files into raw features, encoded labels and a label spec."""

from labelfeed.data.arrays import load_arrays
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.images import load_images
from labelfeed.data.loading import load_data
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.split import Split, split_rows
from labelfeed.data.table import load_table

__all__ = [
    "DataError",
    "Dataset",
    "Preprocessor",
    "Split",
    "load_arrays",
    "load_data",
    "load_images",
    "load_table",
    "split_rows",
]
