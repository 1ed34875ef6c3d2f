"""The platform on this machine: Azurite, the Function App and a folder, started and ended together.

What it keeps lies in one folder of state, so the next start finds everything where it was. Files
that lie in the workspace's folder are adopted as a version at the start, and whenever somebody
saves one there.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import funcyard
from funcyard.azure.storage import StorageAccount
from funcyard.errors import UserError
from funcyard.host.alone import AlonePlan, LoneApp
from funcyard.host.azurite.process import AzuriteProcess, Ports
from funcyard.host.children import STORAGE_GRACE_SECONDS, Children
from funcyard.host.events import Event
from funcyard.workspace.app_settings import check_settings
from funcyard.workspace.connections.table import ConnectionTable
from funcyard.workspace.scopes import GLOBAL
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.storage import Versions
from funcyard.workspace.watching import watch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from azure.data.tables.aio import TableServiceClient

    from funcyard.host.azurite.locate import Azurite
    from funcyard.host.events import Events

BY: Final = "workspace folder"
"""Who edited what was found in the folder."""

_DEFAULTS: Final = {"FUNCYARD_AUTH": "development"}
_EXTRA: Final = "azurefunctions.extensions.http.fastapi"
_WAIT_SECONDS: Final = 30


class PlatformRunsError(UserError):
    """The same folder of state is in use."""

    code = "workspace-runs"


class ExtraMissingError(UserError):
    """What the Function App runs on is not installed."""

    code = "workspace-extra"


@dataclass(frozen=True, slots=True)
class LocalPlan:
    """What is run, and where.

    Attributes:
        app: The Function App's folder.
        interpreter: The Python that has what the app runs on.
        workspace: The folder that stands for the share.
        state: Where storage, secrets and caches are kept.
        address: Where the app listens.
        port: The port; 0 for any.
        key: Of the storage account, base64.
        settings: Of the app, over those that are made here.
    """

    app: Path
    interpreter: Path
    workspace: Path
    state: Path
    address: str
    port: int
    key: str = field(repr=False)
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)


class LocalPlatform:
    """The platform between :meth:`start` and :meth:`stop`.

    Args:
        plan: What to run.
        azurite: The emulator that was found.
        events: Where states, invocations and logs are published.
        prepare: Done once the storage serves and before the app starts: nobody else uses it then.
    """

    def __init__(
        self,
        plan: LocalPlan,
        azurite: Azurite,
        events: Events,
        prepare: Callable[[TableServiceClient], Awaitable[None]],
    ) -> None:
        self._plan = plan
        self._events = events
        self._prepare = prepare
        self._children = Children(plan.state / "children.json")
        self._azurite = AzuriteProcess(
            azurite,
            location=plan.state / "azurite",
            key=plan.key,
            ports=Ports(),
            events=events,
            spawned=partial(self._children.started, grace=STORAGE_GRACE_SECONDS),
        )
        self._app: LoneApp | None = None
        self._asked = asyncio.Event()
        self._stack = AsyncExitStack()
        self._version: dict[str, Any] = {"number": None, "files": 0}
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start everything; what lies in the folder runs when this returns.

        Raises:
            ExtraMissingError: The app cannot run on this Python.
            UsageError: A setting of the app cannot be meant.
            PlatformRunsError: The state is in use by another.
            FuncyardError: Something of it cannot be started.
        """
        if not _has_extra():
            raise ExtraMissingError(
                "what the Function App runs on is not installed",
                hint="pip install 'funcyard[workspace]'",
            )
        plan = self._plan
        check_settings({**_DEFAULTS, **plan.settings})
        plan.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        _hold(plan.state, self._stack)
        # Of a platform that was killed; two on the same files would harm each other's.
        loop = asyncio.get_running_loop()

        def say(message: str) -> None:
            loop.call_soon_threadsafe(partial(self._say, message, bad=True))

        if orphans := await asyncio.to_thread(self._children.end_orphans, say):
            ended = ", ".join(map(str, orphans))
            self._say(f"ended what a killed run had left behind: {ended}", bad=True)
        self._stack.push_async_callback(asyncio.to_thread, self._children.end)
        self._stack.push_async_callback(self._azurite.stop)
        await self._azurite.start()
        account = StorageAccount.from_connection_string(self._azurite.connection_string)
        tables = await self._stack.enter_async_context(account.tables())
        await self._prepare(tables)
        settings = self._settings()
        self._app = LoneApp(
            AlonePlan(
                name="workspace",
                directory=plan.app,
                interpreter=plan.interpreter,
                settings=settings,
                address=plan.address,
                port=plan.port,
                keys=None,
            ),
            self._events,
        )
        await asyncio.gather(self._adopt_first(account, tables), self._app.start())

    async def wait(self) -> None:
        """Wait until somebody asks for the end."""
        await self._asked.wait()

    def request_stop(self) -> None:
        """Ask for the end; :meth:`wait` returns."""
        self._asked.set()

    async def stop(self) -> None:
        """Let running functions finish and end every process; safe after a failed start."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        if self._app is not None:
            await self._app.stop()
        await self._stack.aclose()

    @property
    def in_flight(self) -> int:
        """How many invocations run now."""
        return 0 if self._app is None else self._app.in_flight

    def status(self) -> dict[str, Any]:
        """Return where the API is, what the folder holds, the app's functions and storage."""
        if self._app is None:
            return {"apps": [], "storage": {}}
        status = self._app.status()
        workspace = {
            "url": f"{status['apps'][0]['url']}/api",
            "store": str(self._plan.workspace),
            "version": self._version["number"],
            "files": self._version["files"],
        }
        return {**status, "workspace": workspace, "storage": self._azurite.endpoints}

    async def _adopt_first(self, account: StorageAccount, tables: TableServiceClient) -> None:
        blobs = await self._stack.enter_async_context(account.blobs())
        store = DirectoryStore(self._plan.workspace)
        self._stack.push_async_callback(store.close)
        await store.prepare()
        await store.make_directory(GLOBAL.root)
        workspace, connections = Workspace(Versions(blobs, tables), store), ConnectionTable(tables)
        found = await connections.find(GLOBAL)
        if found is None or not found.connection.active:
            await workspace.adopt(GLOBAL, by=BY, wait=_WAIT_SECONDS)
        current = await workspace.versions.current(GLOBAL)
        if current is not None:
            self._version = {"number": current[0].number, "files": len(current[1].files)}
        self._watching = asyncio.create_task(self._watch(workspace, connections))

    async def _watch(self, workspace: Workspace, connections: ConnectionTable) -> None:
        try:
            await watch(self._plan.workspace, workspace, connections, by=BY, report=self._say)
        except (OSError, RuntimeError) as fault:
            # The system watches no more, as at the end of its inotify watches.
            message = f"what is saved in {self._plan.workspace} is not seen any more: {fault}"
            self._say(message, bad=True)

    def _settings(self) -> dict[str, str]:
        plan = self._plan
        return {
            **_DEFAULTS,
            "FUNCYARD_LOCAL_PATH": str(plan.state / "local"),
            "FUNCYARD_SECRETS_PATH": str(plan.state / "secrets"),
            **plan.settings,
            "FUNCYARD_WORKSPACE_PATH": str(plan.workspace),
            "AzureWebJobsStorage": self._azurite.connection_string,
        }

    def _say(self, message: str, *, bad: bool = False) -> None:
        self._events.publish(
            Event("log", message, app="workspace", level="warning" if bad else "info")
        )


def app_folder() -> Path:
    """Return the Function App's folder: beside the package's sources, or in the package."""
    package = Path(funcyard.__file__).parent
    installed = package / "workspace_app"
    return installed if installed.is_dir() else package.parents[1] / "workflows"


def _has_extra() -> bool:
    try:
        return find_spec(_EXTRA) is not None
    except ModuleNotFoundError:
        return False


def _hold(state: Path, stack: AsyncExitStack) -> None:
    """Lock the state for as long as the stack is open."""
    descriptor = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    stack.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PlatformRunsError(
            f"a platform runs already with the state in {state}",
            hint="end it, or choose another folder with --state",
        ) from None
