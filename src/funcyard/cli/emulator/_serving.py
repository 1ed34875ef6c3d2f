"""A service of the local Azure, served until Ctrl-C, a signal or ``funcyard emulator stop``."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Protocol

import click

from funcyard.output import to_json

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERRUPTED = 130


class Service(Protocol):
    """What is served."""

    async def start(self) -> None:
        """Begin to serve."""
        ...

    async def stop(self) -> None:
        """Let what runs finish."""
        ...


async def serve(service: Service, show_ready: Callable[[], None], *, as_json: bool) -> int:
    """Serve, say when it is ready, and end when told to; return the exit status."""
    ended = asyncio.Event()
    interrupts: list[int] = []

    def interrupt() -> None:
        interrupts.append(signal.SIGINT)
        ended.set()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, interrupt)
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    await service.start()
    show_ready()
    await ended.wait()
    await service.stop()
    if as_json:
        click.echo(to_json({"event": "ended"}, indent=None))
    return _INTERRUPTED if interrupts else 0
