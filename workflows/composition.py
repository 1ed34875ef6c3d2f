"""The composition root: every service of the platform, built from settings once per process.

Nothing is built when the app is loaded, so that it loads, and is found, without storage; the first
call builds everything, and one that fails is tried again by the next.
"""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from beside import Repeated, begin
from funcyard.access.configuring import authentication_of
from funcyard.access.directory import Directory
from funcyard.access.keys import WorkflowKeys
from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.secrets.local import LocalSecrets
from funcyard.azure.secrets.vault import VaultSecrets
from funcyard.errors import FuncyardError, UsageError
from funcyard.workflows.engine import Engine
from funcyard.workflows.limits import PoolLimits, WorkerLimits
from funcyard.workspace.app_settings import Settings, storage_of
from funcyard.workspace.connections.service import Connections
from funcyard.workspace.connections.table import ConnectionTable
from funcyard.workspace.editing import Editor
from funcyard.workspace.git.cache import RepositoryCache
from funcyard.workspace.github.client import GitHub
from funcyard.workspace.jobs.intake import Intake
from funcyard.workspace.jobs.messages import Messages
from funcyard.workspace.jobs.runner import Runner
from funcyard.workspace.jobs.table import JobTable
from funcyard.workspace.outbound import Outbound
from funcyard.workspace.reconcile import Reconciler
from funcyard.workspace.scopes import Scope
from funcyard.workspace.snapshots import Snapshots
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.store.marking import mark
from funcyard.workspace.store.share import ShareStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.sync.git_branch import GitBranch
from funcyard.workspace.versions.storage import Versions
from funcyard.workspace.webhook.receiving import Receiver
from snapshot_source import VersionSource
from watched_folder import watch_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.data.tables.aio import TableServiceClient
    from azure.storage.queue.aio import QueueServiceClient

    from funcyard.access.authentication import Authentication
    from funcyard.azure.secrets.store import SecretStore
    from funcyard.workspace.connections.model import Connection
    from funcyard.workspace.store.base import Store
    from funcyard.workspace.sync.result import SyncResult

_log = logging.getLogger("funcyard.platform")

_SYNCED_AT_ONCE: Final = 4
"""Scopes that are synced at a time by who took their pushes."""

_FOLLOWED_AT_ONCE: Final = 8
"""Scopes whose new version the engine gets to know at a time, before it is needed."""

_TOGETHER_SECONDS: Final = 2
"""For so long the messages of pushes to one scope are gathered: they are run here at once."""


@dataclass(frozen=True, slots=True)
class Platform:
    """The services, as functions use them."""

    settings: Settings
    authentication: Authentication
    directory: Directory
    keys: WorkflowKeys
    tables: TableServiceClient
    queues: QueueServiceClient
    secrets: SecretStore
    store: Store
    versions: Versions
    workspace: Workspace
    connections: Connections
    intake: Intake
    jobs: JobTable
    receiver: Receiver
    reconciler: Reconciler
    runner: Runner
    editor: Editor
    engine: Engine
    syncing: Repeated
    following: Repeated

    async def active_scopes(self) -> list[Scope]:
        """Return the scopes of all organisations that are active."""
        return [Scope(one.id) for one in await self.directory.all() if one.is_active]

    async def connection_of(self, scope: Scope) -> Connection | None:
        """Return a scope's connection, None where there is none."""
        record = await self.connections.table.find(scope)
        return None if record is None else record.connection

    async def plan(self, connection: Connection, *, allow_empty: bool) -> SyncResult:
        """Return what a sync of a connection would do."""
        record = await self.connections.table.get(connection.scope)
        token = await self.connections.secrets.token(record)
        folder = self.settings.local / "git" / connection.scope.root
        cache = RepositoryCache(folder, connection.repository, git=self.runner.git)
        branch = GitBranch(cache, connection.branch, token)
        return await self.workspace.plan(connection.scope, branch, allow_empty=allow_empty)

    def wake(self, scope: Scope) -> None:
        """Run what is queued in a scope at once, as its message would have it run a little later.

        The message stays what is relied on; it finds nothing left to do.
        """
        self.syncing.ask(scope)

    def published(self, scope: Scope) -> None:
        """Have the engine get to know a scope's new version, without waiting for it."""
        self.following.ask(scope)


class NotConfiguredError(FuncyardError):
    """The settings cannot be meant; the log says which."""

    code = "platform-not-configured"


class _Root:
    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._built: Platform | None = None

    async def platform(self) -> Platform:
        """Return the services; build them where that was not done."""
        if self._built is None:
            async with self._lock:
                if self._built is None:
                    try:
                        self._built = await _build(os.environ)
                    except UsageError as fault:
                        _log.error("the settings cannot be meant: %s", fault.message)
                        raise NotConfiguredError(
                            "the platform is not set up",
                            hint="its log says which setting cannot be meant",
                        ) from fault
        return self._built


_root = _Root()
platform = _root.platform


async def _build(values: Mapping[str, str]) -> Platform:
    settings = Settings.of(values)
    authentication = authentication_of(values)
    outbound = Outbound.of(values)
    git = outbound.git()
    async with AsyncExitStack() as stack:
        cloud = cloud_of(values)
        right = None
        if settings.vault or not values.get("AzureWebJobsStorage"):
            right = await stack.enter_async_context(credential(identity_of(values), cloud))
        account = storage_of(values, right)
        tables = await stack.enter_async_context(account.tables())
        blobs = await stack.enter_async_context(account.blobs())
        queues = await stack.enter_async_context(account.queues())
        secrets: SecretStore = (
            VaultSecrets(settings.vault, right, cloud)
            if settings.vault and right is not None
            else LocalSecrets(settings.secrets, key=settings.secrets_key)
        )
        await stack.enter_async_context(secrets)
        directory, keys = Directory(tables), WorkflowKeys(tables)
        await directory.provision()
        await keys.provision()
        store: DirectoryStore | ShareStore = (
            ShareStore(account, settings.share)
            if settings.share
            else DirectoryStore(settings.workspace)
        )
        stack.push_async_callback(store.close)
        await store.prepare()
        await mark(store)
        versions = Versions(blobs, tables)
        workspace = Workspace(versions, store)
        snapshots = Snapshots(
            settings.local / "snapshots", versions, view=settings.workspace.as_posix()
        )

        async def served(scope: Scope) -> bool:
            return await directory.is_served(scope.organisation)

        engine = Engine(
            account,
            VersionSource(versions, snapshots),
            settings.local / "workers",
            workers=WorkerLimits(user=settings.worker_user, memory_bytes=settings.worker_memory),
            pool=PoolLimits(
                workers=settings.workers, per_organization=settings.organization_workers
            ),
            served=lambda name: served(Scope(name)),
        )
        await engine.start()
        stack.push_async_callback(engine.close)
        api, host = settings.github_api, settings.github_host
        github = await stack.enter_async_context(GitHub(api, host, proxy=outbound.proxy_of(api)))
        jobs, messages = JobTable(tables), Messages(queues, together=_TOGETHER_SECONDS)
        intake = Intake(jobs, messages)
        connections = Connections(
            ConnectionTable(tables),
            secrets,
            github,
            intake,
            public_url=settings.public_url,
            git=git,
        )
        runner = Runner(
            workspace=workspace,
            jobs=jobs,
            messages=messages,
            connections=connections.table,
            secrets=connections.secrets,
            caches=settings.local / "git",
            git=git,
        )
        reconciler = Reconciler(
            tables, workspace, connections, jobs, intake, messages, runner, git, served=served
        )
        following = Repeated(lambda scope: engine.published(scope.name), _FOLLOWED_AT_ONCE)

        async def sync(scope: Scope) -> None:
            if await runner.run(scope):
                following.ask(scope)

        receiver = Receiver(connections.table, connections.secrets, intake, served)
        built = Platform(
            settings=settings,
            authentication=authentication,
            directory=directory,
            keys=keys,
            tables=tables,
            queues=queues,
            secrets=secrets,
            store=store,
            versions=versions,
            workspace=workspace,
            connections=connections,
            intake=intake,
            jobs=jobs,
            receiver=receiver,
            reconciler=reconciler,
            runner=runner,
            editor=Editor(workspace, connections.connected),
            engine=engine,
            syncing=Repeated(sync, _SYNCED_AT_ONCE),
            following=following,
        )
        stack.pop_all()  # kept until the process ends
    if settings.watch:
        begin(watch_folder(settings.workspace, workspace, connections.table))
    return built
