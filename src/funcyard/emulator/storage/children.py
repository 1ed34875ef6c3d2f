"""Containers, queues, tables and shares through the Resource Manager.

Their truth is in the account's servers: what is made here is there, and what was made there is
found here. What those servers cannot do is refused.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar

from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError

from funcyard.emulator.core.backing import ReadOnly
from funcyard.emulator.core.records import SUCCEEDED
from funcyard.emulator.storage import errors, keys
from funcyard.emulator.storage.naming import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.core.target import Target

ClientT = TypeVar("ClientT")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VALUE: Final = re.compile(r"[ -~]*")


class Children(ABC, Generic[ClientT]):
    """Where parts of accounts are kept: one of an account's servers."""

    service: ClassVar[str]
    """Which one."""
    settable: ClassVar[frozenset[str]]
    """The properties that can be written."""

    @abstractmethod
    def client(self, url: str, credential: AzureNamedKeyCredential) -> ClientT:
        """Return a client of the server."""

    @abstractmethod
    async def write(self, client: ClientT, name: str, given: Json, *, is_new: bool) -> None:
        """Make one, or change it."""

    @abstractmethod
    async def read(self, client: ClientT, name: str) -> Json:
        """Return the properties of one.

        Raises:
            ResourceNotFoundError: It is not there.
        """

    @abstractmethod
    async def names(self, client: ClientT) -> list[str]:
        """Return the names of all."""

    @abstractmethod
    async def remove(self, client: ClientT, name: str, call: Call) -> None:
        """Delete one."""

    @abstractmethod
    async def close(self, client: ClientT) -> None:
        """Let go of a client."""

    async def put(self, call: Call, target: Target, body: Json, *, is_new: bool) -> None:
        """Make one, or change it.

        Raises:
            ArmError: The server refuses it, or cannot do that.
        """
        given = body.get("properties") or {}
        shown = {} if is_new else (await self.get(call.core, target) or {}).get("properties", {})
        for name, value in given.items():
            if name not in self.settable and value is not None and shown.get(name) != value:
                raise errors.not_supported(name)
        _check_metadata(given.get("metadata") or {})
        async with self._client(call.core, target) as client:
            await self.write(client, target.name, given, is_new=is_new)

    async def get(self, core: Core, target: Target) -> Json | None:
        """Return one whole; None where it is not there.

        Raises:
            ArmError: The server refuses it.
        """
        if account(core, target) is None:
            return None
        async with self._client(core, target) as client:
            with suppress(ResourceNotFoundError):
                return _whole(target, await self.read(client, target.name))
        return None

    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return all of an account, whole."""
        collection = {"blob": "containers", "file": "shares"}.get(self.service, f"{self.service}s")
        async with self._client(core, parent) as client:
            found = []
            for name in await self.names(client):
                with suppress(ResourceNotFoundError):  # it went meanwhile
                    read = await self.read(client, name)
                    found.append(_whole(parent.child(collection, name), read))
            return found

    async def delete(self, call: Call, target: Target) -> None:
        """Delete one that is there.

        Raises:
            ArmError: The server refuses it.
        """
        async with self._client(call.core, target) as client:
            with suppress(ResourceNotFoundError):  # it went meanwhile
                await self.remove(client, target.name, call)

    @asynccontextmanager
    async def _client(self, core: Core, target: Target) -> AsyncIterator[ClientT]:
        kept = account(core, target)
        if kept is None or kept.state != SUCCEEDED:
            raise errors.not_provisioned()
        credential = AzureNamedKeyCredential(kept.name, keys.of(kept)[0])
        client = self.client(core.storage.endpoints(kept.name)[self.service], credential)
        try:
            yield client
        except HttpResponseError as fault:
            raise errors.of_data_plane(fault) from fault
        except AzureError as fault:
            raise errors.unreached(kept.name) from fault
        finally:
            await self.close(client)


class Service(ReadOnly):
    """The only one of a server's settings, which are as Azure has them at first."""

    def __init__(self, properties: Json) -> None:
        self._properties = properties

    async def get(self, core: Core, target: Target) -> Json | None:
        """Return them; None where the account is not there."""
        if target.name.lower() != "default" or account(core, target) is None:
            return None
        return _whole(target, self._properties)

    async def list(self, core: Core, parent: Target) -> list[Json]:  # noqa: ARG002 - as every backing
        """Return them, the only ones."""
        return []


def account(core: Core, target: Target) -> Kept | None:
    """Return the account that something is part of; None where it is not there."""
    above = target
    while above.parent is not None:
        above = above.parent
    return core.store.find(above.key) if above.type.lower() == ACCOUNT.lower() else None


def _check_metadata(given: Json) -> None:
    for name, value in given.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(str(value)) or value is None:
            raise errors.bad_metadata(name)


def _whole(target: Target, properties: Json) -> Json:
    properties = dict(properties)
    etag = properties.pop("etag", None)
    told = {"id": target.id, "name": target.name, "type": target.type}
    return {**told, **({"etag": etag} if etag else {}), "properties": properties}
