"""A label spec as JSON, as runs and models keep it; older ones lack what was not there yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labelfeed.labels._spec_protocol import Spec
from labelfeed.labels.number import NumberRanges


def spec_config(spec: Spec) -> dict[str, Any]:
    """Return a JSON-serialisable description; what is empty is left out."""
    config: dict[str, Any] = {
        "kind": spec.kind,
        "num_classes": spec.num_classes,
        "names": None if spec.names is None else list(spec.names),
        "name": spec.name,
    }
    further = {
        "groups": [[head, list(classes)] for head, classes in spec.class_columns],
        "words": [list(entry) for entry in spec.words],
        "ordered": list(spec.ordered),
        "edges": list(spec.edges),
        "numbers": [number.to_json() for number in spec.numbers],
    }
    return {**config, **{key: value for key, value in further.items() if value}}


def spec_arguments(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of the spec that `spec_config` described.

    Raises:
        ValueError: It is something else.
    """
    try:
        names = config["names"]
        return {
            "kind": config["kind"],
            "num_classes": int(config["num_classes"]),
            "names": None if names is None else tuple(names),
            "name": config["name"],
            "class_columns": tuple((h, tuple(c)) for h, c in config.get("groups", ())),
            "words": tuple(config.get("words", ())),
            "ordered": tuple(config.get("ordered", ())),
            "edges": tuple(config.get("edges", ())),
            "numbers": tuple(map(NumberRanges.from_json, config.get("numbers", ()))),
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            "Expected a LabelSpec or the dict of LabelSpec.get_config() "
            f"(kind, num_classes, names, name), got {config!r}."
        ) from error
