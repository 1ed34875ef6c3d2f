"""An instance of the platform, without HTTP, until it is killed, on storage that is not sound.

It does all that an instance does: runs syncs of the queue and executions of the queue, goes round
as the timer does, edits one scope by hand and executes workflows of the other. It reads
``{name, spot}`` as JSON from its standard input and prints a line of JSON when it works and for
each thing done: ``{version, behind}`` for an edit, ``{execution, given, mode, status}`` for what
was executed or queued, ``{fault, of}`` for what failed. At the end of its input it begins nothing
new, and goes on with what was begun.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import random
import sys
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import AzureError, ResourceNotFoundError
from tests.bench.soak.spot import WORKFLOW, Spot, edited
from tests.conftest import ROOT
from tests.integration.workflows.platform import Platform as WorkflowHost

from funcyard.errors import FuncyardError
from funcyard.workflows.engine import Engine
from funcyard.workflows.limits import EngineLimits
from funcyard.workspace.editing import Editor
from funcyard.workspace.jobs.messages import parse
from funcyard.workspace.snapshots import Snapshots

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.integration.workspace.connected.platform import Platform

if TYPE_CHECKING:
    from snapshot_source import VersionSource
else:
    sys.path.insert(0, str(ROOT / "workflows"))  # as the Functions worker has it
    from snapshot_source import VersionSource

LIMITS = EngineLimits(beat_seconds=0.5, lease_seconds=8, recovery_seconds=2, schedule_seconds=60)
"""Short, so that what a killed engine had is soon seen to be lost; longer than any silence."""

_LONGEST_PAUSE = 0.2
_HIDDEN_SECONDS = 10
_ROUND_SECONDS = 1.5
_EDITED = 20
_EXECUTING = 3


def say(**what: object) -> None:
    """Print a line."""
    print(json.dumps(what), flush=True)


@dataclass
class Instance:
    """What works.

    Attributes:
        name: Of this worker.
        spot: Where.
        platform: Its services.
        engine: Of its workflows.
        choice: Of what to do next.
        resting: Set when nothing new is to be begun.
    """

    name: str
    spot: Spot
    platform: Platform
    engine: Engine
    choice: random.Random
    resting: asyncio.Event

    async def begin(self, of: str, work: Callable[[int], Awaitable[None]]) -> None:
        """Begin something again and again, until it is time to rest."""
        number = 0
        while not self.resting.is_set():
            number += 1
            await self._try(of, partial(work, number))

    async def go_on(self, of: str, work: Callable[[], Awaitable[None]]) -> None:
        """Go on with what was begun, for ever."""
        while True:
            await self._try(of, work)

    async def _try(self, of: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do something and pause; what fails is told."""
        try:
            await work()
        except FuncyardError as fault:
            say(fault=fault.code, of=of)
        except AzureError as fault:
            say(fault=type(fault).__name__, of=of)
        await asyncio.sleep(self.choice.uniform(0, _LONGEST_PAUSE))

    async def sync(self) -> None:
        """Run what the queue asks for; what fails comes again."""
        queue = self.platform.queue
        async for message in queue.receive_messages(
            messages_per_page=1, max_messages=1, visibility_timeout=_HIDDEN_SECONDS
        ):
            scope, job = parse(base64.b64decode(message.content).decode())
            await self.platform.runner.run(scope, job)
            with suppress(ResourceNotFoundError):  # deleted, and the answer was lost
                await queue.delete_message(message)

    async def go_round(self) -> None:
        """Do what the timer does."""
        await asyncio.sleep(_ROUND_SECONDS)
        with suppress(TimeoutError):
            await self.platform.reconciler.run()

    async def edit(self, number: int) -> None:
        """Write a file by hand."""
        editor = Editor(self.platform.workspace, self.platform.connections.connected)
        by = f"{self.name}-{number}"
        path = f"edits/{self.choice.randrange(_EDITED)}.txt"
        done = await editor.put(self.spot.edited, path, edited(by), by=by)
        behind = "" if done.view_fault is None else done.view_fault.code
        say(version=str(done.version), behind=behind)

    async def execute(self, number: int) -> None:
        """Execute a workflow, or have it executed; a try whose answer was lost is repeated."""
        given, mode = self.choice.randrange(1 << 50), self.choice.choice(["sync", "async"])
        key = f"{self.name}-{number}-{given}"
        for left in reversed(range(3)):
            try:
                done = await self.engine.execute(
                    *(self.spot.followed.name, WORKFLOW, {"given": given}),
                    caller=self.name, mode=mode, key=key,
                )  # fmt: skip
            except FuncyardError:
                if not left:
                    raise
            else:
                say(execution=done.id, given=given, mode=mode, status=done.status.value)
                return


async def main() -> None:
    """Work until the end."""
    told = json.loads(sys.stdin.readline())
    logging.disable()
    resting = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, _rest, resting)
    spot = Spot.from_dict(told["spot"])
    while True:
        with suppress(FuncyardError, AzureError):  # storage was not sound: again
            await _work(told["name"], spot, resting)


def _rest(resting: asyncio.Event) -> None:
    """Rest: nothing more comes but the end of the input."""
    asyncio.get_running_loop().remove_reader(sys.stdin)
    resting.set()


async def _work(name: str, spot: Spot, resting: asyncio.Event) -> None:
    local = Path(spot.local)
    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(spot.open())
        snapshots = Snapshots(local / "snapshots", platform.workspace.versions)
        (local / "host" / name).mkdir(parents=True, exist_ok=True)
        host = WorkflowHost(spot.place.connection, local / "host" / name)
        source: Any = VersionSource(platform.workspace.versions, snapshots)
        engine = Engine(host.account, source, local / "workers", limits=LIMITS)
        await engine.start()
        stack.push_async_callback(engine.close)
        await host.host(engine)
        stack.push_async_callback(host.close)
        choice = random.Random(name)  # noqa: S311 - of what to do, no secret
        instance = Instance(name, spot, platform, engine, choice, resting)
        say(works=True)
        async with asyncio.TaskGroup() as group:
            group.create_task(instance.go_on("sync", instance.sync))
            group.create_task(instance.go_on("round", instance.go_round))
            group.create_task(instance.begin("edit", instance.edit))
            for _ in range(_EXECUTING):
                group.create_task(instance.begin("execute", instance.execute))


if __name__ == "__main__":
    asyncio.run(main())
