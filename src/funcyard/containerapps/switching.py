"""Revisions switched on, off, or started again, and followed until that is so.

Azure answers such a change before anything has come of it
(https://learn.microsoft.com/azure/container-apps/revisions-manage). Where its answer is lost, one
that brings a revision to what it is to be is sent again, which harms nothing. A restart is not: it
would replace what was just started.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.azure.errors import AzureNotFoundError, AzureRefusedError, AzureUnreachableError
from funcyard.azure.patience import busy_words
from funcyard.containerapps.observing import Observation, read_replicas
from funcyard.containerapps.polling import PAUSE, answered, until
from funcyard.containerapps.reading import read_revision
from funcyard.containerapps.verdict import has_failed, is_up, what_failed
from funcyard.deploy.failures import is_conflict, is_harmless, retry_after
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from funcyard.azure.container_apps import ContainerApps
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.models import App, Replica, Revision

_CERTAIN: Final = 3
"""So often a failure has to be seen: the first looks may still see what was before."""


class RevisionFailedError(FuncyardError):
    """A revision was to run, and does not."""

    code = "revision-failed"


class Switch:
    """The switches of an app's revisions.

    Args:
        client: By which they are switched.
        app: The app.
        patience: Seconds for Azure to take a change on, and then until it has to be so.
        pause: Seconds between two questions.
    """

    def __init__(
        self, client: ContainerApps, app: ResourceId, *, patience: float, pause: float = PAUSE
    ) -> None:
        self._client = client
        self._app = app
        self._patience = patience
        self._pause = pause
        self._failed = 0

    async def activate(self, found: App, name: str) -> Revision:
        """Let a revision run, wait until it does, and return it.

        Args:
            found: The app.
            name: Of the revision.

        Raises:
            RevisionFailedError: It does not start.
            TooSlowError: It has not started in time.
            AzureFailedError: It cannot be activated.
        """
        await self._in_time(self._taken_on(lambda: self._client.activate(self._app, name)), name)

        async def runs() -> Revision | None:
            revision, replicas = await self._seen(name)
            return revision if revision.active and self._is_up(found, revision, replicas) else None

        return await self._until(runs, f"{name} to run")

    async def deactivate(self, name: str) -> Revision:
        """Let a revision run no more, wait until none of its replicas does, and return it.

        Raises:
            TooSlowError: Some still run.
            AzureFailedError: It cannot be deactivated.
        """
        await self._in_time(self._taken_on(lambda: self._client.deactivate(self._app, name)), name)

        async def is_off() -> Revision | None:
            revision, replicas = await self._seen(name)
            return None if revision.active or replicas else revision

        return await self._until(is_off, f"{name} to run no more")

    async def restart(self, found: App, name: str) -> Revision:
        """Have a revision's replicas replaced, wait until the new ones are ready, and return it.

        Args:
            found: The app.
            name: Of the revision.

        Raises:
            RevisionFailedError: The new ones do not start.
            TooSlowError: They were not ready in time.
            AzureUnreachableError: Whether it is restarted is not known.
            AzureFailedError: It cannot be restarted.
        """
        _, former = await self._seen(name)
        try:
            await self._in_time(self._client.restart(self._app, name), name)
        except AzureUnreachableError as fault:
            if is_harmless(fault):
                raise
            raise AzureUnreachableError(
                fault.message,
                hint="it may have been taken on all the same: funcyard orch replicas shows",
                status=fault.status,
                service_code=fault.service_code,
            ) from fault
        before = _starts(former)

        async def is_new() -> Revision | None:
            revision, replicas = await self._seen(name)
            is_replaced = not before & _starts(replicas)
            up = is_replaced and self._is_up(found, revision, replicas)
            return revision if up else None

        return await self._until(is_new, f"the replicas of {name} to be new and ready")

    async def _in_time(self, asking: Awaitable[None], name: str) -> None:
        what = f"the change of {name} to be taken on"
        await answered(asking, what, patience=self._patience)

    async def _taken_on(self, asking: Callable[[], Awaitable[None]]) -> None:
        """Ask for something until Azure takes it on, however often that is.

        Where a later answer says that something goes on, that may well be the first of these; what
        is looked at from then on says whether it is.
        """
        tries = 0
        while True:
            tries += 1
            try:
                return await asking()
            except AzureUnreachableError as fault:
                why = busy_words(fault.status)
                if not await self._client.patience.wait(tries, retry_after(fault), why):
                    raise
            except AzureRefusedError as fault:
                if tries == 1 or not is_conflict(fault):
                    raise
                return None

    def _is_up(self, found: App, revision: Revision, replicas: tuple[Replica, ...]) -> bool:
        """Tell whether a revision runs as it shall.

        Raises:
            RevisionFailedError: It says, again and again, that it does not.
        """
        seen = Observation(found, (revision,), {revision.name: replicas})
        self._failed = self._failed + 1 if has_failed(seen, revision) else 0
        if self._failed >= _CERTAIN:
            reason = next(what_failed(seen, revision), "a container is started again and again")
            raise RevisionFailedError(
                f"{revision.name} does not run: {reason}", hint="funcyard orch health says why"
            )
        return is_up(seen, revision)

    async def _seen(self, name: str) -> tuple[Revision, tuple[Replica, ...]]:
        self._client.patience.renew()
        revision = read_revision(await self._client.revision(self._app, name))
        try:
            return revision, await read_replicas(self._client, self._app, name)
        except AzureNotFoundError:  # what is not active may have none to be listed
            return revision, ()

    async def _until(self, asking: Callable[[], Awaitable[Revision | None]], what: str) -> Revision:
        return await until(asking, what, patience=self._patience, pause=self._pause)


def _starts(replicas: tuple[Replica, ...]) -> frozenset[tuple[str, str, str]]:
    """Return what tells the starts of containers apart."""
    return frozenset(
        (replica.name, container.name, container.container_id)
        for replica in replicas
        for container in replica.containers
    )
