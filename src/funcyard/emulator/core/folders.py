"""Folders of a location in which resources keep what their data planes hold."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept


def folder_of(core: Core, kept: Kept, service: str) -> Path:
    """Return the folder of a resource whose name is its own in its group only.

    Args:
        core: Of which location.
        kept: The resource.
        service: The folder of all of its kind.
    """
    target = kept.target
    parts = (target.subscription, target.group.lower(), kept.name.lower())
    return core.store.location.joinpath(service, *parts)


async def remove_folder(folder: Path) -> None:
    """Delete a folder with all that is in it, where there is one.

    Raises:
        OSError: It cannot be deleted.
    """
    await asyncio.to_thread(_remove, folder)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
