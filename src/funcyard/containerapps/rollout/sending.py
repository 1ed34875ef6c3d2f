"""A change of an app, sent, and whether it counts: somebody else may change the app, too.

Azure takes no condition with a change, so the app is read once more before it, and what was sent is
read again. An answer that was lost on its way says nothing of the change: the app does, once no
change of it is going on. What had no effect is sent again, as long as there is time and nobody else
changed the app.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from funcyard.azure.errors import AzureFailedError, AzureRefusedError, AzureUnreachableError
from funcyard.azure.patience import busy_words
from funcyard.containerapps.polling import PAUSE
from funcyard.containerapps.reading import read_app
from funcyard.deploy.failures import retry_after
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from funcyard.azure.container_apps import ContainerApps, Document
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.models import App
    from funcyard.containerapps.rollout.plan import Plan

_CONFLICTS: Final = frozenset({409, 412})
_GOING_ON: Final = "inprogress"
_ENDED_BADLY: Final = frozenset({"failed", "canceled"})


class ChangedMeanwhileError(FuncyardError):
    """Somebody else changes the app at the same time."""

    code: ClassVar[str] = "changed-meanwhile"


@dataclass(frozen=True, slots=True)
class Sent:
    """A change that counts.

    Attributes:
        app: The app after it.
        revision: Name of the revision that it made; that of before where it made none.
        is_new: Whether it made one.
        failure: Why Azure took it on and did not end it well; None where it did.
    """

    app: App
    revision: str
    is_new: bool
    failure: AzureFailedError | None = None


async def send(client: ContainerApps, resource: ResourceId, plan: Plan, before: App) -> Sent:
    """Send a change, wait until Azure has taken it, and return what came of it.

    Args:
        client: By which it is sent.
        resource: The app.
        plan: What is sent.
        before: The app before it.

    Raises:
        ChangedMeanwhileError: Another change is going on, or won.
        AzureFailedError: It is refused, or failed.
    """
    if not _is_former(await client.app(resource), plan, before):
        raise ChangedMeanwhileError(
            f"{before.name} was changed by somebody else meanwhile: nothing was sent",
            hint="funcyard orch status shows what runs; run it again to send this after it",
        )
    found, failure = await _sent(client, resource, plan, before)
    if not plan.is_in(found):
        raise ChangedMeanwhileError(
            f"{before.name} was changed by somebody else meanwhile, and what they sent counts",
            hint="funcyard orch status shows what runs; run it again to send this again",
        )
    app = read_app(found)
    is_new = app.latest_revision != before.latest_revision
    return Sent(app, app.latest_revision, is_new, failure)


async def _sent(
    client: ContainerApps, resource: ResourceId, plan: Plan, before: App
) -> tuple[Document, AzureFailedError | None]:
    """Send a change until it has an effect, and return the app, and why Azure ended it badly."""
    tries = 0
    while True:
        tries += 1
        try:
            return await _ended(client, resource, plan)
        except AzureUnreachableError as fault:
            found = await _settled(client, resource)
            if plan.is_in(found):
                return found, _failure(found)
            if not _is_former(found, plan, before):
                return found, None
            why = busy_words(fault.status)
            if not await client.patience.wait(tries, retry_after(fault), why):
                raise
        except AzureRefusedError as fault:
            if fault.status not in _CONFLICTS:
                raise
            found = await _settled(client, resource) if tries > 1 else {}
            if plan.is_in(found):  # it was the first try that went on
                return found, _failure(found)
            raise ChangedMeanwhileError(
                f"{before.name} is being changed by somebody else: {fault.message}",
                hint="run it again once that has ended",
            ) from fault


async def _ended(
    client: ContainerApps, resource: ResourceId, plan: Plan
) -> tuple[Document, AzureFailedError | None]:
    """Send a change once, and return the app after it, and why Azure ended it badly."""
    try:
        await client.patch(resource, plan.body)
    except (AzureRefusedError, AzureUnreachableError):
        raise
    except AzureFailedError as fault:
        # It was taken on, and failed: it may be in the app all the same.
        found = await client.app(resource)
        if not plan.is_in(found):
            raise
        return found, fault
    return await client.app(resource), None


def _failure(found: Document) -> AzureFailedError | None:
    """Return that the last change of an app failed, None where it did not."""
    app = read_app(found)
    state = app.states.provisioning_state
    if state.lower() not in _ENDED_BADLY:
        return None
    told = f"changing the container app {app.name}: it ended as {state}"
    return AzureFailedError(told, hint="funcyard orch health says why")


async def _settled(client: ContainerApps, resource: ResourceId) -> Document:
    """Return an app once no change of it is going on: until then its revision is that of before."""
    while True:
        found = await client.app(resource)
        if read_app(found).states.provisioning_state.lower() != _GOING_ON:
            return found
        await asyncio.sleep(PAUSE)


def _is_former(found: Document, plan: Plan, before: App) -> bool:
    """Whether an app is as it was: what is sent is a whole list, which would undo another's."""
    is_same = read_app(found).latest_revision == before.latest_revision
    return is_same and plan.undone().is_in(found)
