"""Plain models from scikit-learn, blended, and readers of known labels on top; no Keras.

From features and known labels to probabilities, as prediction does it and as
`labelfeed.models.assembled` does it in one Keras model. `x` is float32 `(n, d)`, `s` the states
`(n, places)`: 1, 0, -1 unknown.

1. Logits of the members `z_m`, float64 `(n, places)`:

   - logistic (`LinearLogits`): `x @ weights + bias`.
   - extra trees (`ForestLogits`): `q` is the mean over the trees of `tree_.value` of x's leaf;
     `log(q / (1 - q))` of a yes/no place and `log(q)` of a class, q clipped to [1e-7, 1 - 1e-7].
   - boosting (`BoostedLogits`): for each column the raw score of `model` on `x[:, features]`. It is
     the log-odds of a yes/no place. For a column of classes `responses.put_scores` writes it into
     the places of `model.classes_`: raw scores as they are where every class was seen
     (two classes: `-s / 2, s / 2`), else shifted so that the classes seen have together the
     probability that `base` gives them. `base` where there is no model.
   - any classifier (`ClassifierLogits`), given probabilities (`GivenLogits`): logits of clipped
     probabilities; a classifier of the user's is assembled where
     `labelfeed.models.from_estimators.known_estimator` says so.

2. Plain logits: `c = sum_m blend.weights[m, column of place] z_m + blend.bias`.

3. With known labels `c + delta`, `c` to the bit where all of `s` is -1 (or `readers_` is `None`).
   Of a `LabelMixture` with `offsets` and `gate` (patterns m):

   - `w = softmax(gate[0] + (2 p(c) - 1) @ gate[1:])`; `p` as in 4, clipped at `sigmoid(-15)`;
   - `a` so that `sum_m w_m p(a + offsets_m) = p(c)`, in `steps` steps of `label_mixture.solved`;
   - `w'_mj` in proportion to `w_m` times the likelihood, under `p(a + offsets_m)`, of what is
     known of the columns besides that of place j;
   - `delta_j = l(sum_m w'_mj p(a_j + offsets_mj)) - l(sum_m w_m p(a_j + offsets_mj))`, with `l` the
     log-odds of a yes/no place and the log of a class.

   Of `Readers` it is `by_evidence E + by_pairs P`:

   - `k_j`: known columns besides the column of place j; `r = k / max(columns - 1, 1)`;
   - `e = (absent @ tables[0] + present @ tables[1]) / (1 + redundancy max(k - 1, 0))`, clipped to
     `[-cap, cap]`; `present = [s = 1]`; `absent = [s = 0]`, but 0 in a column of classes whose
     present class is known;
   - `E = scale r c + shift r + strength e`;
   - `P = u @ by_surprise + v @ by_sign`; for known places `u = [s = 1] - p(c)` and
     `v = 2 [s = 1] - 1`, else both 0; `p` as in 4.

4. Probabilities `p`: sigmoid of a yes/no place, softmax over the places of a column of classes.
"""

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.errors import EstimatorError

__all__ = ["EstimatorError", "LabelFedClassifier"]
