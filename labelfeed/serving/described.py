"""What a run takes and gives, for the page and for programs: the fields, and OpenAPI."""

from __future__ import annotations

from typing import Any

from labelfeed import __version__
from labelfeed.data.columns import Category, Numeric
from labelfeed.data.date_column import Dates
from labelfeed.labels.spec import LabelSpec
from labelfeed.serving.rows import IMAGE
from labelfeed.serving.service import Service

__all__ = ["described", "openapi"]


def described(service: Service) -> dict[str, Any]:
    """Return the fields of a row, the labels and the side labels, as JSON types.

    Args:
        service: The service.

    Returns:
        `name`; `features`, each with `name`, `kind` (number, yesno, category, date) and a
        `typical` value or the `values`; `image`, the shape of a picture or `null`; `labels` and
        `sides`, each with `name`, `classes`, `yesno` and `number`; `reads_known`, `asks`,
        `most_rows`.
    """
    run, reader = service.run, service.reader
    reads = run.predictor.reads_label
    return {
        "name": service.name,
        "labelfeed": __version__,
        "features": [_field(column) for column in reader.columns],
        "image": list(reader.shape) or None,
        "image_file": run.data.get("kind") == "images",
        "labels": _labels(run.spec),
        "sides": [label for side in run.sides for label in _labels(side)],
        "reads_known": reads and bool(run.spec.shape),
        "asks": service.asks,
        "most_rows": service.most_rows,
    }


def _field(column: Numeric | Category | Dates) -> dict[str, Any]:
    if isinstance(column, Category):
        return {"name": column.name, "kind": "category", "values": list(column.values)}
    if isinstance(column, Dates):
        return {"name": column.name, "kind": "date", "typical": column.origin[:10]}
    kind = "yesno" if column.words else "number"
    return {"name": column.name, "kind": kind, "typical": float(f"{column.median:.6g}")}


def _labels(spec: LabelSpec) -> list[dict[str, Any]]:
    return [
        {
            "name": column.name,
            "classes": list(column.names),
            "yesno": not column.of_classes,
            "number": column.number is not None,
        }
        for column in spec.label_columns
    ]


def openapi(service: Service, token: bool) -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of the API of this run.

    Args:
        service: The service.
        token: Whether a token is asked for.
    """
    told = described(service)
    row: dict[str, Any] = {
        "type": "object",
        "description": "Column to value; null where there is none. Other columns are passed over.",
        "properties": {field["name"]: _cell(field) for field in told["features"]},
        "required": [field["name"] for field in told["features"]],
    }
    if told["image"]:
        row["properties"][IMAGE] = _image(told)
        row["required"].append(IMAGE)
    known = _given(told["labels"], "What is known; what is left out or null is unknown.")
    sides = _given(told["sides"], "Side labels; what is left out or null is unknown.")
    predict: dict[str, Any] = {"rows": {"type": "array", "items": row, "minItems": 1,
                                        "maxItems": service.most_rows}}  # fmt: skip
    if told["reads_known"]:
        predict["known"] = _one_or_each(known)
    if told["sides"]:
        predict["sides"] = _one_or_each(sides)
    paths = {
        "/predict": {"post": _post("Probabilities of rows", predict, ["rows"], _PREDICTIONS)},
        "/model": {"get": {"summary": "Features, labels and limits", **_gives({})}},
        "/health": {"get": {"summary": "Whether it runs", "security": [], **_gives({})}},
        "/openapi.json": {"get": {"summary": "This description", **_gives({})}},
    }
    if told["asks"]:
        ask = {
            "row": row,
            "about": {"type": "string", "description": "A label, or one class as colour=red."},
            "known": known,
            "best": {"type": "integer", "minimum": 1, "default": 3},
        }
        what = "Which unknown label of a row would tell most about another"
        paths["/ask"] = {"post": _post(what, ask, ["row", "about"], {"type": "object"})}
    found: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": f"labelfeed: {service.name}", "version": __version__},
        "paths": paths,
    }
    if token:
        found["components"] = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
        found["security"] = [{"token": []}]
    return found


_PREDICTIONS = {
    "type": "object",
    "required": ["predictions"],
    "properties": {
        "predictions": {
            "type": "array",
            "description": "One object a row: label to what is predicted of it.",
            "items": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "required": ["predicted", "probabilities", "source"],
                    "properties": {
                        "predicted": {"type": ["string", "number"]},
                        "probabilities": {
                            "type": "object",
                            "additionalProperties": {"type": "number"},
                        },
                        "source": {"enum": ["predicted", "given"]},
                    },
                },
            },
        },
        "notes": {"type": "array", "items": {"type": "string"}},
    },
}
_ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "required": ["message"],
            "properties": {
                "message": {"type": "string"},
                "row": {"type": "integer"},
                "column": {"type": "string"},
                "id": {"type": "string"},
            },
        }
    },
}
_WRONG = {
    "400": "no JSON",
    "401": "no token or a wrong one",
    "408": "the body came too slowly",
    "413": "too large or too many rows",
    "415": "not application/json",
    "422": "a value that does not fit; names row and column",
    "500": "an error of the server, with an id that stands in its log",
    "503": "too much waits already",
    "504": "it took too long",
}


def _cell(field: dict[str, Any]) -> dict[str, Any]:
    if field["kind"] == "category":
        return {"type": ["string", "number", "null"], "examples": field["values"][:3]}
    if field["kind"] == "date":
        return {"type": ["string", "null"], "format": "date", "examples": [field["typical"]]}
    kinds = ["number", "boolean", "string", "null"]
    if field["kind"] == "number":
        kinds.remove("boolean")
    return {"type": kinds, "examples": [field["typical"]]}


def _image(told: dict[str, Any]) -> dict[str, Any]:
    if told["image_file"]:
        return {"type": "string", "description": "PNG or JPEG file in base64."}
    return {"type": "array", "description": f"Nested lists of the shape {told['image']}."}


def _given(labels: list[dict[str, Any]], what: str) -> dict[str, Any]:
    properties = {
        label["name"]: {"description": "number" if label["number"] else ", ".join(label["classes"])}
        for label in labels
    }
    return {"type": "object", "description": what, "properties": properties}


def _one_or_each(given: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [given, {"type": "array", "items": given}]}


def _post(
    summary: str, properties: dict[str, Any], required: list[str], answer: dict[str, Any]
) -> dict[str, Any]:
    body = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    content = {"application/json": {"schema": body}}
    return {
        "summary": summary,
        "requestBody": {"required": True, "content": content},
        **_gives(answer),
    }


def _gives(answer: dict[str, Any]) -> dict[str, Any]:
    right = {"description": "OK", "content": {"application/json": {"schema": answer}}}
    wrong = {
        status: {"description": what, "content": {"application/json": {"schema": _ERROR}}}
        for status, what in _WRONG.items()
    }
    return {"responses": {"200": right, **wrong}}
