"""What tests of the engine share: published versions, the queue's host, code in files."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import shutil
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from textwrap import dedent
from typing import Any, TypeVar

from azure.core.exceptions import AzureError
from azure.storage.queue import QueueMessage, TextBase64DecodePolicy, TextBase64EncodePolicy
from azure.storage.queue.aio import QueueClient

from funcyard.azure.storage import StorageAccount
from funcyard.errors import FuncyardError
from funcyard.workflows.engine import Engine
from funcyard.workflows.executions.model import Execution, Status
from funcyard.workflows.limits import EngineLimits, PoolLimits, WorkerLimits
from funcyard.workflows.messages import QUEUE

QUICK = EngineLimits(
    beat_seconds=0.2, lease_seconds=2.0, recovery_seconds=0.4, schedule_seconds=0.3
)
"""Short times, so that a test sees within seconds what takes minutes else."""

HEAD = "from funcyard.workflows.sdk import *\n"
_PATIENCE = 60.0
_TRIES = 3
_Answer = TypeVar("_Answer")


class Versions:
    """Published versions as folders: what the workspace does in the platform."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._current: dict[str, str] = {}

    def publish(self, scope: str, files: dict[str, str]) -> str:
        """Make files the version of a scope that counts."""
        text = json.dumps(files, sort_keys=True)
        version = hashlib.sha256(text.encode()).hexdigest()
        folder = self._root / scope / version
        if not folder.exists():
            for name, content in files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(dedent(content), encoding="utf-8")
        self._current[scope] = version
        (self._root / f"{scope}.current").write_text(version)
        return version

    async def current(self, scope: str) -> str | None:
        """Return the version that counts."""
        mark = self._root / f"{scope}.current"
        return mark.read_text() if mark.exists() else None

    async def materialise(self, scope: str, version: str) -> tuple[Path, str]:
        """Return a version's folder and its name for people."""
        where = "global" if scope == "GLOBAL" else f"orgs/{scope}"
        return self._root / scope / version, f"/workspace/{where}"


class Platform:
    """One storage, one workspace, any number of engines.

    Attributes:
        org: An organisation that nobody else uses on that storage.
    """

    def __init__(self, connection: str, root: Path) -> None:
        self.account = StorageAccount.from_connection_string(connection)
        self.root = root
        self.org = f"t{uuid.uuid4().hex[:16]}"
        self.versions = Versions(root / "versions")
        (root / "versions").mkdir(exist_ok=True)
        self._stack = contextlib.AsyncExitStack()
        self._host: asyncio.Task[None] | None = None

    async def engine(
        self,
        *,
        workers: WorkerLimits | None = None,
        pool: PoolLimits | None = None,
        limits: EngineLimits = QUICK,
        **rest: object,
    ) -> Engine:
        """Start an engine; it is closed at the end."""
        engine = Engine(
            self.account,
            self.versions,
            self.root / "scratch",
            workers=workers,
            pool=pool,
            limits=limits,
            **rest,  # type: ignore[arg-type]  # as the engine takes it
        )
        await engine.start()
        self._stack.push_async_callback(engine.close)
        return engine

    def publish(self, code: str) -> str:
        """Make one file the organisation's version."""
        return self.versions.publish(self.org, {"jobs/all.py": code})

    async def run(self, engine: Engine, workflow: str, /, **given: object) -> Execution:
        """Execute a workflow to its end."""
        return await engine.execute(self.org, workflow, given, caller="someone", mode="sync")

    async def value(self, engine: Engine, workflow: str, /, **given: object) -> Any:  # noqa: ANN401 - JSON
        """Execute a workflow that succeeds, and return what it returned."""
        execution = await self.run(engine, workflow, **given)
        assert execution.status is Status.SUCCESS, execution
        return json.loads(await engine.executions.result(self.org, execution.id) or "")

    async def host(self, *engines: Engine) -> None:
        """Do what the Functions host does: give messages to an engine's handle, three times."""
        for engine in engines:
            task = asyncio.create_task(self._serve(engine))
            self._stack.push_async_callback(_cancelled, task)

    async def close(self) -> None:
        """End everything, the latest first."""
        await self._stack.aclose()

    async def _serve(self, engine: Engine) -> None:
        async with self.account.queues() as service, asyncio.TaskGroup() as group:
            queue = service.get_queue_client(
                QUEUE,
                message_decode_policy=TextBase64DecodePolicy(),
                message_encode_policy=TextBase64EncodePolicy(),  # an update writes the text anew
            )
            while True:
                taken = []
                with contextlib.suppress(AzureError):
                    taken = [
                        group.create_task(_give(engine, queue, message))
                        async for message in queue.receive_messages(
                            messages_per_page=16, visibility_timeout=10, max_messages=16
                        )
                    ]
                if not taken:
                    await asyncio.sleep(0.05)


async def _give(engine: Engine, queue: QueueClient, message: QueueMessage) -> None:
    """Have a message handled; one that cannot be deleted or given up afterwards comes again."""
    with contextlib.suppress(AzureError, FuncyardError):
        try:
            await engine.handle(message.content)
        except Exception:  # noqa: BLE001 - whatever it raises, the host tries again
            if (message.dequeue_count or 0) < _TRIES:
                await queue.update_message(message, visibility_timeout=1)
                return
            await engine.poisoned(message.content)
        await queue.delete_message(message)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def ended(engine: Engine, execution: Execution) -> Execution:
    """Return an execution when it is over."""
    return await until(
        lambda: engine.executions.get(execution.organization, execution.id),
        lambda one: one.status.final,
    )


async def until(
    ask: Callable[[], Awaitable[_Answer]], fits: Callable[[_Answer], bool] = bool
) -> _Answer:
    """Ask until the answer fits, and return it."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        answer = await ask()
        if fits(answer):
            return answer
        assert time.monotonic() < deadline, f"still {str(answer)[:2000]}"
        await asyncio.sleep(0.05)


async def text_of(engine: Engine, execution: Execution) -> str:
    """Return what an execution logged, a line an entry."""
    part = await engine.executions.logs(execution.organization, execution.id)
    return "\n".join(entry["text"] for entry in part.entries)


@contextlib.asynccontextmanager
async def platform(connection: str) -> AsyncIterator[Platform]:
    """Make a platform in a folder of its own."""
    root = Path(tempfile.mkdtemp(prefix="funcyard-workflows-"))
    made = Platform(connection, root)
    try:
        yield made
    finally:
        await made.close()
        shutil.rmtree(root, ignore_errors=True)
