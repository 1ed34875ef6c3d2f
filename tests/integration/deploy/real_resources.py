"""Real resources of a storage account: containers with metadata, queues that know no owner."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ClassVar

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from funcyard.azure.storage import StorageAccount
from funcyard.deploy.diff import Difference
from funcyard.deploy.graph import Graph
from funcyard.deploy.refs import Json, Ref, SecretRef
from funcyard.deploy.registry import Registry
from funcyard.deploy.resource import Observed, Resource, Wanted


@dataclass(frozen=True)
class Storage:
    """An account, reached without the clients' own retries: the engine's are what is tried."""

    key: str
    blobs: BlobServiceClient
    queues: QueueServiceClient


@asynccontextmanager
async def reached(connection: str, blob_url: str | None = None) -> AsyncIterator[Storage]:
    """Reach an account, its blobs perhaps by another address."""
    account = StorageAccount.from_connection_string(connection)
    key = {"account_name": account.name, "account_key": account.key or ""}
    blob_address = blob_url or account.endpoints["blob"]
    async with (
        BlobServiceClient(blob_address, credential=key, retry_total=0) as blobs,
        QueueServiceClient(account.endpoints["queue"], credential=key, retry_total=0) as queues,
    ):
        yield Storage(key["account_key"], blobs, queues)


@dataclass(frozen=True)
class Container(Resource[Storage]):
    """A blob container; its metadata holds its properties and tags."""

    kind: ClassVar[str] = "container"
    timeout: ClassVar[float] = 60.0
    output_names: ClassVar[frozenset[str]] = frozenset({"name"})
    secret_names: ClassVar[frozenset[str]] = frozenset({"key"})

    async def read(self, cloud: Storage) -> Observed | None:
        try:
            found = await cloud.blobs.get_container_client(self.identity).get_container_properties()
        except ResourceNotFoundError:
            return None
        metadata = dict(found.metadata)
        tags = {name: metadata.pop(name) for name in list(metadata) if name.startswith("funcyard")}
        return Observed(
            {name: value for name, value in metadata.items() if value},
            {name.replace("_", "-"): value for name, value in tags.items()},
        )

    async def create(self, cloud: Storage, wanted: Wanted) -> None:
        await cloud.blobs.create_container(self.identity, metadata=_metadata(wanted))

    async def update(
        self,
        cloud: Storage,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002
        differences: tuple[Difference, ...],  # noqa: ARG002
    ) -> None:
        container = cloud.blobs.get_container_client(self.identity)
        await container.set_container_metadata(_metadata(wanted))

    async def destroy(self, cloud: Storage) -> None:
        await cloud.blobs.delete_container(self.identity)

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        return {"name": self.identity}

    async def secrets(self, cloud: Storage, names: frozenset[str]) -> Mapping[str, str]:
        return dict.fromkeys(names, re.sub(r"\W", "_", cloud.key))

    def replace_when(self, differences: tuple[Difference, ...]) -> bool:
        return any(difference.path == ("shape",) for difference in differences)


@dataclass(frozen=True)
class Queue(Resource[Storage]):
    """A queue; a type without tags."""

    kind: ClassVar[str] = "queue"
    timeout: ClassVar[float] = 60.0

    async def read(self, cloud: Storage) -> Observed | None:
        try:
            found = await cloud.queues.get_queue_client(self.identity).get_queue_properties()
        except ResourceNotFoundError:
            return None
        return Observed(dict(found.metadata or {}))

    async def create(self, cloud: Storage, wanted: Wanted) -> None:
        await cloud.queues.create_queue(self.identity, metadata=_texts(wanted.properties))

    async def update(
        self,
        cloud: Storage,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002
        differences: tuple[Difference, ...],  # noqa: ARG002
    ) -> None:
        queue = cloud.queues.get_queue_client(self.identity)
        await queue.set_queue_metadata(_texts(wanted.properties))

    async def destroy(self, cloud: Storage) -> None:
        await cloud.queues.delete_queue(self.identity)


REGISTRY: Registry[Storage] = Registry([Container, Queue])


def stack_of(name: str, colour: str, shape: str = "round") -> Graph[Storage]:
    """Return two containers and two queues of a stack, which need each other."""
    return Graph(
        [
            Container("site", f"{name}-site", {"colour": colour, "shape": shape}),
            Container("data", f"{name}-data", {"site": Ref("site", "name"), "colour": colour}),
            Queue("work", f"{name}-work", {"container": Ref("data", "name")}),
            Queue("late", f"{name}-late", {"key": SecretRef("site", "key")}, ("work",)),
        ]
    )


async def shown(storage: Storage, name: str) -> dict[str, dict[str, str]]:
    """Return what is there of a stack: every container and queue, and what its metadata holds."""
    found = {}
    async for container in storage.blobs.list_containers(f"{name}-", include_metadata=True):
        found[container.name] = dict(container.metadata or {})
    async for queue in storage.queues.list_queues(f"{name}-", include_metadata=True):
        found[queue.name] = dict(queue.metadata or {})
    return found


def _metadata(wanted: Wanted) -> dict[str, str]:
    tags = {name.replace("-", "_"): value for name, value in wanted.tags.items()}
    return _texts(wanted.properties) | tags


def _texts(properties: Mapping[str, Json]) -> dict[str, str]:
    return {name: str(value) for name, value in properties.items()}
