"""One output, two columns for a sigmoid, numbers that are probabilities."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.responses import (
    PredictorError,
    chosen_output,
    class_probabilities,
    one_output,
)

TWO, THREE = LabelSpec.single(2, "ill"), LabelSpec.single(3, "species")


@pytest.mark.parametrize("output", [[0.25, 1.0], [[0.25], [1.0]], {"out": np.array([0.25, 1.0])}])
def test_one_sigmoid_column_becomes_two(output) -> None:
    output = output if isinstance(output, dict) else np.array(output)
    assert class_probabilities(output, TWO, 2).tolist() == [[0.75, 0.25], [0.0, 1.0]]


def test_one_yes_no_label_keeps_its_one_column() -> None:
    found = class_probabilities(np.array([[0.25]]), LabelSpec.multi(1), 1)
    assert found.tolist() == [[0.25]]


def test_tensors_and_rounding_are_taken() -> None:
    tensor = keras.ops.convert_to_tensor([[1.00001, -0.00001, 0.0]])
    found = class_probabilities([tensor], THREE, 1)
    assert found.dtype == np.float64 and found.tolist() == [[1.0, 0.0, 0.0]]


@pytest.mark.parametrize(
    ("output", "spec", "message"),
    [
        (np.full((2, 4), 0.25), THREE, r"gives 4 scores .* 'species' has num_classes=3.*\(2, 3\)"),
        (np.full((2, 1), 0.25), THREE, "gives 1 scores a row"),
        (np.full((2, 2), 0.5), LabelSpec.multi(3, "findings"), "'findings' has num_classes=3"),
        (np.full((3, 3), 0.3), THREE, r"Expected scores of shape \(2, classes\), got \(3, 3\)"),
        (np.zeros((2, 3, 1)), THREE, r"got \(2, 3, 1\)"),
        ([np.zeros((2, 3))] * 2, THREE, "has 2 outputs"),
        (np.array([[0, 1, 0], [0.2, 1.5, -0.7]]), THREE, "Row 1, column 1: .* gives 1.5.*softmax"),
        (np.array([[0.2], [-0.1]]), TWO, "Row 1, column 0: .* gives -0.1"),
        (np.array([[0, 1, 0], [0, np.nan, 0]]), THREE, "Row 1, column 1: the model gives nan"),
        (np.full((2, 3), 3.0), LabelSpec.multi(3), "6 of 6 values do not.*sigmoid"),
    ],
)
def test_what_is_no_probability_is_refused(output, spec, message) -> None:
    with pytest.raises(PredictorError, match=message):
        class_probabilities(output, spec, 2)


def test_scores_need_not_be_probabilities() -> None:
    assert one_output(np.array([[-3.0, 8.0]]), 1).tolist() == [[-3.0, 8.0]]
    assert one_output(np.array([1.0, 2.0]), None).shape == (2, 1)
    with pytest.raises(PredictorError, match="shape \\(rows, classes\\)"):
        one_output(np.zeros((1, 2, 3)), None)


def test_of_several_outputs_the_named_one_or_the_one_called_like_the_label_is_taken() -> None:
    ages, ill = np.zeros((2, 1)), np.ones((2, 2))
    for found, names in (({"age": ages, "ill": ill}, ()), ([ages, ill], ("age", "ill"))):
        assert chosen_output(found, None, TWO, names) is ill
        assert chosen_output(found, "age", TWO, names) is ages
        assert chosen_output(found, -1, TWO, names) is chosen_output(found, "1", TWO, names) is ill
    assert chosen_output(ill, None, TWO) is chosen_output(ill, 0, TWO) is ill
    with pytest.raises(PredictorError, match=r"has outputs \['age', 'out'\]: pass the name"):
        chosen_output({"age": ages, "out": ill}, None, TWO)
    with pytest.raises(PredictorError, match="has 2 outputs, and none called 'sick'"):
        chosen_output([ages, ill], "sick", TWO)
    with pytest.raises(PredictorError, match="none called 3"):
        chosen_output([ages, ill], 3, TWO)
