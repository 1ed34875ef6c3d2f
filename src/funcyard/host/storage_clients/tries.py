"""How storage is asked: with timeouts and tries that suit an emulator on this machine.

A request is tried for about four seconds, which outlives a restart of Azurite.
"""

from __future__ import annotations

from typing import Any, Final

from azure.core.pipeline.transport import AioHttpTransport

PAUSE_SECONDS: Final = 0.4
"""Between two tries."""

_TRIES = 10
_CONNECT_SECONDS = 2
_READ_SECONDS = 30


def tries() -> dict[str, Any]:
    """Return what clients of every service take."""
    names = ("retry_total", "retry_connect", "retry_read", "retry_status")
    return {"transport": _transport(), **dict.fromkeys(names, _TRIES)}


def constant_pauses() -> dict[str, Any]:
    """Return what clients of blobs and queues take: the exponential policy, never growing."""
    return {
        **tries(),
        "initial_backoff": PAUSE_SECONDS,
        "increment_base": 0,
        "random_jitter_range": 0,
    }


def _transport() -> AioHttpTransport:
    # Without the environment: a proxy meant for the internet must not get what is on loopback.
    return AioHttpTransport(
        use_env_settings=False, connection_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS
    )
