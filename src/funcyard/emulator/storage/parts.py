"""How each kind of an account's parts is written and read at its server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azure.core.exceptions import ResourceNotFoundError

from funcyard.emulator.storage.children import Children

if TYPE_CHECKING:
    from datetime import datetime

    from azure.core.credentials import AzureNamedKeyCredential
    from azure.data.tables.aio import TableServiceClient
    from azure.storage.blob.aio import BlobServiceClient
    from azure.storage.fileshare.aio import ShareServiceClient
    from azure.storage.queue.aio import QueueServiceClient

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Json

_PUBLIC = {"none": None, "blob": "blob", "container": "container"}


class Containers(Children["BlobServiceClient"]):
    """Containers of blobs."""

    service = "blob"
    settable = frozenset({"publicAccess", "metadata"})

    def client(self, url: str, credential: AzureNamedKeyCredential) -> BlobServiceClient:
        """Return a client of the server."""
        from azure.storage.blob.aio import BlobServiceClient  # noqa: PLC0415 - keeps the start fast

        return BlobServiceClient(url, credential=credential, transport=_transport(), retry_total=0)

    async def write(
        self, client: BlobServiceClient, name: str, given: Json, *, is_new: bool
    ) -> None:
        """Make a container, or change it."""
        one = client.get_container_client(name)
        access = _PUBLIC[str(given.get("publicAccess") or "None").lower()]
        if is_new:
            await one.create_container(metadata=given.get("metadata"), public_access=access)
            return
        if "metadata" in given:
            await one.set_container_metadata(given["metadata"] or {})
        if "publicAccess" in given:
            await one.set_container_access_policy({}, public_access=access)

    async def read(self, client: BlobServiceClient, name: str) -> Json:
        """Return the properties of a container."""
        found = await client.get_container_client(name).get_container_properties()
        shown = {
            "etag": f'"{found.etag.strip(chr(34))}"',
            "deleted": False,
            "remainingRetentionDays": 0,
            "defaultEncryptionScope": "$account-encryption-key",
            "denyEncryptionScopeOverride": False,
            "publicAccess": str(found.public_access or "None").title(),
            "leaseStatus": str(found.lease.status).title(),
            "leaseState": str(found.lease.state).title(),
            "lastModifiedTime": _time(found.last_modified),
            "legalHold": {"hasLegalHold": False, "tags": []},
            "hasImmutabilityPolicy": False,
            "hasLegalHold": False,
        }
        return {**shown, "metadata": found.metadata} if found.metadata else shown

    async def names(self, client: BlobServiceClient) -> list[str]:
        """Return the names of all containers."""
        return [str(one.name) async for one in client.list_containers()]

    async def remove(self, client: BlobServiceClient, name: str, call: Call) -> None:  # noqa: ARG002 - as every part
        """Delete a container."""
        await client.delete_container(name)

    async def close(self, client: BlobServiceClient) -> None:
        """Let go of a client."""
        await client.close()


class Queues(Children["QueueServiceClient"]):
    """Queues."""

    service = "queue"
    settable = frozenset({"metadata"})

    def client(self, url: str, credential: AzureNamedKeyCredential) -> QueueServiceClient:
        """Return a client of the server."""
        from azure.storage.queue.aio import QueueServiceClient  # noqa: PLC0415 - keeps the start fast

        return QueueServiceClient(url, credential=credential, transport=_transport(), retry_total=0)

    async def write(
        self, client: QueueServiceClient, name: str, given: Json, *, is_new: bool
    ) -> None:
        """Make a queue, or change it."""
        one = client.get_queue_client(name)
        if is_new:
            await one.create_queue(metadata=given.get("metadata"))
        elif "metadata" in given:
            await one.set_queue_metadata(given["metadata"] or {})

    async def read(self, client: QueueServiceClient, name: str) -> Json:
        """Return the properties of a queue."""
        found = await client.get_queue_client(name).get_queue_properties()
        return {
            "metadata": found.metadata or {},
            "approximateMessageCount": found.approximate_message_count or 0,
        }

    async def names(self, client: QueueServiceClient) -> list[str]:
        """Return the names of all queues."""
        return [str(one.name) async for one in client.list_queues()]

    async def remove(self, client: QueueServiceClient, name: str, call: Call) -> None:  # noqa: ARG002 - as every part
        """Delete a queue."""
        await client.delete_queue(name)

    async def close(self, client: QueueServiceClient) -> None:
        """Let go of a client."""
        await client.close()


class Tables(Children["TableServiceClient"]):
    """Tables."""

    service = "table"
    settable = frozenset[str]()

    def client(self, url: str, credential: AzureNamedKeyCredential) -> TableServiceClient:
        """Return a client of the server."""
        from azure.data.tables.aio import TableServiceClient  # noqa: PLC0415 - keeps the start fast

        return TableServiceClient(url, credential=credential, transport=_transport(), retry_total=0)

    async def write(
        self,
        client: TableServiceClient,
        name: str,
        given: Json,  # noqa: ARG002 - as every part
        *,
        is_new: bool,
    ) -> None:
        """Make a table; there is nothing to change of one."""
        if is_new:
            await client.create_table(name)

    async def read(self, client: TableServiceClient, name: str) -> Json:
        """Return the properties of a table."""
        if name.lower() not in {one.lower() for one in await self.names(client)}:
            raise ResourceNotFoundError(name)
        return {"tableName": name}

    async def names(self, client: TableServiceClient) -> list[str]:
        """Return the names of all tables."""
        return [str(one.name) async for one in client.list_tables()]

    async def remove(self, client: TableServiceClient, name: str, call: Call) -> None:  # noqa: ARG002 - as every part
        """Delete a table."""
        await client.delete_table(name)

    async def close(self, client: TableServiceClient) -> None:
        """Let go of a client."""
        await client.close()


class Shares(Children["ShareServiceClient"]):
    """File shares."""

    service = "file"
    settable = frozenset({"shareQuota", "metadata"})

    def client(self, url: str, credential: AzureNamedKeyCredential) -> ShareServiceClient:
        """Return a client of the server."""
        from azure.storage.fileshare.aio import ShareServiceClient  # noqa: PLC0415 - keeps the start fast

        return ShareServiceClient(url, credential=credential, transport=_transport(), retry_total=0)

    async def write(
        self, client: ShareServiceClient, name: str, given: Json, *, is_new: bool
    ) -> None:
        """Make a share, or change it."""
        one = client.get_share_client(name)
        if is_new:
            quota = {"quota": given["shareQuota"]} if given.get("shareQuota") else {}
            await one.create_share(metadata=given.get("metadata"), **quota)
            return
        if "metadata" in given:
            await one.set_share_metadata(given["metadata"] or {})
        if given.get("shareQuota"):
            await one.set_share_quota(given["shareQuota"])

    async def read(self, client: ShareServiceClient, name: str) -> Json:
        """Return the properties of a share."""
        found = await client.get_share_client(name).get_share_properties()
        shown = {
            "etag": f'"{found.etag.strip(chr(34))}"',
            "leaseStatus": str(found.lease.status).title(),
            "leaseState": str(found.lease.state).title(),
            "lastModifiedTime": _time(found.last_modified),
            "shareQuota": found.quota,
            "enabledProtocols": "SMB",
        }
        return {**shown, "metadata": found.metadata} if found.metadata else shown

    async def names(self, client: ShareServiceClient) -> list[str]:
        """Return the names of all shares."""
        return [str(one.name) async for one in client.list_shares()]

    async def remove(self, client: ShareServiceClient, name: str, call: Call) -> None:
        """Delete a share, with its snapshots where the request says so."""
        wanted = call.request.query.get("$include") != "none"
        await client.delete_share(name, delete_snapshots=wanted)

    async def close(self, client: ShareServiceClient) -> None:
        """Let go of a client."""
        await client.close()


def _transport() -> Any:  # noqa: ANN401 - azure-core loads it lazily
    from azure.core.pipeline.transport import AioHttpTransport  # noqa: PLC0415 - keeps the start fast

    return AioHttpTransport(use_env_settings=False)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.0000000Z"
