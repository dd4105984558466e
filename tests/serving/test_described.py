"""The description: fields with typical values, labels with classes, an OpenAPI that is true."""

from __future__ import annotations

from labelfeed.serving.described import described, openapi
from tests.serving._runs import ROW, pictured, several, sided


def test_fields_and_labels() -> None:
    told = described(several())
    kinds = {field["name"]: field["kind"] for field in told["features"]}
    assert kinds == {"age": "number", "sex": "category", "smokes": "yesno", "visit": "date"}
    assert told["features"][0]["typical"] == 30 and told["features"][1]["values"] == ["f", "m"]
    assert [label["name"] for label in told["labels"]] == ["cough", "fever", "colour"]
    assert [label["yesno"] for label in told["labels"]] == [True, True, False]
    assert told["asks"] and told["reads_known"] and told["image"] is None
    other = described(sided())
    assert not other["asks"] and [side["name"] for side in other["sides"]] == ["scanner"]
    assert described(pictured())["image"] == [4, 4, 1]


def test_openapi_names_what_is_taken() -> None:
    told = openapi(several(), token=True)
    predict = told["paths"]["/predict"]["post"]
    schema = predict["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == {"rows", "known"}
    assert schema["properties"]["rows"]["items"]["required"] == list(ROW)
    assert {"200", "401", "413", "422", "504"} <= predict["responses"].keys()
    assert told["security"] and "/ask" in told["paths"]
    other = openapi(sided(), token=False)
    assert "security" not in other and "/ask" not in other["paths"]
    assert "image" in str(openapi(pictured(), token=False)["paths"]["/predict"])
