"""A change of an app, sent, and whether it counts: somebody else may change the app, too.

Azure takes no condition with a change, so the app is read once more before it, and what was sent is
read again. An answer that was lost on
its way says nothing of the change, so that is read, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from funcyard.azure.errors import AzureFailedError, AzureRefusedError, AzureUnreachableError
from funcyard.containerapps.reading import read_app
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from funcyard.azure.container_apps import ContainerApps
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.models import App
    from funcyard.containerapps.rollout.plan import Plan

_CONFLICTS: Final = frozenset({409, 412})


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
    await _check(client, resource, plan, before)
    failure: AzureFailedError | None = None
    try:
        await client.patch(resource, plan.body)
        found = await client.app(resource)
    except AzureRefusedError as fault:
        if fault.status not in _CONFLICTS:
            raise
        raise ChangedMeanwhileError(
            f"{before.name} is being changed by somebody else: {fault.message}",
            hint="run it again once that has ended",
        ) from fault
    except AzureFailedError as fault:
        # It broke off, or failed: it may be in the app all the same.
        found = await client.app(resource)
        if not plan.is_in(found):
            raise
        failure = None if isinstance(fault, AzureUnreachableError) else fault
    if not plan.is_in(found):
        raise ChangedMeanwhileError(
            f"{before.name} was changed by somebody else meanwhile, and what they sent counts",
            hint="funcyard orch status shows what runs; run it again to send this again",
        )
    app = read_app(found)
    is_new = app.latest_revision != before.latest_revision
    return Sent(app, app.latest_revision, is_new, failure)


async def _check(client: ContainerApps, resource: ResourceId, plan: Plan, before: App) -> None:
    """Refuse a change of what is not there any more: the list that is sent would undo another's."""
    found = await client.app(resource)
    is_other = read_app(found).latest_revision != before.latest_revision
    if is_other or not plan.undone().is_in(found):
        raise ChangedMeanwhileError(
            f"{before.name} was changed by somebody else meanwhile: nothing was sent",
            hint="funcyard orch status shows what runs; run it again to send this after it",
        )
