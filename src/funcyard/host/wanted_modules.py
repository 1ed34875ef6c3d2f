"""The modules that an app's functions will want, brought before they are asked for.

Most of an app's time to start would go into importing what it may never use: clients of storage
and of topics, listeners, bindings. So each is imported where it is needed first, and here, off the
event loop, once it is known which types of triggers and bindings the functions have.
"""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HOST = "funcyard.host."
_BLOBS = "storage_clients.blobs"
_QUEUES = "storage_clients.queues"
_TABLES = "storage_clients.tables"

_MODULES: dict[str, tuple[str, ...]] = {
    "blob": ("dispatch", "bindings.blob", _BLOBS),
    "blobTrigger": ("dispatch", _BLOBS, _QUEUES, "blob_listing", "listeners.blob"),
    "eventGrid": ("dispatch", "bindings.event_grid", "topic_client"),
    "eventGridTrigger": ("dispatch",),
    "queue": ("dispatch", "bindings.queue", _QUEUES),
    "queueTrigger": ("dispatch", "listeners.queue", _QUEUES),
    "table": ("dispatch", "bindings.table", _TABLES),
    "timerTrigger": ("dispatch", "listeners.timer", _BLOBS),
}


async def bring(types: Iterable[str]) -> None:
    """Import what triggers and bindings of these types want, the event loop going on meanwhile.

    Args:
        types: As in function.json: ``queueTrigger``, ``blob``, …
    """
    if missing := [name for name in _wanted(types) if name not in sys.modules]:
        await asyncio.to_thread(_import, missing)


def bring_with(modules: Iterable[str], types: Iterable[str]) -> None:
    """Import modules, then what triggers and bindings of these types want; takes its time."""
    _import([*modules, *_wanted(types)])


def _wanted(types: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(_HOST + name for kind in types for name in _MODULES.get(kind, ()))


def _import(names: Iterable[str]) -> None:
    for name in names:
        import_module(name)
