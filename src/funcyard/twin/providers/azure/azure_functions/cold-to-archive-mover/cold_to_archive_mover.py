"""Move blobs that have become old from cold storage to the archive, device by device.

How old a blob is says its name, by the last of its readings. It is copied, compared with what can
be read there, and only then deleted. Killed anywhere, the next run does what is left. A blob that
is held stays, since hot storage may have its readings, too.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from funcyard.twin.contract import settings
from funcyard.twin.providers.azure.azure_functions.shared.calling import send_across
from funcyard.twin.providers.azure.azure_functions.shared.faults import CopyError, FunctionError
from funcyard.twin.providers.azure.azure_functions.shared.moving import check_all_moved
from funcyard.twin.providers.azure.azure_functions.shared.tracing import logger

if TYPE_CHECKING:
    from funcyard.twin.contract.blobs import BlobName
    from funcyard.twin.providers.azure.azure_functions.shared.holding import Listed
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services

_LOGGER = logger("cold-to-archive-mover")


async def move(services: Services) -> None:
    """Move what is older than the twin's days of cold storage.

    Raises:
        MoveError: Blobs of some devices could not be moved; it names the devices.
    """
    cutoff = services.now() - timedelta(days=services.info.cold_days)
    failed: dict[str, str] = {}
    async for blob in services.cold.listed():
        name = blob.name
        if blob.is_held or name.ended >= cutoff or name.device in failed:
            continue
        try:
            await _move_blob(blob, services)
        except FunctionError as fault:
            _LOGGER.error("%s could not be moved: %s", name, fault.message)  # noqa: TRY400
            failed[name.device] = fault.message
        except Exception:
            _LOGGER.exception("%s could not be moved", name)
            failed[name.device] = "the log says why"
    check_all_moved(failed)


async def _move_blob(blob: Listed, services: Services) -> None:
    name = blob.name
    content = await services.cold.read(name)
    if await _keep(name, content, services) != hashlib.sha256(content).hexdigest():
        raise CopyError("the archive does not hold what was moved")
    if await services.cold.delete(blob):
        _LOGGER.info("%s moved, %s bytes", name, len(content))
    else:
        _LOGGER.warning("%s is copied, and stays as it was changed meanwhile", name)


async def _keep(name: BlobName, content: bytes, services: Services) -> object:
    """Keep a copy; return the SHA-256 of what can be read there."""
    clouds = services.info.clouds
    if clouds["layer_3_cold_provider"] == clouds["layer_3_archive_provider"]:
        return await services.archive.add_whole(name, content)
    told = await send_across(
        services,
        "archive-writer",
        settings.ARCHIVE_WRITER_URL,
        settings.ARCHIVE_WRITER_TOKEN,
        target_slot="layer_3_archive_provider",
        source_slot="layer_3_cold_provider",
        kind="chunk",
        payload={"name": str(name), "content": content.decode()},
    )
    return told.get("digest") if isinstance(told, dict) else None
