"""Work along a graph: a task per node, begun once those before it ended well.

A node that fails lets every other branch go on; what comes after it is blocked and says by whom.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from funcyard.deploy.clock import Clock


class Ending(StrEnum):
    """How work on a node ended."""

    DONE = "done"
    FAILED = "failed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Result:
    """How work on a node ended, and when it went on.

    Attributes:
        ending: How.
        what: What was done, in a word.
        failure: Why it failed, None where it did not.
        blocked_by: Nodes that it needed and that did not end well.
        began: When it was begun, by the clock.
        ended: When it ended.
    """

    ending: Ending
    what: str
    failure: FuncyardError | None
    blocked_by: tuple[str, ...]
    began: float
    ended: float


async def run_along(
    waits_for: Mapping[str, frozenset[str]],
    work: Callable[[str], Awaitable[str]],
    clock: Clock,
) -> dict[str, Result]:
    """Do work on every node, each after those that it waits for.

    Args:
        waits_for: By node; no circles.
        work: What is done on a node; returns in a word what was done.
        clock: Tells when.

    Returns:
        How each node ended. What is no error for a person ends everything and is raised.
    """
    tasks: dict[str, asyncio.Task[Result]] = {}

    async def one(node: str) -> Result:
        before = [(other, await tasks[other]) for other in sorted(waits_for[node])]
        blockers = tuple(other for other, result in before if result.ending is not Ending.DONE)
        began = clock.now()
        if blockers:
            return Result(Ending.BLOCKED, "", None, blockers, began, began)
        try:
            what = await work(node)
        except FuncyardError as fault:
            return Result(Ending.FAILED, "", fault, (), began, clock.now())
        return Result(Ending.DONE, what, None, (), began, clock.now())

    for node in waits_for:
        tasks[node] = asyncio.create_task(one(node), name=node)
    try:
        if tasks:
            await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    bugs = [
        fault
        for task in tasks.values()
        if not task.cancelled() and (fault := task.exception()) is not None
    ]
    if bugs:
        raise bugs[0]
    return {node: task.result() for node, task in tasks.items()}
