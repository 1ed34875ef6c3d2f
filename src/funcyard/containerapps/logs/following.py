"""Reads many streams at once: each line once, as it comes, whatever becomes of a stream.

A replica that comes is joined, one that goes is left. A stream that ends or breaks off is opened
again behind the last line that was read of it, with a new token where the old one counts no more.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from funcyard.azure.container_streams import MOST_LINES, ContainerStreams
from funcyard.azure.errors import (
    AzureAuthenticationError,
    AzureFailedError,
    AzureNotFoundError,
)
from funcyard.containerapps.logs.line import PREAMBLE_LINES, is_preamble, read_line
from funcyard.containerapps.logs.position import Position
from funcyard.containerapps.logs.sources import NoSuchSourceError, sources_of
from funcyard.containerapps.naming import UnknownRevisionError
from funcyard.containerapps.observing import observe
from funcyard.containerapps.reading import read_auth_token

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.container_apps import ContainerApps
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.logs.line import Line
    from funcyard.containerapps.logs.sources import Source, Wanted

LOOKED_AFTER_SECONDS: Final = 3.0
"""So long a replica that came is not joined at most."""

_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 10.0
_WAITING_LINES: Final = 1000
"""So many lines wait at most for who reads them: a reader that is slow slows the streams down."""


class Streams:
    """The streams of an app.

    Args:
        client: Of container apps.
        cloud: Where it is.
        app: Its id.
    """

    def __init__(self, client: ContainerApps, cloud: Cloud, app: ResourceId) -> None:
        self._client = client
        self._cloud = cloud
        self._app = app
        self._token = ""

    async def tail(self, sources: tuple[Source, ...], most: int) -> list[Line]:
        """Return the last lines of each stream, by their time.

        Args:
            sources: The streams.
            most: How many of each.

        Raises:
            AzureFailedError: None of them can be read.
        """
        faults: list[AzureFailedError] = []

        async def one(source: Source) -> list[Line]:
            try:
                return [line async for line in self._opened(source, most, follow=False)]
            except AzureNotFoundError:
                return []  # it is gone by now
            except AzureFailedError as fault:
                faults.append(fault)
                return []

        found = await asyncio.gather(*(one(source) for source in sources))
        if faults and len(faults) == len(sources):
            raise faults[0]
        return sorted((line for lines in found for line in lines), key=lambda line: line.ticks)

    async def follow(self, wanted: Wanted, most: int) -> AsyncGenerator[Line, None]:
        """Yield the last lines of each wanted stream, then each line as it comes; it never ends.

        Args:
            wanted: Which streams.
            most: How many of the last lines of each come first.

        Raises:
            AzureFailedError: The app cannot be read at first.
            UnknownRevisionError: There is no such revision at first.
            NoSuchSourceError: There is no such replica or container at first.
        """
        first = sources_of(await observe(self._client, self._app), wanted)
        queue: asyncio.Queue[Line] = asyncio.Queue(_WAITING_LINES)
        looking = asyncio.create_task(self._look(wanted, first, most, queue))
        try:
            while True:
                getting = asyncio.create_task(queue.get())
                await asyncio.wait({getting, looking}, return_when=asyncio.FIRST_COMPLETED)
                if not getting.done():
                    getting.cancel()
                    looking.result()  # it never ends but by a failure
                yield await getting
                while not queue.empty():
                    yield queue.get_nowait()
        finally:
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking

    async def _look(
        self, wanted: Wanted, first: tuple[Source, ...], most: int, queue: asyncio.Queue[Line]
    ) -> None:
        """Keep a reader for each stream that there is."""
        readers = {one: asyncio.create_task(self._read(one, most, queue)) for one in first}
        try:
            while True:
                await asyncio.sleep(LOOKED_AFTER_SECONDS)
                self._client.patience.renew()
                try:
                    now = sources_of(await observe(self._client, self._app), wanted)
                except (AzureFailedError, UnknownRevisionError, NoSuchSourceError):
                    continue
                for one in now:
                    if one not in readers:
                        # What it said before it was found counts as new.
                        readers[one] = asyncio.create_task(self._read(one, MOST_LINES, queue))
                for one in [one for one, reader in readers.items() if reader.done()]:
                    readers[one].result()  # a reader that failed fails here
                    if one not in now:
                        del readers[one]
        finally:
            for reader in readers.values():
                reader.cancel()
            await asyncio.gather(*readers.values(), return_exceptions=True)

    async def _read(self, source: Source, most: int, queue: asyncio.Queue[Line]) -> None:
        """Read a stream until its replica is gone."""
        position, pause = Position(), _FIRST_PAUSE
        while True:
            try:
                async for line in self._opened(source, most, follow=True):
                    if position.is_new(line):
                        pause = _FIRST_PAUSE
                        await queue.put(line)
            except AzureNotFoundError:
                return
            except AzureAuthenticationError:
                self._token = ""
            except AzureFailedError:
                pass  # it is opened again, as one that ended is
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            position.reopen()
            most = MOST_LINES

    async def _opened(self, source: Source, most: int, *, follow: bool) -> AsyncIterator[Line]:
        """Yield the lines of a stream as long as it is open."""
        token = self._token or await self._new_token()
        async with ContainerStreams(self._cloud, token, self._client.patience) as streams:
            number = 0
            async for written in streams.lines(source.address, follow=follow, tail=most):
                number += 1
                if number <= PREAMBLE_LINES and is_preamble(written):
                    continue
                line = read_line(written, source)
                if line is not None and source.revision in ("", line.revision):
                    yield line

    async def _new_token(self) -> str:
        self._token = read_auth_token(await self._client.auth_token(self._app)).value
        return self._token
