"""A rollout from its plan to its end, and back where it fails.

In single-revision mode the image before is sent again, which makes a revision of its own; in
multiple-revision mode nothing is sent back, for the requests stay where they are.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.event_stream import follow_events, past_events
from funcyard.containerapps.polling import PAUSE
from funcyard.containerapps.rollout.following import Outcome, follow
from funcyard.containerapps.rollout.sending import send

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.container_apps import ContainerApps
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.events import Event
    from funcyard.containerapps.models import App
    from funcyard.containerapps.rollout.plan import Plan
    from funcyard.containerapps.rollout.sending import Sent

_PATIENCE: Final = 5.0
"""Seconds for the events of before."""

_KEPT: Final = 500
"""So many events are kept to tell why a revision does not run."""


@dataclass(frozen=True, slots=True)
class Following:
    """How a revision is followed.

    Attributes:
        patience: Seconds for it to run.
        tell: Is called with each event as it comes.
        pause: Seconds between two looks.
    """

    patience: float
    tell: Callable[[Event], None]
    pause: float = PAUSE


@dataclass(frozen=True, slots=True)
class Ended:
    """How a rollout ended.

    Attributes:
        sent: What was sent.
        outcome: What became of the revision; None where nobody waited for it.
        back: What became of the one that was sent back; None where none was.
    """

    sent: Sent
    outcome: Outcome | None = None
    back: Outcome | None = None


@dataclass(slots=True)
class Rollout:
    """A rollout.

    Attributes:
        client: By which it is sent.
        cloud: Where the app is.
        resource: The app.
        app: As it was before.
        plan: What is sent.
        events: What the platform told since.
    """

    client: ContainerApps
    cloud: Cloud
    resource: ResourceId
    app: App
    plan: Plan
    events: list[Event] = field(default_factory=list)

    async def send(self) -> Ended:
        """Send it, and wait for Azure to take it.

        Raises:
            ChangedMeanwhileError: Somebody else changes the app.
            AzureFailedError: It is refused, or failed.
        """
        sent = await send(self.client, self.resource, self.plan, self.app)
        if sent.failure is not None:
            raise sent.failure
        return Ended(sent)

    async def send_and_follow(self, following: Following, *, rolls_back: bool) -> Ended:
        """Send it, and follow the new revision until it runs or will not.

        Args:
            following: How.
            rolls_back: Whether what fails is sent back.

        Raises:
            ChangedMeanwhileError: Somebody else changes the app.
            AzureFailedError: It is refused, or failed, or Azure was not reached any more.
        """
        async with self._told(following):
            sent = await send(self.client, self.resource, self.plan, self.app)
            outcome = await self._followed(sent, following)
            if outcome.runs or outcome.superseded or not (rolls_back and self.app.is_single):
                return Ended(sent, outcome)
            return Ended(sent, outcome, await self._back(sent, following))

    async def _back(self, sent: Sent, following: Following) -> Outcome:
        now = await self.client.app(self.resource)
        if not self.plan.is_in(now):
            why = f"{self.app.name} was changed by somebody else meanwhile: nothing was sent back"
            return Outcome(sent.revision, runs=False, because=(why,))
        former = self.plan.undone()
        back = await send(self.client, self.resource, former, sent.app)
        return await self._followed(back, following)

    async def _followed(self, sent: Sent, following: Following) -> Outcome:
        if sent.failure is not None:
            return Outcome(sent.revision, runs=False, because=(sent.failure.message,))
        if not sent.is_new:
            why = "Azure took the change, and made no revision of it"
            return Outcome(sent.revision, runs=False, because=(why,))
        return await follow(
            self.client,
            self.resource,
            sent.revision,
            patience=following.patience,
            told=lambda: self.events,
            pause=following.pause,
        )

    @contextlib.asynccontextmanager
    async def _told(self, following: Following) -> AsyncIterator[None]:
        """Have events told while the block runs, but none of before it."""
        about = (self.client, self.cloud, self.resource, self.app)
        before = await past_events(*about, patience=_PATIENCE)

        async def listen() -> None:
            stream = follow_events(*about, before=before)
            async with contextlib.aclosing(stream) as events:
                async for event in events:
                    self.events.append(event)
                    del self.events[:-_KEPT]
                    following.tell(event)

        listening = asyncio.create_task(listen())
        try:
            yield
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
