"""Labels that may be wrong: how often, which ones, and what they should be; no Keras.

The label that is given is an input here: `P(true | x, given)` is proportional to
`P(true | x) T[true, given]`, with the noise matrix T. Every probability of a row comes from models
that saw its label neither directly nor through repaired labels of other rows.
"""

from labelfeed.noise.annotated_rows import load_annotated
from labelfeed.noise.errors import NoiseError
from labelfeed.noise.matrix import anchor_matrix, confident_joint, counted_joint
from labelfeed.noise.posterior import clean_posterior, clean_probabilities, fit_matrix

__all__ = [
    "NoiseError",
    "anchor_matrix",
    "clean_posterior",
    "clean_probabilities",
    "confident_joint",
    "counted_joint",
    "fit_matrix",
    "load_annotated",
]
