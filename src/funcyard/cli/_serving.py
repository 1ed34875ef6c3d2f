"""What the commands that serve share: brought up, shown until the end is asked for, ended in order.

A first Ctrl-C, SIGTERM, ``funcyard down``, or a reader of the output that goes away, asks for the
end: what runs is waited for. A second Ctrl-C ends everything at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import select
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from funcyard.cli._up_view import View
    from funcyard.host.events import Event, Events

INTERRUPTED = 130
_LOOK_SECONDS = 1.0


class Service(Protocol):
    """What is served: a project, or one app."""

    @property
    def in_flight(self) -> int:
        """How many invocations run now."""
        ...

    def status(self) -> dict[str, Any]:
        """Return apps, functions and storage, without keys."""
        ...

    def request_stop(self) -> None:
        """Ask for the end."""
        ...

    async def wait(self) -> None:
        """Wait until somebody asks for the end."""
        ...

    async def stop(self) -> None:
        """Let what runs finish and end every process; safe after a failed start."""
        ...


async def serve(
    service: Service,
    start: Coroutine[Any, Any, None],
    events: Events,
    view: View,
    *,
    work: Callable[[asyncio.Task[None]], Awaitable[int]] | None = None,
) -> int:
    """Bring a service up, show what happens until somebody asks for its end, then end it.

    Args:
        service: What is served.
        start: Brings it up; cancelled where the end is asked for meanwhile.
        events: What happens in it.
        view: What shows that.
        work: Done once it is up, given the task that completes when the end is asked for.

    Returns:
        The exit code of ``work``; without it 130 after Ctrl-C, else 0.
    """
    from funcyard.host.events import Event  # noqa: PLC0415 - keeps --help fast

    # What Azure's clients warn of would stand between the lines; who calls them tells what failed.
    logging.getLogger("azure").addHandler(logging.NullHandler())
    interrupts = _end_on_signals(service.request_stop)
    showing = asyncio.create_task(_show(events, view))
    showing.add_done_callback(lambda _: service.request_stop())
    listening = asyncio.create_task(_end_without_reader(service.request_stop))
    await asyncio.sleep(0)
    starting = asyncio.create_task(start)
    asked = asyncio.create_task(_asked(service, events, interrupts))
    code, message = None, "ended before it was ready"
    try:
        try:
            await asyncio.wait((starting, asked), return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                starting.result()
                view.ready(service)
                message = "ended"
                if work is None:
                    await asked
                else:
                    code = await work(asked)
        finally:
            for task in (starting, asked):
                task.cancel()
            await asyncio.gather(starting, asked, return_exceptions=True)
            await service.stop()
        if code is None:
            code = INTERRUPTED if interrupts else 0
        events.publish(Event("ended", message, data={"exit": code}))
    finally:
        listening.cancel()
        events.close()
        try:
            await showing
        except BrokenPipeError:
            _discard_output()
        view.close()
    return code


async def _asked(service: Service, events: Events, interrupts: list[int]) -> None:
    """Wait until the end is asked for, and say what it waits for in its turn."""
    await service.wait()
    events.publish(_stopping(service.in_flight, interrupted=bool(interrupts)))


def _stopping(in_flight: int, *, interrupted: bool) -> Event:
    from funcyard.host.events import Event  # noqa: PLC0415 - keeps --help fast

    runs = "1 invocation" if in_flight == 1 else f"{in_flight} invocations"
    message = f"stopping: draining {runs}" if in_flight else "stopping: nothing runs"
    if interrupted:
        message += "; Ctrl-C again ends at once"
    return Event("stopping", message, data={"in_flight": in_flight})


def _end_on_signals(request_stop: Callable[[], None]) -> list[int]:
    """Ask for the end on the first signal; a second Ctrl-C ends the process at once.

    Returns:
        A list that holds an entry for every Ctrl-C that came.
    """
    received: list[int] = []

    def interrupt() -> None:
        received.append(signal.SIGINT)
        if len(received) > 1:
            _end_at_once()
        request_stop()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, interrupt)
    loop.add_signal_handler(signal.SIGTERM, request_stop)
    loop.add_signal_handler(signal.SIGHUP, request_stop)
    return received


def _end_at_once() -> NoReturn:
    """End without waiting; what was started is told to end, so that Azurite saves its data."""
    import psutil  # noqa: PLC0415 - keeps --help fast

    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            child.terminate()
    os._exit(INTERRUPTED)


async def _end_without_reader(request_stop: Callable[[], None]) -> None:
    """Ask for the end when nobody reads standard output any more, also while nothing is written."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)  # POLLERR and POLLHUP are always told
    while not poll.poll(0):  # noqa: ASYNC110 - no event tells of a reader
        await asyncio.sleep(_LOOK_SECONDS)
    _discard_output()
    request_stop()


def _discard_output() -> None:
    """Let what is still written to standard output go nowhere, as Python's own flush at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


async def _show(events: Events, view: View) -> None:
    async for batch in events.follow():
        view.show(batch)
