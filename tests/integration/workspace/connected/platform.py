"""A platform without its HTTP: connections, webhook, jobs and timer over real parts.

Azurite, Git's own server, an encrypted store of secrets, a folder as the view, and the stand-in for
GitHub's API. Tables and queue are its own, so that no test sees another's.
"""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import ResourceExistsError
from azure.storage.queue.aio import QueueClient
from tests.unit.workspace.webhook.test_delivery import signature

from funcyard.azure.secrets.local import LocalSecrets
from funcyard.azure.storage import StorageAccount
from funcyard.workspace.connections.service import Connections
from funcyard.workspace.connections.table import ConnectionTable
from funcyard.workspace.github.client import GitHub
from funcyard.workspace.jobs.intake import Intake
from funcyard.workspace.jobs.lease import JobTerms
from funcyard.workspace.jobs.messages import Messages, parse
from funcyard.workspace.jobs.model import Job, Status, now
from funcyard.workspace.jobs.runner import Runner
from funcyard.workspace.jobs.table import JobTable
from funcyard.workspace.reconcile import Reconciler
from funcyard.workspace.scopes import Scope
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.lease import LeaseTerms
from funcyard.workspace.versions.storage import Versions
from funcyard.workspace.webhook.receiving import Answer, Receiver

if TYPE_CHECKING:
    from funcyard.workspace.store.base import Store

PUBLIC = "https://platform.example.com"
TERMS = JobTerms(seconds=6, renew_seconds=1)
LEASE = LeaseTerms(seconds=6, renew_seconds=1, margin_seconds=1)


@dataclass(frozen=True)
class Place:
    """Where a platform keeps what it keeps: enough to build it again in another process.

    Attributes:
        connection: Azurite's connection string; tables and queues may be behind a proxy.
        folder: For view, secrets and caches.
        github: Base address of the API.
        host: Whose repositories that API knows.
        suffix: Of tables, container and queue.
        public: The platform's own address.
        queue: Whether the queue can be reached.
    """

    connection: str
    folder: str
    github: str
    host: str
    suffix: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    public: str = PUBLIC
    queue: bool = True


@dataclass
class Platform:
    """Its services."""

    place: Place
    workspace: Workspace
    connections: Connections
    jobs: JobTable
    intake: Intake
    messages: Messages
    runner: Runner
    receiver: Receiver
    reconciler: Reconciler
    queue: QueueClient

    async def woken(self) -> list[tuple[Scope, str]]:
        """Take every message that is to be seen now."""
        found = []
        async for message in self.queue.receive_messages(visibility_timeout=300):
            found.append(parse(base64.b64decode(message.content).decode()))
            await self.queue.delete_message(message)
        return found

    async def work(self) -> int:
        """Run what the queue asks for until it is empty; return how many messages came."""
        count = 0
        while messages := await self.woken():
            for scope, job in messages:
                await self.runner.run(scope, job)
                count += 1
        return count

    async def until(self, scope: Scope, commit: str, *statuses: Status) -> Job:
        """Wait until the newest job of a commit stands somewhere."""
        async with asyncio.timeout(60):
            while True:
                job = await self.jobs.get(scope, commit)
                if job.status in statuses:
                    return job
                await asyncio.sleep(0.02)

    async def freed(self, scope: Scope) -> None:
        """Wait until nobody holds the scope's lease any more, be it that its holder died."""
        state = await self.workspace.versions.ledger.read(scope)
        await asyncio.sleep(max(0.0, (state.until - now()).total_seconds()))

    async def all_jobs(self, scope: Scope) -> list[Job]:
        """Every job of a scope, in the order they were asked for."""
        return (await self.jobs.page(scope, limit=500)).jobs[::-1]

    async def files(self, scope: Scope) -> dict[str, bytes]:
        """What the current version holds."""
        current = await self.workspace.versions.current(scope)
        assert current is not None
        contents = self.workspace.versions.contents
        return {
            path: await contents.one(current[1], file.sha256)
            for path, file in current[1].files.items()
        }

    async def secret(self, scope: Scope) -> str:
        """What the webhook signs with now."""
        record = await self.connections.table.get(scope)
        return (await self.connections.secrets.signing(record))[0]

    async def deliver(
        self, scope: Scope, payload: dict[str, Any], *, secret: str | None = None, **more: str
    ) -> Answer:
        """Deliver a payload as GitHub does, to the address of a scope's connection."""
        return await self.delivered(payload, secret or await self.secret(scope), scope, **more)

    async def delivered(
        self, payload: dict[str, Any], secret: str, scope: Scope | None = None, **more: str
    ) -> Answer:
        """Deliver a payload that a secret signed."""
        body = json.dumps(payload).encode()
        headers = {
            "X-GitHub-Event": "push",
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "Content-Type": "application/json",
        }
        told = {name.replace("_", "-"): value for name, value in more.items()}
        headers |= {"X-Hub-Signature-256": signature(body, secret)}
        return await self.receiver.receive(headers | told, body, scope)


def pushed(after: str, before: str = "", *, branch: str = "main") -> dict[str, Any]:
    """Return the payload of a push."""
    return {
        "ref": f"refs/heads/{branch}",
        "before": before or "0" * 40,
        "after": after,
        "deleted": False,
        "repository": {"id": 77},
        "head_commit": {"message": "Change", "author": {"username": "ada"}},
    }


@asynccontextmanager
async def opened(
    place: Place,
    *,
    terms: JobTerms = TERMS,
    lost: timedelta = timedelta(minutes=5),
    lasting: timedelta = timedelta(minutes=4),
    together: int = 0,
    store: Store | None = None,
) -> AsyncIterator[Platform]:
    """Build a platform; several may be built at one place.

    Args:
        place: Where it keeps what it keeps.
        terms: Of a job's lease.
        lost: After how long without a sign a message counts as lost.
        lasting: How long a round of the timer may take.
        together: For how many seconds messages of a scope are gathered.
        store: Where the view is; a folder of the place where none is given.
    """
    account = StorageAccount.from_connection_string(place.connection)
    folder = Path(place.folder)
    async with AsyncExitStack() as stack:
        blobs = await stack.enter_async_context(account.blobs())
        tables = await stack.enter_async_context(account.tables())
        queues = await stack.enter_async_context(account.queues())
        secrets = await stack.enter_async_context(LocalSecrets(folder / "secrets"))
        github = await stack.enter_async_context(GitHub(place.github, place.host, patience=0))
        view = store or DirectoryStore(folder / "view")
        stack.push_async_callback(view.close)
        versions = Versions(
            blobs, tables, container=f"v-{place.suffix}", table=f"V{place.suffix}", terms=LEASE
        )
        workspace = Workspace(versions, view)
        jobs = JobTable(tables, f"J{place.suffix}")
        messages = Messages(queues, f"q-{place.suffix}", together=together)
        intake = Intake(jobs, messages)
        connections = Connections(
            ConnectionTable(tables, f"C{place.suffix}"),
            secrets,
            github,
            intake,
            public_url=place.public,
        )
        runner = Runner(
            workspace,
            jobs,
            messages,
            connections.table,
            connections.secrets,
            folder / "caches",
            terms=terms,
            wait=0.5,
        )
        reconciler = Reconciler(
            tables,
            workspace,
            connections,
            jobs,
            intake,
            messages,
            runner,
            lost=lost,
            lasting=lasting,
            table=f"T{place.suffix}",
        )
        receiver = Receiver(connections.table, connections.secrets, intake)
        queue = queues.get_queue_client(f"q-{place.suffix}")
        if place.queue:
            with suppress(ResourceExistsError):
                await queue.create_queue()
        yield Platform(
            place,
            workspace,
            connections,
            jobs,
            intake,
            messages,
            runner,
            receiver,
            reconciler,
            queue,
        )
