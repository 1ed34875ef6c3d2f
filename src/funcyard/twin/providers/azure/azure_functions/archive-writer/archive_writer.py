"""Take a blob of cold storage from another cloud and keep it in the archive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from funcyard.twin.contract.blobs import read_blob_name
from funcyard.twin.contract.errors import ContractError
from funcyard.twin.providers.azure.azure_functions.shared.asking import payload_of

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Keep it, and say how long it is and what tells it from others."""
    payload = payload_of(asked.body, "chunk")
    told = payload if isinstance(payload, Mapping) else {}
    name, text = told.get("name"), told.get("content")
    if not isinstance(name, str) or not isinstance(text, str):
        raise ContractError("a blob is an object with name and content")
    content = text.encode()
    digest = await services.archive.add_whole(read_blob_name(name), content)
    return {"length": len(content), "digest": digest}
