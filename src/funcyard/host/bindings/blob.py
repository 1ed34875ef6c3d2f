"""Blob inputs and outputs: the whole content of one blob.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from funcyard.host.bindings.binder import BindingError
from funcyard.host.invocation import Value

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient, ContainerClient

    from funcyard.functions.model import Binding
    from funcyard.host.bindings.binder import Binder


async def read_blob(binding: Binding, binder: Binder) -> Value | None:
    """Return the blob's content, None where there is no such blob.

    Raises:
        BindingError: The path is not ``container/name``.
        FuncyardError: The path or the connection cannot be resolved.
        AzureError: The service refuses or is away.
    """
    client = _client(binding, binder)
    try:
        content = await (await client.download_blob()).readall()
    except ResourceNotFoundError:
        return None
    return blob_value(binding, content)


async def write_blob(binding: Binding, binder: Binder, value: Value) -> None:
    """Write a value as the blob's content, over what was there; its container is made when missing.

    Raises:
        BindingError: The path is not ``container/name``.
        FuncyardError: The path or the connection cannot be resolved.
        AzureError: The service refuses or is away.
    """
    client = _client(binding, binder)
    try:
        await client.upload_blob(value.body, overwrite=True)
    except ResourceNotFoundError:
        service = binder.storage.blobs(str(binding.get("connection") or ""))
        await ensure_container(service.get_container_client(client.container_name))
        await client.upload_blob(value.body, overwrite=True)


def blob_value(binding: Binding, content: bytes) -> Value:
    """Return content as ``dataType`` asks: text where it is ``string``, else bytes."""
    wants_text = str(binding.get("dataType") or "").lower() == "string"
    return Value("string" if wants_text else "bytes", content)


async def ensure_container(container: ContainerClient) -> None:
    """Create a container unless it exists."""
    try:
        await container.create_container()
    except ResourceExistsError:
        return


def _client(binding: Binding, binder: Binder) -> BlobClient:
    path = binder.required(binding, "path").lstrip("/")
    container, _, name = path.partition("/")
    if not container or not name:
        raise BindingError(
            f"{binder.function}: {binding.name} has the path {path!r}", hint="container/name"
        )
    service = binder.storage.blobs(str(binding.get("connection") or ""))
    return service.get_blob_client(container, name)
