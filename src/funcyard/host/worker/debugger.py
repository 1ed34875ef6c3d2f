"""debugpy in the worker: off unless ENABLE_DEBUGGING is true, on the port the host assigned.

It starts when the worker takes over, because the port belongs to the older worker until then; with
DEBUG_WAIT it starts before the app is loaded and waits for a client, so that breakpoints in
module-level code are hit. https://github.com/microsoft/debugpy
"""

from __future__ import annotations

import logging
import os

_log = logging.getLogger("funcyard.debugger")
_listening = False


def listen_early() -> None:
    """Listen and wait for a client before the app is loaded, where DEBUG_WAIT asks for it."""
    if _enabled("DEBUG_WAIT"):
        listen()


def listen() -> None:
    """Listen for a debugger where ENABLE_DEBUGGING asks for it; a second call does nothing."""
    global _listening  # noqa: PLW0603 - a process listens once
    port = os.environ.get("FUNCYARD_DEBUG_PORT", "")
    if _listening or not _enabled("ENABLE_DEBUGGING") or not port.isdigit():
        return
    try:
        import debugpy  # noqa: PLC0415, T100 - only where debugging is asked for
    except ImportError:
        _log.error("ENABLE_DEBUGGING is set but debugpy is not installed in the app's environment")
        return
    address = os.environ.get("FUNCYARD_DEBUG_ADDRESS", "127.0.0.1")
    try:
        debugpy.listen((address, int(port)))  # noqa: T100 - what this file is for
    except (OSError, RuntimeError) as fault:
        _log.error("debugpy cannot listen on port %s: %s", port, fault)
        return
    _listening = True
    _log.info("debugpy listens on %s:%s", address, port)
    if _enabled("DEBUG_WAIT"):
        _log.info("waiting for a debugger to attach")
        debugpy.wait_for_client()  # noqa: T100 - asked for by DEBUG_WAIT


def _enabled(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes"}
