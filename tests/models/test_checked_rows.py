"""Rows at the door of `LabelFedModel` and `MarginModel`: every way in, for every kind of fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from keras import ops

from tests.models._doors import X, Y, both

FRAME = pd.DataFrame(X, columns=list("pqrs"), index=np.arange(24) + 100)
BAD = np.where(np.arange(24)[:, None] == 3, np.nan, X)
DOORS = {
    "fit": lambda model, x: model.fit(x, Y, verbose=0),
    "validation_data": lambda model, x: model.fit(X, Y, validation_data=(x, Y), verbose=0),
    "evaluate": lambda model, x: model.evaluate(x, Y, verbose=0),
    "predict": lambda model, x: model.predict(x, verbose=0),
    "train_on_batch": lambda model, x: model.train_on_batch(x, Y),
    "test_on_batch": lambda model, x: model.test_on_batch(x, Y),
    "predict_on_batch": lambda model, x: model.predict_on_batch(x),
}


@both
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_features_that_are_not_finite_enter_nowhere(make: Any, door: Any) -> None:
    model = make()
    before = model.get_weights()
    door(model, X.tolist())
    door(model, FRAME.reset_index(drop=True))
    for bad in (BAD, pd.DataFrame(BAD), ops.convert_to_tensor(BAD), X.astype(float) * 1e39):
        with pytest.raises(ValueError, match=r"Row [03], column \d: the feature is"):
            door(model, bad)
    for new, old in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(new, old)


def stream(x: np.ndarray) -> Any:
    return ((x[i : i + 8], Y[i : i + 8]) for i in (8, 16, 0))


@both
def test_nor_out_of_streams(make: Any) -> None:
    model = make()
    for call in (
        lambda **how: model.fit(stream(BAD), steps_per_epoch=3, verbose=0, **how),
        lambda **how: model.evaluate(stream(BAD), steps=3, verbose=0, **how),
        lambda **how: model.predict(stream(BAD), steps=3, verbose=0, **how),
    ):
        with pytest.raises(ValueError, match=r"^In batch 2 of .*Row 3, column 0: the feature is"):
            call(allow_nan=False)
        call(allow_nan=True)
    with pytest.raises(ValueError, match=r"^validation_data: In batch 2"):
        model.fit(X, Y, validation_data=stream(BAD), validation_steps=3, verbose=0)


@both
def test_that_nan_is_allowed_is_remembered(make: Any, tmp_path: Path) -> None:
    model = make()
    model.fit(BAD, Y, allow_nan=True, validation_data=(BAD, Y), verbose=0)
    model.save(tmp_path / "m.keras")
    for one in (model, keras.saving.load_model(tmp_path / "m.keras")):
        assert np.isnan(one.predict(BAD, verbose=0)[3]).all()
        one.evaluate(BAD, Y, verbose=0)
        with pytest.raises(ValueError, match="Row 3"):
            one.predict(BAD, allow_nan=False, verbose=0)
    model.fit(X, Y, verbose=0)
    with pytest.raises(ValueError, match="Row 3"):
        model.predict(BAD, verbose=0)
    model.predict(BAD, allow_nan=True, verbose=0)


@both
def test_tables_are_paired_by_index_and_columns_by_name(make: Any, tmp_path: Path) -> None:
    model = make()
    y, weight = pd.Series(Y, index=FRAME.index), pd.Series(np.ones(24), index=FRAME.index)
    model.fit(FRAME, y, sample_weight=weight, validation_data=(FRAME, y, weight), verbose=0)
    for x, target, w in ((FRAME[::-1], y, None), (FRAME, y[::-1], None), (X, y, weight[::-1])):
        for method in (model.fit, model.evaluate):
            with pytest.raises(ValueError, match=r"row indexes of .* differ"):
                method(x, target, sample_weight=w, verbose=0)
    with pytest.raises(ValueError, match="row indexes of x and validation_data differ"):
        model.fit(FRAME, y, validation_data=(FRAME[::-1], y), verbose=0)
    expected = model.predict(X, verbose=0)
    model.save(tmp_path / "m.keras")
    for one in (model, keras.saving.load_model(tmp_path / "m.keras")):
        found = one.predict(FRAME[["s", "q", "r", "p"]], verbose=0)
        np.testing.assert_allclose(found, expected, atol=1e-6)
        with pytest.raises(ValueError, match=r"trained on 'p', 'q', 'r', 's' \(missing: 's'"):
            one.predict(FRAME.rename(columns={"s": "t"}), verbose=0)


@both
def test_the_weight_of_an_unknown_label_is_ignored(make: Any) -> None:
    y = np.where(np.arange(24) % 4 == 0, -1, Y)
    results = []
    for ignored in (1.0, np.nan, 1e20, -1.0, np.inf):
        model = make()
        model.set_weights([np.full(w.shape, 0.1) + np.arange(w.size).reshape(w.shape) / 9
                           for w in model.get_weights()])  # fmt: skip
        model.optimizer.learning_rate = 0.1
        weight = np.where(y < 0, ignored, 2.0)
        model.fit(X, y, sample_weight=weight, batch_size=24, shuffle=False, verbose=0)
        model.train_on_batch(X, y, weight)
        score = model.evaluate(X, y, sample_weight=weight, verbose=0)
        results.append([np.ravel(score), *model.get_weights()])
    for found in results:
        for a, b in zip(found, results[0], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6)
            assert np.isfinite(a).all()


@both
def test_bad_weights_are_named_wherever_they_enter(make: Any) -> None:
    model = make()
    bad = np.where(np.arange(24) == 5, -1.0, 1.0)
    for call in (
        lambda: model.fit(X, Y, sample_weight=bad, verbose=0),
        lambda: model.fit(X, Y, validation_data=(X, Y, bad), verbose=0),
        lambda: model.evaluate(X, Y, sample_weight=bad, verbose=0),
        lambda: model.train_on_batch(X, Y, bad),
        lambda: model.test_on_batch(X, Y, bad),
    ):
        with pytest.raises(ValueError, match=r"sample_weight: Row 5: .* -1\.0"):
            call()
