"""Ranges of partition keys: the only one, and parts of it that a request asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.cosmos.data import errors, partitions
from funcyard.emulator.cosmos.data.call import Call, Reply
from funcyard.emulator.cosmos.store.hashing import effective

if TYPE_CHECKING:
    from funcyard.emulator.cosmos.store.records import Container, Item

HEADER: Final = "x-ms-documentdb-partitionkeyrangeid"
_THE_RANGE: Final = "0"
_START: Final = "x-ms-start-epk"
_END: Final = "x-ms-end-epk"
_LAST: Final = "FF"
_VERSION: Final = 2


@dataclass(frozen=True, slots=True)
class Span:
    """Which items of a container a request asks for.

    Attributes:
        partition: Those of one partition; None for those of all.
        start: Of those the ones whose places are not before this.
        end: And before this.
    """

    partition: str | None
    start: str = ""
    end: str = _LAST

    @property
    def is_whole(self) -> bool:
        """Whether it is all of a container."""
        return self.partition is None and (self.start, self.end) == ("", _LAST)

    def holds(self, item: Item) -> bool:
        """Whether it holds an item."""
        is_all = (self.start, self.end) == ("", _LAST)
        return is_all or self.start <= effective(item.partition) < self.end


def span(call: Call, container: Container) -> Span:
    """Return which items a request asks for.

    Raises:
        DataError: It names a range that is not there.
    """
    partition = partitions.of_request(call.request)
    if partition is not None:
        return Span(partition)
    wanted = call.header(HEADER)
    if wanted not in {"", _THE_RANGE}:
        raise errors.bad(f"There is no partition key range {wanted[:40]!r}.")
    found = Span(None, call.header(_START), call.header(_END) or _LAST)
    if not found.is_whole and container.body["partitionKey"].get("version") != _VERSION:
        raise errors.bad(
            "Parts of a range are not supported by the local Cosmos DB for a container whose"
            " partition key is not of version 2."
        )
    return found


def listed(call: Call) -> Reply:
    """Return the ranges of partition keys, of which there is one."""
    container = call.container()
    if call.header("if-none-match"):
        return Reply(304, headers={"etag": call.header("if-none-match")})
    one = {
        "_rid": container.rid,
        "id": _THE_RANGE,
        "_etag": container.etag,
        "minInclusive": "",
        "maxExclusive": _LAST,
        "ridPrefix": 0,
        "_self": f"{container.link}pkranges/{_THE_RANGE}/",
        "throughputFraction": 1,
        "status": "online",
        "parents": [],
        "_ts": container.changed,
    }
    body = {"_rid": container.rid, "PartitionKeyRanges": [one], "_count": 1}
    return Reply(200, body, headers={"etag": container.etag})
