"""The master key of an app's Functions host, from where it is kept.

The host keeps its keys in the container ``azure-webjobs-secrets`` of its storage, a blob for each
host; one that is encrypted opens nothing here.
https://learn.microsoft.com/azure/azure-functions/function-keys-how-to#key-storage-locations
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.azure.errors import AzureFailedError, azure_errors
from funcyard.azure.storage import StorageAccount, StorageAccountError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.storage.blob.aio import ContainerClient

    from funcyard.containerapps.models import App

GIVEN: Final = "FUNCYARD_MASTER_KEY"
_CONTAINER: Final = "azure-webjobs-secrets"
_FILE: Final = "/host.json"
_HOST_NAMES: Final = ("AzureFunctionsWebHost__hostid", "WEBSITE_SITE_NAME")
_LONGEST_ID: Final = 32
_NAMES: Final = ("host-master-key", "host.master", "master-key", "functions-master-key")
_LARGEST: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A master key.

    Attributes:
        value: The key; empty for none.
        source: Where it was found, in words.
    """

    value: str = field(default="", repr=False)
    source: str = ""


async def find_master_key(
    given: str,
    app: App,
    secrets: Mapping[str, str],
    connection: str | None,
    patience: float,
) -> MasterKey:
    """Return the master key, empty where it is nowhere.

    Args:
        given: As the environment has it; empty for none.
        app: The app.
        secrets: Values of the app's secrets, as far as they may be read.
        connection: To the storage of the app, as far as it may be read.
        patience: Seconds for its answer.
    """
    if given:
        return MasterKey(given, GIVEN)
    for name in _NAMES:
        if key := secrets.get(name, "").strip():  # one made of a file ends with its line
            return MasterKey(key, f"the secret {name}")
    if not connection:
        return MasterKey()
    try:
        account = StorageAccount.from_connection_string(connection)
        async with asyncio.timeout(patience), account.blobs() as blobs:
            with azure_errors("reading the keys of the host"):
                return await _stored(blobs.get_container_client(_CONTAINER), app)
    except (AzureFailedError, StorageAccountError, TimeoutError):
        return MasterKey()


async def _stored(container: ContainerClient, app: App) -> MasterKey:
    """Return the key of the only host that keeps any there, or of the one called as the app is."""
    names = [one async for one in container.list_blob_names() if one.endswith(_FILE)]
    own = [one for one in names if one.removesuffix(_FILE) in _host_ids(app)]
    chosen = own if len(own) == 1 else names
    if len(chosen) != 1:
        return MasterKey()
    stream = await container.download_blob(chosen[0])
    try:
        held = json.loads(await stream.read(_LARGEST))["masterKey"]
        value = "" if held.get("encrypted") else str(held["value"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return MasterKey()
    return MasterKey(value, f"the blob {_CONTAINER}/{chosen[0]}") if value else MasterKey()


def _host_ids(app: App) -> set[str]:
    """Return what the host of an app may be called: as it is told, or by the name of its site.

    https://learn.microsoft.com/azure/azure-functions/storage-considerations#host-id-considerations
    """
    containers = app.template.containers[:1]
    told = {
        one.value
        for container in containers
        for name in _HOST_NAMES
        if (one := container.variable(name)) is not None and one.value
    }
    return {one.lower()[:_LONGEST_ID].rstrip("-") for one in {*told, app.name}}
