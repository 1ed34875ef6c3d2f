"""debugpy in the worker: off unless ENABLE_DEBUGGING is true, on the port the host assigned.

It starts when the worker takes over, because the port belongs to the older worker until then; with
DEBUG_WAIT it starts before the app is loaded and waits for a client, so that breakpoints in
module-level code are hit. https://github.com/microsoft/debugpy
"""

from __future__ import annotations

import asyncio
import logging
import os

_log = logging.getLogger("funcyard.debugger")
_TRIES = 25
_PAUSE_SECONDS = 0.2


def listen_early() -> None:
    """Listen and wait for a client before the app is loaded, where DEBUG_WAIT asks for it."""
    if not _enabled("DEBUG_WAIT") or not _wanted():
        return
    if (fault := _listen()) is None:
        import debugpy  # noqa: PLC0415, T100 - only where debugging is asked for

        _log.info("waiting for a debugger to attach")
        debugpy.wait_for_client()  # noqa: T100 - asked for by DEBUG_WAIT
    else:
        _log.error("debugpy cannot listen: %s", fault)


async def listen() -> None:
    """Listen for a debugger where ENABLE_DEBUGGING asks for it.

    The port may still be the older worker's for a moment, so it is tried for some seconds.
    """
    if not _wanted():
        return
    fault: str | None = None
    for _ in range(_TRIES):
        fault = _listen()
        if fault is None:
            return
        await asyncio.sleep(_PAUSE_SECONDS)
    _log.error("debugpy cannot listen: %s", fault)


def _listen() -> str | None:
    """Listen and return None, or return why that cannot be."""
    try:
        import debugpy  # noqa: PLC0415, T100 - only where debugging is asked for
    except ImportError:
        return "it is not installed in the app's environment"
    address = os.environ.get("FUNCYARD_DEBUG_ADDRESS", "127.0.0.1")
    port = int(os.environ["FUNCYARD_DEBUG_PORT"])
    try:
        debugpy.listen((address, port))  # noqa: T100 - what this file is for
    except (OSError, RuntimeError) as fault:
        return None if "already been called" in str(fault) else str(fault)
    _log.info("debugpy listens on %s:%s", address, port)
    return None


def _wanted() -> bool:
    return _enabled("ENABLE_DEBUGGING") and os.environ.get("FUNCYARD_DEBUG_PORT", "").isdigit()


def _enabled(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes"}
