"""Event Grid of a location: who gets which events, kept until they have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.records import SUCCEEDED
from funcyard.emulator.eventgrid import filters, sources
from funcyard.emulator.eventgrid.delivery import Dispatcher
from funcyard.emulator.eventgrid.events import happened
from funcyard.emulator.eventgrid.handshake import AWAITING, Handshakes
from funcyard.emulator.eventgrid.naming import SUBSCRIPTIONS
from funcyard.emulator.eventgrid.outbox import Recipient
from funcyard.emulator.eventgrid.sending import Sender

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.events import Event as Happened
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.eventgrid.events import Event
    from funcyard.emulator.eventgrid.outbox import Outbox
    from funcyard.emulator.tls import Certificates

_UPDATING: Final = "Updating"
_MINUTE: Final = 60


class Grid:
    """Event Grid, between :meth:`start` and :meth:`stop`.

    Args:
        outbox: What is not delivered yet; whoever opened it closes it.
        trusted: The certificates of the location.
    """

    def __init__(self, outbox: Outbox, trusted: Certificates) -> None:
        self._outbox = outbox
        self._sender = Sender(trusted.authority)
        self._handshakes = Handshakes(self._sender)
        self._core: Core | None = None
        self._dispatcher: Dispatcher | None = None

    def start(self, core: Core) -> None:
        """Begin to deliver, and to take what services tell."""
        self._core = core
        self._dispatcher = Dispatcher(core, self._outbox, self._sender)
        self._dispatcher.start()
        core.events.register(self)

    async def stop(self) -> None:
        """Deliver no more; what is not delivered stays."""
        if self._dispatcher is not None:
            await self._dispatcher.stop()
        await self._sender.close()

    async def validate(self, core: Core, kept: Kept) -> None:
        """Hold a subscription's webhook to wanting its events.

        Raises:
            ArmError: It does not.
        """
        await self._handshakes.validate(core, kept)

    def forget(self, subscription: str) -> None:
        """Deliver nothing more to a subscription, by its key."""
        self._outbox.forget(subscription)

    async def take(self, source: str, event: Happened) -> None:
        """Keep what happened at a resource for those who subscribed to it."""
        self._accept(source, [happened(source, event)], told_by=source.lower())

    def accept(self, topic: str, events: Sequence[Event]) -> None:
        """Keep events for those who subscribed to a topic, all or none.

        Args:
            topic: Its id.
            events: Of the topic's own schema.
        """
        self._accept(topic, events)

    def _accept(self, topic: str, events: Sequence[Event], *, told_by: str = "") -> None:
        core = self._core
        assert core is not None  # noqa: S101 - nobody can ask before it was started
        subscribed = [one for one in _subscribed(core, topic) if _takes(core, one)]
        addressed = [
            (
                event,
                [
                    Recipient(one.key, _expires(core, one))
                    for one in subscribed
                    if filters.lets_through(one.properties["filter"], event)
                ],
            )
            for event in events
        ]
        if self._outbox.accept(addressed, core.clock.time(), source=told_by):
            assert self._dispatcher is not None  # noqa: S101 - started with the core
            self._dispatcher.wake()


def _subscribed(core: Core, topic: str) -> list[Kept]:
    """Return the subscriptions to what happens at a resource, or to a topic."""
    wanted = topic.lower()
    return [
        one
        for kind in SUBSCRIPTIONS
        for one in core.store.of_type(kind)
        if sources.topic_of(core, one.target)[0].lower() == wanted
    ]


def _takes(core: Core, kept: Kept) -> bool:
    """Whether a subscription is there for events: not only being made, nor being deleted."""
    if kept.state != AWAITING:
        return kept.state in {SUCCEEDED, _UPDATING}
    return any(not one.is_new for one in core.store.running() if one.target.lower() == kept.key)


def _expires(core: Core, kept: Kept) -> float:
    minutes = kept.properties["retryPolicy"]["eventTimeToLiveInMinutes"]
    return core.clock.after(minutes * _MINUTE)
