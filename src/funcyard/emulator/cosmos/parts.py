"""Databases, containers and their throughput through the Resource Manager.

Their truth is what the account holds: what is made here is there for its clients, and what they
made is found here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from funcyard.emulator.core.backing import Deferred
from funcyard.emulator.core.errors import not_allowed
from funcyard.emulator.core.records import DELETING
from funcyard.emulator.core.target import Target
from funcyard.emulator.cosmos import errors
from funcyard.emulator.cosmos.definitions import (
    check_name,
    container_body,
    default_throughput,
    throughput,
)
from funcyard.emulator.cosmos.naming import CONTAINER, DATABASE, account_of, is_serverless
from funcyard.emulator.cosmos.refusing import DefinitionError
from funcyard.emulator.cosmos.store import rids
from funcyard.emulator.cosmos.store.records import Container, Database
from funcyard.emulator.cosmos.ttl import reckoned

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.cosmos.store.records import Throughput
    from funcyard.emulator.cosmos.store.store import Store

_DEFAULT = "default"


class _Part(Deferred):
    """What all parts have in common."""

    def store_of(self, core: Core, target: Target) -> Store:
        """Return what the account of a target holds.

        Raises:
            CosmosError: It is not ready.
        """
        account = account_of(core, target)
        found = core.cosmos.store(account.name) if account is not None else None
        if found is None or account is None or account.state in {"Creating", DELETING}:
            raise errors.not_online(target.names[0])
        return found

    def is_there(self, core: Core, target: Target) -> bool:
        """Whether the account of a target is, and is served."""
        account = account_of(core, target)
        return account is not None and core.cosmos.store(account.name) is not None


def _resource(body: Json) -> Json:
    found = (body.get("properties") or {}).get("resource")
    return found if isinstance(found, dict) else {}


def _asked(core: Core, target: Target, body: Json) -> Throughput | None:
    """Return what a body asks to provision.

    Raises:
        DefinitionError: It cannot be had.
    """
    options = (body.get("properties") or {}).get("options") or {}
    return throughput(
        options.get("throughput"),
        options.get("autoscaleSettings") or {},
        offer=rids.of_offer(),
        is_serverless=_serverless(core, target),
    )


def _serverless(core: Core, target: Target) -> bool:
    account: Kept | None = account_of(core, target)
    return account is not None and is_serverless(account)


def _check_named(target: Target, resource: Json) -> None:
    if resource.get("createMode") not in {None, "Default"} or resource.get("restoreParameters"):
        raise DefinitionError("Databases and containers are not restored here.")
    if check_name(resource.get("id")) != target.name:
        raise DefinitionError(
            f"The id '{resource.get('id')}' of the resource is not the name '{target.name}'."
        )


class Databases(_Part):
    """Databases of an account."""

    def check(self, core: Core, target: Target, body: Json) -> None:
        """Refuse what can be none."""
        self.store_of(core, target)
        try:
            _check_named(target, _resource(body))
            _asked(core, target, body)
        except DefinitionError as fault:
            raise errors.bad(str(fault)) from None

    async def put(self, core: Core, target: Target, body: Json) -> None:
        """Make one; there is nothing to change of one that is there."""
        store = self.store_of(core, target)
        if store.database(target.name) is not None:
            return
        made = Database(
            id=target.name,
            rid=rids.of_database(),
            etag=rids.new_etag(),
            changed=int(core.clock.time()),
            throughput=_asked(core, target, body),
        )
        with store.transaction():
            store.save_database(made)

    async def get(self, core: Core, target: Target) -> Json | None:
        """Return one whole; None where it is not there."""
        if not self.is_there(core, target):
            return None
        found = self.store_of(core, target).database(target.names[1])
        return None if found is None else _whole(target, found.shown())

    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return all of an account, whole."""
        found = self.store_of(core, parent).databases()
        return [_whole(_child(parent, DATABASE, one.id), one.shown()) for one in found]

    async def delete(self, core: Core, target: Target) -> None:
        """Delete one with all that is in it."""
        store = self.store_of(core, target)
        found = store.database(target.name)
        if found is not None:
            with store.transaction():
                store.drop_database(found)


class Containers(_Part):
    """Containers of a database."""

    def check(self, core: Core, target: Target, body: Json) -> None:
        """Refuse what can be none."""
        store = self.store_of(core, target)
        database = store.database(target.names[1])
        if database is None:
            raise errors.not_found()
        try:
            _check_named(target, _resource(body))
            container_body(_own(_resource(body)), store.container(database, target.name))
            _asked(core, target, body)
        except DefinitionError as fault:
            raise errors.bad(str(fault)) from None

    async def put(self, core: Core, target: Target, body: Json) -> None:
        """Make one, or change it."""
        store = self.store_of(core, target)
        database = store.database(target.names[1])
        if database is None:
            raise errors.not_found()
        before = store.container(database, target.name)
        try:
            kept = container_body(_own(_resource(body)), before)
            asked = _asked(core, target, body)
        except DefinitionError as fault:
            raise errors.bad(str(fault)) from None
        if asked is None and database.throughput is None and not _serverless(core, target):
            asked = default_throughput(rids.of_offer())
        now = int(core.clock.time())
        made = Container(
            database=database,
            id=target.name,
            rid=before.rid if before else rids.of_container(database.rid),
            body=kept,
            etag=rids.new_etag(),
            changed=now,
            throughput=before.throughput if before else asked,
        )
        with store.transaction():
            store.save_container(made)
            if before is not None:
                reckoned(store, before, made, core.clock)

    async def get(self, core: Core, target: Target) -> Json | None:
        """Return one whole; None where it is not there."""
        if not self.is_there(core, target):
            return None
        store = self.store_of(core, target)
        database = store.database(target.names[1])
        found = database and store.container(database, target.names[2])
        if not found:
            return None
        return _whole(target, {**_shown(found), "statistics": store.statistics(found)})

    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return all of a database, whole."""
        store = self.store_of(core, parent)
        database = store.database(parent.name)
        if database is None:
            raise errors.not_found()
        found = store.containers(database)
        return [_whole(_child(parent, CONTAINER, one.id), _shown(one)) for one in found]

    async def delete(self, core: Core, target: Target) -> None:
        """Delete one with all that is in it."""
        store = self.store_of(core, target)
        database = store.database(target.names[1])
        found = database and store.container(database, target.name)
        if found:
            with store.transaction():
                store.drop_container(found)


class Provisioned(_Part):
    """The throughput of a database or a container."""

    def check(self, core: Core, target: Target, body: Json) -> None:
        """Refuse what cannot be provisioned."""
        if target.name != _DEFAULT or self._found(core, target) is None:
            raise errors.not_found()
        try:
            self._wanted(core, target, body)
        except DefinitionError as fault:
            raise errors.bad(str(fault)) from None

    async def put(self, core: Core, target: Target, body: Json) -> None:
        """Provision another amount."""
        found = self._found(core, target)
        if found is None:
            raise errors.not_found()
        store, made = self.store_of(core, target), self._wanted(core, target, body)
        with store.transaction():
            if isinstance(found, Container):
                store.save_container(replace(found, throughput=made))
            else:
                store.save_database(replace(found, throughput=made))

    async def get(self, core: Core, target: Target) -> Json | None:
        """Return it; None where nothing is provisioned."""
        found = self._found(core, target) if self.is_there(core, target) else None
        if target.name != _DEFAULT or found is None or found.throughput is None:
            return None
        own = found.throughput
        told: Json = {"throughput": own.amount // 10 if own.is_autoscale else own.amount}
        if own.is_autoscale:
            told["autoscaleSettings"] = own.scaling()
        least = own.amount // 10 if own.is_autoscale else 400
        told |= {"minimumThroughput": str(least), "offerReplacePending": "false"}
        more = {"_rid": own.offer, "_etag": found.etag, "_ts": found.changed}
        return _whole(target, {**told, "id": own.offer, **more})

    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return it, the only one; none where nothing is provisioned."""
        found = await self.get(core, parent.child("throughputSettings", _DEFAULT))
        return [] if found is None else [found]

    def check_deletion(self, core: Core, target: Target) -> None:  # noqa: ARG002 - as every part
        """Refuse it."""
        raise not_allowed("DELETE")

    def _found(self, core: Core, target: Target) -> Database | Container | None:
        """Return what the throughput is of, where it has any."""
        store = self.store_of(core, target)
        names = target.names[1:-1]
        database = store.database(names[0])
        of_container = len(names) > 1
        found = store.container(database, names[1]) if database and of_container else database
        return found if found is not None and found.throughput is not None else None

    def _wanted(self, core: Core, target: Target, body: Json) -> Throughput:
        resource = _resource(body)
        found = self._found(core, target)
        own = found.throughput if found is not None else None
        made = throughput(
            resource.get("throughput"),
            resource.get("autoscaleSettings") or {},
            offer=own.offer if own else "",
            is_serverless=_serverless(core, target),
        )
        if own is None or made is None or made.is_autoscale != own.is_autoscale:
            raise DefinitionError("Manual throughput and autoscale are not exchanged in this way.")
        return made


def _own(resource: Json) -> Json:
    """Return what is kept of a container as it was asked for, or as it was answered."""
    answered = ("id", "createMode", "statistics")
    return {
        name: value
        for name, value in resource.items()
        if name not in answered and not name.startswith("_")
    }


def _shown(one: Container) -> Json:
    return {**one.shown(), "computedProperties": []}


def _child(parent: Target, kind: str, name: str) -> Target:
    return Target(parent.scope, kind, (*parent.names, name))


def _whole(target: Target, resource: Json) -> Json:
    told = {"id": target.id, "type": target.type, "name": target.name}
    return {**told, "properties": {"resource": resource}}
