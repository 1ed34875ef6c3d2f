"""What is done with one item of a container: by itself, or as part of a batch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from funcyard.emulator.cosmos.data import charges, documents, errors, partitions
from funcyard.emulator.cosmos.data.patching import patched
from funcyard.emulator.cosmos.sql.values import canonical
from funcyard.emulator.cosmos.store import rids
from funcyard.emulator.cosmos.store.records import Item, value_at
from funcyard.emulator.cosmos.store.store import NotUniqueError
from funcyard.emulator.cosmos.ttl import lifetime

if TYPE_CHECKING:
    from funcyard.emulator.core.clock import Clock
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.cosmos.store.records import Container
    from funcyard.emulator.cosmos.store.store import Store


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be so of an item that is there.

    Attributes:
        if_match: Its ETag, or ``*`` for any; empty for nothing.
        if_none_match: What its ETag must not be, or ``*`` for that it must not be there.
    """

    if_match: str = ""
    if_none_match: str = ""

    def check(self, item: Item) -> None:
        """Refuse a change of an item that is not so.

        Raises:
            DataError: It is not.
        """
        if self.if_match not in {"", "*", item.etag}:
            raise errors.precondition_failed()
        if self.if_none_match in {"*", item.etag}:
            raise errors.precondition_failed()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an operation ended.

    Attributes:
        status: Of HTTP.
        item: What is there now; None after a deletion, or where it is not told.
        charge: In request units.
    """

    status: int
    item: Item | None
    charge: float


class Items:
    """The items of a container, in one of its partitions; inside of a transaction for changes.

    Args:
        store: What keeps them.
        container: Which.
        partition: The key's value that the request names.
        clock: The time of the local Azure.
    """

    def __init__(self, store: Store, container: Container, partition: str, clock: Clock) -> None:
        self._store = store
        self._container = container
        self._partition = partition
        self._clock = clock

    def create(self, given: object) -> Outcome:
        """Make an item.

        Raises:
            DataError: There is one of its id, or it can be none.
        """
        body = self._checked(given)
        if self._store.item(self._container, self._partition, body["id"]) is not None:
            raise errors.conflict()
        return self._written(201, body, None)

    def upsert(self, given: object, condition: Condition) -> Outcome:
        """Make an item, or replace the one of its id.

        Raises:
            DataError: It can be none, or the one that is there is not as it must be.
        """
        body = self._checked(given)
        before = self._store.item(self._container, self._partition, body["id"])
        if before is None:
            return self._written(201, body, None)
        condition.check(before)
        return self._written(200, body, before)

    def read(self, name: str, condition: Condition) -> Outcome:
        """Return an item, unless the client has it.

        Raises:
            DataError: It is not there.
        """
        found = self._found(name)
        if condition.if_none_match and condition.if_none_match == found.etag:
            return Outcome(304, None, 1.0)
        return Outcome(200, found, charges.of_read(found.body))

    def replace(self, name: str, given: object, condition: Condition) -> Outcome:
        """Put another item in the place of one, which may be called something else.

        Raises:
            DataError: There is none, it is not as it must be, or the new one can be none.
        """
        body = self._checked(given)
        before = self._found(name)
        condition.check(before)
        if body["id"] != name and self._store.item(self._container, self._partition, body["id"]):
            raise errors.conflict()
        return self._written(200, body, before)

    def patch(self, name: str, given: object, condition: Condition) -> Outcome:
        """Change parts of an item.

        Raises:
            DataError: There is none, it is not as it must be, or the changes cannot be made.
        """
        before = self._found(name)
        condition.check(before)
        body = patched(before, given, self._container.partition_path)
        return self._written(200, self._checked(body), before)

    def delete(self, name: str, condition: Condition) -> Outcome:
        """Delete an item.

        Raises:
            DataError: There is none, or it is not as it must be.
        """
        before = self._found(name)
        condition.check(before)
        self._store.next(self._container)
        self._store.drop_item(before)
        return Outcome(204, None, charges.of_write(before.body))

    def _found(self, name: str) -> Item:
        found = self._store.item(self._container, self._partition, documents.check_id(name))
        if found is None:
            raise errors.not_found()
        return found

    def _checked(self, given: object) -> Json:
        body = documents.item_body(given)
        if partitions.of_body(self._container, body) != self._partition:
            raise errors.key_mismatch()
        return body

    def _written(self, status: int, body: Json, before: Item | None) -> Outcome:
        change = self._store.next(self._container)
        ttl = lifetime(self._container, body)
        changed: dict[str, Any] = {
            "change": change,
            "body": body,
            "etag": rids.new_etag(),
            "changed": int(self._clock.time()),
            "expires": None if ttl is None else self._clock.after(ttl),
        }
        if before is not None:
            item = replace(before, **changed)
        else:
            item = Item(
                container=self._container,
                partition=self._partition,
                number=change,
                rid=rids.of_item(self._container.rid, change),
                **changed,
            )
        try:
            self._store.save_item(item, _uniques(self._container, body))
        except NotUniqueError:
            raise errors.conflict(
                "Unique index constraint violation: another item of the partition has these values."
            ) from None
        return Outcome(status, item, charges.of_write(body))


def _uniques(container: Container, body: Json) -> list[str]:
    """Return the values that are no two items' of a partition, each key's as one text."""
    return [
        f"{number} {' '.join(canonical(value_at(body, path)) for path in paths)}"
        for number, paths in enumerate(container.unique_keys)
    ]
