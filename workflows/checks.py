"""What health looks at: each check uses the thing as the platform does, and leaves nothing."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.azure.errors import azure_errors

if TYPE_CHECKING:
    from composition import Platform

Check = Callable[[], Awaitable[str]]
"""Returns in words what was seen, or raises."""


def checks_of(platform: Platform) -> dict[str, Check]:
    """Return the checks by name."""

    async def table() -> str:
        await platform.directory.find("health")
        return "rows can be read"

    async def queue() -> str:
        with azure_errors("looking at the queues"):
            await platform.queues.get_service_properties()
        return "the service answers"

    async def workspace() -> str:
        await platform.store.prepare()
        await platform.store.stat("")
        return "the workspace can be read"

    async def temporary() -> str:
        await asyncio.to_thread(_written, platform.settings.local)
        if platform.settings.temporary != platform.settings.local:
            await asyncio.to_thread(_written, platform.settings.temporary)
        return "files can be written"

    return {
        "table": table,
        "queue": queue,
        "workspace": workspace,
        "temporary": temporary,
        "vault": platform.secrets.check,
    }


def _written(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f".health-{uuid.uuid4().hex}"
    with place.open("xb") as file:
        file.write(b"health")
        os.fsync(file.fileno())
    place.unlink()
