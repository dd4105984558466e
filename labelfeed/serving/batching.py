"""Requests that wait for one model: what comes while it predicts is predicted together next.

Nobody waits for company: a request that comes alone is worked on at once. Under load the batches
grow by themselves, for more comes while the one before is worked on.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from labelfeed.serving.body import RequestError

__all__ = ["Batcher"]

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


@dataclasses.dataclass
class _Waiting(Generic[_Task, _Result]):
    task: _Task
    rows: int
    done: asyncio.Future[_Result]


class Batcher(Generic[_Task, _Result]):
    """A queue in front of one worker thread.

    Args:
        work: Called in the thread with the tasks of a batch; returns a result or an exception for
            each.
        most_rows: Rows of a batch, about: the last request may go beyond.
        most_waiting: Rows that may wait; more are refused with 503.

    Example:
        >>> async def ask():
        ...     batcher = Batcher(lambda tasks: [task * 2 for task in tasks])
        ...     batcher.start()
        ...     found = await asyncio.gather(*(batcher.result(n, 1) for n in range(3)))
        ...     await batcher.close()
        ...     return found
        >>> asyncio.run(ask())
        [0, 2, 4]
    """

    def __init__(
        self,
        work: Callable[[Sequence[_Task]], Sequence[_Result | Exception]],
        most_rows: int = 1024,
        most_waiting: int = 100_000,
    ) -> None:
        """Start nothing yet."""
        self._work, self._most_rows, self._most_waiting = work, most_rows, most_waiting
        self._queue: asyncio.Queue[_Waiting[_Task, _Result] | None] = asyncio.Queue()
        self._waiting_rows = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="labelfeed-predict")
        self._loop: asyncio.Task[None] | None = None
        self._closed = False

    def start(self) -> None:
        """Start to work; call it inside the event loop."""
        self._loop = asyncio.get_running_loop().create_task(self._run())

    async def result(self, task: _Task, rows: int, timeout: float | None = None) -> _Result:
        """Return the result of a task.

        Args:
            task: The task.
            rows: How large it is.
            timeout: Seconds to wait; one that has not begun by then is left out.

        Raises:
            RequestError: Too much waits already, or the server stops; 503.
            TimeoutError: It took longer.
            Exception: What `work` returned for it.
        """
        if self._closed:
            raise RequestError("The server is stopping.", 503)
        if self._waiting_rows and self._waiting_rows + rows > self._most_waiting:
            raise RequestError("Too many rows wait already; try again in a moment.", 503)
        done: asyncio.Future[_Result] = asyncio.get_running_loop().create_future()
        self._waiting_rows += rows
        self._queue.put_nowait(_Waiting(task, rows, done))
        return await asyncio.wait_for(done, timeout)

    async def close(self) -> None:
        """Finish what was accepted, then stop."""
        self._closed = True
        self._queue.put_nowait(None)
        if self._loop is not None:
            await self._loop
        self._thread.shutdown()

    async def _run(self) -> None:
        loop, last = asyncio.get_running_loop(), False
        while not last:
            batch, last = await self._batch()
            wanted = [one for one in batch if not one.done.done()]
            if wanted:
                tasks = [one.task for one in wanted]
                try:
                    found = await loop.run_in_executor(self._thread, self._work, tasks)
                except Exception as error:  # each of them hears of it
                    found = [error] * len(tasks)
                for one, result in zip(wanted, found, strict=True):
                    _settle(one.done, result)

    async def _batch(self) -> tuple[list[_Waiting[_Task, _Result]], bool]:
        """Wait for a request; return it with all that has come by now, and whether it is last."""
        one = await self._queue.get()
        await asyncio.sleep(0)  # whoever stands at the door comes in
        batch, rows = [], 0
        while one is not None:
            batch.append(one)
            rows += one.rows
            self._waiting_rows -= one.rows
            if rows >= self._most_rows or self._queue.empty():
                return batch, False
            one = self._queue.get_nowait()
        return batch, True


def _settle(done: asyncio.Future[_Result], result: _Result | Exception) -> None:
    if done.done():  # nobody waits any more
        return
    if isinstance(result, Exception):
        done.set_exception(result)
    else:
        done.set_result(result)
