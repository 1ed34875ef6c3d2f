"""Events that are not delivered yet, in one SQLite file.

They are accepted once they are in there, and forgotten when nobody waits for them any more. Used
from one thread; a kill leaves every change that returned.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.store import StoreError
from funcyard.emulator.eventgrid.events import Event
from funcyard.emulator.sqlite import SqliteFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_VERSION: Final = 1
_REMEMBERED_SECONDS: Final = 3600
_SWEEP_SECONDS: Final = 60
_SCHEMA: Final = """
CREATE TABLE events (
  id INTEGER PRIMARY KEY, schema TEXT NOT NULL, body TEXT NOT NULL, published REAL NOT NULL
);
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY, event INTEGER NOT NULL, subscription TEXT NOT NULL,
  due REAL NOT NULL, expires REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  outcome TEXT NOT NULL DEFAULT '', tried REAL NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX deliveries_by_event ON deliveries (event);
CREATE INDEX deliveries_by_subscription ON deliveries (subscription, due);
CREATE INDEX deliveries_by_due ON deliveries (due);
CREATE TABLE taken (
  source TEXT NOT NULL, id TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (source, id)
) WITHOUT ROWID;
"""


_DEAD_INDEX: Final = """
CREATE INDEX IF NOT EXISTS dead_deliveries ON deliveries (subscription, due) WHERE reason <> ''
"""
"""Beside the tables, for files that were made without it."""
_WAITING: Final = """
WITH RECURSIVE known (name) AS (
  SELECT min(subscription) FROM deliveries
  UNION ALL
  SELECT (SELECT min(subscription) FROM deliveries WHERE subscription > name)
  FROM known WHERE name IS NOT NULL
)
SELECT name FROM known
WHERE EXISTS (SELECT 1 FROM deliveries WHERE subscription = name AND due <= ?)
"""
"""Goes from one subscription to the next, and so over none of what waits for each."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A subscription that an event is for.

    Attributes:
        subscription: Its key.
        expires: The time of day until which delivery is tried.
    """

    subscription: str
    expires: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to one subscription.

    Attributes:
        id: Its own.
        event: What is delivered.
        published: When it was accepted, as a time of day.
        expires: Until when delivery is tried, as a time of day; of a dead letter, kept.
        attempts: How many there were.
        outcome: Of the last, as Event Grid calls it.
        tried: When that was, as a time of day.
        reason: Why it is dead; empty while it is not.
    """

    id: int
    event: Event
    published: float
    expires: float
    attempts: int
    outcome: str
    tried: float
    reason: str


class Outbox(SqliteFile):
    """The events of a location that are not delivered yet.

    Args:
        folder: Where they are kept; made where there is none.

    Raises:
        StoreError: It cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder / "events.sqlite", version=_VERSION, schema=_SCHEMA, error=StoreError
        )
        self._connection.execute(_DEAD_INDEX)
        # SQLite would give the id of a delivery that was forgotten on its way to the next one,
        # which would then be taken for delivered.
        (self._last,) = self._connection.execute(
            "SELECT coalesce(max(id), 0) FROM deliveries"
        ).fetchone()
        self._swept = 0.0

    def accept(
        self,
        events: Iterable[tuple[Event, Sequence[Recipient]]],
        now: float,
        *,
        source: str = "",
    ) -> bool:
        """Keep events for those they are for, all or none.

        Args:
            events: Each with its recipients; one without any is not kept.
            now: The time of day.
            source: Who tells them; an event that it told within the hour is passed over. Empty for
                events that may come twice.

        Returns:
            Whether anything is to be delivered.
        """
        any_kept = False
        with self.transaction():
            self._sweep(now)
            for event, recipients in events:
                if source and not self._is_new(source, event, now):
                    continue
                if not recipients:
                    continue
                kept = self._connection.execute(
                    "INSERT INTO events (schema, body, published) VALUES (?, ?, ?)",
                    (event.schema, json.dumps(event.body), now),
                ).lastrowid
                self._connection.executemany(
                    "INSERT INTO deliveries (id, event, subscription, due, expires)"
                    " VALUES (?, ?, ?, ?, ?)",
                    [
                        (self._next(), kept, one.subscription, now, one.expires)
                        for one in recipients
                    ],
                )
                any_kept = True
        return any_kept

    def waiting(self, now: float) -> list[str]:
        """Return the keys of the subscriptions that have something due."""
        return [subscription for (subscription,) in self._connection.execute(_WAITING, (now,))]

    def due(
        self, subscription: str, now: float, most: int, *, dead: bool = False
    ) -> list[Delivery]:
        """Return what is due of a subscription, the longest due first: living events, or dead."""
        kind = "reason <> ''" if dead else "reason = ''"
        rows = self._connection.execute(
            "SELECT deliveries.id, schema, body, published, expires, attempts, outcome, tried,"  # noqa: S608 - its own words
            " reason FROM deliveries CROSS JOIN events ON events.id = event"
            f" WHERE subscription = ? AND due <= ? AND {kind}"
            " ORDER BY due, deliveries.id LIMIT ?",
            (subscription, now, most),
        )
        return [
            Delivery(identifier, Event(schema, json.loads(body)), *rest)
            for identifier, schema, body, *rest in rows
        ]

    def next_due(self, now: float) -> float | None:
        """Return when something gets due that is not yet; None where nothing will."""
        (found,) = self._connection.execute(
            "SELECT min(due) FROM deliveries WHERE due > ?", (now,)
        ).fetchone()
        return None if found is None else float(found)

    def done(self, deliveries: Iterable[Delivery]) -> None:
        """Forget what was delivered, or is given up."""
        keys = [(one.id,) for one in deliveries]
        with self.transaction():
            events = [
                found
                for key in keys
                for found in self._connection.execute(
                    "SELECT event FROM deliveries WHERE id=?", key
                )
            ]
            self._connection.executemany("DELETE FROM deliveries WHERE id=?", keys)
            self._connection.executemany(
                "DELETE FROM events WHERE id=?1"
                " AND NOT EXISTS (SELECT 1 FROM deliveries WHERE event=?1)",
                events,
            )

    def postpone(self, changes: Iterable[tuple[Delivery, float]]) -> None:
        """Keep what came of attempts, and when each is due again, as a time of day."""
        with self.transaction():
            self._connection.executemany(
                "UPDATE deliveries SET due=?, attempts=?, outcome=?, tried=?, reason=?, expires=?"
                " WHERE id=?",
                [
                    (due, one.attempts, one.outcome, one.tried, one.reason, one.expires, one.id)
                    for one, due in changes
                ],
            )

    def forget(self, subscription: str) -> None:
        """Forget what a subscription was to get."""
        with self.transaction():
            self._connection.execute("DELETE FROM deliveries WHERE subscription=?", (subscription,))
            self._connection.execute(
                "DELETE FROM events WHERE id NOT IN (SELECT event FROM deliveries)"
            )

    def _next(self) -> int:
        """Return the id of a delivery that no other one had since this file was opened."""
        self._last += 1
        return int(self._last)

    def _sweep(self, now: float) -> None:
        """Forget now and then what was told too long ago to be told again."""
        if abs(now - self._swept) < _SWEEP_SECONDS:
            return
        self._swept = now
        self._connection.execute("DELETE FROM taken WHERE at < ?", (now - _REMEMBERED_SECONDS,))

    def _is_new(self, source: str, event: Event, now: float) -> bool:
        return (
            self._connection.execute(
                "INSERT INTO taken VALUES (?, ?, ?)"
                " ON CONFLICT (source, id) DO UPDATE SET at=excluded.at WHERE at < ?",
                (source, event.id, now, now - _REMEMBERED_SECONDS),
            ).rowcount
            > 0
        )
