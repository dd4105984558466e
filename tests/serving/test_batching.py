"""The queue: one batch at a time, nothing lost, nobody's error but one's own."""

from __future__ import annotations

import asyncio
import threading

import pytest

from labelfeed.serving.batching import Batcher
from labelfeed.serving.body import RequestError


def run(scenario, work, **options):
    async def inside():
        batcher = Batcher(work, **options)
        batcher.start()
        return await scenario(batcher)

    return asyncio.run(asyncio.wait_for(inside(), 10))


def test_what_comes_while_it_works_is_worked_on_together() -> None:
    sizes, go = [], threading.Event()

    def work(tasks):
        go.wait(5)
        sizes.append(len(tasks))
        return [task * 10 for task in tasks]

    async def scenario(batcher):
        first = asyncio.create_task(batcher.result(0, 1))
        await asyncio.sleep(0.02)
        rest = [asyncio.create_task(batcher.result(n, 1)) for n in range(1, 8)]
        await asyncio.sleep(0.02)
        go.set()
        found = await asyncio.gather(first, *rest)
        await batcher.close()
        return found

    assert run(scenario, work, most_rows=4) == [n * 10 for n in range(8)]
    assert sizes == [1, 4, 3]


def test_an_error_is_of_its_own_request_or_of_the_whole_batch() -> None:
    def work(tasks):
        if "all" in tasks:
            raise ValueError("all")
        return [ValueError("mine") if task == "bad" else task for task in tasks]

    async def scenario(batcher):
        asked = [batcher.result(task, 1) for task in ("bad", "good")]
        found = await asyncio.gather(*asked, return_exceptions=True)
        both = await asyncio.gather(
            batcher.result("all", 1), batcher.result("good", 1), return_exceptions=True
        )
        return found, both, await batcher.result("good", 1)

    found, both, after = run(scenario, work)
    assert str(found[0]) == "mine" and found[1] == "good" and after == "good"
    assert [str(error) for error in both] == ["all", "all"]


def test_too_much_too_slow_and_after_the_end() -> None:
    go, worked = threading.Event(), []

    def work(tasks):
        go.wait(5)
        worked.extend(tasks)
        return tasks

    async def scenario(batcher):
        first = asyncio.create_task(batcher.result("first", 1))
        await asyncio.sleep(0.02)
        with pytest.raises(TimeoutError):
            await batcher.result("late", 2, timeout=0.01)
        with pytest.raises(RequestError, match="Too many rows wait") as found:
            await batcher.result("more", 2)
        assert found.value.status == 503
        accepted = asyncio.create_task(batcher.result("accepted", 1))
        await asyncio.sleep(0)
        closing = asyncio.create_task(batcher.close())
        await asyncio.sleep(0)
        with pytest.raises(RequestError, match="stopping"):
            await batcher.result("after", 1)
        go.set()
        await closing
        return await first, await accepted

    assert run(scenario, work, most_waiting=3) == ("first", "accepted")
    assert worked == ["first", "accepted"]
