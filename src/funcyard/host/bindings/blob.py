"""Blob inputs and outputs: the whole content of one blob.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

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
    content = await content_of(_client(binding, binder))
    return None if content is None else blob_value(binding, content)


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


async def content_of(blob: BlobClient) -> bytes | None:
    """Return a blob's content, None where there is no such blob.

    Raises:
        AzureError: The service refuses or is away.
    """
    try:
        return await (await blob.download_blob()).readall()
    except ResourceNotFoundError:
        return None


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
    path = binder.required(binding, "path")
    container, _, name = _place_of(path).partition("/")
    if not container or not name:
        raise BindingError(
            f"{binder.function}: {binding.name} has the path {path!r}", hint="container/name"
        )
    service = binder.storage.blobs(str(binding.get("connection") or ""))
    return service.get_blob_client(container, name)


def _place_of(path: str) -> str:
    """Return ``container/name`` of a binding's path, which may be the address of a blob.

    Events of storage carry such addresses. The account is the binding's connection's, as in Azure.
    """
    url = urlsplit(path)
    if url.scheme not in {"http", "https"}:
        return path.lstrip("/")
    place = unquote(url.path).lstrip("/")
    return place.partition("/")[2] if _names_no_account(url.hostname or "") else place


def _names_no_account(host: str) -> bool:
    """Whether an address has the account's name in its path, as emulators' do."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True
