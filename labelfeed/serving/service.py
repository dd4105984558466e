"""What a server does with a run: read a request, work on many at once, answer each."""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from labelfeed.data.dataset import did_you_mean
from labelfeed.labels.spec import LabelSpec
from labelfeed.runs.kept import KeptRun
from labelfeed.serving.answers import predictions, questions
from labelfeed.serving.body import RequestError, check_keys, json_object
from labelfeed.serving.rows import ReadRows, RowReader
from labelfeed.serving.told import read_known, read_told_sides
from labelfeed.types import JSON

__all__ = ["Service", "Task", "in_json"]


@dataclasses.dataclass(frozen=True)
class Task:
    """A request that was read and checked.

    Args:
        rows: Its rows.
        known: Known labels, or `None`.
        sides: Ids of side labels by name, or `None`.
        about: Of a question: the label in question; `None` for a prediction.
        best: Of a question: how many to return.
    """

    rows: ReadRows
    known: np.ndarray | None = None
    sides: dict[str, np.ndarray] | None = None
    about: str | None = None
    best: int = 3

    @property
    def kind(self) -> tuple[Any, ...]:
        """What tasks have in common that are predicted in one step."""
        known = None if self.known is None else self.known.dtype.kind
        return known, tuple(sorted(self.sides)) if self.sides else None


class Service:
    """A run behind an API: JSON in, JSON out, whatever carries it.

    Args:
        run: The run.
        name: What it is called.
        most_rows: Rows that one request may have.
    """

    def __init__(self, run: KeptRun, name: str = "run", most_rows: int = 1000) -> None:
        """Make ready to read rows; the first prediction loads what is loaded late."""
        self.run, self.name, self.most_rows = run, name, most_rows
        self.reader = RowReader(run)
        self.spec = run.spec

    @property
    def asks(self) -> bool:
        """Whether there are questions to ask: several labels, of which some may be known."""
        return self.run.predictor.reads_label and len(self.spec.label_columns) > 1

    def read_predict(self, body: bytes) -> Task:
        """Return the task of a body of `POST /predict`.

        Raises:
            RequestError: It is no such request.
            DataError: A value does not fit; names row and column.
            LabelError: A label does not fit; names row and label.
            PredictorError: The run reads no label.
        """
        given = json_object(body)
        check_keys(given, ("rows", "known", "sides"), "The request")
        return self._task(given.get("rows"), given)

    def read_ask(self, body: bytes) -> Task:
        """Return the task of a body of `POST /ask`; raises as `read_predict`."""
        given = json_object(body)
        check_keys(given, ("row", "known", "about", "best"), "The request")
        names = _asked(self.spec)
        if not self.asks:
            raise RequestError(
                f"This run predicts {self.spec.name!r} and reads no other label: questions need a "
                "run of several labels (labelfeed train --target A --label B ...)."
            )
        about, best = given.get("about"), given.get("best", 3)
        if about not in names:
            hint = did_you_mean(str(about)[:100], names) or f" Expected one of {names[:20]}."
            raise RequestError(f"about: there is no label {str(about)[:100]!r}.{hint}")
        if type(best) is not int or best < 1:
            raise RequestError("best must be a whole number from 1.")
        task = self._task([given.get("row")], given)
        return dataclasses.replace(task, about=about, best=best)

    def work(self, tasks: Sequence[Task]) -> list[bytes | Exception]:
        """Return the body of each answer, or why there is none; called by one thread at a time."""
        found: list[bytes | Exception] = [b""] * len(tasks)
        together: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
        for at, task in enumerate(tasks):
            if task.about is None:
                together[task.kind].append(at)
            else:
                found[at] = self._one(task)
        for places in together.values():
            some = [tasks[at] for at in places]
            for at, answer in zip(places, self._predict(some), strict=True):
                found[at] = answer
        return found

    def _task(self, rows: JSON, given: dict[str, Any]) -> Task:
        if isinstance(rows, list) and len(rows) > self.most_rows:
            raise RequestError(
                f"The request has {len(rows)} rows; at most {self.most_rows} are allowed: send "
                "several.",
                413,
            )
        read = self.reader.read(rows)
        known = read_known(given.get("known"), read.count, self.spec)
        self.run.predictor.check_known(known)
        return Task(read, known, read_told_sides(given.get("sides"), read.count, self.run.sides))

    def _one(self, task: Task) -> bytes | Exception:
        try:
            if task.about is None:
                return self._answers([task])[0]
            row = self.reader.features([task.rows])
            asked = questions(self.run, row, task.about, task.known, task.best)
            return in_json(asked | _notes(task))
        except Exception as error:
            return error

    def _predict(self, tasks: list[Task]) -> list[bytes | Exception]:
        if len(tasks) == 1:
            return [self._one(tasks[0])]
        try:
            return list(self._answers(tasks))
        except Exception:  # whose it is shows when each is alone
            return [self._one(task) for task in tasks]

    def _answers(self, tasks: list[Task]) -> list[bytes]:
        known = sides = None
        if tasks[0].known is not None:
            known = np.concatenate([task.known for task in tasks if task.known is not None])
        if tasks[0].sides:
            every = [task.sides for task in tasks if task.sides is not None]
            sides = {name: np.concatenate([one[name] for one in every]) for name in every[0]}
        features = self.reader.features([task.rows for task in tasks])
        found = predictions(self.spec, self.run.predict(features, known, sides=sides), known)
        answers, start = [], 0
        for task in tasks:
            stop = start + task.rows.count
            answers.append(in_json({"predictions": found[start:stop], **_notes(task)}))
            start = stop
        return answers


def in_json(content: JSON) -> bytes:
    """Return JSON as the body of an answer, in ASCII: whatever a name holds, it can be sent."""
    return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


def _notes(task: Task) -> dict[str, Any]:
    return {"notes": list(task.rows.notes)} if task.rows.notes else {}


def _asked(spec: LabelSpec) -> list[str]:
    names = [column.name for column in spec.label_columns]
    return [*names, *(n for n in map(spec.name_of, range(spec.num_classes)) if n not in names)]
