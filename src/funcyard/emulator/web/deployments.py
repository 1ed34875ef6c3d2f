"""What is deployed to a site: packages received, unpacked, given their environment, and run.

A deployment is kept before it is answered, its package beside it; one that a kill cut short goes on
at the next start. One goes on at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.internal import said_of
from funcyard.emulator.web.building import build, environment_of
from funcyard.emulator.web.package import PackageError, discard, unpack
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from funcyard.emulator.core.clock import Clock
    from funcyard.emulator.core.store import Store

    Record = dict[str, Any]

_LOGGER = logging.getLogger(__name__)
PENDING: Final = 0
FAILED: Final = 3
SUCCESS: Final = 4
_KEPT: Final = 10


class Deployments:
    """The deployments of a site.

    Args:
        store: Where they are kept.
        clock: What they are timed by.
        name: The site's.
        folder: Of the site's files.
        activate: Runs what is active now, and returns once it runs or cannot.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        name: str,
        folder: Path,
        activate: Callable[[], Awaitable[None]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._setting = setting_of(name)
        self._folder = folder
        self._activate = activate
        self._task: asyncio.Task[None] | None = None
        self._is_over = False

    def all(self) -> list[Record]:
        """Return what was deployed, the newest first."""
        found: list[Record] | None = self._store.setting(self._setting)
        return found or []

    def find(self, identifier: str) -> Record | None:
        """Return a deployment by its id, or the ``latest``."""
        wanted = identifier.lower()
        kept = self.all()
        if wanted == "latest":
            return kept[0] if kept else None
        return next((one for one in kept if one["id"] == wanted), None)

    @property
    def active(self) -> Path | None:
        """The folder of the package that is to run; None where nothing was deployed."""
        one = next((one for one in self.all() if one["active"]), None)
        return None if one is None else self._folder / "packages" / str(one["id"])

    @property
    def is_busy(self) -> bool:
        """Whether one goes on, or none can any more."""
        return self._is_over or (self._task is not None and not self._task.done())

    def interpreter(self, package: Path) -> Path:
        """Return the Python of a package that was deployed."""
        return environment_of(package, self._folder / "environments") / "bin" / "python"

    def reception(self) -> Path:
        """Return where a package may be written before it is deployed."""
        folder = self._folder / "received"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{uuid.uuid4()}.zip"

    def begin(self, package: Path, deployer: str, message: str) -> Record:
        """Deploy a package that lies where :meth:`reception` says; return what is told of it.

        Args:
            package: Where it lies.
            deployer: Who deploys, as they call themselves.
            message: What they say of it.
        """
        now = self._clock.stamp()
        one: Record = {
            "id": package.stem,
            "status": PENDING,
            "status_text": "Receiving changes.",
            "author_email": "N/A",
            "author": "N/A",
            "deployer": deployer,
            "message": message,
            "progress": "Fetching changes.",
            "received_time": now,
            "start_time": now,
            "end_time": None,
            "last_success_end_time": None,
            "complete": False,
            "active": False,
            "is_temp": False,
            "is_readonly": True,
            "log": [],
        }
        known = enumerate([one, *self.all()])
        # What runs is kept, however many that failed came after it.
        kept = [other for at, other in known if at < _KEPT or other["active"]]
        self._store.settle(self._setting, kept)
        self._launch(one)
        return one

    def resume(self) -> None:
        """Go on with what was cut short, and forget packages that had not come whole."""
        one = self.find("latest")
        pending = None if one is None or one["complete"] else one
        for path in (self._folder / "received").glob("*.zip"):
            if pending is None or path.stem != pending["id"]:
                path.unlink()
        if pending is not None:
            self._launch(pending)

    async def wait(self) -> None:
        """Wait until what goes on has ended."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Let go of what goes on, and begin nothing new; a later start goes on with it."""
        self._is_over = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _launch(self, one: Record) -> None:
        self._task = asyncio.create_task(self._run(one), name=f"deployment {one['id']}")

    async def _run(self, one: Record) -> None:
        identifier = str(one["id"])
        package = self._folder / "packages" / identifier
        received = self._folder / "received" / f"{identifier}.zip"
        try:
            log = await self._install(received, package)
        except FuncyardError as fault:
            await _to_its_end(discard, package)
            self._end(identifier, FAILED, fault.message.splitlines())
        except Exception as fault:
            _LOGGER.exception("deployment %s", identifier)
            self._end(identifier, FAILED, [said_of(fault)])
        else:
            self._switch(identifier)
            await self._activate()
            await _to_its_end(self._tidy, package)
            self._end(identifier, SUCCESS, log)
        received.unlink(missing_ok=True)

    async def _install(self, received: Path, package: Path) -> list[str]:
        await _to_its_end(discard, package)
        self._tell(str(package.name), status_text="", progress="Running build.")
        await _to_its_end(unpack, received, package)
        if not (package / "host.json").is_file():
            raise PackageError("the package has no host.json at its root")
        environments = self._folder / "environments"
        environments.mkdir(exist_ok=True)
        said = await build(package, environment_of(package, environments))
        return said.splitlines()

    def _tidy(self, package: Path) -> None:
        """Delete what earlier packages left; what cannot be deleted goes with the next."""
        kept = (package, environment_of(package, self._folder / "environments"))
        for one in (*kept[0].parent.iterdir(), *kept[1].parent.iterdir()):
            if one not in kept:
                with contextlib.suppress(OSError):
                    discard(one)

    def _switch(self, identifier: str) -> None:
        changed = [{**one, "active": one["id"] == identifier} for one in self.all()]
        self._store.settle(self._setting, changed)

    def _end(self, identifier: str, status: int, log: list[str]) -> None:
        now = self._clock.stamp()
        more = {"last_success_end_time": now} if status == SUCCESS else {}
        text = "" if status == SUCCESS else "\n".join(log)
        self._tell(
            identifier,
            **more,
            status=status,
            status_text=text,
            progress="",
            end_time=now,
            complete=True,
            log=log,
        )

    def _tell(self, identifier: str, **changes: object) -> None:
        changed = [{**one, **changes} if one["id"] == identifier else one for one in self.all()]
        self._store.settle(self._setting, changed)


async def _to_its_end(work: Callable[..., None], *given: Path) -> None:
    """Do something in a thread, and leave it only once that is done: it changes files."""
    doing = asyncio.ensure_future(asyncio.to_thread(work, *given))
    try:
        await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.gather(doing, return_exceptions=True)
        raise


def setting_of(name: str) -> str:
    """Return under what name the deployments of a site are kept."""
    return f"deployments of site {name}"
