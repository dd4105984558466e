from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.input import LabelInput
from labelfeed.layers import LabelConditionalDense
from labelfeed.models.side_label import SideLabelModel
from labelfeed.sides.bayes_product import BayesProduct
from labelfeed.strategies import side_label
from tests.strategies._sides import TARGET, TURN, rows, trained


def small(**options: object) -> SideLabelModel:
    return side_label(TARGET, (4,), [TURN], width=4, **options)


def test_the_target_is_never_read():
    """Training on the very same rows with other targets beside x changes nothing in the output."""
    x, y, turn = rows(20)
    model = trained()
    given = model.with_sides(x, {"turn": turn})
    from labelfeed.models.wire import with_label

    shown = [model.predict(with_label(given, label), verbose=0) for label in (y, 1 - y)]
    np.testing.assert_array_equal(*shown)
    with pytest.raises(ValueError, match="'ill' is no input of this model"):
        model.predict(x, known=y)


def test_every_way_to_hand_over_side_labels_is_the_same():
    x, _, turn = rows(6)
    model = trained()
    expected = model.predict(x, sides={"turn": turn}, verbose=0)
    names = [TURN.names[i] for i in turn]
    ways = [
        model.predict(x, sides=[turn], verbose=0),
        model.predict(x, sides=pd.DataFrame({"turn": names}), verbose=0),
        model.predict(model.with_sides(x, {"turn": names}), verbose=0),
        model.predict({"features": x, "turn": turn}, verbose=0),
        keras.ops.convert_to_numpy(model([x, turn])),
        model.predict_on_batch({"features": x, "turn": turn}),
    ]
    for got in ways:
        np.testing.assert_allclose(keras.ops.convert_to_numpy(got), expected, atol=1e-6)
    blind = model.predict(x, verbose=0)
    stream = Stream({"features": x, "turn": np.full(6, 7)})  # beyond the spec
    unknown = [model.predict(x, sides={"turn": u}, verbose=0) for u in (None, -1, [""] * 6)]
    for got in (*unknown, model.predict(stream, verbose=0)):
        np.testing.assert_allclose(got, blind, atol=1e-6)


class Stream(keras.utils.PyDataset):
    """One batch of what it was given."""

    def __init__(self, *parts) -> None:
        super().__init__()
        self.parts = parts

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: int) -> tuple:
        return self.parts


def test_ids_that_are_none_are_refused() -> None:
    x, y, _ = rows(6)
    model = trained()
    for wrong, message in (
        (np.full(6, 7), "Row 0, column 'turn': got 7"),
        (np.full(6, 0.5), r"got 0\.5"),
    ):
        given = {"features": x, "turn": wrong}
        calls = [model, lambda v: model.predict(v, verbose=0), lambda v: model.fit(v, y, verbose=0)]
        for call in calls:
            with pytest.raises(LabelError, match=message):
                call(given)


def test_tables_are_paired_by_their_index() -> None:
    x, y, turn = rows(6)
    model = trained()
    frame = pd.DataFrame(x, columns=list("abcdefgh")[: x.shape[1]])
    sides = pd.DataFrame({"turn": turn})
    expected = model.predict(x, sides=[turn], verbose=0)
    np.testing.assert_allclose(model.predict(frame, sides=sides, verbose=0), expected, atol=1e-6)
    with pytest.raises(ValueError, match="row indexes of x and sides differ: row 0 is 5"):
        model.predict(frame[::-1], sides=sides, verbose=0)
    with pytest.raises(ValueError, match="row indexes of x and y differ"):
        model.fit(frame[::-1], pd.Series(y), sides=[turn], verbose=0)
    np.testing.assert_allclose(
        model.predict(x.tolist(), sides=sides, verbose=0), expected, atol=1e-6
    )


def test_the_first_phase_trains_the_plain_layer_the_second_all_others():
    x, y, turn = rows(64)
    model = small()
    plain = model.network.get_layer("plain")
    own = model.network.get_layer("side_logits")
    before = [v.copy() for v in (*plain.get_weights(), *own.get_weights())]
    model.fit(x, y, epochs=1, verbose=0)  # no side label: the first phase alone
    between = [*plain.get_weights(), *own.get_weights()]
    count = len(plain.get_weights())
    assert not np.array_equal(before[0], between[0])
    np.testing.assert_array_equal(before[count], between[count])
    history = model.fit(x, y, sides=[turn], epochs=2, plain_epochs=0, verbose=0).history
    after = [*plain.get_weights(), *own.get_weights()]
    for a, b in zip(between[:count], after[:count], strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(between[count], after[count])
    assert len(history["loss"]) == 2
    assert plain.trainable


def test_rows_of_unknown_target_and_side_are_fine():
    x, y, turn = rows(32)
    y[:8], turn[4:12] = -1, -1
    history = small().fit(x, y, sides=[turn], validation_data=(x, y), validation_sides=[turn],
                          epochs=2, verbose=0).history  # fmt: skip
    assert np.isfinite(history["loss"]).all()
    assert len(history["val_loss"]) == 4


def test_streams():
    x, y, turn = rows(32)
    model = small()

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 4

        def __getitem__(self, i: int) -> tuple:
            part = slice(8 * i, 8 * i + 8)
            return {"features": x[part], "turn": turn[part]}, y[part]

    before = model.network.get_layer("side_logits").get_weights()[0].copy()
    model.fit(Batches(), epochs=1, verbose=0)
    assert not np.array_equal(before, model.network.get_layer("side_logits").get_weights()[0])
    assert np.isfinite(model.evaluate(Batches(), verbose=0))


def test_evaluate_reads_side_labels_only_when_given():
    x, y, turn = rows(200, seed=3)
    model = trained()
    assert model.evaluate(x, y, sides=[turn], verbose=0) < model.evaluate(x, y, verbose=0) - 0.1


def test_saves_loads_and_goes_on(tmp_path):
    x, y, turn = rows(20)
    product = BayesProduct(TARGET, [TURN]).fit(y, [turn])
    model = small(product=product, offset=True)
    model.fit(x, y, sides=[turn], epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert type(again) is SideLabelModel
    assert again.sides == (TURN,)
    np.testing.assert_allclose(again.product.tables[0], product.tables[0])
    for sides in (None, [turn]):
        expected = model.predict(x, sides=sides, verbose=0)
        np.testing.assert_allclose(again.predict(x, sides=sides, verbose=0), expected, atol=1e-6)
    again.fit(x, y, sides=[turn], epochs=1, verbose=0)


def test_exports_with_and_without_label_tensors():
    x, _, turn = rows(5)
    model = trained()
    free = model.functional()
    assert [i.name for i in free.inputs] == ["features"]
    np.testing.assert_allclose(free.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)
    fed = model.functional(sides=True)
    assert sorted(i.name for i in fed.inputs) == ["features", "turn"]
    expected = model.predict(x, sides=[turn], verbose=0)
    got = fed.predict({"features": x, "turn": turn}, verbose=0)
    np.testing.assert_allclose(got, expected, atol=1e-6)


def test_a_network_of_ones_own_trains_in_one_phase():
    x, turn = keras.Input((4,), name="x"), LabelInput(TURN)
    out = LabelConditionalDense(2, TURN, "softmax", label_dropout=0.25)([x, turn])
    model = SideLabelModel(keras.Model([x, turn], out), TARGET, [TURN])
    model.compile("adam", "sparse_categorical_crossentropy")
    rows_x, y, sides = rows(16)
    history = model.fit(rows_x, y, sides=[sides], epochs=2, verbose=0).history
    assert len(history["loss"]) == 2
    assert model.predict(rows_x, sides=[sides], verbose=0).shape == (16, 2)


def test_what_does_not_fit_is_told():
    x, y, turn = rows(8)
    model = small()
    with pytest.raises(ValueError, match="pass validation_sides="):
        model.fit(x, y, sides=[turn], validation_data=(x, y))
    with pytest.raises(ValueError, match="'features' and side labels"):
        model.predict({"features": x, "tilt": turn})
    with pytest.raises(LabelError, match="column 'turn': got 'c'"):
        model.predict(x, sides={"turn": ["c"] * 8})
    with pytest.raises(ValueError, match="got 3 items"):
        model.predict([x, turn, turn])
    plain = keras.Input((4,))
    with pytest.raises(ValueError, match=r"has no input \['turn'\]"):
        SideLabelModel(keras.Model(plain, keras.layers.Dense(2)(plain)), TARGET, [TURN])
