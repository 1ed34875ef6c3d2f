"""What health looks at: each check uses the thing as the platform does, and leaves nothing."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.azure.errors import azure_errors
from funcyard.workspace.store.marking import check_marked

if TYPE_CHECKING:
    from composition import Platform


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check saw of a thing that can be used.

    Attributes:
        message: In words.
        good: Whether it is all as it should be.
    """

    message: str
    good: bool = True


Check = Callable[[], Awaitable[Seen]]
"""Returns what was seen, or raises."""


def checks_of(platform: Platform) -> dict[str, Check]:
    """Return the checks by name."""

    async def table() -> Seen:
        await platform.directory.find("health")
        return Seen("rows can be read")

    async def queue() -> Seen:
        with azure_errors("looking at the queues"):
            await platform.queues.get_service_properties()
        return Seen("the service answers")

    async def workspace() -> Seen:
        await check_marked(platform.store)
        behind = await platform.workspace.behind()
        if behind:
            told = "; ".join(sorted(f"{scope}: {fault.message}" for scope, fault in behind.items()))
            return Seen(f"what runs is current, but its view is behind; {told}", good=False)
        return Seen("the workspace can be read")

    async def temporary() -> Seen:
        await asyncio.to_thread(_written, platform.settings.local)
        if platform.settings.temporary != platform.settings.local:
            await asyncio.to_thread(_written, platform.settings.temporary)
        return Seen("files can be written")

    async def vault() -> Seen:
        return Seen(await platform.secrets.check())

    return {
        "table": table,
        "queue": queue,
        "workspace": workspace,
        "temporary": temporary,
        "vault": vault,
    }


def _written(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f".health-{uuid.uuid4().hex}"
    with place.open("xb") as file:
        file.write(b"health")
        os.fsync(file.fileno())
    place.unlink()
