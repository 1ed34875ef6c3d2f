"""The keys of a Functions host, kept in the app's storage, where every replica finds them.

Without storage, or where it does not answer, a replica has keys of its own, as on the real host
without ``AzureWebJobsStorage``.

https://learn.microsoft.com/azure/azure-functions/function-keys-how-to#key-storage-locations
"""

from __future__ import annotations

import contextlib
import json
import secrets
from typing import TYPE_CHECKING, Any, Final

from azure.core.exceptions import (
    AzureError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobClient, ContainerClient

from funcyard.atomic import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_CONTAINER: Final = "azure-webjobs-secrets"
_BYTES: Final = 40
_SECONDS: Final = 5
_LONGEST: Final = 32
_DEFAULT: Final = "default"


def write_keys(path: Path, environment: Mapping[str, str], name: str) -> str:
    """Write the file of keys that a host is started with; return what is wrong with its storage.

    Args:
        path: The file.
        environment: Of the container.
        name: Of the app, where that says nothing.

    Raises:
        OSError: It cannot be written.
    """
    master, default = secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES)
    fault = ""
    connection = environment.get("AzureWebJobsStorage", "")
    if connection:
        host = _host_id(environment, name)
        try:
            master, default = _kept(connection, f"{host}/host.json", master, default)
        except (AzureError, ValueError, KeyError, TypeError) as raised:
            fault = f"Unable to access AzureWebJobsStorage: {str(raised).splitlines()[0]}"
    document = {"master": master, "host": default, "functions": {}}
    write_atomically(path, json.dumps(document), mode=0o600)
    return fault


def _host_id(environment: Mapping[str, str], name: str) -> str:
    given = environment.get("AzureFunctionsWebHost__hostid")
    own = environment.get("WEBSITE_SITE_NAME") or environment.get("CONTAINER_APP_NAME") or name
    return (given or own.lower()[:_LONGEST]).rstrip("-")


def _kept(connection: str, blob: str, master: str, default: str) -> tuple[str, str]:
    """Return the master key and the one of all functions, made where there are none."""
    options: dict[str, Any] = {
        "retry_total": 0,
        "connection_timeout": _SECONDS,
        "read_timeout": _SECONDS,
    }
    document = {
        "masterKey": {"name": "master", "value": master, "encrypted": False},
        "functionKeys": [{"name": _DEFAULT, "value": default, "encrypted": False}],
        "systemKeys": [],
        "source": "runtime",
    }
    with ContainerClient.from_connection_string(connection, _CONTAINER, **options) as container:
        try:
            return _read(container.get_blob_client(blob))
        except ResourceNotFoundError:
            pass
        with contextlib.suppress(ResourceExistsError):
            container.create_container()
        client = container.get_blob_client(blob)
        try:
            client.upload_blob(json.dumps(document), overwrite=False)
        except (ResourceExistsError, ResourceModifiedError):
            return _read(client)  # another replica was first
        return master, default


def _read(client: BlobClient) -> tuple[str, str]:
    found: dict[str, Any] = json.loads(client.download_blob().readall())
    keys = {one["name"]: one["value"] for one in found["functionKeys"]}
    return str(found["masterKey"]["value"]), str(keys[_DEFAULT])
