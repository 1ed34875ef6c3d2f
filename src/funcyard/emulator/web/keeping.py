"""What answers for one site: its app, its address, and what deploys to it.

One task looks after the app: it starts what is to run, starts it anew when that changes or the app
dies, and ends it. Whatever asks for another app only wakes that task.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from funcyard.emulator.web.process import AppFailedError, AppProcess

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.web.process import Launch

_LOGGER = logging.getLogger(__name__)
_PAUSE_SECONDS: Final = 1.0
"""Before an app that died, or could not be started, is tried again."""
_ASK_SECONDS: Final = 10.0


class AppKeeper:
    """Keeps the app of a site running.

    Args:
        name: The site's.
        launch: Returns what is to run now; None where nothing is.
        loaded: Told what functions the app has, whenever it was loaded.
        master: Returns the key that opens everything of the app.
    """

    def __init__(
        self,
        name: str,
        launch: Callable[[], Launch | None],
        loaded: Callable[[list[dict[str, Any]]], None],
        master: Callable[[], str],
    ) -> None:
        self._name = name
        self._launch = launch
        self._loaded = loaded
        self._master = master
        self._wanted = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._app: AppProcess | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def address(self) -> tuple[str, int] | None:
        """Where the app answers; None where none does."""
        return self._app.address if self._app is not None else None

    def start(self) -> None:
        """Begin to look after the app."""
        self._task = asyncio.create_task(self._keep(), name=f"app of {self._name}")

    async def stop(self) -> None:
        """End the app, and look after it no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def restart(self) -> asyncio.Future[None]:
        """Run what is to run now; what is returned is done once it does, or cannot."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self._wanted.set()
        return done

    async def functions(self) -> list[dict[str, Any]] | None:
        """Return the functions that the app has; None where it does not answer."""
        app = self._app
        if app is None or app.address is None:
            return None
        host, port = app.address
        timeout = aiohttp.ClientTimeout(total=_ASK_SECONDS)
        headers = {"x-functions-key": self._master()}
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
                session.get(f"http://{host}:{port}/admin/functions") as answer,
            ):
                answer.raise_for_status()
                found: list[dict[str, Any]] = await answer.json()
                return found
        except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
            _LOGGER.warning("the app of %s does not tell its functions: %s", self._name, fault)
            return None

    async def _keep(self) -> None:
        try:
            while True:
                self._wanted.clear()
                asked, self._waiting = self._waiting, []
                is_down = not await self._run_now()
                for one in asked:
                    if not one.done():
                        one.set_result(None)
                await self._until_wanted(_PAUSE_SECONDS if is_down else None)
        finally:
            await self._end()

    async def _run_now(self) -> bool:
        """Run what is to run now; return whether it does. Nothing that goes wrong gets out."""
        try:
            await self._end()
            launch = self._launch()
            if launch is None:
                return True
            self._app = AppProcess(launch)
            await self._app.start()
            told = await self.functions()
            if told is not None:
                self._loaded(told)
        except AppFailedError as fault:
            _LOGGER.error("%s: %s", self._name, fault.message)  # noqa: TRY400 - it says what it must
        except Exception:
            _LOGGER.exception("the app of %s cannot be started", self._name)
        else:
            return True
        await self._end()
        return False

    async def _until_wanted(self, pause: float | None) -> None:
        """Wait until another app is asked for, this one died, or a pause is over."""
        waiting: list[asyncio.Task[Any]] = [asyncio.create_task(self._wanted.wait())]
        if self._app is not None:
            waiting.append(asyncio.create_task(self._died(self._app)))
        try:
            await asyncio.wait(waiting, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()

    async def _died(self, app: AppProcess) -> None:
        await app.ended()
        _LOGGER.error("the app of %s died; it is started again", self._name)
        self._app = None
        await asyncio.sleep(_PAUSE_SECONDS)

    async def _end(self) -> None:
        app, self._app = self._app, None
        if app is not None:
            await app.stop()
