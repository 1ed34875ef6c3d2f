"""What services publish reaches everybody who delivers it, before it counts as accepted."""

from __future__ import annotations

import asyncio

import pytest

from funcyard.emulator.core.events import Event, Events

HUB = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/h"


class Kept:
    """Keeps what it takes, as a service that delivers events would."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Event]] = []

    async def take(self, source: str, event: Event) -> None:
        """Keep an event, not at once."""
        await asyncio.sleep(0)
        self.events.append((source, event))


class Full:
    """Can keep nothing."""

    async def take(self, source: str, event: Event) -> None:
        """Refuse it."""
        raise OSError(f"no space for {event.id} of {source}")


def _event() -> Event:
    return Event(type="Thing.Happened", subject="devices/a", time="2026-01-01T00:00:00Z", data={})


async def test_what_was_published_is_kept_by_everybody_when_publishing_returns() -> None:
    one, other, events = Kept(), Kept(), Events()
    events.register(one)
    events.register(other)
    event = _event()
    await events.publish(HUB, event)
    assert one.events == other.events == [(HUB, event)]


async def test_what_could_not_be_kept_does_not_count_as_published() -> None:
    events = Events()
    events.register(Full())
    with pytest.raises(OSError, match="no space"):
        await events.publish(HUB, _event())


async def test_nobody_needs_to_take_events() -> None:
    await Events().publish(HUB, _event())


def test_each_event_has_an_id_of_its_own() -> None:
    assert _event().id != _event().id
