"""A trained model as ONNX: read with care, and run without Keras."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.limits import allowed_bytes, in_words
from labelfeed.predictors.predictor import Predictor
from labelfeed.predictors.responses import PredictorError
from labelfeed.sides.values import encode_sides
from labelfeed.types import Features, Shape, SideValues, Tensor

__all__ = [
    "CARD_ENTRY",
    "FEATURES",
    "KNOWN",
    "OUTPUT",
    "OnnxError",
    "OnnxGraph",
    "OnnxPredictor",
    "side_inputs",
]

CARD_ENTRY = "labelfeed"  # the metadata entry that holds the card as JSON
FEATURES, KNOWN, OUTPUT = "features", "known", "probabilities"
_SHARE = 0.5  # of the memory
# An entry `location` of a tensor that lies in another file, however its tag and length are written.
_OUTSIDE = re.compile(rb"(?:\x0a|\x8a\x80*\x00)(?:\x08|\x88\x80*\x00)location")


class OnnxError(ValueError):
    """An ONNX file that cannot be used; says why, and how to mend it."""


@dataclasses.dataclass(frozen=True)
class OnnxGraph:
    """An opened ONNX file.

    Args:
        session: Session of ONNX Runtime.
        card: What the file says about itself; empty if it is not one of ours.
        inputs: Shape of one row for each input, by name.
        width: Columns of its output.
    """

    session: Any
    card: Mapping[str, Any]
    inputs: Mapping[str, Shape]
    width: int

    @classmethod
    def open(cls, path: str | Path, threads: int = 0) -> OnnxGraph:
        """Open a file: no other file is read, and no code is loaded.

        Args:
            path: The file.
            threads: Threads of ONNX Runtime, 0 for its own choice.

        Raises:
            OnnxError: It is too large, points to other files, or is no ONNX of one output;
                or ONNX Runtime is not installed.
        """
        path = Path(path)
        try:
            import onnxruntime
        except ImportError as error:
            raise OnnxError(
                "ONNX Runtime is not installed: pip install 'labelfeed[onnx]'."
            ) from error
        content = _content(path)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # what is wrong is in the exception
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
            card = json.loads(session.get_modelmeta().custom_metadata_map.get(CARD_ENTRY, "{}"))
        except Exception as error:  # its own classes of errors are private
            reason = str(error).strip().split("\n")[0][:300]
            raise OnnxError(f"{path} is no ONNX model that can be run: {reason}") from error
        outputs = session.get_outputs()
        if len(outputs) != 1 or len(outputs[0].shape) != 2 or not isinstance(card, dict):
            raise OnnxError(f"{path}: expected one output, (rows, classes), as labelfeed writes.")
        shapes = {one.name: tuple(one.shape[1:]) for one in session.get_inputs()}
        width = outputs[0].shape[1]
        return cls(session, card, shapes, width if isinstance(width, int) else 0)

    def run(self, feeds: Mapping[str, np.ndarray], batch_size: int) -> np.ndarray:
        """Return the output of all rows, float32 `(n, width)`.

        Args:
            feeds: An array for each input, all of n rows, n >= 1.
            batch_size: Rows at once, at least 1.
        """
        rows = len(next(iter(feeds.values())))
        parts = [
            self.session.run(None, {name: a[at : at + batch_size] for name, a in feeds.items()})[0]
            for at in range(0, rows, batch_size)
        ]
        return np.concatenate(parts)


class OnnxPredictor(Predictor):
    """Class probabilities of preprocessed rows by ONNX Runtime.

    Args:
        path: The file without a label input.
        told: The file that takes known labels or side labels; `None` where there is none. It is
            opened when a label is given.
        spec: The label that is predicted.
        sides: Side labels that `told` takes.
        shape: Shape of one row.

    Raises:
        OnnxError: The file is not one of this label and these rows.
    """

    what = "ONNX copy"

    def __init__(
        self,
        path: str | Path,
        told: str | Path | None,
        spec: LabelSpec,
        sides: Sequence[LabelSpec] = (),
        shape: Shape = (),
    ) -> None:
        """Open the file without labels and check what it takes."""
        sides = tuple(sides) if told is not None else ()
        super().__init__(spec, told is not None and not sides, sides)
        self.path, self.told = Path(path), told
        self.feature_shapes, self._shape = (shape,), shape
        self.model = OnnxGraph.open(path)
        self._told: OnnxGraph | None = None
        self._check(self.model, {FEATURES: shape}, self.path)

    def scores(
        self, x: Features, known: np.ndarray | None = None, sides: SideValues | None = None
    ) -> Tensor:
        """Return the probabilities of the graph."""
        feeds = {FEATURES: np.ascontiguousarray(x, np.float32)}
        rows = len(feeds[FEATURES])
        if self.sides and sides is not None:
            given = encode_sides(self.sides, sides, rows)
            for name, spec in side_inputs(self.sides).items():
                ids = given.get(spec.input_name, np.full(rows, UNKNOWN))
                feeds[name] = np.asarray(ids, np.int32)
        elif known is not None:
            feeds[KNOWN] = np.asarray(known, np.int32)
        graph = self.model if len(feeds) == 1 else self._graph_of_labels()
        return graph.run(feeds, self.batch_size)

    def _no_known(self) -> str:
        if not self.sides:
            return super()._no_known()
        names = [spec.name for spec in self.sides]
        return (
            f"The target {self.spec.name!r} is no input of this model: predict without known "
            f"labels. Side labels go into sides= ({names})."
        )

    def _graph_of_labels(self) -> OnnxGraph:
        if self._told is None:
            if self.told is None:
                raise PredictorError(f"{self.path} takes no labels.")
            graph = OnnxGraph.open(self.told)
            labels: dict[str, Shape] = dict.fromkeys(side_inputs(self.sides), ())
            labels = labels or {KNOWN: self.spec.shape}
            self._check(graph, {FEATURES: self._shape, **labels}, Path(self.told))
            if graph.card.get("model") != self.model.card.get("model"):
                raise OnnxError(f"{self.told} and {self.path} are of different models.")
            self._told = graph
        return self._told

    def _check(self, graph: OnnxGraph, inputs: Mapping[str, Shape], path: Path) -> None:
        config = json.loads(json.dumps(self.spec.get_config()))
        if graph.card.get("label") != config:
            raise OnnxError(f"{path} predicts other labels than this run.")
        one = {1} if self.spec.kind == "single" and self.spec.num_classes == 2 else set()
        if dict(graph.inputs) != dict(inputs) or graph.width not in one | {self.spec.num_classes}:
            raise OnnxError(
                f"{path} takes {dict(graph.inputs)} and gives {graph.width} columns; expected "
                f"{dict(inputs)} and {self.spec.num_classes}."
            )


def side_inputs(sides: Sequence[LabelSpec]) -> dict[str, LabelSpec]:
    """Return the side labels by the names of their inputs, in letters that every format takes.

    Example:
        >>> list(side_inputs([LabelSpec.single(2, "bed no."), LabelSpec.single(2, "bed_no_")]))
        ['side_bed_no_', 'side_bed_no__']
    """
    found: dict[str, LabelSpec] = {}
    for spec in sides:
        name = "side_" + re.sub(r"[^A-Za-z0-9]+", "_", spec.name)
        while name in found:
            name += "_"
        found[name] = spec
    return found


def _content(path: Path) -> bytes:
    """Return the bytes of a file that is not too large and stands for itself."""
    try:
        size = path.stat().st_size
        if size > (most := allowed_bytes(_SHARE)):
            raise OnnxError(
                f"{path} has {in_words(size)}, and {in_words(most)} are allowed; raise it with "
                f"--max-bytes {size} (Python: labelfeed.limits.limits)."
            )
        content = path.read_bytes()
    except OSError as error:
        raise OnnxError(f"{path} cannot be read: {error}") from error
    if _OUTSIDE.search(content):
        raise OnnxError(f"{path} keeps numbers in other files, which is refused.")
    return content
