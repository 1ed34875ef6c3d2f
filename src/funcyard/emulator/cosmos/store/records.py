"""Databases, containers and items, as they are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.cosmos.sql.values import UNDEFINED, Value

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json

_NAME: Final = re.compile(r"""/("(?:[^"\\]|\\.)+"|'(?:[^'\\]|\\.)+'|[^/]+)""")


@dataclass(frozen=True, slots=True)
class Throughput:
    """What was provisioned of a database or a container.

    Attributes:
        offer: Resource id of what tells it.
        amount: In request units a second; the most of them where it scales by itself.
        is_autoscale: Whether it does.
        increment: By how many percent the most of them grows with what is stored; None where
            nothing was said.
    """

    offer: str
    amount: int
    is_autoscale: bool = False
    increment: int | None = None

    def scaling(self) -> Json:
        """Return how it scales, as clients see it."""
        told: Json = {"maxThroughput": self.amount}
        if self.increment is not None:
            policy = {"throughputPolicy": {"incrementPercent": self.increment}}
            told["autoUpgradePolicy"] = policy
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database.

    Attributes:
        id: Its name.
        rid: Its resource id, never given again.
        etag: Of its last change.
        changed: When that was, in seconds.
        throughput: What all of its containers share; None where each has its own.
    """

    id: str
    rid: str
    etag: str
    changed: int
    throughput: Throughput | None = None

    def shown(self) -> Json:
        """Return it as its clients see it."""
        return {
            "id": self.id,
            "_rid": self.rid,
            "_self": f"dbs/{self.rid}/",
            "_etag": self.etag,
            "_colls": "colls/",
            "_users": "users/",
            "_ts": self.changed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container.

    Attributes:
        database: What it is in.
        id: Its name.
        rid: Its resource id, never given again.
        body: Partition key, policies, and how long items live.
        etag: Of its last change.
        changed: When that was, in seconds.
        throughput: Its own; None where it has none.
    """

    database: Database
    id: str
    rid: str
    body: Json
    etag: str
    changed: int
    throughput: Throughput | None = None

    @property
    def link(self) -> str:
        """Its address by resource ids."""
        return f"dbs/{self.database.rid}/colls/{self.rid}/"

    @property
    def partition_path(self) -> tuple[str, ...]:
        """The names that lead to the partition key of an item."""
        return path_of(self.body["partitionKey"]["paths"][0])

    @property
    def unique_keys(self) -> list[list[tuple[str, ...]]]:
        """The paths whose values, together, are no two items' of a partition."""
        keys = self.body.get("uniqueKeyPolicy", {}).get("uniqueKeys", [])
        return [[path_of(path) for path in one["paths"]] for one in keys]

    @property
    def default_ttl(self) -> int | None:
        """How many seconds items live, -1 for ever; None where nothing ends them."""
        found: int | None = self.body.get("defaultTtl")
        return found

    def shown(self) -> Json:
        """Return it as its clients see it."""
        return {
            "id": self.id,
            **self.body,
            "_rid": self.rid,
            "_ts": self.changed,
            "_self": self.link,
            "_etag": self.etag,
            "_docs": "docs/",
            "_sprocs": "sprocs/",
            "_triggers": "triggers/",
            "_udfs": "udfs/",
            "_conflicts": "conflicts/",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item.

    Attributes:
        container: What it is in.
        partition: Its partition key's value, written in one way.
        number: Among all that were ever made in its container.
        rid: Its resource id.
        change: Number of its last change among all of its container.
        body: What its writer gave.
        etag: Of its last change.
        changed: When that was, in seconds.
        expires: The time of day from which it is no more; None where it stays.
    """

    container: Container
    partition: str
    number: int
    rid: str
    change: int
    body: Json
    etag: str
    changed: int
    expires: float | None

    @property
    def id(self) -> str:
        """Its name in its partition."""
        return str(self.body["id"])

    def shown(self) -> Json:
        """Return it as its clients see it."""
        return {
            **self.body,
            "_rid": self.rid,
            "_self": f"{self.container.link}docs/{self.rid}/",
            "_etag": self.etag,
            "_attachments": "attachments/",
            "_ts": self.changed,
        }


def path_of(text: str) -> tuple[str, ...]:
    """Return the names of a path: ``/site/"the/id"`` leads over ``site`` to ``the/id``."""
    return tuple(
        re.sub(r"\\(.)", r"\1", found[1:-1]) if found[0] in "\"'" else found
        for found in _NAME.findall(text)
    )


def value_at(body: Any, path: tuple[str, ...]) -> Value:  # noqa: ANN401 - JSON
    """Return what a path leads to; undefined where that is nothing."""
    found: Value = body
    for name in path:
        found = found.get(name, UNDEFINED) if isinstance(found, dict) else UNDEFINED
    return found
